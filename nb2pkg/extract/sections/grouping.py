"""Group a notebook's cells into sections: one for each heading, else one for each stretch of cells of one stage."""

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from nb2pkg.extract.names import snake
from nb2pkg.extract.prose import heading
from nb2pkg.extract.sections.stages import Stage, Stages
from nb2pkg.extract.sections.uses import Use
from nb2pkg.notebook import CellKind, Notebook
from nb2pkg.notebook.joining import part_of

NUMBERING = re.compile(r"^\W*(?:(?:step|part|section|chapter)\s*)?(?:\d+(?:\.\d+)*|[ivx]+)[.):\-\s]+", re.IGNORECASE)
MOST_WORDS = 5
SMALL_WORDS = frozenset(
    {"a", "an", "and", "the", "of", "to", "our", "your", "let", "lets", "s", "us", "we", "now", "is"}
)


class Section(NamedTuple):
    """Consecutive cells that become one function; ``title`` is the heading above them, empty where there is none."""

    title: str
    cells: tuple[int, ...]
    stage: Stage


def group(notebook: Notebook, uses: Sequence[Use], stages: Stages) -> list[Section]:
    """The sections, in document order; cells without statements belong to none."""
    by_cell: dict[int, list[Use]] = {}
    for use in uses:
        by_cell.setdefault(use.cell, []).append(use)
    titled = list(_titled(notebook, by_cell))
    stage = {number: stages.of((use.number, use.node) for use in found) for number, found in by_cell.items()}
    headed = any(title for title, _ in titled)
    found = []
    for title, cells in titled:
        if headed and title:
            found.append(Section(title, tuple(cells), _stage_of(cells, stage)))
        else:
            found += [Section("", tuple(run), key) for key, run in itertools.groupby(cells, key=lambda one: stage[one])]
    return found


def by_stage(sections: Sequence[Section], uses: Sequence[Use], stages: Stages, *, fit: int) -> list[Section]:
    """The sections parted further, so that each is of one stage and one ends with the cell of the fit."""
    stage = {
        number: stages.of((use.number, use.node) for use in uses if use.cell == number)
        for section in sections
        for number in section.cells
    }
    found = []
    for section in sections:
        runs = itertools.groupby(section.cells, key=lambda one: (stage[one], one <= fit))
        for position, ((kind, _), run) in enumerate(runs):
            found.append(Section("" if position else section.title, tuple(run), kind))
    return found


def _stage_of(cells: Sequence[int], stage: dict[int, Stage]) -> Stage:
    found = {stage[cell] for cell in cells}
    return next(one for one in Stage if one in found)


def _titled(notebook: Notebook, by_cell: dict[int, list[Use]]) -> list[tuple[str, list[int]]]:
    found: list[tuple[str, list[int]]] = [("", [])]
    part = 0
    for cell in notebook.cells:
        if part_of(notebook, cell.number) != part:
            part = part_of(notebook, cell.number)
            found.append(("", []))
        if cell.kind is CellKind.MARKDOWN:
            title = heading(cell.source)
            if title:
                found.append((title, []))
        elif cell.number in by_cell:
            found[-1][1].append(cell.number)
    return [(title, cells) for title, cells in found if cells]


def name_from(title: str) -> str:
    """A function's name from a heading, empty where it has no usable word: ``2. Load the data!`` gives ``load_data``."""
    words = re.findall(r"[A-Za-z][A-Za-z0-9]*|\d+", NUMBERING.sub("", title))
    kept = [word for word in words if word.lower() not in SMALL_WORDS] or words
    plain = "_".join(kept[:MOST_WORDS])
    return snake(plain, fallback="section") if plain and not plain[0].isdigit() else ""
