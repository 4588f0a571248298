"""Which statement and which cell needs which, in document order and in the order the author ran them.

The recorded order is that of the execution counts the notebook was saved with; a cell that was not run has no place in it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nb2pkg.syntax import Program


class Reading(NamedTuple):
    """What a cell (run as ``ran``) reads before it binds it itself, and what it binds or changes in place."""

    cell: int
    ran: int | None
    reads: frozenset[str]
    writes: frozenset[str]


class OrderChange(NamedTuple):
    """``name``, read in ``cell``: document order takes it from cell ``document``, the recorded run took it from ``recorded``."""

    cell: int
    name: str
    document: int | None
    recorded: int | None


class Effects(NamedTuple):
    """What a top-level statement did.

    ``reads`` are the statements whose bindings or in-place changes it needed, ``binds`` the global names it bound, ``mutates``
    the global names whose value it changed in place, ``names`` the global names it read, ``maybe`` the names whose value an
    unknown call may have changed.
    """

    reads: frozenset[int]
    binds: frozenset[str]
    mutates: frozenset[str]
    names: frozenset[str]
    maybe: frozenset[str]


def readings(program: Program, effects: Sequence[Effects]) -> list[Reading]:
    """What each code cell reads from outside and writes, in document order."""
    found = []
    for cell in program.cells:
        reads: set[str] = set()
        writes: set[str] = set()
        for statement in cell.statements:
            one = effects[statement.index]
            reads |= one.names - writes
            writes |= one.binds | one.mutates
        found.append(Reading(cell.cell.number, cell.cell.count, frozenset(reads), frozenset(writes)))
    return found


def first_backward(program: Program) -> tuple[int, int] | None:
    """The first cell whose recorded count is lower than an earlier one's, and that earlier cell; None where counts only rise."""
    highest, where = -1, 0
    for cell in program.cells:
        count = cell.cell.count
        if count is None:
            continue
        if count < highest:
            return cell.cell.number, where
        highest, where = max((highest, where), (count, cell.cell.number))
    return None


def order_changes(program: Program, effects: Sequence[Effects]) -> list[OrderChange]:
    """Every reading whose definition differs between the two orders."""
    cells = readings(program, effects)
    document = _sources(cells)
    ran = sorted((cell for cell in cells if cell.ran is not None), key=lambda cell: cell.ran or 0)
    recorded = _sources(ran)
    return [
        OrderChange(cell.cell, name, document[cell.cell].get(name), recorded[cell.cell].get(name))
        for cell in cells
        if cell.ran is not None
        for name in sorted(cell.reads)
        if document[cell.cell].get(name) != recorded[cell.cell].get(name)
    ]


def _sources(cells: Sequence[Reading]) -> Mapping[int, Mapping[str, int]]:
    """For each cell, which cell last wrote each name it reads, when cells run in this order."""
    written: dict[str, int] = {}
    sources: dict[int, dict[str, int]] = {}
    for cell in cells:
        sources[cell.cell] = {name: written[name] for name in cell.reads if name in written}
        written.update(dict.fromkeys(cell.writes, cell.cell))
    return sources
