"""Which fit is the model: the last one saved, else the last scored on rows it was not fitted on, else the last fitted."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nb2pkg.errors import ExtractError
from nb2pkg.extract.outputs import Outputs
from nb2pkg.extract.roots_of_metrics import Roots
from nb2pkg.extract.saved_scores import SavedScores
from nb2pkg.extract.trace import bound_by
from nb2pkg.extract.ways import chain
from nb2pkg.facts import Facts
from nb2pkg.facts.events import Saved
from nb2pkg.facts.rows import within
from nb2pkg.facts.values import Estimator, Learning, parts_of

MODELS = frozenset({"model", "meta", "search", "pipeline", "outlier", "cluster", "network"})
LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fit site: ``name`` is the variable, ``cell`` and ``line`` are where it runs, which of a fit in a function is its call.

    ``score`` is what the saved output shows for it, ``lower`` where less is better. Where it was not ``read`` off what shows the
    metric, it is the last number that the cell shows.
    """

    fit: Learning
    name: str
    estimator: Estimator
    cell: int
    line: int
    score: float | None = None
    metric: str = ""
    lower: bool = False
    read: bool = False


def candidates(facts: Facts, outputs: Outputs) -> tuple[Candidate, ...]:
    """Every fit of a model that stands in the notebook's own flow, in order; a site in a loop once for each model it fits."""
    found: dict[tuple[int, int], Candidate] = {}
    for fit in facts.fits:
        if fit.estimator is not None and _is_model(fit):
            found.pop((id(fit.node), id(fit.estimator)), None)
            found[id(fit.node), id(fit.estimator)] = Candidate(
                fit, _name(facts, fit), fit.estimator, *_runs_at(facts, fit)
            )
    last = {id(one.fit.node): one for one in found.values()}
    saved, roots = SavedScores(facts, outputs), Roots(facts)
    return tuple(_with_score(saved, roots, one) if last[id(one.fit.node)] is one else one for one in found.values())


def _runs_at(facts: Facts, fit: Learning) -> tuple[int, int]:
    """The cell and line that run a fit."""
    statement = facts.program.statements[fit.statement]
    whole = (statement.whole or statement).node
    inside = whole.lineno <= fit.place.line <= (whole.end_lineno or whole.lineno)
    if fit.place.cell == statement.runs_in and inside:
        return fit.place.cell, fit.place.line
    return statement.runs_in, whole.lineno


def listed(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates to tell of: of those that one call makes for one fit, turn by turn, the last."""
    last = {(id(one.fit.node), id(one.estimator.node)): one for one in found}
    return tuple(one for one in found if last[id(one.fit.node), id(one.estimator.node)] is one)


def loop_around(facts: Facts, one: Candidate) -> str:
    """The head of the innermost loop of the notebook that a candidate is fitted in; empty where there is none."""
    statement = facts.program.statements[one.fit.statement]
    whole = (statement.whole or statement).node
    found = [part for part in (whole, *chain(statement.node, one.fit.node)) if isinstance(part, LOOPS)]
    return ast.unparse(found[-1]).partition("\n")[0] if found else ""


def _is_model(fit: Learning) -> bool:
    estimator = fit.estimator
    if estimator is None or fit.static or estimator.kind not in MODELS:
        return False
    return fit.kind in ("model", "cluster")


def _name(facts: Facts, fit: Learning) -> str:
    node = fit.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.value.id
    statement = facts.program.statements[fit.statement]
    for name in sorted(facts.effects[fit.statement].binds):
        bound = bound_by(statement, name)
        if bound is not None and bound.value is node:
            return name
    return fit.estimator.short if fit.estimator is not None else ""


def _with_score(saved: SavedScores, roots: Roots, candidate: Candidate) -> Candidate:
    facts = saved.facts
    for score in reversed(facts.scores):
        if not score.weak and any(fit is candidate.fit for fit in score.fits[-1:]):
            root = roots.around(score.node)
            value = saved.value(root.node if root is not None else score.node)
            shown = (
                value
                if isinstance(value, float)
                else saved.outputs.number(facts.program.statements[score.statement].runs_in)
            )
            if shown is not None:
                call = facts.call(score.node)
                lower = bool(getattr(call.row, "lower", False)) if call is not None else False
                metric = "root_" * (root is not None) + score.label.split("(")[0].split(".")[-1]
                return replace(candidate, score=shown, metric=metric, lower=lower, read=shown is value)
    return candidate


def choose(facts: Facts, found: tuple[Candidate, ...], *, wanted: str | None) -> Candidate:
    """The model. Raises ExtractError where there is none, or none of the name asked for."""
    if not found:
        raise ExtractError("no model is fitted in this notebook")
    if wanted is not None:
        return _wanted(found, wanted)
    return _saved(facts, found) or _held_out(facts, found) or found[-1]


def _wanted(found: tuple[Candidate, ...], wanted: str) -> Candidate:
    name, _, cell = wanted.partition("@")
    named = [one for one in found if one.name == name and (not cell or str(one.cell) == cell)]
    if not named:
        offered = ", ".join(f"{one.name}@{one.cell}" for one in found)
        raise ExtractError(f"no model `{wanted}` is fitted here; there are {offered}")
    return named[-1]


def _saved(facts: Facts, found: tuple[Candidate, ...]) -> Candidate | None:
    for save in reversed(facts.saves):
        parts = saved_estimators(save)
        fitted = [
            one for one in found if any(one.estimator is part for part in parts) and one.fit.statement <= save.statement
        ]
        if fitted:
            return fitted[-1]
    return None


def saved_estimators(save: Saved) -> list[Estimator]:
    """The estimators that a save writes, alone or in a collection."""
    return [part for part in parts_of(save.value) if isinstance(part, Estimator)] if save.format else []


def _held_out(facts: Facts, found: tuple[Candidate, ...]) -> Candidate | None:
    for score in reversed(facts.scores):
        if score.weak or score.static or not score.fits or score.rows is None:
            continue
        fit = score.fits[-1]
        match = next((one for one in found if one.fit is fit), None)
        if match is not None and fit.rows is not None and not within(score.rows, fit.rows):
            return match
    return None


def better(chosen: Candidate, found: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The candidates whose shown score, of the same metric, beats the chosen one's."""
    if chosen.score is None:
        return ()
    rivals = [one for one in found if one.score is not None and one.metric == chosen.metric and one is not chosen]
    sign = -1 if chosen.lower else 1
    return tuple(one for one in rivals if one.score is not None and sign * one.score > sign * chosen.score)
