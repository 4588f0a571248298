"""The graph as an SVG picture: no script, no font or style from outside, every text escaped."""

from collections.abc import Iterator
from itertools import pairwise

from nb2pkg.graphs.drawing import Drawing, Node
from nb2pkg.graphs.labels import listed, shortened
from nb2pkg.graphs.picture import Arrow, arrows
from nb2pkg.graphs.placing import HEIGHT, WIDTH, Placed, Point, place

MOST_NODES, MOST_ARROWS = 2000, 2000
MARGIN, TITLE = 24, 46
LETTER = 6.1  # width of a letter of the names on arrows
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" \
viewBox="0 0 {width:.0f} {height:.0f}" role="img">"""
HEAD = """<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
<path d="M0 0 L8 4 L0 8 z" fill="#7b8794"/></marker></defs>"""
STYLE = """
  .page { fill: #fff } text { font-family: ui-sans-serif, "DejaVu Sans", Arial, sans-serif; font-size: 11px; fill: #1f2933 }
  .title { font-size: 15px; font-weight: 600 } .note, .names { font-size: 10.5px; fill: #5a6775 }
  .names, .flow { font-family: ui-monospace, "DejaVu Sans Mono", monospace }
  .node rect { fill: #f5f8fb; stroke: #9fb3c8; stroke-width: 1 } .number { font-weight: 700; fill: #0b5394 }
  .arrow { fill: none; stroke: #7b8794; stroke-width: 1.2 } .maybe { stroke-dasharray: 4 3 }
  .flow { font-size: 10px; fill: #8a3b12; text-anchor: middle } .under { fill: #fff; fill-opacity: .85 }
"""


def too_large(drawing: Drawing) -> str | None:
    """Why nobody could read the picture, where that is so."""
    boxes, lines = len(drawing.nodes), len(arrows(drawing))
    if boxes <= MOST_NODES and lines <= MOST_ARROWS:
        return None
    return f"{boxes} boxes and {lines} arrows are too many for a picture; --of NAME draws a part, json holds all"


