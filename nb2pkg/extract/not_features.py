"""Which columns a function that names features leaves out, where leaving columns out by name is all that it does."""

import ast
from collections.abc import Mapping, Sequence

AXES = (1, "columns")
NO_LISTS: Mapping[str, Sequence[str]] = {}


def left_out(function: ast.FunctionDef, lists: Mapping[str, Sequence[str]] = NO_LISTS) -> list[str] | None:
    """Give the columns that are left out of those of the argument, in order; None where the function does anything else.

    ``lists`` are the lists of texts of the module, by name.
    """
    *before, last = [one for one in function.body if not _is_docstring(one)]
    table, gone = function.args.args[0].arg, list[str]()
    for one in before:
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                dropped, table = _dropped(value, table), name
            case ast.Expr(value=value):
                dropped = _dropped(value, table, in_place=True)
            case _:
                return None
        if dropped is None:
            return None
        gone += dropped
    named = _named(last.value, table, lists) if isinstance(last, ast.Return) else None
    return None if named is None else list(dict.fromkeys([*gone, *named]))


def _named(node: ast.expr | None, table: str, lists: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Give what ``list(df.columns)`` and ``[column for column in df.columns if column != "price"]`` leave out."""
    match node:
        case ast.Call(func=ast.Name(id="list"), args=[ast.Attribute(value=value, attr="columns")], keywords=[]):
            return _dropped(value, table)
        case ast.ListComp(
            elt=ast.Name(id=elt),
            generators=[
                ast.comprehension(
                    target=ast.Name(id=each),
                    iter=ast.Attribute(value=value, attr="columns"),
                    ifs=[ast.Compare(left=ast.Name(id=compared), ops=[ast.NotEq() | ast.NotIn()], comparators=[names])],
                )
            ],
        ) if elt == each == compared:
            dropped, kept = _dropped(value, table), _constants(names, lists)
            return None if dropped is None or kept is None else [*dropped, *kept]
        case _:
            return None


def _dropped(node: ast.expr, table: str, *, in_place: bool = False) -> list[str] | None:
    """Give the columns that are dropped from a table: ``df.drop("price", axis=1)``, none of a copy; None of anything else."""
    match node:
        case ast.Name(id=name) if name == table and not in_place:
            return []
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="copy"), args=[], keywords=[]) if name == table:
            return None if in_place else []
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="drop"), args=args, keywords=keywords):
            given = {one.arg: one.value for one in keywords}
            is_place = ast.unparse(given.pop("inplace", ast.Constant(value=False))) == "True"
            names = _labels(args, given)
            return _constants(names, NO_LISTS) if name == table and is_place == in_place and names is not None else None
        case _:
            return None


def _labels(args: Sequence[ast.expr], given: Mapping[str | None, ast.expr]) -> ast.expr | None:
    """Give what ``drop`` is asked to drop, where these are columns for sure."""
    match args, [*given]:
        case [names], ["axis"]:
            axis = given["axis"]
            return names if isinstance(axis, ast.Constant) and axis.value in AXES else None
        case [], ["columns"]:
            return given["columns"]
        case _:
            return None


def _constants(node: ast.expr, lists: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Give a text, or each of a list of texts, as it is written down."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            texts = [one.value for one in elements if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            return texts if len(texts) == len(elements) else None
        case ast.Name(id=name) if name in lists:
            return list(lists[name])
        case _:
            return None


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
