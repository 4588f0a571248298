"""Where a variable's value came from: its binding and the in-place changes, as a given statement would read it."""

import ast
from collections.abc import Iterator

from nb2pkg.facts import Facts
from nb2pkg.syntax import Statement

KEEPING = (
    ast.For,
    ast.While,
    ast.If,
    ast.Try,
    ast.TryStar,
    ast.Match,
    ast.AsyncFor,
    ast.With,
    ast.AsyncWith,
    ast.AugAssign,
)  # may leave, or build on, what was bound before
GROWING = frozenset({"append", "clear", "extend", "insert", "remove", "reverse", "sort"})
LOOPS = (ast.For, ast.While, ast.AsyncFor)
COMPOUND = (ast.For, ast.While, ast.If, ast.Try, ast.TryStar, ast.Match, ast.AsyncFor, ast.With, ast.AsyncWith)


def writers(facts: Facts, name: str, *, before: int) -> tuple[int, ...]:
    """The statements that gave ``name`` its value, the binding first, then every change in place, in document order."""
    found: list[int] = []
    for index in range(before - 1, -1, -1):
        effects = facts.effects[index]
        if name in effects.binds:
            found.append(index)
            if not isinstance(facts.program.statements[index].node, KEEPING):
                break
        elif name in effects.mutates or (name in effects.maybe and _grows(facts.program.statements[index].node, name)):
            found.append(index)
    return tuple(reversed(found))


def _grows(node: ast.stmt, name: str) -> bool:
    """Does a statement surely change a list or dictionary, whatever it was made by: ``names.remove("left")``?"""
    for part in ast.walk(node):
        match part:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=verb)) if owner == name and verb in GROWING:
                return True
    return False


def free_names(node: ast.AST) -> Iterator[ast.Name]:
    """Every name that is read, in order; parameters of lambdas and targets of comprehensions are not."""
    yield from _free(node, frozenset())


def _free(node: ast.AST, bound: frozenset[str]) -> Iterator[ast.Name]:
    match node:
        case ast.Name():
            if isinstance(node.ctx, ast.Load) and node.id not in bound:
                yield node
        case ast.Lambda():
            inner = bound | {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
            yield from _free(node.body, inner)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            targets = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
            for child in ast.iter_child_nodes(node):
                yield from _free(child, bound | targets)
        case ast.FunctionDef():
            inner = bound | {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)} | _bound_in(node)
            for child in node.body:
                yield from _free(child, inner)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _free(child, bound)


def _bound_in(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


class Bound:
    """How a statement binds a name: to an expression, or to one of the values of a call."""

    __slots__ = ("position", "value")

    def __init__(self, value: ast.expr, position: int | None = None) -> None:
        self.value = value
        self.position = position


def bound_by(statement: Statement, name: str) -> Bound | None:
    """The expression that a statement binds ``name`` to; None where it is not that simple."""
    node = statement.node
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return Bound(node.value) if isinstance(node.target, ast.Name) and node.target.id == name else None
    if not isinstance(node, ast.Assign):
        return None
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id == name:
            return Bound(node.value)
        if isinstance(target, ast.Tuple | ast.List):
            found = _element(target, node.value, name)
            if found is not None:
                return found
    return None


def _element(target: ast.Tuple | ast.List, value: ast.expr, name: str) -> Bound | None:
    for position, one in enumerate(target.elts):
        if isinstance(one, ast.Name) and one.id == name:
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
                return Bound(value.elts[position])
            return Bound(value, position)
    return None
