"""Slices of rows by position, as a call of the model is given them: ``X[0:10]``, ``X.head(3)``, one row as a matrix."""

import ast


def single_row(node: ast.expr) -> tuple[int, ast.expr] | None:
    """``X.iloc[3]`` as one row of a matrix: ``X.iloc[3].values.reshape(1, -1)``, ``[X.iloc[3]]``."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="reshape"), args=[ast.Constant(value=1), _]):
            return _row(inner)
        case ast.List(elts=[inner]):
            return _row(inner)
        case _:
            return None


def _row(node: ast.expr) -> tuple[int, ast.expr] | None:
    match node:
        case ast.Attribute(value=inner, attr="values"):
            return _row(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="to_numpy"), args=[]):
            return _row(inner)
        case ast.Subscript(value=ast.Attribute(value=inner, attr="iloc"), slice=ast.Constant(value=int(number))):
            return (number, inner) if number >= 0 else None
        case _:
            return None


def rows_taken(node: ast.expr) -> tuple[tuple[int | None, int | None], ast.expr] | None:
    """``X[0:10]``, ``X.iloc[:5]``, ``X.head(3)``: the rows taken and what they are taken from."""
    single = single_row(node)
    if single is not None:
        return (single[0], single[0] + 1), single[1]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and node.slice.step is None:
        start, stop = _bound_number(node.slice.lower), _bound_number(node.slice.upper)
        inner = node.value
        if isinstance(inner, ast.Attribute) and inner.attr == "iloc":
            inner = inner.value
        return ((start[0], stop[0]), inner) if start and stop else None
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "head"
        and not node.keywords
    ):
        count = _bound_number(node.args[0]) if node.args else (5,)
        return ((0, count[0]), node.func.value) if count else None
    return None


def _bound_number(node: ast.expr | None) -> tuple[int | None] | None:
    if node is None:
        return (None,)
    try:
        number = ast.literal_eval(node)
    except ValueError:
        return None
    return (number,) if isinstance(number, int) else None
