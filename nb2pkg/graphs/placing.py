"""Where nodes and edges of a picture stand: layers from top to bottom, connected parts below each other (grandalf)."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from nb2pkg.graphs.picture import Arrow

WIDTH, HEIGHT = 220, 44  # of a node
ACROSS, DOWN = 36, 52  # between nodes that arrows join
GAP = 8  # between nodes of a block
TALLEST = 6  # nodes of a block in one column
SHELF = 1400  # the width that parts are put beside each other in
BESIDE, BEND = 9, 3  # room for arrows that pass a layer: between them, and each
ROUNDS = 8


class Point(NamedTuple):
    """A place in pixels from the upper left corner."""

    x: float
    y: float


class Lane(NamedTuple):
    """How far up and down the tallest node of a layer reaches: arrows bend outside of it."""

    top: float
    bottom: float


class Placed(NamedTuple):
    """The upper left corner of each node by key, the lane of each that arrows join, the points each arrow runs through, the size."""

    corners: dict[str, Point]
    lanes: dict[str, Lane]
    routes: list[tuple[Arrow, list[Point]]]
    width: float
    height: float


class Block(NamedTuple):
    """Nodes that stand together in columns; all but one of a block need the same names from the same nodes and give none."""

    keys: tuple[str, ...]

    @property
    def columns(self) -> int:
        """How many columns it takes."""
        return 1 if len(self.keys) <= TALLEST else math.ceil(math.sqrt(len(self.keys) / 2))

    @property
    def size(self) -> Point:
        """Width and height."""
        rows = math.ceil(len(self.keys) / self.columns)
        return Point(self.columns * (WIDTH + GAP) - GAP, rows * (HEIGHT + GAP) - GAP)

    def corners(self, middle: Point) -> dict[str, Point]:
        """Where each node stands when the middle of the block is there."""
        left, top = middle.x - self.size.x / 2, middle.y - self.size.y / 2
        places = (divmod(position, self.columns) for position in range(len(self.keys)))
        steps = ((column * (WIDTH + GAP), row * (HEIGHT + GAP)) for row, column in places)
        return {key: Point(left + x, top + y) for key, (x, y) in zip(self.keys, steps, strict=True)}


def place(keys: list[str], arrows: list[Arrow]) -> Placed:
    """Lay out the graph: connected parts from left to right, line by line; nodes that nothing joins last, in rows."""
    blocks = _blocks(keys, arrows)
    drawn = [arrow for arrow in arrows if arrow.target in blocks and arrow.source in blocks]
    parts = [_layered(part, drawn, blocks) for part in _parts(list(blocks), drawn)]
    alone = [key for key in keys if all(key not in (arrow.source, arrow.target) for arrow in arrows)]
    corners: dict[str, Point] = {}
    lanes: dict[str, Lane] = {}
    routes: list[tuple[Arrow, list[Point]]] = []
    widest = max([SHELF, *(part.width for part in parts)])
    left = top = bottom = 0.0
    for part in [*parts, *_rows(alone, widest)]:
        if left and left + part.width > widest:
            left, top = 0.0, bottom + DOWN
        corners |= {key: Point(x + left, y + top) for key, (x, y) in part.corners.items()}
        lanes |= {key: Lane(lane.top + top, lane.bottom + top) for key, lane in part.lanes.items()}
        routes += [(arrow, [Point(x + left, y + top) for x, y in points]) for arrow, points in part.routes]
        left, bottom = left + part.width + ACROSS, max(bottom, top + part.height)
    return Placed(corners, lanes, routes, max((point.x + WIDTH for point in corners.values()), default=0), bottom)


def _rows(alone: list[str], widest: float) -> list[Placed]:
    """Nodes that nothing joins, as one block over the whole width."""
    columns = max(1, int((widest + GAP) // (WIDTH + GAP)))
    places = (divmod(position, columns) for position in range(len(alone)))
    corners = {
        key: Point(column * (WIDTH + GAP), row * (HEIGHT + GAP))
        for key, (row, column) in zip(alone, places, strict=True)
    }
    height = math.ceil(len(alone) / columns) * (HEIGHT + GAP)
    return [Placed(corners, {}, [], widest, height)] if alone else []


def _blocks(keys: list[str], arrows: list[Arrow]) -> dict[str, Block]:
    """The nodes that arrows join, by the first key of their block."""
    giving = {arrow.source for arrow in arrows}
    needs: dict[str, set[tuple[str, tuple[str, ...], bool]]] = {}
    for arrow in arrows:
        needs.setdefault(arrow.target, set()).add((arrow.source, arrow.names, arrow.dashed))
    twins: dict[object, list[str]] = {}
    for key in keys:
        if key in giving or key in needs:
            twins.setdefault(key if key in giving else frozenset(needs[key]), []).append(key)
    return {block[0]: Block(tuple(block)) for block in twins.values()}


def _parts(keys: list[str], arrows: list[Arrow]) -> list[set[str]]:
    """Connected parts, each with the first node in document order first."""
    part = {key: {key} for key in keys}
    for arrow in arrows:
        one, other = part[arrow.source], part[arrow.target]
        if one is not other:
            one |= other
            for key in other:
                part[key] = one
    return [
        part[key]
        for position, key in enumerate(keys)
        if all(part[key] is not part[before] for before in keys[:position])
    ]


def _layered(part: set[str], arrows: list[Arrow], blocks: dict[str, Block]) -> Placed:
    """One connected part; an arrow up the document is laid out as if it ran down, so that nothing goes round in a circle."""
    from grandalf.graphs import Graph

    from nb2pkg.graphs.layers import NarrowLayers, NumberedEdge, NumberedVertex

    order = {key: position for position, key in enumerate(blocks)}
    vertices = {key: NumberedVertex(order[key], key) for key in blocks if key in part}
    for key, vertex in vertices.items():
        vertex.view = _Box(blocks[key])
    edges: list[NumberedEdge] = []
    for arrow in arrows:
        if arrow.source in part:
            first, last = sorted((arrow.source, arrow.target), key=order.__getitem__)
            edges.append(NumberedEdge(len(edges), vertices[first], vertices[last], arrow))
            edges[-1].view = _Route()
    layout = NarrowLayers(Graph(list(vertices.values()), edges).C[0])
    layout.xspace, layout.yspace, layout.dw, layout.dh = BESIDE, DOWN, BEND, BEND
    layout.init_all(inverted_edges=[])
    layout.draw(ROUNDS)
    middles = {key: Point(*vertex.view.xy) for key, vertex in vertices.items()}
    tallest = {key: max(one.view.h for one in layout.layers[layout.grx[vertices[key]].rank]) for key in vertices}
    lanes = {key: Lane(middles[key].y - tallest[key] / 2, middles[key].y + tallest[key] / 2) for key in vertices}
    return _from_corner(
        {key: blocks[key] for key in vertices}, middles, lanes, [(one.data, one.view.points) for one in edges]
    )


def _from_corner(
    blocks: dict[str, Block],
    middles: dict[str, Point],
    lanes: dict[str, Lane],
    routes: list[tuple[Arrow, list[Point]]],
) -> Placed:
    """The same picture with its upper left corner at the origin."""
    corners: dict[str, Point] = {}
    for key, block in blocks.items():
        corners |= block.corners(middles[key])
    points = [*corners.values(), *(point for _, route in routes for point in route)]
    left, top = min(point.x for point in points), min(point.y for point in points)
    ends = [*(Point(x + WIDTH, y + HEIGHT) for x, y in corners.values()), *points]
    moved = [(arrow, [Point(x - left, y - top) for x, y in route]) for arrow, route in routes]
    placed = {key: Point(x - left, y - top) for key, (x, y) in corners.items()}
    own = {key: Lane(lane.top - top, lane.bottom - top) for key, lane in lanes.items()}
    return Placed(placed, own, moved, max(point.x for point in ends) - left, max(point.y for point in ends) - top)


class _Box:
    """A node as grandalf wants it: its size, and later its middle."""

    def __init__(self, block: Block) -> None:
        self.w, self.h = block.size.x + ACROSS - BESIDE, block.size.y
        self.columns = block.columns
        self.xy = (0.0, 0.0)


class _Route:
    """An edge as grandalf wants it: the points it runs through, the middles of its nodes first and last."""

    def __init__(self) -> None:
        self.points: list[Point] = []

    def setpath(self, points: Iterable[tuple[float, float]]) -> None:
        """Take the points from grandalf."""
        self.points = [Point(x, y) for x, y in points]
