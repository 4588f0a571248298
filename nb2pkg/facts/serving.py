"""Judgements about rows that a model predicts on and what is saved for that day: are they prepared as the training rows were?"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nb2pkg.facts.events import Loaded, Predicted, Saved
from nb2pkg.facts.judging import NOT_REFITTED, Refit, model_fits
from nb2pkg.facts.learners import is_model, kind_of
from nb2pkg.facts.rows import NOTHING, held_out_part, overlap, was_read, was_written_out
from nb2pkg.facts.values import Estimator, Learning, Unknown, in_order, parts_of
from nb2pkg.source import Span

NUMERIC = frozenset({"statistic", "bins"})
HOLDING = frozenset({"pipeline", "columns", "meta", "search"})  # what they learn is what they hold
PREPARING = NUMERIC | {"vocabulary", "category", "selection", "filter", "target-statistic"}


class Mismatch(NamedTuple):
    """The model fitted by ``fit`` predicts on rows without ``step``, which its training rows went through; ``instead`` is another's.

    ``literal``: the rows are written out in the notebook, by an author who may have prepared them by hand.
    """

    prediction: Predicted
    fit: Learning
    step: Learning
    instead: Learning | None
    literal: bool


class Unsaved(NamedTuple):
    """A model is saved, and ``steps``, which its rows went through, are not."""

    save: Saved
    fit: Learning
    steps: tuple[Learning, ...]


def _steps(fit: Learning, kinds: frozenset[str]) -> list[Learning]:
    """The fitted transformers that a model's training rows went through, in order."""
    return _steps_in(fit.data.taught() if fit.data is not None else frozenset(), kinds)


def _steps_in(taught: frozenset[Learning], kinds: frozenset[str]) -> list[Learning]:
    known = ((one, one.estimator) for one in in_order(taught) if one.kind in kinds)
    found = [one for one, estimator in known if estimator is not None and not is_model(estimator) and _prepares(one)]
    return sorted(found, key=lambda one: one.place)


def _prepares(learning: Learning) -> bool:
    return learning.estimator is not None and learning.estimator.kind not in NOT_REFITTED


def mismatches(predictions: Iterable[Predicted], refits: Iterable[Refit]) -> list[Mismatch]:
    """Predictions on rows that skipped a scaling the model was trained on; a refit on those rows is told elsewhere."""
    told = {refit.learning.place for refit in refits}  # one for a place, however many rounds of a loop went through it
    found: dict[tuple[object, object], Mismatch] = {}
    for prediction in predictions:
        fit = prediction.fits[-1] if prediction.fits else None
        rows = prediction.data.rows or NOTHING
        literal = was_written_out(rows)
        if fit is None or prediction.static or not is_model(prediction.estimator) or not (literal or was_read(rows)):
            continue
        taught = prediction.data.taught()
        if any(one.place in told for one in taught):
            continue
        for step in _missing(fit, taught):
            instead = next((one for one in in_order(taught) if _stands_for(one, step)), None)
            found.setdefault((prediction.place, step.place), Mismatch(prediction, fit, step, instead, literal))
    return list(found.values())


def untrained(predictions: Iterable[Predicted]) -> list[Mismatch]:
    """Predictions on rows that went through a step, fitted on the model's training rows, which these did not go through."""
    found: dict[Span, Mismatch] = {}
    for prediction in predictions:
        fit = prediction.fits[-1] if prediction.fits else None
        if fit is None or fit.data is None or not fit.rows or prediction.static or not is_model(prediction.estimator):
            continue
        steps = [] if _steps(fit, PREPARING) else _steps_in(prediction.data.taught() - fit.data.taught(), NUMERIC)
        step = next((one for one in steps if one.rows and overlap(one.rows, fit.rows)), None)
        if step is not None:
            found.setdefault(step.place, Mismatch(prediction, fit, step, None, False))
    return list(found.values())


