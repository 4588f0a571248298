"""grandalf's layers, none wider than a page: what finds no room stands a layer lower."""

from grandalf.graphs import Vertex
from grandalf.layouts import Layer, SugiyamaLayout

COLUMNS = 7


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
