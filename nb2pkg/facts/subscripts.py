"""Subscripts and iteration: columns, slices of rows, masks, index values, elements of lists and dicts."""

import ast
from collections.abc import Hashable

from nb2pkg.facts import states
from nb2pkg.facts.combining import as_data, combine, contents_of
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import FOLD, NOTHING, SPAN, Choice, Part, Rows, extra_choices, named, narrow, source
from nb2pkg.facts.values import (
    Collection,
    Column,
    Constant,
    Content,
    Data,
    Estimator,
    Group,
    Indexer,
    Instance,
    Learned,
    Library,
    Unknown,
    UserClass,
    Value,
    parts_of,
)

MOST_ELEMENTS = 24
ARCHIVE = "archive"  # the form of a file of several tables
COLUMNS = "columns"  # the form of a list of a table's own column names


def subscript(machine: Machine, value: Value, node: ast.Subscript) -> Value:
    """``value[key]``."""
    key = machine.evaluate(node.slice)
    item = _subscript(machine, value, key, node)
    if not machine.events.selectors or isinstance(key, Constant):
        return item
    chosen = isinstance(item, Data) or (isinstance(item, Collection) and item.form == COLUMNS)
    return _chosen(item, key) if chosen else item


def _chosen(item: Value, key: Value) -> Value:
    """Columns, or their names, chosen by a fitted selector (``X[:, selector.get_support()]``) have learned what it learned."""
    selectors = (part for part in parts_of(key) if isinstance(part, Estimator) and part.kind == "selector")
    learned = frozenset(fit for selector in selectors for fit in selector.fits)
    learned |= {
        fit for content in contents_of((key,)) for fit in content.taught() if fit.kind in ("selection", "filter")
    }
    if not learned:
        return item
    if isinstance(item, Collection):
        return Collection(item.form, item.items, keys=item.keys, element=Data(Content(NOTHING, learned)))
    return Data(item.content._replace(learned=item.content.learned | learned)) if isinstance(item, Data) else item


def _subscript(machine: Machine, value: Value, key: Value, node: ast.Subscript) -> Value:
    match value:
        case Indexer():
            return _indexed(machine, value, node.slice, key)
        case Data():
            return _table_item(machine, value, node.slice, key)
        case Group():
            return value
        case Collection():
            return _item(value, key, node)
        case Estimator():
            return _part(value, key)
        case Library():
            contents = contents_of((key,))
            return Data(combine(contents)) if contents else machine.unknown(key)
        case Unknown() if value.data is not None or _names_of(key) is not None:
            data = as_data(value)
            return _table_item(machine, data, node.slice, key) if data else Unknown((value,))
        case _:
            return machine.unknown(value, key)


def _names_of(key: Value) -> tuple[str, ...] | None:
    """Column names, where the key is a list of text."""
    if isinstance(key, Constant) and isinstance(key.value, str):
        return (key.value,)
    if isinstance(key, Collection) and key.form == COLUMNS and key.keys:
        return tuple(str(name.value) for name in key.keys if isinstance(name, Constant))
    if (
        isinstance(key, Collection)
        and key.items
        and all(isinstance(i, Constant) and isinstance(i.value, str) for i in key.items)
    ):
        return tuple(str(item.value) for item in key.items if isinstance(item, Constant))
    return None


def _table_item(machine: Machine, data: Data, node: ast.expr, key: Value) -> Value:
    if isinstance(key, Constant) and isinstance(key.value, str):
        return column_of(data, key.value)
    names = _names_of(key)
    if names is not None:
        content = pick(data.content, names)
        return Data(aligned(content) if isinstance(key, Collection) and key.form == COLUMNS else content)
    if isinstance(key, Collection) and key.form == COLUMNS:
        return Data(aligned(data.content)._replace(names=None), base=data)
    if isinstance(node, ast.Tuple) and node.elts:
        return _two_axes(machine, data, node, key, text_rows=False)
    choices = row_choices(machine, data, node, key)
    if choices is None:
        unsure = (Choice(("index", key), Part("some", None)),) if isinstance(key, Unknown) else ()
        return Data(data.content._replace(rows=_narrowed(data.content, unsure), names=None), base=data)
    return Data(
        data.content._replace(rows=_narrowed(data.content, choices)), base=None, mask=data.mask, index=data.index
    )


