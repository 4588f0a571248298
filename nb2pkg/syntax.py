"""Turn cells into statements: what parses, what does not, and the IPython lines in between."""

import ast
from dataclasses import dataclass

from nb2pkg.notebook.cells import Cell, Notebook


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement; ``index`` is its position in document order over the whole notebook.

    Line and column numbers of ``node`` are those of the author's cell (lines from 1, byte columns from 0, as in ast).
    """

    index: int
    cell: int
    node: ast.stmt


@dataclass(frozen=True, slots=True)
class Magic:
    """An IPython line or cell that is no Python: ``%matplotlib inline``, ``!pip install x``, ``%%bash``.

    ``kind`` is "line", "cell", "shell" or "help"; ``binds`` are the variables it assigns (``x = !ls``, ``%%capture x``).
    """

    cell: int
    line: int
    end_line: int
    kind: str
    text: str
    binds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Why a cell does not parse and where; ``names`` are all identifiers in it, for it may define any of them."""

    cell: int
    line: int
    column: int
    message: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class CellSyntax:
    """One code cell, parsed; ``text`` is the masked source that ast saw (same lines and columns as the author's)."""

    cell: Cell
    text: str
    statements: tuple[Statement, ...]
    magics: tuple[Magic, ...]
    error: Unparsed | None


@dataclass(frozen=True, slots=True)
class Program:
    """A notebook as code: its code cells in document order and all their statements."""

    notebook: Notebook
    cells: tuple[CellSyntax, ...]
    statements: tuple[Statement, ...]
