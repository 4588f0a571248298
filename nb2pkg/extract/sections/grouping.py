"""Group a notebook's cells into sections: one for each heading, else one for each stretch of cells of one stage."""

import itertools
import re
import sys
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
    """Consecutive cells that become one function; ``title`` is the heading above them, empty where there is none.

    Of its first cell it holds the statements from ``since`` on, of its last cell those up to ``until``.
    """

    title: str
    cells: tuple[int, ...]
    stage: Stage
    since: int = 0
    until: int = sys.maxsize

    def holds(self, use: Use) -> bool:
        """Does a statement stand in this section?"""
        if use.cell not in self.cells:
            return False
        begun = use.cell != self.cells[0] or use.number >= self.since
        return begun and (use.cell != self.cells[-1] or use.number <= self.until)

    @property
    def open(self) -> bool:
        """Does its last cell go on in the next section?"""
        return self.until != sys.maxsize


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


class Piece(NamedTuple):
    """A cell, or what stands in it on one side of the fit: its statements and what they are for."""

    cell: int
    uses: tuple[Use, ...]
    stage: Stage
    fitted: bool


def by_stage(
    sections: Sequence[Section], uses: Sequence[Use], stages: Stages, notebook: Notebook, *, cell: int, end: int
) -> list[Section]:
    """The sections parted further, so that each is of one stage and one ends with the fit: in ``cell``, statement ``end``."""
    found: list[Section] = []
    fitted = False
    for section in sections:
        pieces: list[Piece] = []
        for number in section.cells:
            own = [use for use in uses if use.cell == number]
            parts = (
                [own] if number != cell else [[u for u in own if u.number <= end], [u for u in own if u.number > end]]
            )
            for part in parts:
                if part:
                    stage = stages.of((use.number, use.node) for use in part)
                    pieces.append(Piece(number, tuple(part), stage, fitted))
                fitted = fitted or number == cell
        runs = itertools.groupby(pieces, key=lambda one: (one.stage, one.fitted))
        for position, (_, run) in enumerate(runs):
            made = _section("" if position else section.title, tuple(run), cell=cell, end=end)
            if found and _goes_on(found[-1], made, notebook):
                made = found[-1]._replace(cells=(*found.pop().cells, *made.cells))
            found.append(made)
    return found


def _goes_on(rest: Section, following: Section, notebook: Notebook) -> bool:
    """Do cells without a heading go on with what the rest of the fit's cell began?"""
    last, first = rest.cells[-1], following.cells[0]
    adjacent = first == last + 1 and part_of(notebook, first) == part_of(notebook, last)
    return rest.since > 0 and adjacent and not following.title and rest.stage is following.stage


def _section(title: str, pieces: Sequence[Piece], *, cell: int, end: int) -> Section:
    """One section; where the cell of the fit is in two pieces it begins or ends inside of it."""
    first, last = pieces[0], pieces[-1]
    since = end + 1 if first.cell == cell and first.fitted else 0
    until = end if last.cell == cell and not last.fitted else sys.maxsize
    return Section(title, tuple(one.cell for one in pieces), first.stage, since, until)


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
