"""A fit that stands in a function, seen from the one call that led there: which expressions of the caller are its model and its features."""

import ast
from typing import NamedTuple

from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.trace import free_names
from nb2pkg.extract.ways import stored
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Function
from nb2pkg.syntax import Statement


class Inner(NamedTuple):
    """The call in the notebook's own flow that fits; ``model`` is None where no expression of the caller holds the model."""

    call: ast.Call
    model: ast.expr | None
    features: ast.expr


def inner_call(facts: Facts, chosen: Candidate, statement: Statement, features: ast.expr) -> Inner:
    """The fit as its caller sees it. Raises RefusedError where it cannot be seen."""
    node = chosen.fit.node
    if not isinstance(node, ast.Call):
        raise refused(statement, "how the model is fitted cannot be seen")
    if not chosen.fit.calls:
        return Inner(node, _receiver(statement.node, node), features)
    found = [one for one in ast.walk(statement.node) if isinstance(one, ast.Call) and _leads_to(facts, one, node)]
    if len(chosen.fit.calls) > 1 or len(found) != 1:
        raise refused(statement, "the model is fitted inside a function, called by way of others")
    function = facts.value(found[0].func)
    assert isinstance(function, Function)
    assert isinstance(function.node, ast.FunctionDef)
    return Passage(function.node, found[0], statement).inner(node, features)


def _leads_to(facts: Facts, call: ast.Call, node: ast.AST) -> bool:
    function = facts.value(call.func)
    return (
        isinstance(function, Function)
        and isinstance(function.node, ast.FunctionDef)
        and any(part is node for part in ast.walk(function.node))
    )


def _receiver(statement: ast.stmt, fit: ast.Call) -> ast.expr | None:
    """The expression that holds what a fit returns or changes, after it."""
    owner = fit.func.value if isinstance(fit.func, ast.Attribute) else None
    if isinstance(owner, ast.Name | ast.Subscript):
        return owner
    for part in ast.walk(statement):
        if isinstance(part, ast.Assign) and part.value is fit and len(part.targets) == 1:
            return part.targets[0]
    return None


class Passage:
    """What goes into a function by one call, and what comes out of it."""

    def __init__(self, function: ast.FunctionDef, call: ast.Call, statement: Statement) -> None:
        self.function = function
        self.call = call
        self.statement = statement
        self.given = self._given()

    def inner(self, fit: ast.Call, features: ast.expr) -> Inner:
        owner = _receiver(self.function, fit)
        model = self.outside(owner) if isinstance(owner, ast.Name) else None
        try:
            return Inner(self.call, model, self._translated(features))
        except KeyError as error:
            reason = (
                f"what the model is fitted on stays inside `{self.function.name}` ({error}); return it, or fit outside"
            )
            raise refused(self.statement, reason) from error

    def _given(self) -> dict[str, ast.expr]:
        """The arguments by parameter."""
        args = self.function.args
        names = [one.arg for one in (*args.posonlyargs, *args.args)]
        if any(isinstance(one, ast.Starred) for one in self.call.args) or any(
            k.arg is None for k in self.call.keywords
        ):
            raise self._unseen()
        if args.vararg is None and len(self.call.args) > len(names):
            raise self._unseen()
        given = dict(zip(names, self.call.args, strict=False))
        given |= {k.arg: k.value for k in self.call.keywords if k.arg is not None}
        defaults = dict(zip(names[len(names) - len(args.defaults) :], args.defaults, strict=True))
        defaults |= {a.arg: d for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None}
        constants = {name: one for name, one in defaults.items() if isinstance(one, ast.Constant)}
        return constants | given

    def _unseen(self) -> RefusedError:
        return refused(self.statement, f"what `{self.function.name}` is given cannot be seen")

    def outside(self, name: ast.Name) -> ast.expr | None:
        """The caller's expression for what a name of the function holds in the end."""
        parameters = {one.arg for one in ast.walk(self.function.args) if isinstance(one, ast.arg)}
        bound = stored(self.function, name.id)
        if not bound and name.id not in parameters:
            return name
        if not bound and isinstance(self.given.get(name.id), ast.Name | ast.Subscript):
            return self.given[name.id]
        return self._returned(name.id) if len(bound) <= 1 else None

    def _returned(self, name: str) -> ast.expr | None:
        """The caller's name for what the function returns under ``name``."""
        returns = [one for one in ast.walk(self.function) if isinstance(one, ast.Return)]
        if len(returns) != 1 or self.function.body[-1] is not returns[0]:
            return None
        node = self.statement.node
        target = node.targets[0] if isinstance(node, ast.Assign) and node.value is self.call else None
        match returns[0].value:
            case ast.Name(id=own) if own == name:
                return target if isinstance(target, ast.Name) else None
            case ast.Tuple(elts=values) if isinstance(target, ast.Tuple) and len(target.elts) == len(values):
                pairs = zip(values, target.elts, strict=True)
                return next((out for one, out in pairs if isinstance(one, ast.Name) and one.id == name), None)
            case _:
                return None

    def _translated(self, features: ast.expr) -> ast.expr:
        """What the fit received in the caller's words. Raises KeyError with the name that has none."""
        outside = {}
        for name in free_names(features):
            found = self.outside(name)
            if found is None:
                raise KeyError(name.id)
            outside[name.id] = found

        class Outside(ast.NodeTransformer):
            def visit_Name(self, node: ast.Name) -> ast.expr:
                return outside.get(node.id, node)

        copied = ast.parse(ast.unparse(features), mode="eval").body
        translated: ast.expr = Outside().visit(copied)
        return translated
