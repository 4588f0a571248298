"""Where a supervised notebook fits its chosen model, and what a bundle takes from there."""

import ast
from typing import NamedTuple

from nb2pkg.errors import ExtractError
from nb2pkg.extract.choose import MODELS, Candidate, candidates, choose
from nb2pkg.extract.outputs import read_outputs
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.sections.entering import LOADED
from nb2pkg.extract.sections.holding import Hold, hold
from nb2pkg.extract.sections.networks import Made, made, network_hold
from nb2pkg.extract.sections.results import Given, check_given, given_otherwise, returned_hold
from nb2pkg.extract.sections.stores import BOOSTER, BUNDLE, KERAS, MODULE, STATE, Store
from nb2pkg.extract.which import Which
from nb2pkg.facts import Facts
from nb2pkg.syntax import Statement

BUNDLED = ("sklearn.", "xgboost.", "lightgbm.", "catboost.", "imblearn.", "statsmodels.")
KERAS_NETWORKS = frozenset(
    {"keras.Sequential", "keras.Model"}
)  # the library saves them itself; classes of the notebook's own it cannot read back


class FitPoint(NamedTuple):
    """The fit of the chosen model: the statement that leaves it in hand, its cell, what holds it, what it received, and what was fitted before.

    ``cls`` is empty where only a run tells which of several models it is; ``store`` says how it is kept; ``made`` how a network
    was made that is kept by its state.
    """

    chosen: Candidate
    end: int
    cell: int
    model: str
    features: ast.expr
    names: frozenset[str]
    transformers: tuple[str, ...]
    cls: str
    store: Store = BUNDLE
    made: Made | None = None


def fit_point(facts: Facts, wanted: str | None) -> FitPoint:
    """The fit that a bundle is kept from. Raises ExtractError where the fitted model cannot be taken hold of."""
    found = candidates(facts, read_outputs(facts.program.notebook))
    chosen = choose(facts, found, wanted=wanted)
    statement = facts.program.statements[chosen.fit.statement]
    if chosen.estimator.kind == "network":
        return _network_point(facts, chosen)
    network = chosen.estimator.cls in KERAS_NETWORKS
    if not chosen.estimator.cls.startswith(BUNDLED) and not network:
        raise refused(
            statement, f"a fitted {chosen.estimator.short} is not kept as a whole by this package's artifacts"
        )
    otherwise = given_otherwise(facts, chosen)
    if otherwise is not None:
        return _other_point(facts, chosen, otherwise, found)
    call = facts.call(chosen.fit.node)
    given = call.args if call is not None else {}
    if "X" not in given or "y" not in given:
        raise refused(statement, "the model is not fitted on features and a target")
    if network and isinstance(given["X"][0], ast.List | ast.Tuple | ast.Dict):
        raise refused(
            statement, "the network is fitted on several inputs; one table of feature rows is what can be answered"
        )
    held = hold(facts, chosen, given["X"][0])
    _refuse_unbound(facts, held, statement)
    cell = facts.program.statements[held.statement].cell
    model = ast.unparse(held.model)
    transformers = _transformers(facts, chosen, held)
    return FitPoint(
        chosen,
        held.statement,
        cell,
        model,
        held.features,
        held.names,
        transformers,
        _cls(facts, chosen, found),
        KERAS if network else BUNDLE,
    )


def _other_point(facts: Facts, chosen: Candidate, given: Given, found: tuple[Candidate, ...]) -> FitPoint:
    """The end of the cell of a fit that is given its rows in a way of its library's own."""
    held = returned_hold(facts, chosen, given) if given.returned else hold(facts, chosen, given.features)
    check_given(facts, chosen, given, held)
    if not given.returned:
        _refuse_unbound(facts, held, facts.program.statements[chosen.fit.statement])
    cell = facts.program.statements[held.statement].cell
    store = BOOSTER if chosen.estimator.cls == "xgboost.train" else BUNDLE
    transformers = _transformers(facts, chosen, held)
    cls = _cls(facts, chosen, found)
    return FitPoint(
        chosen, held.statement, cell, ast.unparse(held.model), held.features, held.names, transformers, cls, store
    )


def _network_point(facts: Facts, chosen: Candidate) -> FitPoint:
    """The end of the cell in which a loop of the notebook's own has trained a network."""
    statement = facts.program.statements[chosen.fit.statement]
    held = network_hold(facts, chosen)
    names = held.names - {LOADED}
    if any(LOADED in effects.binds for effects in facts.effects):
        raise refused(statement, f"the notebook's name `{LOADED}` is one that the package needs; rename it")
    how = made(facts, chosen, held)
    cell = facts.program.statements[held.statement].cell
    held_by = ast.unparse(held.model)
    store = MODULE if how is None else STATE
    transformers = _transformers(facts, chosen, held)
    cls = chosen.estimator.cls
    return FitPoint(chosen, held.statement, cell, held_by, held.features, names, transformers, cls, store, how)


def _cls(facts: Facts, chosen: Candidate, found: tuple[Candidate, ...]) -> str:
    try:
        return Which(facts).chosen(chosen, found).estimator.cls
    except ExtractError:
        return ""


def _refuse_unbound(facts: Facts, held: Hold, statement: Statement) -> None:
    known = {name for effects in facts.effects[: held.statement + 1] for name in effects.binds}
    if held.names - known:
        raise refused(statement, "the fitted model has no name of its own")


def _transformers(facts: Facts, chosen: Candidate, held: Hold) -> tuple[str, ...]:
    """The variables that hold fitted transformers by then."""
    found = set()
    for fit in facts.fits:
        node = fit.node
        if fit.statement >= chosen.fit.statement or fit.static or fit.calls or fit.estimator is None:
            continue
        if fit.estimator.kind in MODELS or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if isinstance(node.func.value, ast.Name):
            found.add(node.func.value.id)
    return tuple(sorted(found - held.names))
