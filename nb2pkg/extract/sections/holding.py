"""Where a fitted model and what it was fitted on can be taken hold of: the end of a cell, and two expressions that hold them there."""

import ast
import itertools
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.extract.choose import Candidate, saved_estimators
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.sections.inner import Inner, inner_call
from nb2pkg.extract.sections.repeating import computed
from nb2pkg.extract.trace import free_names, writers
from nb2pkg.extract.ways import Scope, chain, stored
from nb2pkg.extract.which import Which
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Estimator, Learning
from nb2pkg.syntax import Statement

PURE_METHODS = frozenset({"drop", "to_numpy", "reshape", "ravel", "copy", "astype"})
STOPS = (ast.Break, ast.Continue, ast.Return)


class Hold(NamedTuple):
    """The statement whose cell ends with the model in hand, and the expressions that hold model and features by then."""

    statement: int
    model: ast.expr
    features: ast.expr

    @property
    def names(self) -> frozenset[str]:
        """The variables that both need."""
        return frozenset(named(self.model) | {name.id for name in free_names(self.features)})


def named(model: ast.expr) -> set[str]:
    """The variables of what holds a model, which may be what the fit is assigned to."""
    return {part.id for part in ast.walk(model) if isinstance(part, ast.Name)}


def hold(facts: Facts, chosen: Candidate, features: ast.expr) -> Hold:
    """Where the chosen model is held. Raises RefusedError where no expression holds it, or what it was fitted on."""
    statement = facts.program.statements[chosen.fit.statement]
    inner = inner_call(facts, chosen, statement, features)
    _check_way(statement, inner.call)
    if not is_pure(inner.features) and computed(facts, inner.features) is not None:
        raise refused(statement, "what the model is fitted on is computed inside the call; give it a name first")
    used = _used(facts, chosen, inner.model)
    model, at = (inner.model, statement.index) if used is None else used
    if model is None or not is_pure(model):
        raise refused(statement, "the fitted model has no name of its own")
    found = Hold(max(at, statement.index), read(model), inner.features)
    _check_names(facts, found, inner, statement)
    return found


def read(node: ast.expr) -> ast.expr:
    """An expression as it is read, also where it stands as what is bound."""
    return ast.parse(ast.unparse(node), mode="eval").body


def is_pure(node: ast.expr) -> bool:
    """May an expression be evaluated once more without doing anything?"""
    return all(
        part.func.attr in PURE_METHODS if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
        else not isinstance(part, ast.Call | ast.NamedExpr | ast.Lambda | ast.Await | ast.Yield)
        for part in ast.walk(node)
    )  # fmt: skip


def _used(facts: Facts, chosen: Candidate, model: ast.expr | None) -> tuple[ast.expr, int] | None:
    """The expression that holds the model where it is last saved or asked below its fit, and the statement that bound it last."""
    named = [(at, one) for at, one in _uses(facts, chosen.fit) if isinstance(one, ast.Name | ast.Subscript)]
    if not named:
        return None
    at, node = max(named, key=lambda one: one[0])
    names = {name.id for name in free_names(node)}
    if names & facts.effects[at].binds:  # a loop of its own over several models
        _check_same(facts, node, at, model, chosen.fit.statement)
        return None
    bound = [index for name in names for index in writers(facts, name, before=at) if name in facts.effects[index].binds]
    return node, max(bound, default=chosen.fit.statement)


def _uses(facts: Facts, fit: Learning) -> Iterator[tuple[int, ast.expr]]:
    """What is asked or saved below a fit of what it fitted, in whichever turn: the statement and the expression."""
    for one in facts.predictions:
        later = one.statement > fit.statement and not one.static and not one.calls
        if later and any(part.node is fit.node for part in one.fits[-1:]):
            func = one.node.func if isinstance(one.node, ast.Call) else None
            if isinstance(func, ast.Attribute):
                yield one.statement, func.value
    for save in facts.saves:
        fits = [part.node for each in saved_estimators(save) for part in each.fits[-1:]]
        if save.statement > fit.statement and not save.calls and any(one is fit.node for one in fits):
            for part in ast.walk(save.node):
                value = facts.value(part)
                if isinstance(part, ast.Name | ast.Subscript) and isinstance(value, Estimator) and value.fits:
                    yield save.statement, part


