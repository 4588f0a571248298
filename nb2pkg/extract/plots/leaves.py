"""What the package has in the place of a variable that a figure reads: the raw rows, the fitted model, a part of the rows.

``y_test`` is ``evaluation.held_out.target``, ``X_test`` is what the pipeline makes of the held-out rows, ``model`` is its last step.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from nb2pkg.errors import ExtractError
from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.ingestion import MODULE as INGESTION
from nb2pkg.extract.ingestion import IngestionWriter
from nb2pkg.extract.lane import Lane
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.refuse import RefusedError
from nb2pkg.extract.sites import Sites

PARTS = {"train": "training", "test": "held_out", "all": "everything", "validation": "validation"}
FRAME, EVALUATION = "frame", "evaluation"


@dataclass(frozen=True, slots=True)
class Package:
    """What was planned of the package so far, as far as figures ask."""

    lowering: Lowering
    pieces: Pieces
    ingestion: IngestionWriter
    sites: Sites
    chosen: Candidate
    model_steps: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """What stands for a variable: an expression of what the function is given (``of``), empty where that is the variable itself."""

    of: str
    text: str = ""


class Leaves:
    """Finds leaves."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.facts = package.lowering.facts
        x, y = package.sites.lane.root, package.sites.target.root if package.sites.target is not None else None
        self.root = y if y is not None and x.entry != "frame" and y.entry == "frame" else x
        placed = package.pieces.placed.items()
        self.reading = {index for index, one in placed if one.file == INGESTION and one.function == "read_raw"}

    def model(self, node: ast.AST, *, at: int) -> Leaf | None:
        """The chosen model, as its fit has left it."""
        chosen = self.package.chosen
        if not self.is_model(node):
            return None
        fits = [one.statement for one in self.facts.fits if one.estimator is chosen.estimator and one.statement <= at]
        if at < chosen.fit.statement or max(fits, default=-1) != chosen.fit.statement:
            raise RefusedError("the model is not fitted yet here, or fitted again")
        steps = self.package.model_steps
        return Leaf(EVALUATION, f"evaluation.pipeline[-{steps}{':' if steps > 1 else ''}]")

    def is_model(self, node: ast.AST) -> bool:
        """Is it the chosen model?"""
        return self.facts.value(node) is self.package.chosen.estimator

    def frame(self, name: str, writers: Iterable[int], *, at: int) -> Leaf | None:
        """The raw rows, as they are right after they are read. Raises RefusedError where a figure wants them before."""
        made = self.reading & set(writers)
        if not made or (self.root.kind != "file" and not self._is_framed(name)):
            return None
        if name != self.root.name or max(self.reading) >= at:
            raise RefusedError(f"`{name}` is not the table that the package reads")
        if not self._as_read():
            raise RefusedError(f"the package reads `{name}` with other labels than the notebook")
        for index in range(min(self.reading), max(self.reading)):
            effects = self.facts.effects[index]
            if index not in self.reading and name in effects.mutates | effects.maybe | effects.binds:
                raise RefusedError(f"`{name}` is changed while it is read")
        return Leaf(FRAME)

    def _is_framed(self, name: str) -> bool:
        """Is the raw table of a bundled dataset made by the notebook's own statements, and by nothing else?"""
        block = next((one for one in self.package.ingestion.blocks if one.startswith("def read_raw(")), None)
        function = ast.parse(block).body[0] if block is not None and self.root.entry == "frame" else None
        if not isinstance(function, ast.FunctionDef) or name != self.root.name:
            return False
        last = function.body[-1]
        own = len(function.body) - 2 == len(set(self.root.building))
        return own and isinstance(last, ast.Return) and isinstance(last.value, ast.Name) and last.value.id == name

    def _as_read(self) -> bool:
        """Is the raw table of the package the notebook's, labels of rows and columns included?"""
        if self.root.kind != "file":
            return True
        block = next((one for one in self.package.ingestion.blocks if one.startswith("def read_raw(")), None)
        if block is None or self.package.ingestion.numbered:
            return False
        last = ast.parse(block).body[0]
        assert isinstance(last, ast.FunctionDef)
        made = last.body[-1]
        if (len(last.body) != 2 and not self.root.files) or not isinstance(made, ast.Return):
            return False
        methods = {one.attr for one in ast.walk(made) if isinstance(one, ast.Attribute)}
        return not methods & {"reset_index", "rename"}

    def part(self, node: ast.expr, *, at: int) -> Leaf | None:
        """Features or target of a part of the rows, as the package prepares them; None where these are none of them."""
        sites = self.package.sites
        try:
            lane = self.package.lowering.lane(node, at=at)
        except ExtractError:
            return None
        if not lane.root.same_rows(sites.lane.root) or lane.cut is not None or lane.part not in PARTS:
            return None
        own, split = sites.lane.split, lane.split
        if split is not None and (own is None or own.by_hand is not split.by_hand):
            return None
        place = f"evaluation.{PARTS[lane.part]}"
        if sites.asked.shape(lane) == sites.asked.shape(sites.lane):
            pipeline = f"evaluation.pipeline[:-{self.package.model_steps}]"
            return Leaf(EVALUATION, _plain(lane, f"{pipeline}.transform({place}.rows)"))
        target = sites.target
        if target is not None and sites.asked.shape(lane) == sites.asked.shape(target):
            return Leaf(EVALUATION, _plain(lane, f"{place}.target", encoded=bool(lane.learned())))
        return None


def _plain(lane: Lane, text: str, *, encoded: bool = False) -> str:
    """An array where the notebook has one."""
    return f"np.asarray({text})" if encoded or (lane.array and not lane.learned()) else text
