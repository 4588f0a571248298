"""Which statements the target needs: those that make its column, however many work on other columns before and after.

For ``df["late"] = df["hours"].map(is_late)``, ``df = pd.get_dummies(df, columns=["city"])`` and ``y = df["late"]`` only the first one counts.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from nb2pkg.extract.columns import Columns, constants
from nb2pkg.extract.lane import Code
from nb2pkg.extract.learned import Learns
from nb2pkg.extract.provenance import ROWS, Held, Provenance
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data

REORDERING = frozenset({"sorted", "reversed"})


@dataclass(slots=True)
class Lines:
    """The statements that are left, by index; ``texts`` are expressions that read otherwise without the others."""

    kept: list[int] = field(default_factory=list)
    texts: dict[ast.AST, str] = field(default_factory=dict)


def target_lines(columns: Columns, provenance: Provenance, code: Code) -> Lines | None:
    """The statements that make what a result reads, last to first; None where it reads more than columns by name."""
    walk = _Walk(columns, provenance, code)
    for index in reversed(code.statements):
        if walk.whole:
            return None
        walk.step(index, columns.facts.program.statements[index].node)
    if walk.whole or any(held.table not in (code.given, ROWS) for held in walk.wanted):
        return None
    for node, held in walk.read.items():
        walk.lines.texts[node] = f"{held.table if walk.lines.kept else ROWS}[{held.column!r}]"
    return walk.lines


class _Walk:
    """``wanted`` are the columns that matter so far, ``read`` those that the result reads while no statement is kept, ``names``
    the variables that what is kept reads."""

    def __init__(self, columns: Columns, provenance: Provenance, code: Code) -> None:
        self.columns = columns
        self.provenance = provenance
        self.lines = Lines()
        self.read: dict[ast.AST, Held] = {}
        self.whole = False
        around = [columns.facts.program.statements[index].node for index in code.environment]
        self.names = {name.id for node in (code.result, *around) for name in free_names(node)}
        found = dict(self.reads(code.result))
        self.whole = None in found.values() or not found
        self.read = {node: held for node, held in found.items() if held is not None}
        self.wanted = set(self.read.values())

    def step(self, index: int, node: ast.stmt) -> None:
        """Go back over one statement."""
        before = {held: self.provenance.back(node, held) for held in self.wanted}
        tables = {held.table for held in self.wanted}
        if None in before.values() or self.columns.facts.effects[index].binds & self.names - tables:
            self._keep(index, node, before)
        elif any(held != source for held, source in before.items()):
            self._renamed(index, node, {held: source for held, source in before.items() if source is not None})

    def _keep(self, index: int, node: ast.stmt, before: dict[Held, Held | None]) -> None:
        """A statement that makes a column which matters; what it reads matters, too."""
        self.lines.kept.insert(0, index)
        self.names |= {name.id for name in free_names(node)}
        assigned = self.columns.assigned(node)
        found = [held for _, held in self.reads(node.value if isinstance(node, ast.Assign) else node)]
        self.whole |= None in found
        changed = {held for held, source in before.items() if source is None and tuple(held) != assigned}
        self.wanted = {source for source in before.values() if source is not None} | changed
        self.wanted |= {held for held in found if held is not None}

    def _renamed(self, index: int, node: ast.stmt, before: dict[Held, Held]) -> None:
        """A statement that only hands the columns on, under another name."""
        self.wanted = set(before.values())
        if not self.lines.kept:
            self.read = {one: before[held] for one, held in self.read.items()}
            return
        self.lines.kept.insert(0, index)
        tables = {held.table for held in self.wanted}
        alike = all(held.column == source.column for held, source in before.items())
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and len(tables) == 1 and alike:
            self.lines.texts[node.value] = f"{tables.pop()}.copy()"

    def reads(self, node: ast.AST) -> Iterator[tuple[ast.AST, Held | None]]:
        """The columns that an expression reads, each with its node; None for a table that it looks at as a whole."""
        found = self.columns.read(node)
        if found is not None:
            yield node, Held(*found)
            return
        match node:
            case ast.Name(ctx=ast.Load()) if self._is_table(node):
                yield node, None
            case _:
                for child in ast.iter_child_nodes(node):
                    yield from self.reads(child)

    def _is_table(self, node: ast.Name) -> bool:
        value = self.columns.facts.value(node)
        return isinstance(value, Data) and value.rows != NOTHING


def shortened(columns: Columns, code: Code, read: tuple[str, str] | None) -> Code:
    """Code without the statements that the column of the result does not depend on."""
    if read is None:
        return code
    kept: list[int] = []
    wanted = {read[1]}
    for index in reversed(code.statements):
        node = columns.facts.program.statements[index].node
        assigned = columns.assigned(node)
        if assigned is None:
            in_place = columns.drops_in_place(node)
            if in_place is not None and not wanted & set(in_place[1]):
                continue
            kept.append(index)
        elif assigned[1] in wanted:
            kept.append(index)
            wanted |= set(constants(node))
    return Code(tuple(reversed(kept)), code.result, code.at, code.given, code.places, code.environment)


def check_pure(columns: Columns, code: Code) -> None:
    """Raise RefusedError where a target is learned from rows, or put in another order."""
    lowering = columns.lowering
    learns = Learns(lowering, columns)
    learns.places = set() if code.given else set(code.places)
    nodes = [(index, columns.facts.program.statements[index].node) for index in code.statements]
    for index, node in [*nodes, (code.at, code.result)]:
        if learns.inside(node, index):
            raise refused(lowering.statement(index), "the target is computed with something learned from rows")
    for part in [part for _, node in [*nodes, (code.at, code.result)] for part in ast.walk(node)]:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in REORDERING:
            text = ast.unparse(part)[:50]
            raise refused(lowering.statement(code.at), f"`{text}` puts the target in another order")
