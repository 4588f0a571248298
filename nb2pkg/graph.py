"""Which statement and which cell needs which, in document order and in the order the author ran them.

The recorded order is that of the execution counts the notebook was saved with; a cell that was not run has no place in it.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from nb2pkg.columns import NOTHING, Known, columns_read, columns_written, lists_of
from nb2pkg.syntax import CellSyntax, Program, Statement


class Reading(NamedTuple):
    """What a cell (run as ``ran``) reads before it binds it itself; what it writes, with the words of an import."""

    cell: int
    ran: int | None
    reads: frozenset[str]
    writes: Mapping[str, str]


class OrderChange(NamedTuple):
    """``name``, read in ``cell``: document order takes it from cell ``document``, the recorded run took it from ``recorded``."""

    cell: int
    name: str
    document: int | None
    recorded: int | None


class Flow(NamedTuple):
    """``name`` comes from a statement of ``cell``; ``statement`` is -1 where a magic of that cell brings it.

    ``why`` is empty where that is sure, else why it only may be so: "star import", "unknown call", "when it is called" ...
    """

    statement: int
    cell: int
    name: str
    why: str = ""


class Effects(NamedTuple):
    """What a top-level statement did.

    ``reads`` are the statements whose bindings or in-place changes it needed, ``binds`` the global names it bound, ``mutates``
    the global names whose value it changed in place, ``names`` the global names it read, ``maybe`` the names whose value an
    unknown call may have changed. ``flows`` say what it needed or may need, from where; these and ``reads`` are known only
    where values were asked for.
    """

    reads: frozenset[int]
    binds: frozenset[str]
    mutates: frozenset[str]
    names: frozenset[str]
    maybe: frozenset[str]
    flows: frozenset[Flow] = frozenset()


def readings(program: Program, effects: Sequence[Effects]) -> list[Reading]:
    """What each code cell reads from outside and writes, in document order."""
    found = []
    for cell in program.cells:
        reads: set[str] = set()
        writes: dict[str, str] = {}
        for statement in cell.statements:
            one = effects[statement.index]
            reads.update(name for name in one.names if name not in writes)
            imported = isinstance(statement.node, ast.Import | ast.ImportFrom)
            writes.update(dict.fromkeys(one.binds | one.mutates, ast.unparse(statement.node) if imported else ""))
        writes.update((name, "") for magic in cell.magics for name in magic.binds if name not in writes)
        found.append(Reading(cell.cell.number, ran_as(cell), frozenset(reads), writes))
    return found


def ran_as(cell: CellSyntax) -> int | None:
    """The recorded count, None where the cell was not run (some front ends then save 0)."""
    return cell.cell.count if cell.cell.count else None


def first_backward(program: Program) -> tuple[int, int] | None:
    """The first cell whose recorded count is lower than an earlier one's, and that earlier cell; None where counts only rise."""
    highest, where = -1, 0
    for cell in program.cells:
        count = ran_as(cell)
        if count is None:
            continue
        if count < highest:
            return cell.cell.number, where
        highest, where = max((highest, where), (count, cell.cell.number))
    return None


def order_changes(
    program: Program, effects: Sequence[Effects], known: Known = NOTHING
) -> Iterator[tuple[OrderChange, bool]]:
    """Every reading whose definition differs between the two orders, and whether the order of the cells concerned is known.

    Cells that share a count come from two sessions and have no order, nor have cells that were not run; the same import in
    two cells is one definition. ``known`` tells which attributes of tables may be columns.
    """
    cells = readings(program, effects)
    times = Counter(cell.ran for cell in cells)
    ordered = {cell.cell for cell in cells if cell.ran is not None and times[cell.ran] == 1}
    ran = sorted((cell for cell in cells if cell.ran is not None), key=lambda cell: cell.ran or 0)
    document, recorded = _sources(cells), _sources(ran)
    tied_to = {cell.ran: [one.cell for one in ran if one.ran == cell.ran] for cell in ran if times[cell.ran] > 1}
    for cell in cells:
        for name in sorted(cell.reads) if cell.ran is not None else ():
            first, second = document[cell.cell].get(name), recorded[cell.cell].get(name)
            tied = first is not None and first.cell in tied_to.get(cell.ran, ())
            if (first == second and not tied) or _same_import(first, second):
                continue
            change = OrderChange(cell.cell, name, first.cell if first else None, second.cell if second else None)
            concerned = {cell.cell, *(writer.cell for writer in (first, second) if writer)}
            for one in _in_its_columns(change, program, effects, (cells, ran), known):
                yield one, concerned <= ordered