def _narrowed(content: Content, choices: tuple[Choice, ...]) -> Rows | None:
    return None if content.rows is None else narrow(content.rows, choices)


def column_of(data: Data, name: str) -> Data:
    """One column, as a view: what is written to it is written to the table."""
    content = data.content
    known = content.by_column.get(name)
    if known is None:
        inner = content._replace(by_column={}, names=(name,))
    else:
        inner = Content(content.rows, known.learned, names=(name,), predicted=known.predicted, single=content.single)
    return Data(inner, base=data, column=name)


def pick(content: Content, names: tuple[str, ...]) -> Content:
    """Only these columns."""
    by_column = {name: content.by_column[name] for name in names if name in content.by_column}
    learned = content.learned if len(by_column) < len(names) else frozenset()
    return content._replace(learned=learned, by_column=by_column, names=names)


def aligned(content: Content) -> Content:
    """The columns of another table: which categories one-hot columns stand for is no longer learned from these rows."""
    by_column = {name: column._replace(learned=_kept(column.learned)) for name, column in content.by_column.items()}
    return content._replace(learned=_kept(content.learned), by_column=by_column)


def _kept(learned: Learned) -> Learned:
    if not any(one.kind == "category" for one in learned):
        return learned
    return frozenset(one for one in learned if one.kind != "category" or not one.by_hand)


def drop(content: Content, names: tuple[str, ...]) -> Content:
    """All but these columns."""
    by_column = {name: column for name, column in content.by_column.items() if name not in names}
    left = None if content.names is None else tuple(name for name in content.names if name not in names)
    return content._replace(by_column=by_column, names=left)


def _indexed(machine: Machine, indexer: Indexer, node: ast.expr, key: Value) -> Value:
    """``df.loc[rows, columns]`` and ``df.iloc[rows]``."""
    data = indexer.data
    if isinstance(node, ast.Tuple) and node.elts:
        return _two_axes(machine, data, node, key, text_rows=True)
    choices = row_choices(machine, data, node, key)
    if choices is None:
        choices = (Choice(("rows", ast.dump(node)), Part("some", None)),)
    return Data(data.content._replace(rows=_narrowed(data.content, choices)))


def _two_axes(machine: Machine, data: Data, node: ast.Tuple, key: Value, *, text_rows: bool) -> Value:
    items = key.items if isinstance(key, Collection) and key.items else (Unknown(), Unknown())
    first, second = node.elts[0], node.elts[1] if len(node.elts) > 1 else None
    choices = row_choices(machine, data, first, items[0]) or ()
    content = data.content._replace(rows=_narrowed(data.content, choices))
    names = _names_of(items[1]) if second is not None and len(items) > 1 else None
    if names is not None and len(names) == 1 and isinstance(items[1], Constant) and not choices:
        return column_of(data, names[0])
    if names is not None:
        return Data(pick(content, names))
    whole = isinstance(second, ast.Slice) and second.lower is None and second.upper is None
    return Data(content if whole else content._replace(names=None), base=None if choices else data)


def row_choices(machine: Machine, data: Data, node: ast.expr, key: Value) -> tuple[Choice, ...] | None:
    """The choice of rows that an index makes; None where the index says nothing about rows."""
    if isinstance(node, ast.Slice):
        return _sliced(machine, data, node)
    if isinstance(key, Data):
        return index_choices(key, data)
    if isinstance(key, Constant) and isinstance(key.value, int):
        return (Choice(("row", data.content.rows), Part("some", key.value)),)
    return None


def index_choices(key: Data, data: Data) -> tuple[Choice, ...]:
    """The choices an index or a mask stands for when it is applied to ``data``."""
    if key.mask:
        return key.mask
    rows, whole = key.content.rows, data.content.rows
    if rows is None or whole is None:
        return (Choice(("mask", key), Part("named", "in")),)
    extra = extra_choices(rows, whole)
    if extra:
        return extra
    if key.index:
        return next((atom.choices for atom in rows), ())
    return () if rows == whole and key.index else (Choice(("mask", key), Part("named", "in")),)


