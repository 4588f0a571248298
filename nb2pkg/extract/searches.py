"""Which search the package runs as a command of its own, and how the notebook's score by that search is written."""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from nb2pkg.errors import ExtractError
from nb2pkg.extract.estimators import EstimatorWriter
from nb2pkg.extract.imports import Imports
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.settings import Inline
from nb2pkg.facts.values import Estimator

KEEPING = frozenset(
    f"sklearn.model_selection.{name}"
    for name in ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
)


class Scorer(NamedTuple):
    """How a search scores: the name that its score goes by, and the expression."""

    name: str
    text: str


PLAIN = Scorer("score", "pipeline.score(rows, target)")


class Searches:
    """Questions about the searches among a package's models."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.facts = lowering.facts

    def kept(self, model: Estimator, entrants: Sequence[Estimator]) -> bool:
        """Is the search of the model, or of one of several to choose from, a command of its own?"""
        tried = [one for one in entrants or (model,) if self.is_search(one)]
        imports = Imports()
        scorers = [self.scorer(one, imports) for one in tried]
        return bool(tried) and None not in scorers and (not entrants or set(scorers) == {PLAIN})

    def why_not(self, model: Estimator, entrants: Sequence[Estimator]) -> str:
        """A sentence for the package's README where ``train`` has to search each time; "" where it has not."""
        node = model.node
        inside = [self.facts.value(part) for part in ast.walk(node) if isinstance(part, ast.expr)]
        tried = [one for one in (model, *entrants, *inside) if isinstance(one, Estimator) and one.kind == "search"]
        if not tried:
            return ""
        why = (
            "it is part of another model"
            if model.kind != "search" and not entrants
            else (
                "it is not one whose best parameters this package can keep"
                if any(not self.is_search(one) for one in tried)
                else "how it scores, or which parameters it takes for the best, cannot be told without it"
            )
        )
        return f"`train` runs {tried[0].short} each time, and there is no command of its own for it: {why}."

    def is_search(self, estimator: Estimator) -> bool:
        """Does it look for parameters and say which are the best?"""
        return estimator.cls in KEEPING and isinstance(estimator.node, ast.Call)

    def scorer(self, estimator: Estimator, imports: Imports) -> Scorer | None:
        """How a search scores rows; None where that cannot be written, or where it names no best."""
        given = self.given(estimator)
        if given is None:
            return None
        refit, scoring = given.get("refit"), given.get("scoring")
        if scoring is None:
            return PLAIN
        written = self._written(scoring, imports, at=self._made(estimator))
        if written is None:
            return None
        if isinstance(written, ast.Constant) and written.value is None:
            return PLAIN
        if isinstance(written, ast.Dict | ast.List | ast.Tuple | ast.Set):
            chosen = _of_several(written, refit)
            return _single(chosen, imports) if chosen is not None else None
        return _single(written, imports)

    def given(self, estimator: Estimator) -> dict[str, ast.expr] | None:
        """The arguments that a search was made with, by name; None where they cannot all be seen."""
        node = estimator.node
        if not isinstance(node, ast.Call) or any(k.arg is None for k in node.keywords):
            return None
        names = tuple(getattr(estimator.row, "args", ()) or ())
        if len(node.args) > len(names) or any(isinstance(one, ast.Starred) for one in node.args):
            return None
        return dict(zip(names, node.args, strict=False)) | {str(k.arg): k.value for k in node.keywords}

    def _made(self, estimator: Estimator) -> int:
        statements = self.facts.program.statements
        return next(one.index for one in statements if any(part is estimator.node for part in ast.walk(one.node)))

    def _written(self, scoring: ast.expr, imports: Imports, *, at: int) -> ast.expr | None:
        """The expression of a scoring with constants in place; None where functions of the notebook are part of it."""
        writer = EstimatorWriter(self.lowering, imports, Inline(0))
        try:
            text = writer.expression(scoring, at=at, owner="scorer", name="scoring")
        except ExtractError:
            return None
        return ast.parse(text, mode="eval").body if not writer.functions else None


def _of_several(scoring: ast.Dict | ast.List | ast.Tuple | ast.Set, refit: ast.expr | None) -> ast.expr | None:
    """The one of several scorings that a search goes by, where it is named."""
    if not isinstance(refit, ast.Constant) or not isinstance(refit.value, str):
        return None
    if not isinstance(scoring, ast.Dict):
        return refit
    pairs = zip(scoring.keys, scoring.values, strict=True)
    return next((value for key, value in pairs if isinstance(key, ast.Constant) and key.value == refit.value), None)


def _single(scoring: ast.expr, imports: Imports) -> Scorer | None:
    if isinstance(scoring, ast.Constant):
        if not isinstance(scoring.value, str):
            return None
        return Scorer(
            scoring.value, f"{imports.add('sklearn.metrics.get_scorer')}({scoring.value!r})(pipeline, rows, target)"
        )
    return Scorer("score", f"{ast.unparse(scoring)}(pipeline, rows, target)")
