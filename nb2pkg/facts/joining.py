"""Join what two branches left behind."""

from nb2pkg.facts.values import (
    Collection,
    Column,
    Constant,
    Content,
    Data,
    Either,
    Function,
    Instance,
    Learning,
    Library,
    Unknown,
    UserClass,
    Value,
)


def join(one: object, other: object) -> object:
    """What holds after either of two branches: contents are united, a known value wins over an unknown one."""
    if one is other:
        return one
    if isinstance(one, Content) and isinstance(other, Content):
        return join_contents(one, other)
    if isinstance(one, Value) and isinstance(other, Value):
        return join_values(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _join_tuples(one, other)
    return other


def join_contents(one: Content, other: Content) -> Content:
    """Rows of both, learnings of both; the prediction of the one that has one."""
    rows = None if one.rows is None or other.rows is None else one.rows | other.rows
    columns = {
        name: Column(
            one.by_column.get(name, Column(one.learned)).learned
            | other.by_column.get(name, Column(other.learned)).learned,
            one.by_column.get(name, Column()).predicted or other.by_column.get(name, Column()).predicted,
        )
        for name in {**one.by_column, **other.by_column}
    }
    names = one.names if one.names == other.names else None
    compared = one.compared or other.compared
    predicted, single = one.predicted or other.predicted, one.single and other.single
    return Content(rows, one.learned | other.learned, columns, names, predicted, compared, single)


def join_values(one: Value, other: Value) -> Value:
    """One value that stands for either."""
    if isinstance(one, Data) and isinstance(other, Data):
        return Data(join_contents(one.content, other.content), mask=one.mask if one.mask == other.mask else ())
    if isinstance(one, Constant) and isinstance(other, Constant):
        return one if one.value == other.value and type(one.value) is type(other.value) else Unknown((one, other))
    if isinstance(one, Collection) and isinstance(other, Collection) and one.form == other.form:
        return _join_collections(one, other)
    code = _code_of(one) | _code_of(other)
    if len(code) > 1 and None not in code and not all(isinstance(option, Library) for option in code.values()):
        return Either(tuple(code.values()))
    if isinstance(one, Unknown) or (isinstance(one, Constant) and one.value is None):
        return other
    return one if isinstance(other, Unknown) or (isinstance(other, Constant) and other.value is None) else other


def _code_of(value: Value) -> dict[object, Value]:
    """The code that calls of the value may run, by the place that defines it; None stands for what is no code."""
    match value:
        case Function() | UserClass():
            return {value.node: value}
        case Instance():
            return {(value.cls.node, "object"): value}
        case Library():
            return {value.name: value}
        case Either():
            return {key: one for option in value.of for key, one in _code_of(option).items()}
        case _:
            return {None: value}


def _join_collections(one: Collection, other: Collection) -> Value:
    if one.items is not None and other.items is not None and len(one.items) == len(other.items):
        items = tuple(join_values(a, b) if a is not b else a for a, b in zip(one.items, other.items, strict=True))
        return Collection(one.form, items, keys=one.keys)
    longer = one if len(one.items or ()) >= len(other.items or ()) else other
    return Collection(longer.form, longer.items, keys=longer.keys, element=one.element or other.element)


def _join_tuples(one: tuple[object, ...], other: tuple[object, ...]) -> tuple[object, ...]:
    """Fits of both branches, in order, none twice; items of a list one by one, else the longer list."""
    if all(isinstance(item, Learning) for item in one + other):
        return tuple(dict.fromkeys(one + other))
    if len(one) == len(other):
        return tuple(join(a, b) for a, b in zip(one, other, strict=True))
    return one if len(one) > len(other) else other
