"""What a picture shows of a graph: no imports and options, each name from where it was last bound or changed, dashed where it only may come from there."""

from typing import NamedTuple

from nb2pkg.facts.flows import OPTIONS
from nb2pkg.graphs.drawing import Drawing


class Arrow(NamedTuple):
    """An edge to be drawn; ``dashed`` where none of its names surely flows."""

    source: str
    target: str
    names: tuple[str, ...]
    dashed: bool


def arrows(drawing: Drawing) -> list[Arrow]:
    """The edges to be drawn. What an unknown call may have changed on the way is left to text and JSON."""
    known = {(edge.target, one.name) for edge in drawing.edges for one in edge.names if not one.why}
    found = []
    for edge in drawing.edges:
        direct = [one for one in edge.names if one.direct and not one.imported and not one.name.startswith(OPTIONS)]
        sure = tuple(name.name for name in direct if not name.why)
        names = sure or tuple(name.name for name in direct if (edge.target, name.name) not in known)
        if names:
            found.append(Arrow(edge.source, edge.target, names, dashed=not sure))
    return found
