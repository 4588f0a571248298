"""Features that are made of neighbouring rows, before a split deals these rows out at random."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.facts import Facts
from nb2pkg.facts.events import Split
from nb2pkg.facts.values import Data
from nb2pkg.source import Span
from nb2pkg.syntax import Statement


class Mixed(NamedTuple):
    """A column that ``call`` makes of neighbouring rows, at ``place``, and the split below."""

    column: str
    call: str
    place: Span
    split: Split


def mixed(facts: Facts) -> Iterator[Mixed]:
    """Columns of rows that are split at random, each where it is made: ``df["before"] = df["sales"].shift(1)``."""
    for split in facts.splits:
        if not _at_random(split, facts):
            continue
        names = {name for one in split.inputs if isinstance(one, Data) for name in one.columns or ()}
        for statement in facts.program.statements[: split.statement]:
            for column, call in _made(statement.node, facts):
                if column in names:
                    yield Mixed(column, ast.unparse(call.func), _place(statement), split)


def _place(statement: Statement) -> Span:
    node = statement.node
    last, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return Span(statement.cell, node.lineno, node.col_offset + 1, last, end + 1)


def _at_random(split: Split, facts: Facts) -> bool:
    """Whether a split takes rows by chance, and not the first ones."""
    call = facts.call(split.node) if isinstance(split.node, ast.Call) else None
    if call is None or not getattr(call.row, "stochastic", False) or not isinstance(split.node, ast.Call):
        return False
    ordered = (one.value for one in split.node.keywords if one.arg == "shuffle")
    return all(isinstance(one, ast.Constant) and one.value is not False for one in ordered)


def _made(node: ast.stmt, facts: Facts) -> Iterator[tuple[str, ast.Call]]:
    """The column that an assignment makes of neighbouring rows, and the call that reads them."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str(column)))], value=value):
            calls = [one for one in ast.walk(value) if isinstance(one, ast.Call)]
            for one in calls:
                known = facts.call(one)
                if known is not None and getattr(known.row, "neighbours", False):
                    yield column, one
                    return
