"""Which statement and which cell needs which, in document order and in the order the author ran them.

The recorded order is that of the execution counts the notebook was saved with; a cell that was not run has no place in it.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from nb2pkg.columns import NOTHING, Columns, Known, columns_read, columns_written, lists_of
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
    two cells is one definition. ``known`` tells which attributes of tables may be columns: where only columns are read, the
    reading differs where one of them was written by another cell.
    """
    cells = readings(program, effects)
    ran = sorted((cell for cell in cells if cell.ran is not None), key=lambda cell: cell.ran or 0)
    statements = {cell.cell.number: cell.statements for cell in program.cells}
    differing = [
        (change, sure, _columns(change, statements[change.cell], effects, known))
        for change, sure in _differing(cells, ran)
    ]
    wanted: dict[int, list[tuple[str, str]]] = {}
    for change, _, columns in differing:
        wanted.setdefault(change.cell, []).extend((change.name, column) for column in columns or ())
    names = frozenset(name for pairs in wanted.values() for name, _ in pairs)
    written = {cell.cell: list(_written(cell, statements[cell.cell], effects, known, names)) for cell in cells}
    document, recorded = _writers(cells, wanted, written), _writers(ran, wanted, written)
    for change, sure, columns in differing:
        if columns is None:
            yield change, sure
        for column in sorted(columns or ()):
            key = (change.cell, change.name, column)
            if document[key] != recorded[key]:
                yield OrderChange(change.cell, change.name, document[key], recorded[key]), sure
                break


def _differing(cells: Sequence[Reading], ran: Sequence[Reading]) -> Iterator[tuple[OrderChange, bool]]:
    """The readings of names whose writer differs between the orders, or has no order to the reader."""
    counts = {cell.cell: cell.ran for cell in cells}
    times = Counter(counts.values())
    document, recorded = _sources(cells), _sources(ran)
    for cell in cells:
        for name in sorted(cell.reads) if cell.ran is not None else ():
            first, second = document[cell.cell].get(name), recorded[cell.cell].get(name)
            tied = first is not None and first.cell != cell.cell and counts[first.cell] == cell.ran
            if (first == second and not tied) or _same_import(first, second):
                continue
            concerned = (cell.cell, *(writer.cell for writer in (first, second) if writer))
            sure = all(counts[one] is not None and times[counts[one]] == 1 for one in concerned)
            yield OrderChange(cell.cell, name, first.cell if first else None, second.cell if second else None), sure


def _columns(
    change: OrderChange, statements: Sequence[Statement], effects: Sequence[Effects], known: Known
) -> Columns | None:
    """The columns that the cell reads of the table; None where it reads more than named columns."""
    readers = [one for one in statements if change.name in effects[one.index].names]
    known = known._replace(lists=lists_of(one.node for one in statements))
    columns = [columns_read(one.node, change.name, known) for one in readers]
    if not columns or None in columns:
        return None
    return frozenset[str]().union(*(one for one in columns if one is not None))


def _written(
    cell: Reading, statements: Sequence[Statement], effects: Sequence[Effects], known: Known, names: frozenset[str]
) -> Iterator[tuple[str, Columns | None]]:
    """Which of the names a cell writes, one after the other, and which columns of them; None for the whole."""
    by_magic = names.intersection(cell.writes)
    for statement in statements:
        one = effects[statement.index]
        for name in sorted(names & (one.binds | one.mutates)):
            yield name, columns_written(statement.node, name, known) if name in one.mutates else None
        by_magic -= one.binds | one.mutates
    yield from ((name, None) for name in sorted(by_magic))


def _writers(
    cells: Sequence[Reading],
    wanted: Mapping[int, Sequence[tuple[str, str]]],
    written: Mapping[int, Sequence[tuple[str, Columns | None]]],
) -> Mapping[tuple[int, str, str], int | None]:
    """The cell that wrote each wanted column last, in this order, before it is read."""
    found: dict[tuple[int, str, str], int | None] = {}
    whole: dict[str, int] = {}
    single: dict[str, dict[str, int]] = {}
    for cell in cells:
        for name, column in wanted.get(cell.cell, ()):
            found[cell.cell, name, column] = single.get(name, {}).get(column, whole.get(name))
        for name, columns in written[cell.cell]:
            if columns is None:
                whole[name], single[name] = cell.cell, {}
            else:
                single.setdefault(name, {}).update(dict.fromkeys(columns, cell.cell))
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
