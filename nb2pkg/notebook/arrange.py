"""The same notebook with its code cells in another order; cells keep their numbers."""

from collections.abc import Sequence
from dataclasses import replace

from nb2pkg.notebook.cells import Cell, CellKind, Notebook


def arranged(notebook: Notebook, order: Sequence[int]) -> Notebook:
    """The code cells in this order, by number; what stands right above a code cell goes with it."""
    blocks: dict[int, list[Cell]] = {}
    above: list[Cell] = []
    for cell in notebook.cells:
        above.append(cell)
        if cell.kind is CellKind.CODE:
            blocks[cell.number] = above
            above = []
    cells = [cell for number in order for cell in blocks[number]]
    return replace(notebook, cells=(*cells, *above))
