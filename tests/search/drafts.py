"""Random small training notebooks, the same for the same seed, and what can be taken out of one.

load > prepare > features and target > split > prepare the parts > model > what is done with it
"""

import ast
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.search.pieces import CELL, NUMBERS, filled, filling, made, pieces

TABLES = ("df", "df", "data", "d")


@dataclass(frozen=True, slots=True)
class Draft:
    """A notebook: its cells in the order they run, and ``saved``, their places in the file; the first one imports."""

    cells: tuple[str, ...]
    saved: tuple[int, ...]

    def as_saved(self) -> list[tuple[int, str]]:
        """Number and text of the cells as they stand in the file."""
        return sorted(self.as_run())

    def as_run(self) -> list[tuple[int, str]]:
        """Number and text of the cells in the order they run."""
        return [(place + 1, cell) for place, cell in zip(self.saved, self.cells, strict=True)]

    def shown(self) -> str:
        """The notebook without its imports, in the order of the file."""
        return CELL.join(text for _, text in self.as_saved() if text != self.cells[0])

    def smaller(self) -> Iterator["Draft"]:
        """The notebook without a cell, and without a statement of a cell, last ones first."""
        for index in reversed(range(1, len(self.cells))):
            yield self._with(index, "")
        for index in reversed(range(1, len(self.cells))):
            yield from (self._with(index, text) for text in _without_a_statement(self.cells[index]))

    def _with(self, index: int, text: str) -> "Draft":
        """The notebook with another text in a cell; without the cell where that is empty."""
        if text:
            return Draft((*self.cells[:index], text, *self.cells[index + 1 :]), self.saved)
        left = [place for at, place in enumerate(self.saved) if at != index]
        return Draft((*self.cells[:index], *self.cells[index + 1 :]), tuple(sorted(left).index(one) for one in left))


def is_markdown(cell: str) -> bool:
    """A cell of one line that begins with ``#`` is Markdown."""
    return cell.startswith("#") and "\n" not in cell


def _without_a_statement(cell: str) -> Iterator[str]:
    if is_markdown(cell):
        return
    body, lines = ast.parse(cell).body, cell.split("\n")
    for one in reversed(body if len(body) > 1 else []):
        yield "\n".join(lines[: one.lineno - 1] + lines[one.end_lineno :])


def write(draft: Draft, folder: Path) -> Path:
    """Write the notebook into the folder."""
    cells: list[dict[str, object]] = []
    for _, text in draft.as_saved():
        kind = {"cell_type": "markdown"} if is_markdown(text) else {"cell_type": "code", "outputs": []}
        counted = {} if is_markdown(text) else {"execution_count": None}
        cells.append({"source": text, "metadata": {}, **kind, **counted})
    path = folder / "people.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), encoding="utf-8")
    return path


def draft(seed: int) -> Draft:
    """The notebook of a seed."""
    draw = random.Random(seed)
    table = draw.choice(TABLES)
    cells = [*pieces("imports"), *_usual(draw, table, "loading")]
    if draw.random() < 0.07:
        cells += filled(draw.choice(pieces("whole")), filling(draw, table)).split(CELL)
        return _saved(draw, cells)
    prepared = list(_preparing(draw, table))
    cells += _joined(draw, prepared)
    columns = [*draw.sample(sorted(NUMBERS), 2), *(name for name in made(prepared) if draw.random() < 0.9)]
    cells += _parted(draw, table, columns)
    cells += _drawn(draw, table, "after_the_split") if draw.random() < 0.3 else []
    cells += _usual(draw, table, "model")
    cells += _drawn(draw, table, "after_the_model") if draw.random() < 0.35 else []
    return _saved(draw, cells)


def _preparing(draw: random.Random, table: str) -> Iterator[str]:
    for _ in range(draw.choice([1, 1, 2, 2, 3, 4])):
        if draw.random() < 0.15:
            yield filled(draw.choice(pieces("asides")), filling(draw, table))
        yield filled(draw.choice(pieces("preparing")), filling(draw, table))


def _joined(draw: random.Random, texts: Sequence[str]) -> list[str]:
    """Cells of these texts, some at the end of the cell before."""
    cells: list[str] = []
    for text in texts:
        first, *rest = text.split(CELL)
        if cells and draw.random() < 0.3 and not is_markdown(cells[-1]) and not is_markdown(first):
            cells[-1] += f"\n{first}"
        else:
            cells.append(first)
        cells += rest
    return cells


def _parted(draw: random.Random, table: str, columns: Sequence[str]) -> list[str]:
    if draw.random() < 0.25:
        return _drawn(draw, table, "split_by_hand", columns)
    return [*_drawn(draw, table, "features_and_target", columns), *_usual(draw, table, "split")]


def _drawn(draw: random.Random, table: str, stage: str, columns: Sequence[str] = ()) -> list[str]:
    return filled(draw.choice(pieces(stage)), filling(draw, table), columns).split(CELL)


def _usual(draw: random.Random, table: str, stage: str) -> list[str]:
    """The first piece of a stage is the usual one: the others come less often."""
    if draw.random() < 0.4:
        return _drawn(draw, table, stage)
    return filled(pieces(stage)[0], filling(draw, table)).split(CELL)


def _saved(draw: random.Random, cells: Sequence[str]) -> Draft:
    """The cells in the order they run; in one notebook of sixteen two of them changed places since."""
    places = list(range(len(cells)))
    if draw.random() < 1 / 16:
        one = draw.randrange(1, len(cells) - 1)
        places[one], places[one + 1] = places[one + 1], places[one]
    return Draft(tuple(cells), tuple(places))
