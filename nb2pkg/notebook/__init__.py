"""Read notebooks of any format into cells."""

from nb2pkg.notebook.cells import Cell, CellKind, Notebook, Part, Unreadable
from nb2pkg.notebook.files import Candidate, find, read, read_bytes
from nb2pkg.notebook.text import read_text

__all__ = ["Candidate", "Cell", "CellKind", "Notebook", "Part", "Unreadable", "find", "read", "read_bytes", "read_text"]
