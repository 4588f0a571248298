"""Work out constants that the notebook computes from literals: ``c[i]`` in the last turn of ``for i in range(len(c))``."""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from nb2pkg.extract.folding import OPERATORS, NotConstantError, changed
from nb2pkg.extract.growing import only_looks
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.extract.ways import Unclear, inside, left, loops
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Estimator

LARGEST = 100_000
DEEPEST = 20
FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "len": len,
    "range": range,
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "enumerate": enumerate,
    "zip": zip,
    "reversed": reversed,
    "int": int,
    "float": float,
    "str": str,
    "max": max,
    "min": min,
    "sorted": sorted,
    "round": round,
}
VIEWS = frozenset({"items", "keys", "values"})


class Term(NamedTuple):
    """A part that is no constant, as an expression that statement ``at`` evaluates."""

    node: ast.expr
    at: int


class Turn(NamedTuple):
    """One turn of a loop, counted from 0; of other loops the last one counts."""

    loop: ast.For
    number: int


def evaluate(node: ast.expr, facts: Facts, *, at: int) -> object:
    """The value of an expression that statement ``at`` evaluates. Raises NotConstantError."""
    return _guarded(Evaluation(facts), node, at)


def dereference(node: ast.expr, facts: Facts, *, at: int, turn: Turn | None = None) -> object:
    """The same, with what is no constant as a Term: the model in ``models["lr"]``. Raises NotConstantError."""
    return _guarded(Evaluation(facts, terms=True, turn=turn), node, at)


def turns_of(loop: ast.For, facts: Facts, *, at: int) -> list[object]:
    """What a loop goes over, listed. Raises NotConstantError."""
    listed = _guarded(Evaluation(facts, terms=True), loop.iter, at)
    if not isinstance(listed, Iterable) or isinstance(listed, Term):
        raise NotConstantError("a loop over nothing that is listed")
    return list(listed)


def _guarded(evaluation: "Evaluation", node: ast.expr, at: int) -> object:
    try:
        return evaluation.of(node, at)
    except (TypeError, ValueError, IndexError, KeyError, ZeroDivisionError, OverflowError) as error:
        raise NotConstantError(str(error)) from error


