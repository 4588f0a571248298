"""What is drawn: cells or statements as nodes, and the names that flow between them as edges.

`df = pd.read_csv("a.csv")` in cell 2 and `df["x"] = 1` in cell 3 and `df.mean()` in cell 4 give the edges 2 → 3 → 4 named `df`;
the edge 2 → 4 is there, too, and is not `direct`, for `df` comes to cell 4 by way of cell 3.
"""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from nb2pkg.errors import Nb2pkgError
from nb2pkg.facts import Facts
from nb2pkg.graph import Flow, unused
from nb2pkg.graphs.labels import cell_label, magic_label, statement_label
from nb2pkg.names import names_of
from nb2pkg.syntax import CellSyntax, Statement


class Name(NamedTuple):
    """A name that flows along an edge; ``why`` is empty where that is sure; ``imported``: an import binds it."""

    name: str
    why: str
    imported: bool
    direct: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A cell (``statement`` None), a statement, or the magics of a cell; ``line`` is where it starts in its cell."""

    key: str
    cell: int
    statement: int | None
    line: int
    label: str
    binds: tuple[str, ...]
    changes: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def number(self) -> str:
        """How a reader calls it: the cell, and the line of a statement."""
        return str(self.cell) if self.statement is None else f"{self.cell}:{self.line}"


@dataclass(frozen=True, slots=True)
class Edge:
    """``target`` needs these names from ``source``."""

    source: str
    target: str
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph to be written in any format, nodes in document order; ``of`` is the name whose making it shows.

    ``limited``: the notebook was too large to follow to its end, so that edges may be missing.
    """

    notebook: str
    of: str | None
    statements: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    limited: bool


def draw(facts: Facts, *, statements: bool = False, of: str | None = None) -> Drawing:
    """The graph of the notebook, or the part that makes one name."""
    kept = frozenset(range(len(facts.effects))) if of is None else facts.slice(makers(facts, of))
    flows = [
        (flow, index)
        for index in sorted(kept)
        for flow in facts.effects[index].flows
        if flow.statement in kept or flow.statement < 0
    ]
    nodes = tuple(
        _statement_nodes(facts, kept, flows) if statements else _cell_nodes(facts, kept, flows, whole=of is None)
    )
    edges = _edges(facts, flows, nodes, _by_statement if statements else _by_cell)
    return Drawing(facts.program.notebook.path, of, statements, nodes, tuple(edges), facts.limited)


def makers(facts: Facts, name: str) -> list[int]:
    """The statements that give a name what it holds at the end: its last sure binding, those after it, and changes in place."""
    found = []
    for statement in reversed(facts.program.statements):
        effects = facts.effects[statement.index]
        if name in effects.binds | effects.mutates | effects.maybe:
            found.append(statement.index)
        if name in effects.binds and name in names_of(statement.node).certain:
            break
    if found:
        return found
    known = sorted({name for effects in facts.effects for name in effects.binds})
    close = get_close_matches(name, known, n=3) or known[:10]
    hint = f"; it binds {', '.join(close)}" if close else ""
    raise Nb2pkgError(f"{facts.program.notebook.path}: no statement binds {name!r}{hint}")


def _cell_nodes(facts: Facts, kept: frozenset[int], flows: list[tuple[Flow, int]], *, whole: bool) -> Iterable[Node]:
    idle = {(one.statement, one.name) for one in unused(facts.program, facts.effects)}
    bringing = {flow.cell for flow, _ in flows if flow.statement < 0}
    for cell in facts.program.cells:
        inside = [one.index for one in cell.statements if one.index in kept]
        number = cell.cell.number
        if inside or number in bringing or (whole and cell.cell.source.strip()):
            label = cell_label(facts.program.notebook, cell)
            yield _node(facts, f"c{number}", cell, None, 1, label, inside, idle)