def _in_its_columns(
    change: OrderChange,
    program: Program,
    effects: Sequence[Effects],
    orders: tuple[Sequence[Reading], Sequence[Reading]],
    known: Known,
) -> list[OrderChange]:
    """The change as it stands for the columns that are read; none where each of them is written by the same cell in both orders."""
    statements = {cell.cell.number: cell.statements for cell in program.cells}
    readers = [one for one in statements[change.cell] if change.name in effects[one.index].names]
    known = known._replace(lists=lists_of(one.node for one in statements[change.cell]))
    columns = [columns_read(one.node, change.name, known) for one in readers]
    if not columns or None in columns:
        return [change]
    for column in sorted(frozenset[str]().union(*(one for one in columns if one is not None))):
        writers = [_writer(change, column, cells, statements, effects, known) for cells in orders]
        if writers[0] != writers[1]:
            return [OrderChange(change.cell, change.name, writers[0], writers[1])]
    return []


def _writer(
    change: OrderChange,
    column: str,
    cells: Sequence[Reading],
    statements: Mapping[int, Sequence[Statement]],
    effects: Sequence[Effects],
    known: Known,
) -> int | None:
    """The cell that wrote the column last, in this order, before it is read."""
    found = None
    for cell in cells:
        if cell.cell == change.cell:
            break
        if change.name not in cell.writes:
            continue
        for statement in statements[cell.cell]:
            one = effects[statement.index]
            written = columns_written(statement.node, change.name, known) if change.name in one.mutates else None
            if change.name in one.binds | one.mutates and (written is None or column in written):
                found = cell.cell
    return found


class Written(NamedTuple):
    """Where a name was last written; ``words`` is the import statement, where it is one."""

    cell: int
    words: str


def _same_import(one: Written | None, other: Written | None) -> bool:
    return one is not None and other is not None and one.words != "" and one.words == other.words


def _sources(cells: Sequence[Reading]) -> Mapping[int, Mapping[str, Written]]:
    """For each cell, which cell last wrote each name it reads, when cells run in this order."""
    written: dict[str, Written] = {}
    sources: dict[int, dict[str, Written]] = {}
    for cell in cells:
        sources[cell.cell] = {name: written[name] for name in cell.reads if name in written}
        written.update({name: Written(cell.cell, words) for name, words in cell.writes.items()})
    return sources


class Unused(NamedTuple):
    """A name that a statement binds and that nothing which runs needs from there."""

    statement: int
    name: str


def unused(program: Program, effects: Sequence[Effects]) -> list[Unused]:
    """Definitions that are wholly unused: never read, or only in functions and classes that are unused themselves.

    Names that a cell which does not parse mentions count as read; of a star import only one without any used name is told.
    """
    live = _live(program, effects)
    read = {(flow.statement, flow.name) for index in live for flow in effects[index].flows}
    mentioned = {name for cell in program.cells if cell.error is not None for name in cell.error.names}
    found = []
    for statement in program.statements:
        index, names = statement.index, effects[statement.index].binds
        at_once = _read_within(statement.node)
        left = [name for name in sorted(names - mentioned - at_once) if (index, name) not in read]
        if _is_star(statement.node):
            left = ["*"] if len(left) == len(names) and names else []
        found += [Unused(index, name) for name in left if name == "*" or not name.startswith("_")]
    return found


def _live(program: Program, effects: Sequence[Effects]) -> set[int]:
    """The statements that run something, and all that these need."""
    defining = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    waiting = [one.index for one in program.statements if not isinstance(one.node, defining)]
    live: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index not in live:
            live.add(index)
            waiting += [flow.statement for flow in effects[index].flows if flow.statement >= 0]
    return live


def _read_within(node: ast.stmt) -> set[str]:
    """The names that a statement itself loads: the variable of a loop or a ``with``; recursion is no use."""
    if isinstance(
        node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.Import | ast.ImportFrom
    ):
        return set()
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def _is_star(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
