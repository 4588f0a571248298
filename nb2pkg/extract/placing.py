"""Where statements went that are no code of their own in the package: what only names rows, fits, scores or shows the model."""

import ast

from nb2pkg.extract.choose import saved_estimators
from nb2pkg.extract.columns import Columns
from nb2pkg.extract.lane import Code, Lane
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.picking import COLUMNS, FEATURES
from nb2pkg.extract.pieces import Pieces, Placed
from nb2pkg.extract.seeds import seed_of
from nb2pkg.extract.sites import Sites
from nb2pkg.facts.values import Learning

PREPROCESSING = "data/preprocessing.py"
PIPELINE = "model/pipeline.py"
SCORES = "model/scores.py"
TRAIN, SEARCH = ("model/train.py", "fit"), ("model/search.py", "search")
FOUND = "what the search finds: `search` keeps the best parameters with their score, and `verify` compares this"
ATTRIBUTE = "shows what the fitted model holds; `verify` compares it"


class Placing:
    """Places such statements of one plan; ``needed`` are the columns that the target is made of."""

    def __init__(self, lowering: Lowering, pieces: Pieces, columns: Columns, needed: frozenset[str]) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.pieces = pieces
        self.columns = columns
        self.needed = needed

    def passed(self, x: Lane, y: Lane | None) -> None:
        """Statements that only name rows on their way to the model, or end a stretch of code."""
        ends = {stage.at: stage for stage in x.stages if isinstance(stage, Code)}
        for index in x.passed:
            code = ends.get(index)
            works = code is not None and not isinstance(code.result, ast.Name)
            function = self._end(code) if code is not None and works else ""
            place = (PREPROCESSING, function) if function else (PIPELINE, "build_pipeline")
            self.pieces.place(index, "feature", *place)
        for index in y.passed if y is not None else ():
            self.pieces.place(index, "target", PREPROCESSING, "target_of")

    def _end(self, code: Code) -> str:
        """The function that has the last expression of a stretch: where the columns are picked, or where the lines above it are."""
        drop = self.columns.dropped(code.result)
        only_target = drop is not None and isinstance(drop[0], ast.Name) and set(drop[1]) <= self.needed
        placed = [self.pieces.placed[index] for index in code.statements if index in self.pieces.placed]
        own = [one.function for one in placed if one.file == PREPROCESSING and one.kind.endswith("feature")]
        return own[-1] if own and not only_target else self._picked(dropping=drop is not None)

    def _picked(self, *, dropping: bool) -> str:
        """What names the columns of raw rows in the package: by those that are dropped, or by a list; "" for neither."""
        if dropping and "feature_columns" in self.pieces.from_preprocessing:
            return "feature_columns"
        constants = [one.split(" = ")[0] for one in self.pieces.constants]
        return next((one for one in (COLUMNS, FEATURES) if one in constants), "")

    def rest(self, fit: Learning, sites: Sites) -> None:
        """Statements that score or show the model, save it, or seed the random numbers."""
        for index, asked in sites.statements.items():
            if asked.endswith("_"):
                sites.unscored.setdefault(index, FOUND if self.pieces.searches else ATTRIBUTE)
                continue
            function = sites.in_scores.get(index)
            scored = (SCORES, function) if function is not None else (PIPELINE, "build_pipeline")
            self.pieces.place(index, "evaluation", *scored)
        for save in self.facts.saves:
            if save.statement >= fit.statement and saved_estimators(save):
                self.pieces.place(save.statement, "persistence", "model/artifacts.py", "")
        for statement in self.facts.program.statements:
            if seed_of(statement.node, self.facts) is not None:
                self.pieces.place(statement.index, "configuration", "config.py", "Config")

    def search(self) -> None:
        """What stands in the pipeline stands where its search is built, if it has one, and its fit is the search."""
        moved = {(PIPELINE, "build_pipeline"): (PIPELINE, "build_search"), TRAIN: SEARCH}
        for index, placed in self.pieces.placed.items():
            there = moved.get((placed.file, placed.function))
            if self.pieces.searches and there is not None:
                self.pieces.placed[index] = Placed(placed.kind, *there)