def _statement_nodes(facts: Facts, kept: frozenset[int], flows: list[tuple[Flow, int]]) -> Iterable[Node]:
    idle = {(one.statement, one.name) for one in unused(facts.program, facts.effects)}
    bringing = {flow.cell for flow, _ in flows if flow.statement < 0}
    for cell in facts.program.cells:
        if cell.cell.number in bringing:
            yield _node(facts, f"c{cell.cell.number}", cell, None, 1, magic_label(cell), [], idle)
        for one in cell.statements:
            if one.index in kept:
                label = statement_label(one, cell)
                yield _node(facts, f"s{one.index + 1}", cell, one.index, one.node.lineno, label, [one.index], idle)


def _node(
    facts: Facts,
    key: str,
    cell: CellSyntax,
    statement: int | None,
    line: int,
    label: str,
    inside: list[int],
    idle: set[tuple[int, str]],
) -> Node:
    binds, changes, idle_names = set[str](), set[str](), set[str]()
    for index in inside:
        effects = facts.effects[index]
        binds |= {"*"} if _is_star(facts.program.statements[index]) else effects.binds
        changes |= effects.mutates
        idle_names |= {name for name in effects.binds | {"*"} if (index, name) in idle}
    return Node(
        key,
        cell.cell.number,
        statement,
        line,
        label,
        tuple(sorted(binds)),
        tuple(sorted(changes - binds)),
        tuple(sorted(idle_names)),
    )


def _is_star(statement: Statement) -> bool:
    return isinstance(statement.node, ast.ImportFrom) and statement.node.names[0].name == "*"


def _by_cell(flow: Flow) -> str:
    return f"c{flow.cell}"


def _by_statement(flow: Flow) -> str:
    return f"s{flow.statement + 1}" if flow.statement >= 0 else f"c{flow.cell}"


def _edges(
    facts: Facts, flows: list[tuple[Flow, int]], nodes: tuple[Node, ...], key_of: Callable[[Flow], str]
) -> list[Edge]:
    """One edge for each pair of nodes, in document order of the target, then of the source."""
    order = {node.key: position for position, node in enumerate(nodes)}
    cells = [statement.cell for statement in facts.program.statements]
    found: dict[tuple[str, str], dict[str, tuple[str, bool]]] = {}
    for flow, index in flows:
        source, target = key_of(flow), key_of(Flow(index, cells[index], ""))
        if source == target or source not in order:
            continue
        names = found.setdefault((source, target), {})
        why, imported = names.get(flow.name, (flow.why, True))
        imported &= flow.statement >= 0 and _is_import(facts.program.statements[flow.statement], flow.name)
        names[flow.name] = ("" if not flow.why else why, imported)
    pairs = sorted(found, key=lambda pair: (order[pair[1]], order[pair[0]]))
    passed = _passed_on(found, order)
    return [
        Edge(
            *pair,
            tuple(
                Name(name, why, imported, (pair, name) not in passed)
                for name, (why, imported) in sorted(found[pair].items())
            ),
        )
        for pair in pairs
    ]


def _is_import(statement: Statement, name: str) -> bool:
    """Does the statement only import the name (in a ``try``, too)?"""
    nodes = ast.walk(statement.node) if isinstance(statement.node, ast.Try | ast.If) else [statement.node]
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*" or name == (alias.asname or alias.name.partition(".")[0]):
                    return True
    return False


def _passed_on(
    found: dict[tuple[str, str], dict[str, tuple[str, bool]]], order: dict[str, int]
) -> set[tuple[tuple[str, str], str]]:
    """Sure names on edges that as surely come by way of a node in between."""
    passed = set()
    targets: dict[tuple[str, str], list[str]] = {}
    for (source, target), names in found.items():
        for name in (name for name, (why, _) in names.items() if not why):
            targets.setdefault((source, name), []).append(target)
    for (source, name), reached in targets.items():
        for one in reached:
            for target in targets.get((one, name), ()) if order[source] < order[one] else ():
                if order[one] < order[target] and name in found.get((source, target), {}):
                    passed.add(((source, target), name))
    return passed
