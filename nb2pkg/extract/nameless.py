"""What code does to rows, whatever its variables are called: two stretches are the same where this is the same text.

``X_train[names] = scaler.fit_transform(X_train[names])`` and ``X_test[names] = scaler.transform(X_test[names])`` are, where that fit taught both.
"""

import ast
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from nb2pkg.extract.lane import Code
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.trace import writers
from nb2pkg.facts.values import Estimator, Learning

TAUGHT = frozenset({"fit-transform", "transform"})


class Part(NamedTuple):
    """A statement or a result, and the statement that it belongs to."""

    node: ast.stmt | ast.expr
    at: int


def nameless(lowering: Lowering, parts: Sequence[Part], code: Code, taught: Callable[[Learning], Hashable]) -> str:
    """Code with the variables of its rows numbered in the order they appear; any other is the one of its statement.

    ``taught`` tells fits apart.
    """
    written = _Nameless(lowering, code, taught)
    return "\n".join(ast.unparse(written.part(one.node, one.at)) for one in parts)


class _Nameless:
    def __init__(self, lowering: Lowering, code: Code, taught: Callable[[Learning], Hashable]) -> None:
        self.lowering = lowering
        self.taught = taught
        self.code = code
        effects = lowering.facts.effects
        self.own = {code.given}.union(*(effects[index].binds | effects[index].mutates for index in code.statements))
        self.numbers = {code.given: "v0"}

    def part(self, node: ast.AST, at: int) -> ast.AST:
        """The same code without names."""
        if isinstance(node, ast.Name):
            return ast.Name(self._called(node.id), node.ctx)
        taught = self._taught(node, at) if isinstance(node, ast.Call) else None
        if taught is not None:
            return taught
        fields: dict[str, object] = {}
        for name, value in ast.iter_fields(node):
            listed = value if isinstance(value, list) else [value]
            seen = [self.part(one, at) if isinstance(one, ast.AST) else one for one in listed]
            fields[name] = seen if isinstance(value, list) else seen[0]
        return ast.copy_location(type(node)(**fields), node)

    def _called(self, name: str) -> str:
        if name in self.own:
            return self.numbers.setdefault(name, f"v{len(self.numbers)}")
        return f"{name}_of_{writers(self.lowering.facts, name, before=self.code.at)}"

    def _taught(self, node: ast.Call, at: int) -> ast.Call | None:
        """A call of a fitted transformer, by the fit that taught it; None for any other."""
        call = self.lowering.facts.call(node)
        if call is None or not isinstance(call.receiver, Estimator) or getattr(call.row, "role", "") not in TAUGHT:
            return None
        if "X" not in call.args:
            return None
        fit = self.lowering.fit_of(node, at)
        rows = self.part(call.args["X"][0], at)
        assert isinstance(rows, ast.expr)
        return ast.Call(ast.Name(f"taught_by_{self.taught(fit)}", ast.Load()), [rows], [])
