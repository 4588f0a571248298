"""The graph as text: for each cell or statement what it binds, what it needs from where, and who needs it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from nb2pkg.graphs.drawing import Drawing, Edge, Node


def render(drawing: Drawing) -> str:
    """A paragraph for each node, in document order."""
    numbers = {node.key: node.number for node in drawing.nodes}
    noun = "statement" if drawing.statements else "cell"
    plural = "" if len(drawing.nodes) == 1 else "s"
    lines = [f"{drawing.notebook}: {len(drawing.nodes)} {noun}{plural}" + (f" make {drawing.of}" if drawing.of else "")]
    if drawing.limited:
        lines.append("The notebook was too large to follow to its end: what its last cells need may be missing.")
    into, onward = defaultdict[str, list[Edge]](list), defaultdict[str, list[Edge]](list)
    for edge in drawing.edges:
        into[edge.target].append(edge)
        onward[edge.source].append(edge)
    for node in drawing.nodes:
        lines += [
            "",
            f"{_heading(node)}",
            *(f"    {line}" for line in _facts(node, into[node.key], onward[node.key], numbers)),
        ]
    return "\n".join(lines) + "\n"


def _heading(node: Node) -> str:
    return f"cell {node.number}  {node.label}".rstrip()


def _facts(node: Node, into: list[Edge], onward: list[Edge], numbers: dict[str, str]) -> Iterator[str]:
    if node.binds:
        yield f"binds    {', '.join(node.binds)}"
    if node.changes:
        yield f"changes  {', '.join(node.changes)}"
    yield from _needs(into, numbers)
    given = _grouped((edge, numbers[edge.target]) for edge in onward)
    if given:
        yield f"gives    {'; '.join(f'{names} to {cells}' for names, cells in given)}"
    if node.unused:
        yield f"unused   {', '.join(node.unused)}"


def _needs(edges: list[Edge], numbers: dict[str, str]) -> Iterator[str]:
    sure = _grouped((edge, numbers[edge.source]) for edge in edges)
    if sure:
        yield f"needs    {'; '.join(f'{names} from {cells}' for names, cells in sure)}"
    for edge in edges:
        for one in edge.names:
            if one.why and one.direct:
                yield f"may need {one.name} from cell {numbers[edge.source]} ({one.why})"


def _grouped(edges: Iterable[tuple[Edge, str]]) -> list[tuple[str, str]]:
    """The names on the edges, each combination once, with the cells at their other ends."""
    found: dict[str, list[str]] = {}
    for edge, number in edges:
        if _names(edge):
            found.setdefault(_names(edge), []).append(number)
    return [(names, f"cell{'s' if len(cells) > 1 else ''} {', '.join(cells)}") for names, cells in found.items()]


def _names(edge: Edge) -> str:
    """The names that surely flow along the edge and come from nowhere in between."""
    return ", ".join(one.name for one in edge.names if one.direct and not one.why)
