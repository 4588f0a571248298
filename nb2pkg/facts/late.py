"""Names that are read above every statement that gives them a value: where document order fails, and what lies below."""

import ast
from collections.abc import Iterable
from typing import NamedTuple

from nb2pkg.facts.events import Missing
from nb2pkg.graph import Effects
from nb2pkg.syntax import Program


class Late(NamedTuple):
    """``name`` is read at ``line`` of ``cell`` and has no value there; ``binders`` are the statements below that make it afresh.

    ``df = df.dropna()`` makes nothing afresh; the same import again is no other binder.
    """

    name: str
    cell: int
    line: int
    statement: int
    binders: tuple[int, ...]


def late(program: Program, effects: tuple[Effects, ...], missing: Iterable[Missing]) -> list[Late]:
    """The first such reading of each name in each cell, in the order of the program."""
    found: dict[tuple[int, str], Late] = {}
    for one in sorted(missing, key=lambda one: one.statement):
        binders = () if one.static else binders_below(program, effects, one.name, one.statement)
        if binders:
            reader = program.statements[one.statement]
            line = one.calls[0].line if one.calls else one.place.line
            found.setdefault((reader.cell, one.name), Late(one.name, reader.cell, line, reader.index, binders))
    return list(found.values())


def binders_below(program: Program, effects: tuple[Effects, ...], name: str, statement: int) -> tuple[int, ...]:
    """The statements below one that give a name a value of their own."""
    found: dict[str, int] = {}
    for index in range(statement + 1, len(effects)):
        node = program.statements[index].node
        if name in effects[index].binds and (name not in effects[index].names or not found):
            words = ast.unparse(node) if isinstance(node, ast.Import | ast.ImportFrom) else str(index)
            found.setdefault(words, index)
    return tuple(found.values())
