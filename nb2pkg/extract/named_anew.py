"""Columns that are named anew on the way: what the target is called in the file must be seen, for rows that come without it."""

import ast
from collections.abc import Sequence

from nb2pkg.extract.columns import constants
from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import refused
from nb2pkg.facts.values import Data


def check_names(lowering: Lowering, lines: Sequence[tuple[int, ast.AST]], excluded: frozenset[str]) -> None:
    """Raise RefusedError where columns are named anew, and one of ``excluded``, which rows come without, may be among them."""
    for index, node in lines if excluded else ():
        for part in ast.walk(node):
            if _listed(part) & excluded:
                text = "the columns are named anew after the table was changed; name them where the file is read"
                raise refused(lowering.statement(index), text)
            if _unseen(part, lowering, index):
                shown = f"what `{min(excluded)}` is called in the file cannot be seen: `{ast.unparse(part)[:50]}` names columns anew"
                raise refused(lowering.statement(index), shown)


def _listed(node: ast.AST) -> set[str]:
    """The names of ``df.columns = ["age", "income"]``."""
    match node:
        case ast.Assign(targets=[ast.Attribute(attr="columns")], value=ast.List() | ast.Tuple() as names):
            return set(constants(names))
        case _:
            return set()


def _unseen(node: ast.AST, lowering: Lowering, at: int) -> bool:
    """Are columns named by a function, or by what only running the notebook tells?"""
    match node:
        case ast.Assign(targets=[ast.Attribute(value=table, attr="columns")], value=value):
            names: ast.expr | None = value
        case ast.Call(func=ast.Attribute(value=table, attr="rename"), args=arguments, keywords=keywords):
            given = {k.arg: k.value for k in keywords}
            names = given.get("columns") or (arguments[0] if arguments and "axis" in given else given.get("mapper"))
        case ast.Call(func=ast.Attribute(value=table, attr="add_prefix" | "add_suffix" | "set_axis")):
            names = None
            return _is_table(table, lowering)
        case _:
            return False
    if names is None or not _is_table(table, lowering):
        return False
    try:
        evaluate(names, lowering.facts, at=at)
    except NotConstantError:
        return True
    return False


def _is_table(node: ast.expr, lowering: Lowering) -> bool:
    value = lowering.facts.value(node)
    return isinstance(value, Data) and value.column is None
