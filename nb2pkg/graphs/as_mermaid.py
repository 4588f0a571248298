"""The graph as a Mermaid flowchart, for Markdown pages that draw it."""

from nb2pkg.graphs.drawing import Drawing
from nb2pkg.graphs.labels import listed
from nb2pkg.graphs.picture import arrows

PLAIN = frozenset(" .,:;=+-*/()[]{}_'!?%@…·")
NAMES = 40  # characters of names on an edge


def render(drawing: Drawing) -> str:
    """A flowchart from top to bottom; what only may flow is dotted."""
    lines = ["flowchart TD"]
    for node in drawing.nodes:
        lines.append(f'    {node.key}["{_escaped(f"{node.number} · {node.label}")}"]')
    for arrow in arrows(drawing):
        line = "-.->" if arrow.dashed else "-->"
        lines.append(f'    {arrow.source} {line}|"{_escaped(listed(arrow.names, limit=NAMES))}"| {arrow.target}')
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Signs that Mermaid or HTML would read as their own are written as ``#number;``."""
    return "".join(sign if sign.isalnum() or sign in PLAIN else f"#{ord(sign)};" for sign in text)
