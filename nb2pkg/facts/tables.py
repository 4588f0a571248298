"""What happens to the columns of tables: beside each other, dropped, renamed, made from a dict."""

from collections.abc import Mapping, Sequence

from nb2pkg.facts.arguments import Given
from nb2pkg.facts.combining import combine, contents_of
from nb2pkg.facts.rows import NOTHING, Choice, complement, extra_choices, narrow
from nb2pkg.facts.subscripts import drop, pick
from nb2pkg.facts.values import Collection, Column, Constant, Content, Data, Value


def column_names(value: Value | None) -> tuple[str, ...] | None:
    """Column names written as a literal, one or a list."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        return (value.value,)
    if isinstance(value, Collection) and value.items and all(isinstance(item, Constant) for item in value.items):
        return tuple(str(item.value) for item in value.items if isinstance(item, Constant))
    return None


def of_columns(value: Collection) -> Content:
    """A table from a dict of columns."""
    names, by_column, rows = [], {}, NOTHING
    for key, item in zip(value.keys, value.items or (), strict=False):
        if not isinstance(key, Constant):
            return combine(contents_of((value,)) or [Content(NOTHING)])
        names.append(str(key.value))
        contents = contents_of((item,))
        if contents:
            content = combine(contents)
            by_column[str(key.value)] = Column(content.taught(), content.predicted)
            rows = rows or content.rows or NOTHING
    return Content(rows, by_column=by_column, names=tuple(names))


def beside(contents: Sequence[Content]) -> Content:
    """Tables side by side: the rows of the first, each column with its own history where the tables name theirs."""
    if len(contents) == 1:
        return contents[0]
    joined = combine(contents)
    if any(content.names is None for content in contents):
        return joined._replace(names=None)
    by_column = {
        name: content.by_column.get(name, Column(content.learned, content.predicted))
        for content in contents
        for name in content.names or ()
    }
    names = tuple(name for content in contents for name in content.names or ())
    return joined._replace(names=names, by_column=by_column, learned=frozenset())


def changed_columns(content: Content, args: Mapping[str, Given], name: str) -> Content | None:
    """The table after a method that changes columns; None where its arguments do not name columns."""
    added = _added_columns(args)
    if added is not None:
        return beside([content, of_columns(added)])._replace(rows=content.rows, names=_with(content.names, added))
    chosen = args.get("items") or args.get("arg")
    kept = column_names(chosen[1]) if chosen is not None else None
    if kept is not None:
        return pick(content, kept)
    given = args.get("columns")
    if given is None:
        axis = args.get("axis")
        along = isinstance(axis[1], Constant) and axis[1].value in (1, "columns") if axis else False
        given = args.get("labels") if along else None
    if given is None:
        return None
    if isinstance(given[1], Collection) and given[1].form == "dict":
        return _renamed(content, given[1])
    names = column_names(given[1])
    return content._replace(names=None) if names is None else drop(content, names)


def _added_columns(args: Mapping[str, Given]) -> Collection | None:
    """``insert(0, "age", ages)`` as a dict of columns."""
    names = column_names(args["column"][1]) if "column" in args and "value" in args else None
    if names is None or len(names) != 1:
        return None
    return Collection("dict", (args["value"][1],), keys=(Constant(names[0]),))


def _with(names: tuple[str, ...] | None, added: Collection) -> tuple[str, ...] | None:
    return None if names is None else (*names, *(str(key.value) for key in added.keys if isinstance(key, Constant)))


def _renamed(content: Content, mapping: Collection) -> Content:
    new = {
        str(k.value): str(v.value)
        for k, v in zip(mapping.keys, mapping.items or (), strict=False)
        if isinstance(k, Constant) and isinstance(v, Constant)
    }
    names = None if content.names is None else tuple(new.get(name, name) for name in content.names)
    return content._replace(
        names=names, by_column={new.get(name, name): column for name, column in content.by_column.items()}
    )


def without_rows(data: Data, given: Sequence[Value]) -> Content | None:
    """``df.drop(part.index)``: the complement of the part."""
    content = data.content
    for value in given:
        if isinstance(value, Data) and value.index and value.content.rows is not None and content.rows is not None:
            extra = extra_choices(value.content.rows, content.rows) or value.mask
            if len(extra) == 1:
                return content._replace(rows=narrow(content.rows, (complement(extra[0]),)))
            return content._replace(
                rows=narrow(content.rows, (Choice(("dropped", value), complement(extra[0]).part),))
                if extra
                else content.rows
            )
    return None
