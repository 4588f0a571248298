"""Read notebooks of any format into cells."""

from nb2pkg.notebook.cells import Cell, CellKind, Notebook, Unreadable

__all__ = ["Cell", "CellKind", "Notebook", "Unreadable"]
