"""What the recorded run says about cells: values read before they were computed again, cells that were not run, cells run twice."""

import ast
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nb2pkg.graph import Effects, OrderChange, ran_as
from nb2pkg.syntax import CellSyntax, Program, Statement

FIXED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class Stale(NamedTuple):
    """``cell`` read ``names`` before ``above``, a cell over it, computed them again; ``recorded`` is where they came from, if known.

    ``gap``: a count between that cell's and this one's is missing, so a run that was overwritten may have come between.
    """

    cell: int
    names: tuple[str, ...]
    above: int
    recorded: int | None
    gap: bool


class Unexecuted(NamedTuple):
    """A cell that was not run; ``readers`` are the cells that ran and read ``names`` of it."""

    cell: int
    names: tuple[str, ...]
    readers: tuple[int, ...]


def stale(program: Program, effects: Sequence[Effects], changes: Sequence[OrderChange]) -> list[Stale]:
    """Each cell that was run before a cell above it made its values anew; one entry for each such cell above."""
    counts = {cell.cell.number: ran_as(cell) or 0 for cell in program.cells}
    taken = sorted(set(counts.values()))
    statements = {cell.cell.number: cell.statements for cell in program.cells}
    found: dict[tuple[int, int], Stale] = {}
    for change in changes:
        above = change.document
        if above is None or counts[above] < counts[change.cell] or _is_fixed(statements[above], effects, change.name):
            continue
        before = found.get((change.cell, above))
        names = (*(before.names if before else ()), change.name)
        gap = change.recorded is None or _is_gap(taken, counts[change.recorded], counts[change.cell])
        found[change.cell, above] = Stale(change.cell, names, above, change.recorded, gap)
    return list(found.values())


def _is_gap(taken: Sequence[int], first: int, last: int) -> bool:
    """Is a count missing between two of those that are taken?"""
    return bisect_left(taken, last) - bisect_left(taken, first) < last - first


def _is_fixed(statements: Sequence[Statement], effects: Sequence[Effects], name: str) -> bool:
    """Does the cell make the name the same way each time: a function, a class, an import, a literal?"""
    writers = [one for one in statements if name in effects[one.index].binds | effects[one.index].mutates]
    return bool(writers) and all(isinstance(one.node, FIXED) or _is_literal(one) for one in writers)


def _is_literal(statement: Statement) -> bool:
    node = statement.node
    if not isinstance(node, ast.Assign) or not all(isinstance(target, ast.Name) for target in node.targets):
        return False
    return not any(isinstance(part, ast.Name | ast.Call | ast.Attribute) for part in ast.walk(node.value))


def unexecuted(program: Program, effects: Sequence[Effects]) -> list[Unexecuted]:
    """Cells of code that were not run in a notebook where others were."""
    if not any(ran_as(cell) for cell in program.cells):
        return []
    readers: dict[int, list[Statement]] = {}
    for cell in program.cells:
        for statement in cell.statements if ran_as(cell) else ():
            for needed in effects[statement.index].reads:
                readers.setdefault(needed, []).append(statement)
    idle = [cell for cell in program.cells if ran_as(cell) is None and (cell.statements or cell.magics)]
    return [_unexecuted(readers, effects, cell) for cell in idle]


def _unexecuted(readers: Mapping[int, Sequence[Statement]], effects: Sequence[Effects], idle: CellSyntax) -> Unexecuted:
    own = [statement.index for statement in idle.statements if not isinstance(statement.node, FIXED)]
    made = {name for index in own for name in effects[index].binds | effects[index].mutates}
    reading = {one.index: one for index in own for one in readers.get(index, ()) if effects[one.index].names & made}
    ordered = [reading[index] for index in sorted(reading)]
    names = dict.fromkeys(name for one in ordered for name in sorted(effects[one.index].names & made))
    return Unexecuted(idle.cell.number, tuple(names), tuple(dict.fromkeys(one.cell for one in ordered)))
