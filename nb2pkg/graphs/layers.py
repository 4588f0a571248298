"""grandalf's layers, none wider than a page: what finds no room stands a layer lower.

grandalf keeps nodes and edges in sets, whose order would change from run to run with the places of objects in memory: so each
has a number, and is drawn in the same place every time.
"""

from grandalf.graphs import Edge, Vertex
from grandalf.layouts import Layer, SugiyamaLayout

COLUMNS = 7


class NumberedVertex(Vertex):  # type: ignore[misc]  # grandalf has no types
    """A node that a set puts in the same place every time."""

    def __init__(self, number: int, data: object) -> None:
        super().__init__(data)
        self.number = number

    def __hash__(self) -> int:
        return self.number


class NumberedEdge(Edge):  # type: ignore[misc]  # grandalf has no types
    """An edge that a set puts in the same place every time."""

    def __init__(self, number: int, first: Vertex, last: Vertex, data: object) -> None:
        self.number = number
        super().__init__(first, last, data=data)

    def __hash__(self) -> int:
        return self.number


class NarrowLayers(SugiyamaLayout):  # type: ignore[misc]  # grandalf has no types
    """A layered layout that gives each node the first layer below all it needs that has room."""

    def setrank(self, v: Vertex) -> None:
        """Choose the layer of a node whose predecessors all have theirs."""
        rank = max([self.grx[one].rank for one in v.N(-1)] + [-1]) + 1
        while rank < len(self.layers) and self._width(rank) + v.view.columns > COLUMNS:
            rank += 1
        self.grx[v].rank = rank
        if rank == len(self.layers):
            self.layers.append(Layer([]))
        self.layers[rank].append(v)

    def _width(self, rank: int) -> int:
        return sum(one.view.columns for one in self.layers[rank])
