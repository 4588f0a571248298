"""Judgements over a whole run: what was held out from a fit, what leaked into it, how an estimator was evaluated."""

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from nb2pkg.facts.events import Predicted, Saved, Score
from nb2pkg.facts.learners import is_model
from nb2pkg.facts.rows import (
    NOTHING,
    Rows,
    apart,
    held_out_part,
    outermost_training,
    outside,
    overlap,
    siblings,
    within,
)
from nb2pkg.facts.values import Content, Data, Estimator, Learning, in_order, parts_of
from nb2pkg.source import Span

STATISTICS = frozenset({"statistic", "vocabulary", "bins", "cluster", "embedding"})
SELECTIONS = frozenset({"selection", "target-statistic"})
SECOND_LEVEL = frozenset({"model"})
NOT_REFITTED = frozenset({"embedding", "inspect", "cluster", "resampler", "splitter", "outlier"})


class Leak(NamedTuple):
    """Something learned from rows that ``fit`` holds out, and how we know: ``split`` of the rows, or a later ``prediction``."""

    learning: Learning
    fit: Learning
    held_out: Rows
    prediction: Predicted | Score | None


class Refit(NamedTuple):
    """Something fitted on held-out rows alone; ``model`` is the model that predicts on them, where one does."""

    learning: Learning
    model: Learning | None
    prediction: Predicted | None


Judged = TypeVar("Judged", Leak, Refit)


class Evaluation(NamedTuple):
    """All reported scores of one estimator object, none on rows it had not seen."""

    estimator: Estimator
    scores: tuple[Score, ...]


class Unevaluated(NamedTuple):
    """A model fitted by ``fit`` that is saved (or, ``saved`` false, predicts) at ``place`` and is never evaluated."""

    fit: Learning
    place: Span
    saved: bool


def model_fits(learnings: tuple[Learning, ...]) -> Iterator[Learning]:
    """Fits of models on known rows, in order."""
    return (fit for fit in learnings if fit.kind == "model" and fit.estimator is not None and fit.rows)


def held_out(fit: Learning, predictions: tuple[Predicted, ...]) -> tuple[Rows, Predicted | None]:
    """The rows held out from a fit: the other part of its outermost split, and disjoint rows it later predicts on.

    Rows inside the outermost training part that a later split holds out again are none: what was learned on that training
    part is another defect; nor are both parts of a split, where the fit takes both.
    """
    taken = fit.rows or NOTHING
    rows, inner = outside(siblings(taken), taken), outermost_training(taken)
    witness = None
    for prediction in predictions:
        if fit not in prediction.fits or prediction.data.rows is None:
            continue
        others = apart(prediction.data.rows, taken)
        others = frozenset(atom for atom in others if not inner.intersection(atom.choices))
        if others and not overlap(others, rows):
            rows, witness = rows | others, witness or prediction
    return rows, witness


def _one_a_place(found: dict[Learning, Judged]) -> list[Judged]:
    """In document order, one for each place: a loop or a function called twice learns at one place."""
    by_place: dict[Span, Judged] = {}
    for learning, judged in found.items():
        by_place.setdefault(learning.place, judged)
    return [by_place[place] for place in sorted(by_place)]


def leaks(learnings: tuple[Learning, ...], predictions: tuple[Predicted, ...], kinds: frozenset[str]) -> list[Leak]:
    """What a model's training data learned from rows both trained on and held out; one for each place of learning."""
    found: dict[Learning, Leak] = {}
    for fit in model_fits(learnings):
        if fit.data is None or fit.rows is None:
            continue
        wanted = {one for one in fit.data.taught() if one.kind in kinds}
        wanted |= _chosen_by(fit) if kinds is SELECTIONS else set()
        reached = [one for one in in_order(wanted) if one.rows and one not in found]
        if not reached:
            continue
        others, witness = held_out(fit, predictions)
        for learning in reached:
            if learning.rows and overlap(learning.rows, others) and overlap(learning.rows, fit.rows):
                found[learning] = Leak(learning, fit, others, witness)
    return _one_a_place(found)


def _chosen_by(fit: Learning) -> set[Learning]:
    """The searches whose findings the fitted estimator was made with: ``SVC(**search.best_params_)``."""
    parts = (part for part in parts_of(fit.estimator) if isinstance(part, Estimator)) if fit.estimator else ()
    given = (value for part in parts for value in part.parameters.values() if isinstance(value, Data))
    return {one for value in given for one in value.learned if _is_search(one)}


def _is_search(learning: Learning) -> bool:
    return learning.estimator is not None and learning.estimator.kind == "search"


def refits(learnings: tuple[Learning, ...], predictions: tuple[Predicted, ...]) -> list[Refit]:
    """Fits on held-out rows alone, each once."""
    found: dict[Learning, Refit] = {}
    trained_on = frozenset[Learning]().union(*(fit.data.taught() for fit in model_fits(learnings) if fit.data))
    for prediction in predictions:
        model = prediction.fits[-1] if prediction.fits else None
        if model is None or not is_model(prediction.estimator) or not model.rows or model.data is None:
            continue
        for learning in in_order(prediction.data.taught() - trained_on):
            if _only_held_out(learning, model) and _of_these(learning, prediction.data):
                found.setdefault(learning, Refit(learning, model, prediction))
    for learning in learnings:
        if learning in found or not _fitted_on_test_part(learning):
            continue
        if not _exchanged(learning, predictions):
            found[learning] = Refit(learning, None, None)
    return _one_a_place(found)