def _sliced(machine: Machine, data: Data, node: ast.Slice) -> tuple[Choice, ...]:
    if node.lower is None and node.upper is None:
        return ()
    low, high = _bound(machine, node.lower), _bound(machine, node.upper)
    return (Choice(("slice", data.content.rows), Part(SPAN, None if low == 0 else low, high)),)


def _bound(machine: Machine, node: ast.expr | None) -> Hashable:
    """A slice bound: a number, else the value a name holds or the words of the expression."""
    if node is None:
        return None
    value = machine.evaluate(node)
    if isinstance(value, Constant) and isinstance(value.value, int):
        return value.value
    return value if isinstance(node, ast.Name) else ast.dump(node)


def _item(value: Collection, key: Value, node: ast.Subscript) -> Value:
    items = value.items
    if value.form == COLUMNS and not (isinstance(key, Constant) and isinstance(key.value, int)):
        return Collection(COLUMNS, None, element=Unknown((*(() if value.element is None else (value.element,)), key)))
    if items is None:
        return value.element or Unknown((value,))
    if isinstance(node.slice, ast.Slice):
        return value
    if isinstance(key, Constant):
        if value.form == ARCHIVE:
            return unpacked(value, key.value)
        if value.keys:
            return keyed(value, key.value) or Unknown((value,))
        if isinstance(key.value, int) and -len(items) <= key.value < len(items):
            return items[key.value]
    return items[0] if items else value.element or Unknown((value,))


def unpacked(value: Collection, name: object) -> Value:
    """One table of a file that holds several: rows of their own under each name."""
    held = contents_of((value.element,)) if value.element is not None else []
    return Data(Content(source(("part", held[0].rows, name)))) if held else Unknown((value,))


def keyed(value: Collection, key: object) -> Value | None:
    """The item of a dict under a literal key."""
    for one, item in zip(value.keys, value.items or (), strict=False):
        if isinstance(one, Constant) and one.value == key:
            return item
    return None


def named_parts(value: Estimator) -> Collection:
    """The parts of a pipeline by the names they were given in ``(name, part)`` pairs."""
    pairs = [
        pair.items
        for parameter in value.parameters.values()
        if isinstance(parameter, Collection)
        for pair in parameter.items or ()
        if isinstance(pair, Collection) and pair.items is not None and len(pair.items) > 1
    ]
    return Collection("dict", tuple(pair[1] for pair in pairs), keys=tuple(pair[0] for pair in pairs))


def _part(value: Estimator, key: Value) -> Value:
    if isinstance(key, Constant) and isinstance(key.value, str):
        return keyed(named_parts(value), key.value) or Unknown((value,))
    if isinstance(key, Constant) and isinstance(key.value, int) and -len(value.parts) <= key.value < len(value.parts):
        return value.parts[key.value]
    return Unknown((value,))


def store(machine: Machine, target: ast.Subscript, value: Value) -> None:
    """``target[key] = value``."""
    owner, key = machine.evaluate(target.value), machine.evaluate(target.slice)
    match owner:
        case Data():
            _store_columns(machine, owner, _names_of(key), value)
        case Indexer():
            columns = key.items[1] if isinstance(key, Collection) and key.items and len(key.items) > 1 else None
            value = _where(key.items[0] if isinstance(key, Collection) and key.items else key, value)
            _store_columns(machine, owner.data, _names_of(columns) if columns else None, value, some_rows=True)
        case Collection():
            _store_item(machine, owner, key, value)
        case Unknown() if owner.data is not None or _names_of(key):
            data = as_data(owner)
            if data is not None:
                _store_columns(machine, data, _names_of(key), value)
            _touched(machine, owner)
        case Library():
            states.stored(machine, owner.name)
            machine.touched(owner)
        case _:
            _touched(machine, owner)


