"""What a notebook is once it is read: cells in order, whatever the file format was."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class CellKind(Enum):
    """What a cell holds."""

    CODE = "code"
    MARKDOWN = "markdown"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; ``number`` counts from 1 over all cells, ``count`` is the recorded execution count."""

    number: int
    kind: CellKind
    source: str
    count: int | None
    cell_id: str | None


class Part(NamedTuple):
    """One of several notebooks that were joined: its path, and how many cells it has."""

    path: str
    cells: int


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook that could be read. ``form`` is "ipynb", "py:percent" or "py:light"; ``language`` in lower case, None where not said.

    ``ignored`` are the rules that its metadata silences (``"nb2pkg": {"ignore": [...]}``), None where that is not understood.
    ``parts`` are the notebooks that it was joined from, in the order they run; empty where it is one as it was saved.
    """

    path: str
    cells: tuple[Cell, ...]
    form: str
    language: str | None
    ignored: tuple[str, ...] | None = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is not a notebook; ``reason`` says what it is instead, ``line``/``column`` where (from 1)."""

    path: str
    reason: str
    line: int = 1
    column: int = 1
