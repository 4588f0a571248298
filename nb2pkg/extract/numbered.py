"""Columns that a file does not name have numbers in the notebook and texts in the package; no kept code may ask for a number."""

import ast

from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.refuse import refused
from nb2pkg.facts import Facts
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data

KEPT = frozenset({"feature", "learned-feature", "target", "row-selection", "selection", "split"})
NAMING = frozenset(
    {"drop", "rename", "fillna", "astype", "replace", "set_index", "sort_values", "groupby", "get_dummies", "pop"}
)


def check_numbers(facts: Facts, pieces: Pieces) -> None:
    """Raise RefusedError where kept code names a column by its number, or looks at the names themselves."""
    for index, placed in sorted(pieces.placed.items()):
        statement = facts.program.statements[index]
        for node in ast.walk(statement.node) if placed.kind in KEPT else ():
            if _asks(node, facts):
                text = ast.unparse(node)[:50]
                raise refused(
                    statement, f"`{text}`: the columns of the file have no names; add `names=[...]` where it is read"
                )


def _asks(node: ast.AST, facts: Facts) -> bool:
    match node:
        case ast.Subscript(value=ast.Attribute(attr="iloc")):
            return False
        case ast.Subscript(value=ast.Attribute(value=table, attr="loc" | "at"), slice=index):
            return _is_table(table, facts) and _has_number(index)
        case ast.Subscript(value=table, slice=ast.Slice()):
            return False
        case ast.Subscript(value=table, slice=index):
            return _is_table(table, facts) and not isinstance(facts.value(index), Data)
        case ast.Attribute(value=table, attr="columns"):
            return _is_table(table, facts)
        case ast.Call(func=ast.Attribute(attr=verb), args=arguments, keywords=keywords) if verb in NAMING:
            return any(_has_number(one) for one in [*arguments[:1], *(k.value for k in keywords if k.arg != "axis")])
        case _:
            return False


def _is_table(node: ast.expr, facts: Facts) -> bool:
    value = facts.value(node)
    return isinstance(value, Data) and value.rows != NOTHING


def _has_number(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Constant) and isinstance(part.value, int) for part in ast.walk(node))
