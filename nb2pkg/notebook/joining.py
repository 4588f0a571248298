"""Several notebooks of one project as one: cells numbered on, each still known by its own notebook and number.

``join([prepare, train])`` with six and four cells: cell 8 is ``cell 2 of train.ipynb``.
"""

import itertools
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from nb2pkg.notebook.cells import Notebook, Part

CELLS = re.compile(r"\b(cells?) ((?>\d+(?:(?:, | and | to )\d+)*))(?! of )")
STRETCH = re.compile(r"\bcell (\d+) to cell (\d+)\b(?! of )")
AT_CELL = re.compile(r"(?<=\w)@(\d+)\b")
QUOTED = re.compile(r"(`[^`]*`)")
BETWEEN = re.compile(r"(, | and | to )")


class Own(NamedTuple):
    """A cell by its own notebook's file name ("" where there is one notebook) and its number there."""

    notebook: str
    cell: int


def join(notebooks: Sequence[Notebook]) -> Notebook:
    """One notebook of them all, in this order; a single one as it is."""
    if len(notebooks) == 1:
        return notebooks[0]
    parts = tuple(Part(one.path, len(one.cells)) for one in notebooks)
    cells = itertools.chain.from_iterable(one.cells for one in notebooks)
    numbered = tuple(replace(cell, number=number) for number, cell in enumerate(cells, 1))
    return replace(notebooks[0], cells=numbered, parts=parts)


def firsts(notebook: Notebook) -> Iterator[int]:
    """The number of the first cell of each part."""
    return itertools.accumulate((part.cells for part in notebook.parts[:-1]), initial=1)


def part_of(notebook: Notebook, cell: int) -> int:
    """Which of the joined notebooks a cell is of, from 0; 0 where there is one."""
    return max(0, sum(first <= cell for first in firsts(notebook)) - 1) if notebook.parts else 0


def own_cell(notebook: Notebook, cell: int) -> Own:
    """A cell as its own notebook knows it."""
    if not notebook.parts:
        return Own("", cell)
    part = part_of(notebook, cell)
    return Own(os.path.basename(notebook.parts[part].path), cell - list(firsts(notebook))[part] + 1)


def in_own_words(notebook: Notebook, text: str) -> str:
    """A sentence about cells with each cell as its own notebook knows it; what is quoted stays as it is."""
    if not notebook.parts:
        return text
    pieces = QUOTED.split(text)
    return "".join(piece if piece.startswith("`") else _plain(notebook, piece) for piece in pieces)


def _plain(notebook: Notebook, text: str) -> str:
    text = STRETCH.sub(r"cells \1 to \2", text)
    named = CELLS.sub(lambda found: _named(notebook, found[1], BETWEEN.split(found[2])), text)
    return AT_CELL.sub(lambda found: f"@{own_cell(notebook, int(found[1])).cell}", named)


def _named(notebook: Notebook, word: str, pieces: list[str]) -> str:
    """``cells 8 and 9`` as ``cells 2 and 3 of train.ipynb``."""
    own = [own_cell(notebook, int(piece)) for piece in pieces[::2]]
    if len({one.notebook for one in own}) == 1:
        numbers = [str(one.cell) for one in own]
        return f"{word} {_between(numbers, pieces)} of {own[0].notebook}"
    return f"{word} {_between([f'{one.cell} of {one.notebook}' for one in own], pieces)}"


def _between(texts: list[str], pieces: list[str]) -> str:
    return "".join(text + word for text, word in zip(texts, [*pieces[1::2], ""], strict=True))
