"""Plan ``reports.py``: every figure that can be drawn from what the package has; the others, with the reason, are left out.

Nothing here can make a plan fail: a figure that cannot be followed is a sentence in the ledger.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nb2pkg.errors import ExtractError
from nb2pkg.extract.corrections import Correction
from nb2pkg.extract.imports import Imports
from nb2pkg.extract.names import unused
from nb2pkg.extract.plots.drawing import Drawings, Figure
from nb2pkg.extract.plots.leaves import Leaves, Package
from nb2pkg.extract.plots.naming import function_name, subjects
from nb2pkg.extract.plots.preparing import Preparation, preparations
from nb2pkg.extract.plots.slicing import Needed, Slicer
from nb2pkg.extract.plots.writing import Drawn, FigureWriter, module
from nb2pkg.extract.prose import docstring
from nb2pkg.extract.text import Sources
from nb2pkg.extract.unbound import check_bound

REPORTS = "reports.py"


@dataclass(slots=True)
class Reports:
    """The text of ``reports.py``, "" where no figure can be drawn; ``places`` are functions by statement, ``reasons`` why not."""

    text: str = ""
    places: dict[int, str] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def reports(package: Package, sources: Sources, repairs: Sequence[Correction], name: str) -> Reports:
    """The figures of a notebook whose package is planned."""
    return _Planner(package, sources, repairs, name).run()


class _Planner:
    def __init__(self, package: Package, sources: Sources, repairs: Sequence[Correction], name: str) -> None:
        self.package = package
        self.facts = package.lowering.facts
        self.sources = sources
        self.name = name
        self.drawings = Drawings(self.facts)
        self.slicer = Slicer(self.drawings, Leaves(package))
        self.imports = Imports()
        self.writer = FigureWriter(self.drawings, sources, self.imports, repairs)
        self.drawn: list[Drawn] = []
        self.found = Reports()

    def run(self) -> Reports:
        wanted = [(figure, needed) for figure in self._figures() if (needed := self._needed(figure)) is not None]
        shared = preparations(self.facts, wanted)
        for position, (figure, needed) in enumerate(wanted):
            try:
                self._draw(figure, needed, shared.get(position))
            except ExtractError as error:
                self._left_out(figure, error)
        if self.drawn:
            self.found.text = module(self.name, self.imports, self.writer.blocks, self.drawn)
        return self.found

    def _figures(self) -> Iterator[Figure]:
        for cell in self.facts.program.cells:
            yield from self.drawings.figures(cell)

    def _needed(self, figure: Figure) -> Needed | None:
        try:
            return self.slicer.needed(figure)
        except ExtractError as error:
            self._left_out(figure, error)
            return None

    def _left_out(self, figure: Figure, error: ExtractError) -> None:
        for one in figure.statements:
            self.found.reasons.setdefault(one.index, str(error))

    def _draw(self, figure: Figure, needed: Needed, prepared: Preparation | None) -> None:
        """Write one figure. Raises ExtractError where it cannot be."""
        words, name = self._called(figure)
        told = self.package.pieces.words.of([figure.cell])
        drawn = self.writer.write(name, docstring(_sentence(words, figure.cell), told), figure, needed, prepared)
        self._check(drawn)
        self.drawn.append(drawn)
        for index in drawn.placed:
            self.found.places.setdefault(index, name)
        for index in prepared.statements if prepared is not None else ():
            self.found.places[index] = prepared.name if prepared is not None else name

    def _check(self, drawn: Drawn) -> None:
        """Raise ExtractError where a function is no Python or reads what nothing gives."""
        try:
            alone = module(self.name, self.imports, self.writer.blocks, [drawn])
            ast.parse(alone)
        except SyntaxError as error:
            raise ExtractError("its statements do not stand in a function") from error
        check_bound(alone)

    def _called(self, figure: Figure) -> tuple[str, str]:
        """The words for a figure and the name of its function, which no other has."""
        heading = self.package.pieces.words.heading(figure.cell)
        comments = [line for one in figure.statements for line in self.sources.comments_above(one)]
        spoken = subjects(figure, heading=heading, comments=comments) or [""]
        taken = {one.name for one in self.drawn} | {f"draw_{one}" for one in self.writer.shared.values()}
        named = [(words, f"draw_{function_name(words or f'figure of cell {figure.cell}')}") for words in spoken]
        words, name = next((one for one in named if one[1] not in taken), named[0])
        return words, unused(name, taken)


def _sentence(words: str, cell: int) -> str:
    """The first sentence of a figure's docstring."""
    told = " ".join(words.replace('"', "'").replace("\\", "/").split())[:90].rstrip(" .:;!?")
    return f"Draw {told} (cell {cell})." if told else f"Draw the figure of cell {cell}."
