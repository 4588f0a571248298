"""Where a supervised notebook fits its chosen model, and what a bundle takes from there."""

import ast
from typing import NamedTuple

from nb2pkg.extract.choose import MODELS, Candidate, candidates, choose
from nb2pkg.extract.outputs import read_outputs
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.trace import free_names
from nb2pkg.facts import Facts
from nb2pkg.syntax import Statement

BUNDLED = ("sklearn.", "xgboost.", "lightgbm.", "catboost.", "imblearn.")
PURE_METHODS = frozenset({"drop", "to_numpy", "reshape", "ravel", "copy", "astype"})


class FitPoint(NamedTuple):
    """The fit of the chosen model: its variable, what it received, and the names of what was fitted before."""

    chosen: Candidate
    cell: int
    model: str
    features: ast.expr
    names: frozenset[str]
    transformers: tuple[str, ...]


def fit_point(facts: Facts, wanted: str | None) -> FitPoint:
    """The fit that a bundle is kept from. Raises ExtractError where the fitted model cannot be taken hold of."""
    chosen = choose(facts, candidates(facts, read_outputs(facts.program.notebook)), wanted=wanted)
    statement = facts.program.statements[chosen.fit.statement]
    _refuse(facts, chosen, statement)
    call = facts.call(chosen.fit.node)
    given = call.args if call is not None else {}
    if "X" not in given or "y" not in given:
        raise refused(statement, "the model is not fitted on features and a target")
    features = given["X"][0]
    if any(not _is_pure(part) for part in ast.walk(features)):
        raise refused(statement, "what the model is fitted on is computed inside the call; give it a name first")
    names = frozenset(name.id for name in free_names(features))
    _refuse_changes(facts, chosen, names | {chosen.name}, statement)
    return FitPoint(chosen, statement.cell, chosen.name, features, names, _transformers(facts, chosen))


def _refuse(facts: Facts, chosen: Candidate, statement: Statement) -> None:
    if chosen.fit.calls:
        raise refused(statement, "the model is fitted inside a function")
    if not isinstance(statement.node, ast.Expr | ast.Assign):
        raise refused(statement, "the model is fitted inside a loop or condition")
    if not chosen.estimator.cls.startswith(BUNDLED):
        raise refused(
            statement, f"a fitted {chosen.estimator.short} is not kept as a whole by this package's artifacts"
        )
    known = {name for effects in facts.effects[: statement.index + 1] for name in effects.binds}
    if chosen.name not in known:
        raise refused(statement, "the fitted model has no name of its own")


def _is_pure(part: ast.AST) -> bool:
    if isinstance(part, ast.Call):
        return isinstance(part.func, ast.Attribute) and part.func.attr in PURE_METHODS
    return not isinstance(part, ast.NamedExpr | ast.Lambda | ast.Await | ast.Yield)


def _refuse_changes(facts: Facts, chosen: Candidate, names: frozenset[str], statement: Statement) -> None:
    """What was fitted is taken at the end of the cell: nothing below it there may change it."""
    for other in facts.program.statements[statement.index + 1 :]:
        if other.cell != statement.cell:
            return
        effects = facts.effects[other.index]
        changed = sorted(names & (effects.binds | effects.mutates))
        if changed:
            raise refused(other, f"`{changed[0]}` is changed in the cell that fits {chosen.name}")


def _transformers(facts: Facts, chosen: Candidate) -> tuple[str, ...]:
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
    return tuple(sorted(found - {chosen.name}))
