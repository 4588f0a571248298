"""What changes an estimator, or a part of it, between the place where it is made and its fit, and what it learned afterwards."""

import ast
from collections.abc import Iterator

from nb2pkg.extract.growing import only_looks
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.trace import COMPOUND, free_names
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Collection, Estimator, parts_of

IN_PLACE = frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort", "update"})


def refuse_changed(facts: Facts, estimator: Estimator, *, at: int) -> None:
    """Raise RefusedError where a statement sets a parameter or a step before statement ``at``, or something learned after it."""
    own = {id(part.node) for part in parts_of(estimator) if isinstance(part, Estimator)}
    statements = facts.program.statements
    made = [one.index for one in statements if any(id(part) in own for part in ast.walk(one.node))]
    _refuse_containers(facts, estimator, max((i for i in made if i <= at), default=at), at)
    for statement in statements[min(made, default=0) :]:
        for part, target, learnt in _changes(statement.node):
            if (statement.index > at and not learnt) or not _is_about(facts, target, own):
                continue
            text = ast.unparse(part if isinstance(statement.node, COMPOUND) else statement.node)[:50]
            raise refused(statement, f"`{text}` changes {estimator.short} after it was made; give it where it is made")


def _refuse_containers(facts: Facts, estimator: Estimator, made: int, at: int) -> None:
    """Raise RefusedError where a list or dictionary that an estimator was made with changes before its fit: it holds the same one."""
    parts = [part.node for part in parts_of(estimator) if isinstance(part, Estimator)]
    given = {name.id for node in parts for name in free_names(node) if isinstance(facts.value(name), Collection)}
    for statement in facts.program.statements[made + 1 : at + 1]:
        for name in sorted(given & facts.effects[statement.index].mutates):
            if not only_looks(statement.node, name):
                reason = f"`{name}` is changed after {estimator.short} was made with it; change it before"
                raise refused(statement, reason)


def _changes(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """What may change an object: the expression, what it is about, and whether that is something learned."""
    for part in ast.walk(statement):
        match part:
            case ast.Attribute(value=owner, attr=name, ctx=ast.Store() | ast.Del()):
                yield part, owner, name.endswith("_")
            case ast.Subscript(value=ast.Attribute() as owner, ctx=ast.Store() | ast.Del()):
                yield part, owner, False
            case ast.Call(func=ast.Attribute(value=owner, attr="set_params")):
                yield part, owner, False
            case ast.Call(func=ast.Attribute(value=ast.Attribute() as owner, attr=name)) if name in IN_PLACE:
                yield part, owner, False
            case ast.Call(func=ast.Name(id="setattr"), args=[owner, *_]):
                yield part, owner, False


def _is_about(facts: Facts, node: ast.expr, own: set[int]) -> bool:
    """Is the expression one of these estimators, or reached through one: ``pipe.named_steps["tree"]``?"""
    while True:
        value = facts.value(node)
        if isinstance(value, Estimator) and id(value.node) in own:
            return True
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case _:
                return False
