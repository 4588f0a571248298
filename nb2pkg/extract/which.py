"""Which object a notebook's expression holds, where several could be meant: a model of a list, the best of a loop, an arm of a condition.

The facts follow values of many turns and arms at once; a package holds one model, so it has to be shown which one it is.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace

from nb2pkg.extract.choose import Candidate, saved_estimators
from nb2pkg.extract.constant import Term, Turn, dereference
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.extract.ways import why_unsure
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Estimator

PARTING = (ast.For, ast.While, ast.If, ast.Try)
FOUND = "best_estimator_"
SAME = frozenset({"fit", "partial_fit", "set_params"})


class Which:
    """Questions about which estimator an expression holds."""

    def __init__(self, facts: Facts, turn: Turn | None = None) -> None:
        self.facts = facts
        self.turn = turn

    def chosen(self, candidate: Candidate, found: Sequence[Candidate]) -> Candidate:
        """The candidate with the estimator that its fit surely had last. Raises RefusedError where that cannot be shown."""
        fit = candidate.fit
        statement = self.facts.program.statements[fit.statement]
        unsure = why_unsure(statement.node, fit.node) if not fit.calls else ""
        if unsure:
            raise refused(statement, f"the model is fitted {unsure}")
        if next(one for one in reversed(found) if one.fit.node is fit.node) is not candidate:
            raise refused(
                statement, "the model that is used below was fitted in another turn of this loop than the last"
            )
        if fit.calls or not isinstance(fit.node, ast.Call) or not isinstance(fit.node.func, ast.Attribute):
            return candidate
        if self.found_by_search(fit.node.func.value, at=fit.statement):
            text = ast.unparse(fit.node.func.value)[:40]
            raise refused(statement, f"`{text}` is what a search found; its parameters only running the notebook tells")
        trained = candidate.estimator.node is fit.node  # `train(...)` makes what it fits
        made = fit.node if trained else self.made(fit.node.func.value, at=fit.statement)
        if made is not None and made is not candidate.estimator.node:
            estimator = self.facts.value(made)
            if isinstance(estimator, Estimator):
                named = candidate.name if candidate.name != candidate.estimator.short else estimator.short
                candidate = replace(candidate, estimator=estimator, name=named)
        self._used(candidate, made)
        return candidate

    def made(self, node: ast.expr, *, at: int) -> ast.expr | None:
        """The call that made what an expression holds; None where nothing speaks against what the facts say."""
        try:
            return self._made(node, at)
        except NotConstantError as error:
            if self._doubtful(node, at):
                text = ast.unparse(node)[:40]
                reason = f"which model `{text}` is, only running the notebook tells ({error})"
                raise refused(self.facts.program.statements[at], reason) from error
            return None

    def _made(self, node: ast.expr, at: int) -> ast.expr | None:
        value = self.facts.value(node)
        if isinstance(value, Estimator) and value.node is node:
            return node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SAME:
            return self._made(node.func.value, at)
        if not isinstance(node, ast.Name | ast.Subscript):
            raise NotConstantError(f"`{ast.unparse(node)[:40]}`")
        found = dereference(node, self.facts, at=at, turn=self.turn)
        if not isinstance(found, Term) or found.node is node:
            raise NotConstantError(f"`{ast.unparse(node)[:40]}`")
        return self._made(found.node, found.at)

    def found_by_search(self, node: ast.expr, *, at: int) -> bool:
        """Does the expression hold what a search found, rather than the search itself?"""
        match node:
            case ast.Attribute(attr=name):
                return name == FOUND
            case ast.Name():
                binding = next(iter(writers(self.facts, node.id, before=at)), None)
                bound = bound_by(self.facts.program.statements[binding], node.id) if binding is not None else None
                plain = bound is not None and bound.position is None
                return plain and self.found_by_search(bound.value, at=binding or 0)  # type: ignore[union-attr]
            case _:
                return False

    def _doubtful(self, node: ast.expr, at: int) -> bool:
        """May the expression hold one of several: is it picked out of a collection, or bound in a loop or condition?"""
        match node:
            case ast.Name():
                statement = self.facts.program.statements[at].node
                if isinstance(statement, PARTING) and node.id in self.facts.effects[at].binds:
                    return True
                binding, *changes = writers(self.facts, node.id, before=at) or (None,)
                if binding is None:
                    return False
                if any(node.id in self.facts.effects[index].binds for index in changes):
                    return True
                found = self.facts.program.statements[binding]
                bound = bound_by(found, node.id)
                if bound is None or bound.position is not None:
                    return isinstance(found.node, PARTING)
                return self._doubtful(bound.value, binding)
            case ast.Subscript() | ast.IfExp() | ast.BoolOp():
                return True
            case ast.Call(func=ast.Attribute(value=owner, attr=attribute)):
                return attribute in SAME and self._doubtful(owner, at)
            case _:
                return False

    def _used(self, candidate: Candidate, made: ast.expr | None) -> None:
        """Raise RefusedError where what is saved, scored or asked after the fit may be another model."""
        fit = candidate.fit
        for one in self.facts.predictions:
            later = not one.static and not one.calls and any(part is fit for part in one.fits[-1:])
            if later and isinstance(one.node, ast.Call) and isinstance(one.node.func, ast.Attribute):
                self._same(one.node.func.value, one.statement, made, candidate)
        for save in self.facts.saves:
            later = save.statement >= fit.statement and not save.calls
            if later and any(part is fit.estimator for part in saved_estimators(save)):
                self._saved(save.node, save.statement, made, candidate)

    def _saved(self, node: ast.AST, at: int, made: ast.expr | None, candidate: Candidate) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.Name | ast.Subscript) and self.facts.value(part) is candidate.fit.estimator:
                self._same(part, at, made, candidate)

    def _same(self, node: ast.expr, at: int, made: ast.expr | None, candidate: Candidate) -> None:
        other = self.made(node, at=at)
        if other is made or (other is None and made is None):
            return
        statement = self.facts.program.statements[at]
        if other is None and not self._doubtful(node, at):
            return
        text = ast.unparse(node)[:40]
        reason = f"`{text}` is another model than the last one that `{candidate.name}` was fitted as in cell {candidate.cell}"
        raise refused(statement, reason)