class Evaluation:
    """Evaluates expressions of the notebook's own scope; ``terms`` keeps what is no constant."""

    def __init__(self, facts: Facts, *, terms: bool = False, turn: Turn | None = None) -> None:
        self.facts = facts
        self.terms = terms
        self.turn = turn
        self.depth = 0

    def of(self, node: ast.expr, at: int) -> object:
        """The value of an expression that statement ``at`` evaluates."""
        if self.depth > DEEPEST:
            raise NotConstantError("too deep")
        self.depth += 1
        try:
            return self._of(node, at)
        finally:
            self.depth -= 1

    def _of(self, node: ast.expr, at: int) -> object:
        match node:
            case ast.Constant():
                return node.value
            case ast.List() | ast.Tuple():
                items = [self._part(one, at) for one in node.elts]
                return items if isinstance(node, ast.List) else tuple(items)
            case ast.Dict(keys=keys, values=values) if None not in keys:
                pairs = zip(keys, values, strict=True)
                return {self.of(key, at): self._part(one, at) for key, one in pairs if key is not None}
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return 0 - self.of(operand, at)  # type: ignore[operator]
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return OPERATORS[type(op)](self.of(left, at), self.of(right, at))
            case ast.Subscript(value=value, slice=index):
                return self.of(value, at)[self._index(index, at)]  # type: ignore[index]
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
                return _call(name, [self.of(one, at) for one in arguments])
            case ast.Call(func=ast.Attribute(value=owner, attr=view), args=[], keywords=[]) if view in VIEWS:
                return self._view(self.of(owner, at), view)
            case ast.Name():
                return self._variable(node, at)
            case _:
                raise NotConstantError(f"`{ast.unparse(node)[:40]}`")

    def _part(self, node: ast.expr, at: int) -> object:
        """An element of a list, or what a variable holds: kept as it is written where it is no constant."""
        try:
            return self.of(node, at)
        except (NotConstantError, TypeError, ValueError, IndexError, KeyError):
            if self.terms:
                return Term(node, at)
            raise

    def _index(self, node: ast.expr, at: int) -> object:
        if not isinstance(node, ast.Slice):
            return self.of(node, at)
        return slice(*(None if one is None else self.of(one, at) for one in (node.lower, node.upper, node.step)))

    @staticmethod
    def _view(owner: object, view: str) -> object:
        if not isinstance(owner, dict):
            raise NotConstantError(f"`.{view}()` of no dictionary")
        return list(getattr(owner, view)())

    def _variable(self, name: ast.Name, at: int) -> object:
        statement = self.facts.program.statements[at].node
        here = inside(statement, name)
        if isinstance(here, Unclear):
            raise NotConstantError(here.reason)
        if here is not None:
            value = self._last_turn(here.value, at) if here.loop else self._part(here.value, at)
            return _item(value, here.position)
        found = writers(self.facts, name.id, before=at)
        bindings = [index for index in found if name.id in self.facts.effects[index].binds and not self._adds(index)]
        if not bindings:
            raise NotConstantError(f"`{name.id}`")
        reading = (at,) if name.id in self.facts.effects[at].mutates else ()
        changes = [index for index in found if index > bindings[-1]]
        return self._grown(name.id, bindings[-1], (*changes, *reading))

    def _adds(self, index: int) -> bool:
        return isinstance(self.facts.program.statements[index].node, ast.AugAssign)

    def _bound(self, name: str, at: int) -> object:
        """What the statement ``at`` left in a name."""
        statement = self.facts.program.statements[at]
        if isinstance(statement.node, ast.For | ast.If | ast.With):
            found = left(statement.node, name)
            if found is None:
                raise NotConstantError(f"`{name}` is bound in a loop or condition")
            for loop in loops(statement.node, found.value):
                self._last_turn(loop.iter, at)  # runs at least once
            value = self._last_turn(found.value, at) if found.loop else self._part(found.value, at)
            return _item(value, found.position)
        bound = bound_by(statement, name)
        if bound is None:
            raise NotConstantError(f"`{name}`")
        return _item(self._part(bound.value, at), () if bound.position is None else (bound.position,))

    def _grown(self, name: str, binding: int, changes: Sequence[int]) -> object:
        """What a variable was bound to, with what later statements put into it."""
        value = self._bound(name, binding)
        for index in changes:
            if (
                isinstance(value, Term)
                and isinstance(self.facts.value(value.node), Estimator)
                and not self._adds(index)
            ):
                continue  # the object is still the same one
            value = self._after(value, name, index)
        return value

    def _after(self, value: object, name: str, at: int) -> object:
        """What a variable holds after a statement that changes it, or what it holds, or only looks at it."""
        node = self.facts.program.statements[at].node
        if only_looks(node, name):
            return value
        if isinstance(value, Term):
            raise NotConstantError(f"`{name}` is changed")
        try:
            return changed(value, name, node, lambda one: self._part(one, at))
        except NotConstantError as error:
            raise NotConstantError(f"`{name}` is changed") from error

    def _last_turn(self, turns: ast.expr, at: int) -> object:
        value = self.of(turns, at)
        if not isinstance(value, Iterable) or isinstance(value, Term) or not (listed := list(value)):
            raise NotConstantError("a loop over nothing that is listed")
        return listed[self.turn.number if self.turn is not None and self.turn.loop.iter is turns else -1]


def _call(name: str, arguments: list[object]) -> object:
    if name == "range" and len(range(*arguments)) > LARGEST:  # type: ignore[call-overload]
        raise NotConstantError("a range too long")
    if any(isinstance(one, Term) for one in arguments):
        raise NotConstantError(f"`{name}` of what is no constant")
    return FUNCTIONS[name](*arguments)


def _item(value: object, position: Sequence[int]) -> object:
    for one in position:
        if not isinstance(value, Sequence) or isinstance(value, Term) or len(value) <= one:
            raise NotConstantError("a loop variable that is unpacked")
        value = value[one]
    return value
