"""What a statement is for: load, prepare, split, fit, evaluate, plot or show."""

import ast
from collections.abc import Iterator
from enum import Enum

from nb2pkg.facts import Facts
from nb2pkg.facts.values import Data, Library


class Stage(Enum):
    """The stages of a training notebook, in the order in which they are told apart."""

    FIT = "fit"
    SPLIT = "split"
    EVALUATE = "evaluate"
    LOAD = "load"
    PLOT = "plot"
    PREPARE = "prepare"
    SHOW = "show"


ROLES = {
    "load": Stage.LOAD,
    "source": Stage.LOAD,
    "split": Stage.SPLIT,
    "search": Stage.FIT,
    "score": Stage.EVALUATE,
    "metric": Stage.EVALUATE,
    "predict": Stage.EVALUATE,
    "crossval": Stage.EVALUATE,
    "plot": Stage.PLOT,
}
PLOTTING = ("matplotlib", "seaborn", "plotly", "mpl_toolkits", "bokeh", "altair")


class Stages:
    """Tells the stage of statements and cells."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._fits = {fit.statement for fit in facts.fits if fit.kind == "model"}

    def of(self, nodes: Iterator[tuple[int, ast.stmt]]) -> Stage:
        """The stage of a cell's statements: that of the first kind in ``Stage`` which occurs."""
        found = {stage for index, node in nodes for stage in self._stages(index, node)}
        return next((stage for stage in Stage if stage in found), Stage.SHOW)

    def _stages(self, index: int, node: ast.stmt) -> Iterator[Stage]:
        if index in self._fits:
            yield Stage.FIT
        if not isinstance(node, ast.Expr | ast.Import | ast.ImportFrom) or self._changes_rows(index, node):
            yield Stage.PREPARE
        for role in self.roles(node):
            stage = ROLES.get(role)
            if stage is not None:
                yield stage

    def _changes_rows(self, index: int, node: ast.stmt) -> bool:
        """Does ``df.drop(columns="id", inplace=True)`` change a table?"""
        changed = self._facts.effects[index].mutates
        names = (part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id in changed)
        return any(isinstance(self._facts.value(name), Data) for name in names)

    def roles(self, node: ast.AST) -> Iterator[str]:
        """What the calls of a statement do, by the API tables."""
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                call = self._facts.call(part)
                if call is not None and call.row is not None:
                    yield getattr(call.row, "role", "")
            elif isinstance(part, ast.Name):
                value = self._facts.value(part)
                if isinstance(value, Library) and value.name.startswith(PLOTTING):
                    yield "plot"

    def plots(self, node: ast.stmt) -> bool:
        """Does the statement draw?"""
        return not isinstance(node, ast.Import | ast.ImportFrom) and "plot" in self.roles(node)