def _of_these(learning: Learning, data: Content) -> bool:
    """Was it learned from the very rows that are predicted on? What other tables told about them is a feature."""
    return data.rows is None or overlap(learning.rows or NOTHING, data.rows)


def _only_held_out(learning: Learning, model: Learning) -> bool:
    """Were the rows none that the model was fitted on?"""
    if not learning.rows or not model.rows or learning.kind in SECOND_LEVEL or learning.kind == "resample":
        return False
    if learning.estimator is not None and learning.estimator.kind in NOT_REFITTED:
        return False
    return apart(learning.rows, model.rows) == learning.rows


def _fitted_on_test_part(learning: Learning) -> bool:
    estimator = learning.estimator
    if estimator is None or estimator.kind in NOT_REFITTED or not learning.rows or learning.kind == "nothing":
        return False
    if not held_out_part(learning.rows) or _second_level(learning.data):
        return False
    if learning.kind == "model":
        return (
            learning.target is not None
            and bool(learning.target.rows)
            and held_out_part(learning.target.rows or NOTHING)
        )
    return True


def _exchanged(fit: Learning, predictions: tuple[Predicted, ...]) -> bool:
    """Is it one of two folds? All that is asked of the fit are rows apart from its own, and their fit is asked about its rows."""
    asked = [one.data.rows or NOTHING for one in predictions if one.fits and one.fits[-1] is fit]
    own = fit.rows or NOTHING
    if fit.kind != "model" or not asked or any(not rows or apart(rows, own) != rows for rows in asked):
        return False
    return any(
        _same_kind(one.estimator, fit) and one.data.rows == own and one.fits[-1].rows in asked
        for one in predictions
        if one.fits and one.fits[-1] is not fit
    )


def _same_kind(estimator: Estimator, fit: Learning) -> bool:
    return fit.estimator is not None and fit.estimator.cls == estimator.cls


def _second_level(content: Content | None) -> bool:
    """Does the data derive from predictions? Then a model on held-out rows is a blender."""
    if content is None:
        return False
    return content.predicted is not None or any(one.kind == "model" for one in content.taught())


def training_scores(scores: tuple[Score, ...], learnings: tuple[Learning, ...]) -> list[Evaluation]:
    """Estimators whose every score is on rows they were fitted on, and of which no held-out evaluation is known."""
    by_estimator: dict[Estimator, list[Score]] = {}
    for score in scores:
        by_estimator.setdefault(score.estimator, []).append(score)
    found = []
    for estimator, own in by_estimator.items():
        reported = tuple(score for score in own if not score.weak)
        if reported and not estimator.marks and is_model(estimator) and all(_seen(score) for score in own):
            found.append(Evaluation(estimator, reported))
    return _one_a_first_score(found)


def _one_a_first_score(found: list[Evaluation]) -> list[Evaluation]:
    """In document order, one for each place of a first score: a loop makes many estimators at one place."""
    by_place: dict[Span, Evaluation] = {}
    for evaluation in found:
        by_place.setdefault(evaluation.scores[0].place, evaluation)
    return list(by_place.values())


def _seen(score: Score) -> bool:
    """Does every scored row surely lie in what the estimator was fitted on, with a target?"""
    if score.rows is None or not score.rows or not score.fits:
        return False
    fitted: Rows = frozenset().union(*(fit.rows or NOTHING for fit in score.fits))
    return all(fit.target is not None for fit in score.fits) and within(score.rows, fitted)


def unevaluated(
    learnings: tuple[Learning, ...],
    scores: tuple[Score, ...],
    saves: tuple[Saved, ...],
    predictions: tuple[Predicted, ...],
) -> list[Unevaluated]:
    """Each such model once, at the fit that was saved or used; its first saving counts before its first use.

    A model of the same class that was evaluated speaks for it: evaluated on a part, then fitted on everything.
    """
    found = []
    classes = {score.estimator.cls for score in scores}
    models = (fit for fit in learnings if fit.target is not None and not fit.static)
    for estimator, last in {fit.estimator: fit for fit in models if fit.estimator is not None}.items():
        if not is_model(estimator) or not last.rows or estimator.cls in classes or evaluated(estimator, scores):
            continue
        saved = next((save for save in saves if any(fit.estimator is estimator for fit in save.fits)), None)
        used = next((one for one in predictions if one.estimator is estimator and one.fits), None)
        use = saved or used
        if use is not None:
            fit = next((fit for fit in reversed(use.fits) if fit.estimator is estimator), last)
            found.append(Unevaluated(fit, use.place, saved is not None))
    return found


def evaluated(estimator: Estimator, scores: tuple[Score, ...]) -> bool:
    """Is any evaluation of the estimator known, of whatever rows?"""
    return bool(estimator.marks) or any(score.estimator is estimator for score in scores)