def _missing(fit: Learning, taught: frozenset[Learning]) -> Iterator[Learning]:
    estimators = {one.estimator for one in taught}
    return (step for step in _steps(fit, NUMERIC) if step.estimator not in estimators)


def _stands_for(one: Learning, step: Learning) -> bool:
    same = one.estimator is not None and step.estimator is not None and one.estimator.cls == step.estimator.cls
    return same and one.kind == step.kind


def unfitted(predictions: Iterable[Predicted]) -> list[Predicted]:
    """Transforms with an object that was made here and never fitted."""
    found: dict[Span, Predicted] = {}
    for one in predictions:
        estimator = one.estimator
        held = bool(estimator.parts) or estimator.kind in HOLDING
        made = estimator.origin == "made" and estimator.row is not None and not estimator.marks and not held
        if (
            made
            and not one.fits
            and not estimator.fits
            and not one.static
            and not is_model(estimator)
            and kind_of(estimator)
        ):
            found.setdefault(one.place, one)
    return list(found.values())


def incoming(refit: Refit) -> bool:
    """Did the rows come in from outside: through a function's parameter, or to a model or transformer that was loaded?"""
    learning, prediction = refit.learning, refit.prediction
    if _is_loaded(learning.estimator) or (prediction is not None and _is_loaded(prediction.estimator)):
        return True
    return learning.static or (bool(learning.calls) and not held_out_part(learning.rows or frozenset()))


def _is_loaded(estimator: Estimator | None) -> bool:
    return estimator is not None and estimator.origin == "loaded"


def serving_refits(learnings: tuple[Learning, ...], predictions: Iterable[Predicted]) -> list[Refit]:
    """Loaded transformers fitted again, and transformers fitted on the rows that a model from elsewhere predicts on.

    From elsewhere is a model that was loaded, and in a function that nobody calls one that the function does not fit.
    """
    trained = {one for fit in model_fits(learnings) if fit.data is not None for one in fit.data.taught()}
    found = {one: Refit(one, None, None) for one in learnings if _is_loaded(one.estimator) and one.kind in PREPARING}
    for prediction in predictions:
        if not _from_elsewhere(prediction) or not prediction.data.rows or prediction.verb == "transform":
            continue
        for learning in in_order(prediction.data.taught() - trained):
            same = bool(learning.rows) and overlap(learning.rows or frozenset(), prediction.data.rows)
            if same and _prepares(learning) and learning.kind in PREPARING and learning.static == prediction.static:
                found.setdefault(learning, Refit(learning, None, prediction))
    return sorted(found.values(), key=lambda refit: refit.learning.place)


def _from_elsewhere(prediction: Predicted) -> bool:
    return _is_loaded(prediction.estimator) or (prediction.static and not any(fit.static for fit in prediction.fits))


def unsaved(saves: tuple[Saved, ...]) -> list[Unsaved]:
    """Saved models whose fitted transformers are saved nowhere."""
    kept = {part for save in saves for part in parts_of(save.value) if isinstance(part, Estimator)}
    found = []
    for save in saves:
        models = [part for part in parts_of(save.value) if isinstance(part, Estimator) and is_model(part)]
        for fit in (fit for fit in save.fits if fit.estimator in models and save.format):
            steps = tuple(one for one in _steps(fit, PREPARING) if _is_lost(one, kept))
            if steps:
                found.append(Unsaved(save, fit, steps))
                break
    return found


def _is_lost(step: Learning, kept: set[Estimator]) -> bool:
    estimator = step.estimator
    return estimator is not None and estimator not in kept and not estimator.marks


def strangers(loads: tuple[Loaded, ...], saves: tuple[Saved, ...]) -> list[Loaded]:
    """Artifacts that are loaded from a literal path, used as an estimator, and written by nothing here."""
    if any(save.path is None and save.format for save in saves):
        return []
    written = {save.path for save in saves}
    return [one for one in loads if one.path is not None and one.path not in written and _is_used(one)]


def _is_used(load: Loaded) -> bool:
    return isinstance(load.value, Unknown) and load.value.estimator is not None
