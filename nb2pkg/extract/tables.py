"""Tell whether the statements of a stretch end with a table, by their own words: an array has no names of columns."""

import ast
from collections.abc import Sequence

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.stretch import Line, stored

MAKERS = frozenset(f"pandas.{name}" for name in ("DataFrame", "get_dummies"))
COLUMNS = frozenset({"1", "'columns'"})
METHODS = frozenset(
    {
        "abs",
        "assign",
        "astype",
        "clip",
        "copy",
        "drop",
        "fillna",
        "join",
        "merge",
        "rename",
        "replace",
        "round",
        "select_dtypes",
    }
)


def gives_table(lines: Sequence[Line], given: str, columns: Columns) -> bool:
    """Is the result of the last line surely a table, where ``given`` is one at the start?"""
    *before, last = lines
    return _is_table(last.node, before, given, columns)


def _is_table(node: ast.AST, before: Sequence[Line], given: str, columns: Columns) -> bool:
    match node:
        case ast.Name(id=name):
            return _holds_table(name, before, given, columns)
        case ast.Subscript(value=ast.Attribute(value=inner, attr="loc" | "iloc"), slice=ast.Tuple(elts=[_, wanted])):
            return _lists(wanted, columns) and _is_table(inner, before, given, columns)
        case ast.Subscript(value=inner, slice=wanted):
            return _lists(wanted, columns) and _is_table(inner, before, given, columns)
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in METHODS:
            return _is_table(inner, before, given, columns)
        case ast.Call():
            call = columns.facts.call(node)
            side_by_side = any(k.arg == "axis" and ast.unparse(k.value) in COLUMNS for k in node.keywords)
            return call is not None and (call.name in MAKERS or (call.name == "pandas.concat" and side_by_side))
        case _:
            return False


def _lists(index: ast.expr, columns: Columns) -> bool:
    """Does an index choose several columns?"""
    return isinstance(index, ast.List | ast.ListComp | ast.Slice) or columns.chosen(index) is not None


def _holds_table(name: str, before: Sequence[Line], given: str, columns: Columns) -> bool:
    """Does a variable hold a table after these lines?"""
    for position in range(len(before) - 1, -1, -1):
        node = before[position].node
        if name not in stored(node):
            continue
        match node:
            case ast.Assign(targets=[ast.Name()], value=value):
                return _is_table(value, before[:position], given, columns)
            case _:
                return False
    return name == given