def _touched(machine: Machine, owner: Value) -> None:
    """What is written into was changed, and so was the object that it was taken from: ``p.__dict__["k"] = 9``."""
    machine.touched(owner)
    for held in owner.of if isinstance(owner, Unknown) else ():
        if isinstance(held, Instance | UserClass):
            machine.touched(held)


def _where(rows: Value, value: Value) -> Value:
    """What is stored where a condition holds has learned what the condition did: ``df.loc[df.x > df.x.mean(), "x"] = 1``."""
    learned = rows.content.taught() if isinstance(rows, Data) and not rows.index else frozenset()
    if not learned:
        return value
    contents = contents_of((value,))
    content = combine(contents) if contents else Content(frozenset())
    return Data(content._replace(learned=content.taught() | learned, by_column={}))


def _store_columns(
    machine: Machine, data: Data, names: tuple[str, ...] | None, value: Value, *, some_rows: bool = False
) -> None:
    contents = contents_of((value,))
    given = combine(contents) if contents else Content(frozenset())
    content = data.content
    rows = given.rows if not content.rows and content.rows is not None else content.rows
    learned = given.taught()
    if names is None:
        predicted = content.predicted or given.predicted
        machine.write(data, content._replace(rows=rows, learned=content.learned | learned, predicted=predicted))
        return
    by_column = dict(content.by_column)
    for name in names:
        before = by_column.get(name, Column(content.learned)).learned if some_rows else frozenset()
        own = given.by_column.get(name)
        by_column[name] = Column(before | (own.learned if own else learned), given.predicted)
    known = content.names
    columns = None if known is None else (*known, *(name for name in names if name not in known))
    machine.write(data, content._replace(rows=rows, by_column=by_column, names=columns))


def _store_item(machine: Machine, owner: Collection, key: Value, value: Value) -> None:
    machine.touched(owner)
    if owner.items is None:
        machine.set_field(owner, "element", value)
    elif isinstance(key, Constant) and owner.form == "dict":
        keys, items = list(owner.keys), list(owner.items)
        found = [i for i, one in enumerate(keys) if isinstance(one, Constant) and one.value == key.value]
        if found:
            items[found[0]] = value
        else:
            keys.append(key)
            items.append(value)
        machine.set_field(owner, "items", tuple(items))
        machine.set_field(owner, "keys", tuple(keys))
    elif isinstance(key, Constant) and isinstance(key.value, int) and -len(owner.items) <= key.value < len(owner.items):
        items = list(owner.items)
        items[key.value] = value
        machine.set_field(owner, "items", tuple(items))
    else:
        machine.set_field(owner, "element", value)


def remove(machine: Machine, target: ast.Subscript) -> None:
    """``del target[key]``."""
    owner, key = machine.evaluate(target.value), machine.evaluate(target.slice)
    names = _names_of(key)
    if isinstance(owner, Data) and names is not None:
        machine.write(owner, drop(owner.content, names))
    else:
        machine.touched(owner)


def elements(machine: Machine, value: Value, node: ast.AST) -> list[Value]:
    """What a loop over the value sees: each element of a listed collection, else one that stands for all."""
    match value:
        case Collection(items=items) if items:
            return list((value.keys or items) if value.form == "dict" else items)[:MOST_ELEMENTS]
        case Collection():
            return [value.element or Unknown((value,))]
        case Data():
            return [Data(value.content._replace(single=True), base=None)]
        case Estimator(kind="splitter"):
            return [fold_pair(machine.place(node), None)]
        case Group():
            return [Collection("tuple", (Unknown(), Data(value.data.content)))]
        case Instance():
            return [Unknown((value,))]
        case _:
            return [Unknown((value,))]


def fold_pair(key: Hashable, rows: Rows | None) -> Collection:
    """The (train, test) index pair of one fold."""
    parts = []
    for name in ("train", "test"):
        choice = named((FOLD, key), name)
        content = Content(None if rows is None else narrow(rows, (choice,)))
        parts.append(Data(content, mask=(choice,), index=True))
    return Collection("tuple", tuple(parts))
