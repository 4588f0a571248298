"""The graph in the DOT language of Graphviz."""

from nb2pkg.graphs.drawing import Drawing
from nb2pkg.graphs.labels import listed
from nb2pkg.graphs.picture import arrows

NAMES = 40  # characters of names on an edge


def render(drawing: Drawing) -> str:
    """A directed graph; what only may flow is dashed."""
    lines = ["digraph notebook {", "  node [shape=box, fontname=sans];", "  edge [fontname=monospace, fontsize=10];"]
    for node in drawing.nodes:
        lines.append(f"  {node.key} [label={_quoted(f'{node.number} · {node.label}')}];")
    for arrow in arrows(drawing):
        style = ", style=dashed" if arrow.dashed else ""
        lines.append(f"  {arrow.source} -> {arrow.target} [label={_quoted(listed(arrow.names, limit=NAMES))}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