def render(drawing: Drawing) -> str:
    """One self-contained SVG document; of a graph that is too large it says so."""
    reason = too_large(drawing)
    if reason is not None:
        head = SVG.format(width=900, height=60)
        return f'{head}\n<text x="{MARGIN}" y="{MARGIN}" font-family="sans-serif">{_text(reason)}</text>\n</svg>\n'
    shown = arrows(drawing)
    placed = place([node.key for node in drawing.nodes], shown)
    width = max(placed.width, LETTER * len(_legend(drawing))) + 2 * MARGIN
    height = placed.height + TITLE + 2 * MARGIN
    parts = [
        SVG.format(width=width, height=height),
        f"<title>{_text(_title(drawing))}</title>",
        f"<style>{STYLE}</style>",
        HEAD,
        f'<rect class="page" width="{width:.0f}" height="{height:.0f}"/>',
        f'<text class="title" x="{MARGIN}" y="{MARGIN + 8}">{_text(_title(drawing))}</text>',
        f'<text class="note" x="{MARGIN}" y="{MARGIN + 26}">{_text(_legend(drawing))}</text>',
        f'<g transform="translate({MARGIN} {MARGIN + TITLE})">',
        *_arrows(placed),
        *(line for node in drawing.nodes for line in _box(node, placed.corners[node.key])),
        *_labels(placed),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _title(drawing: Drawing) -> str:
    name = drawing.notebook.replace("\\", "/").rpartition("/")[2]
    return f"{name}: what makes {drawing.of}" if drawing.of else name


def _legend(drawing: Drawing) -> str:
    noun = "statement" if drawing.statements else "cell"
    cut = "; too large to follow to its end" if drawing.limited else ""
    return f"An arrow: the {noun} below needs these names. Dashed: it may. Imports and options of libraries are not drawn{cut}."


def _box(node: Node, corner: Point) -> Iterator[str]:
    number = node.number
    room = 31 - round(len(number) * 1.4)
    yield f'<g class="node" id="{node.key}" transform="translate({corner.x:.1f} {corner.y:.1f})">'
    yield f"<title>{_text(_tooltip(node))}</title>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
    yield (
        f'<text x="9" y="18"><tspan class="number">{number}</tspan>'
        f'<tspan dx="6">{_text(shortened(node.label, limit=room))}</tspan></text>'
    )
    yield f'<text class="names" x="9" y="34">{_text(_made(node))}</text>'
    yield "</g>"


def _made(node: Node) -> str:
    """The names it binds, then those it changes."""
    names = tuple(name for name in node.binds if name != "*") + tuple(f"{name}*" for name in node.changes)
    return listed(names, limit=30) if names else ""


def _tooltip(node: Node) -> str:
    words = [f"cell {node.number}: {node.label}"]
    for word, names in (("binds", node.binds), ("changes", node.changes), ("unused", node.unused)):
        if names:
            words.append(f"{word} {', '.join(names)}")
    return "\n".join(words)


def _arrows(placed: Placed) -> Iterator[str]:
    for arrow, points in _ported(placed):
        style = "arrow maybe" if arrow.dashed else "arrow"
        yield f'<path class="{style}" marker-end="url(#head)" d="{_curve(points)}"><title>{_text(_told(arrow))}</title></path>'


def _told(arrow: Arrow) -> str:
    return f"{arrow.source[1:]} → {arrow.target[1:]}: {', '.join(arrow.names)}"


def _ported(placed: Placed) -> list[tuple[Arrow, list[Point]]]:
    """Routes that leave and enter nodes side by side, ordered by where they go to or come from, and bend outside of the layers."""
    leaving: dict[str, list[tuple[float, int]]] = {}
    entering: dict[str, list[tuple[float, int]]] = {}
    routes = [(arrow, _forward(arrow, points, placed)) for arrow, points in placed.routes]
    for position, (arrow, points) in enumerate(routes):
        leaving.setdefault(arrow.source, []).append((points[1].x, position))
        entering.setdefault(arrow.target, []).append((points[-2].x, position))
    return [
        (
            arrow,
            [
                *_port(placed, arrow.source, leaving[arrow.source], position, points[1].y),
                *points[1:-1],
                *reversed(_port(placed, arrow.target, entering[arrow.target], position, points[-2].y)),
            ],
        )
        for position, (arrow, points) in enumerate(routes)
    ]


def _forward(arrow: Arrow, points: list[Point], placed: Placed) -> list[Point]:
    """The route from the source to the target, whichever way it was laid out."""
    lane = placed.lanes[arrow.source]
    return points if lane.top <= points[0].y <= lane.bottom else points[::-1]


def _port(placed: Placed, key: str, users: list[tuple[float, int]], position: int, other: float) -> list[Point]:
    """Where an arrow touches a node, on the side that faces its other end, and where it leaves the node's layer."""
    corner, lane = placed.corners[key], placed.lanes[key]
    rank = [number for _, number in sorted(users)].index(position)
    x = corner.x + WIDTH * (rank + 1) / (len(users) + 1)
    below = other > corner.y + HEIGHT / 2
    touch, edge = (corner.y + HEIGHT, lane.bottom) if below else (corner.y, lane.top)
    return [Point(x, touch), Point(x, edge)] if abs(touch - edge) > 1 else [Point(x, touch)]


def _curve(points: list[Point]) -> str:
    parts = [f"M{points[0].x:.1f} {points[0].y:.1f}"]
    for one, two in pairwise(points):
        middle = (one.y + two.y) / 2
        parts.append(f"C{one.x:.1f} {middle:.1f} {two.x:.1f} {middle:.1f} {two.x:.1f} {two.y:.1f}")
    return " ".join(parts)


def _labels(placed: Placed) -> Iterator[str]:
    """The names on each arrow, just above where it enters its target, on white."""
    entered: dict[str, int] = {}
    for arrow, points in sorted(_ported(placed), key=lambda one: one[1][-1].x):
        before, end = points[-2], points[-1]
        turn = entered[arrow.target] = entered.get(arrow.target, -1) + 1
        share = (0.25, 0.5)[turn % 2]
        x, y = _on_curve(before, end, share)
        names = listed(arrow.names, limit=18)
        width = len(names) * LETTER + 4
        yield f'<rect class="under" x="{x - width / 2:.1f}" y="{y - 9:.1f}" width="{width:.1f}" height="12"/>'
        yield f'<text class="flow" x="{x:.1f}" y="{y:.1f}">{_text(names)}</text>'


def _on_curve(start: Point, end: Point, share: float) -> Point:
    """A point on the last bend of an arrow, so far above its end."""
    time = 1 - share
    x = start.x * (1 - time) ** 2 * (1 + 2 * time) + end.x * time**2 * (3 - 2 * time)
    y = start.y + (end.y - start.y) * (1.5 * time * (1 - time) ** 2 + 1.5 * time**2 * (1 - time) + time**3)
    return Point(x, y + 3)


def _text(text: str) -> str:
    """Text for XML: escaped, without the signs XML 1.0 cannot hold."""
    kept = "".join(
        sign
        for sign in text
        if sign in "\n\t" or (sign >= " " and not 0xD800 <= ord(sign) <= 0xDFFF and ord(sign) < 0xFFFE)
    )
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