def _check_same(facts: Facts, node: ast.expr, at: int, model: ast.expr | None, fitted: int) -> None:
    """Raise RefusedError where an expression is not shown to hold the model that was fitted."""
    which = Which(facts)
    made = which.made(node, at=at)
    if made is None or model is None or made is not which.made(model, at=fitted):
        text = ast.unparse(node)[:40]
        raise refused(facts.program.statements[at], f"`{text}` may be another model than the one that is kept")


def _check_way(statement: Statement, call: ast.AST) -> None:
    """Raise RefusedError where the way to the fit may be left between what it is fitted on and the fit itself."""
    path = chain(statement.node, call)
    looped = False
    for position, outer in enumerate(path[:-1]):
        part = path[position + 1]
        match outer:
            case ast.For() | ast.While():
                looped = True
                before = outer.body[: next((i for i, one in enumerate(outer.body) if one is part), 0)]
                if not any(part is one for one in outer.body) or any(_stops(one) for one in before):
                    raise refused(statement, "the loop around the fit may be left before it")
            case ast.If() | ast.Try() | ast.Match() if looped:
                raise refused(statement, "the model is fitted in some turns of a loop only")
            case ast.IfExp() | ast.BoolOp():
                raise refused(statement, "the model is fitted inside a condition")
            case _ if isinstance(outer, Scope):
                raise refused(statement, "the model is fitted inside a comprehension, where it has no name")
            case _:
                continue


def _stops(statement: ast.stmt) -> bool:
    return any(isinstance(part, STOPS) for part in ast.walk(statement))


def _check_names(facts: Facts, found: Hold, inner: Inner, statement: Statement) -> None:
    """Raise RefusedError where a name holds something else by the end of the cell than what the fit received."""
    features = {name.id for name in free_names(found.features)}
    owners = named(found.model)
    own = ast.unparse(found.model) == ast.unparse(inner.model) if inner.model is not None else False
    if (features | owners) & _bound_in_other_arms(chain(statement.node, inner.call)):
        raise refused(statement, "the model is fitted in one arm of several")
    after = _bound_after(statement.node, inner.call)
    rebound = (features | (owners if own else set())) & after
    mutated = features & facts.effects[statement.index].mutates
    turned = set() if own else features & {name for name in features if _in_loop(statement.node, name)}
    wrong = sorted(rebound | mutated | turned)
    if wrong:
        raise refused(
            statement, f"`{wrong[0]}` changes where the model is fitted, so what it was fitted on is not kept"
        )
    cell = facts.program.statements[found.statement].cell
    for other in facts.program.statements[statement.index + 1 :]:
        if other.cell > cell:
            return
        effects = facts.effects[other.index]
        changed = features & (effects.binds | effects.mutates)
        if other.index > found.statement:
            changed |= owners & (effects.binds | effects.mutates)
        if changed:
            raise refused(
                other,
                f"`{min(changed)}` is changed after the fit in cell {statement.cell} and before the model is kept",
            )


def _in_loop(statement: ast.stmt, name: str) -> bool:
    return any(isinstance(one, ast.For | ast.While) for one in ast.walk(statement)) and bool(stored(statement, name))


def _bound_after(statement: ast.stmt, call: ast.AST) -> set[str]:
    """The names that a statement may bind once the fit in it is over, in the same turn or in another arm."""
    path = chain(statement, call)
    last = path[-1]
    found = set()
    for part in ast.walk(statement):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            within = any(part is one for one in ast.walk(_own_statement(path)))
            if not within and (part.lineno, part.col_offset) > (last.lineno, last.col_offset):  # type: ignore[attr-defined]
                found.add(part.id)
    return found


def _bound_in_other_arms(path: list[ast.AST]) -> set[str]:
    """The names that the arms bind which a way does not take."""
    found = set()
    for outer, part in itertools.pairwise(path):
        if isinstance(outer, ast.If | ast.Try | ast.Match):
            arms = [one for _, one in ast.iter_fields(outer) if isinstance(one, list)]
            others = [one for arm in arms if not any(part is each for each in arm) for one in arm]
            found |= _stored(others)
    return found


def _stored(nodes: list[ast.AST]) -> set[str]:
    names = (one for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name))
    return {one.id for one in names if not isinstance(one.ctx, ast.Load)}


def _own_statement(path: list[ast.AST]) -> ast.AST:
    """The innermost statement of a way: the one that calls the fit."""
    return next(one for one in reversed(path) if isinstance(one, ast.stmt))
