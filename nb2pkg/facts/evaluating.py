"""Calls that evaluate: metrics on predictions, scores of the model itself, cross-validation."""

from nb2pkg.facts.combining import contents_of, record_score
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import FOLD, NOTHING, named, narrow
from nb2pkg.facts.site import Site
from nb2pkg.facts.values import Content, Data, Estimator, Learning, Unknown, Value, parts_of


def metric(machine: Machine, site: Site) -> Value:
    """Predictions held against the truth."""
    guess = site.value(site.row.prediction) if site.row.prediction else None
    candidates = [guess] if guess is not None else []
    candidates += [value for value in site.arguments.values() if value is not guess]
    for value in candidates:
        for content in contents_of((value,)):
            predicted = content.predicted or next(
                (c.predicted for c in content.by_column.values() if c.predicted), None
            )
            if predicted is not None:
                record_score(
                    machine, site.node, predicted.estimator, predicted.fits, predicted.rows, site.label, weak=False
                )
                return Data(Content(NOTHING))
    if site.row.estimator:
        given = site.value(site.row.estimator)
        _score_with(machine, site, given)
    return Unknown(tuple(site.arguments.values()))


def _score_with(machine: Machine, site: Site, given: Value | None) -> None:
    """Metrics and displays that take the model itself: ``plot_roc_curve(model, X, y)``."""
    data = site.value(site.row.rows) if site.row.rows else None
    contents = contents_of((data,)) if data is not None else []
    if isinstance(given, Estimator) and contents:
        record_score(machine, site.node, given, given.fits, contents[0].rows, site.label, weak=False)


def crossval(machine: Machine, site: Site) -> Value:
    _tried(machine, site)
    for value in site.arguments.values():
        for part in parts_of(value):
            if isinstance(part, Estimator):
                part.marks |= {"cross-validated"}
    return Data(Content(NOTHING))


def _tried(machine: Machine, site: Site) -> None:
    """Each fold's fit on the other folds, by a call that cross-validates an estimator on data."""
    estimator = site.value(site.row.estimator) if site.row.estimator else None
    data = site.value(site.row.rows) if site.row.rows else None
    contents = contents_of((data,)) if data is not None else []
    if not isinstance(estimator, Estimator) or not contents or not contents[0].rows:
        return
    place = machine.place(site.node)
    content = contents[0]._replace(rows=narrow(contents[0].rows, (named((FOLD, place), "train"),)))
    trial = Learning(
        kind="model", rows=content.rows, place=place, node=site.node, statement=machine.statement, label=site.label,
        calls=machine.call_stack, static=machine.static, estimator=estimator, data=content, verb=site.name,
    )  # fmt: skip
    machine.events.trials.append(trial)


def crosspredict(machine: Machine, site: Site) -> Value:
    """Out-of-fold predictions: every row predicted by a model that did not see it."""
    crossval(machine, site)
    data = site.value(site.row.rows) if site.row.rows else None
    contents = contents_of((data,)) if data is not None else []
    return Data(Content(contents[0].rows if contents else None))
