"""What the recorded run says about cells: values read before they were computed again, cells that were not run, cells run twice."""

import ast
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
    found: dict[tuple[int, int], Stale] = {}
    for change in changes:
        above = change.document
        if above is None or counts[above] < counts[change.cell] or _is_fixed(program, effects, above, change.name):
            continue
        before = found.get((change.cell, above))
        names = (*(before.names if before else ()), change.name)
        gap = _is_gap(counts, change.recorded, change.cell)
        found[change.cell, above] = Stale(change.cell, names, above, change.recorded, gap)
    return list(found.values())


def _is_gap(counts: Mapping[int, int], writer: int | None, reader: int) -> bool:
    """Is a count missing between those of two cells?"""
    if writer is None:
        return True
    between = {count for count in counts.values() if counts[writer] < count < counts[reader]}
    return len(between) < counts[reader] - counts[writer] - 1


def _is_fixed(program: Program, effects: Sequence[Effects], cell: int, name: str) -> bool:
    """Does the cell make the name the same way each time: a function, a class, an import, a literal?"""
    writers = [
        statement
        for statement in _statements(program, cell)
        if name in effects[statement.index].binds | effects[statement.index].mutates
    ]
    return bool(writers) and all(isinstance(one.node, FIXED) or _is_literal(one) for one in writers)


def _is_literal(statement: Statement) -> bool:
    node = statement.node
    if not isinstance(node, ast.Assign) or not all(isinstance(target, ast.Name) for target in node.targets):
        return False
    return not any(isinstance(part, ast.Name | ast.Call | ast.Attribute) for part in ast.walk(node.value))


def _statements(program: Program, cell: int) -> tuple[Statement, ...]:
    return next(one.statements for one in program.cells if one.cell.number == cell)


def unexecuted(program: Program, effects: Sequence[Effects]) -> list[Unexecuted]:
    """Cells of code that were not run in a notebook where others were."""
    if not any(ran_as(cell) for cell in program.cells):
        return []
    idle = [cell for cell in program.cells if ran_as(cell) is None and (cell.statements or cell.magics)]
    return [_unexecuted(program, effects, cell) for cell in idle]


def _unexecuted(program: Program, effects: Sequence[Effects], idle: CellSyntax) -> Unexecuted:
    own = {statement.index for statement in idle.statements if not isinstance(statement.node, FIXED)}
    made = {name for index in own for name in effects[index].binds | effects[index].mutates}
    names: dict[str, None] = {}
    readers: dict[int, None] = {}
    for cell in program.cells:
        if not ran_as(cell):
            continue
        for statement in cell.statements:
            one = effects[statement.index]
            if one.reads & own and one.names & made:
                names |= dict.fromkeys(sorted(one.names & made))
                readers[cell.cell.number] = None
    return Unexecuted(idle.cell.number, tuple(names), tuple(readers))
