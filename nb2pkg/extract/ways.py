"""Which turn of a loop, and which way through a statement, gives a name its value: the last one, where that can be shown."""

import ast
import itertools
from collections.abc import Iterator
from typing import NamedTuple

Scope = ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp  # fmt: skip
Loop = ast.For | ast.AsyncFor | ast.While
MAIN = "__name__ == '__main__'"


class Inside(NamedTuple):
    """How a compound statement binds a name: by a loop over ``value``, or to ``value``; ``position`` where it is unpacked."""

    value: ast.expr
    position: tuple[int, ...]
    loop: bool


class Unclear(NamedTuple):
    """What a name holds there depends on the way the statement goes."""

    reason: str


def chain(statement: ast.AST, node: ast.AST) -> list[ast.AST]:
    """The nodes from a statement down to one of its parts, both included; empty where it is no part of it."""
    if statement is node:
        return [node]
    for child in ast.iter_child_nodes(statement):
        found = chain(child, node)
        if found:
            return [statement, *found]
    return []


def stored(statement: ast.AST, name: str) -> list[ast.Name]:
    """Every place where a statement binds a name, functions and comprehensions inside it left out."""
    return [one for one in _own(statement) if isinstance(one, ast.Name) and one.id == name and not _reads(one)]


def _own(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Scope):
            yield from _own(child)


def _reads(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def inside(statement: ast.stmt, read: ast.Name) -> Inside | Unclear | None:
    """How the statement that reads a name has bound it by then, in its last turn; None where it does not bind it."""
    places = stored(statement, read.id)
    path = chain(statement, read)
    if any(isinstance(one, Scope) and _binds(one, read.id) for one in path):
        return Unclear(f"`{read.id}` has many values in turn")
    if not places or not isinstance(statement, ast.For | ast.While | ast.If | ast.Try | ast.With):
        return None
    if len(places) > 1:
        return Unclear(f"`{read.id}` is bound in several places")
    found = _bound_at(statement, places[0], path)
    return found if found is not None else Unclear(f"whether `{read.id}` is bound here depends on the data")


def left(statement: ast.stmt, name: str) -> Inside | None:
    """How a statement that is over has left a name; None where that depends on the data."""
    places = stored(statement, name)
    if len(places) != 1 or why_unsure(statement, places[0]):
        return None
    path = chain(statement, places[0])
    for outer, part in itertools.pairwise(path):
        if isinstance(outer, ast.For) and part is outer.target:
            return Inside(outer.iter, _position(outer.target, places[0]), loop=True)
        if isinstance(outer, ast.Assign) and len(outer.targets) == 1:
            return Inside(outer.value, _position(outer.targets[0], places[0]), loop=False)
    return None


def loops(statement: ast.stmt, node: ast.AST) -> list[ast.For]:
    """The loops of a statement around one of its parts."""
    return [one for one in chain(statement, node) if isinstance(one, ast.For)]


def _binds(scope: Scope, name: str) -> bool:
    if isinstance(scope, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
        return any(isinstance(one, ast.arg) and one.arg == name for one in ast.walk(scope.args))
    return any(isinstance(one, ast.Name) and one.id == name and not _reads(one) for one in ast.walk(scope))


def _bound_at(statement: ast.stmt, place: ast.Name, path: list[ast.AST]) -> Inside | None:
    """The binding, where it stands on the way to the reading."""
    way = chain(statement, place)
    shared = [one for one in way if any(one is other for other in path)]
    owner, rest = shared[-1], way[len(shared) :]
    if isinstance(owner, ast.For) and rest and rest[0] is owner.target:
        return Inside(owner.iter, _position(owner.target, place), loop=True) if runs_through(owner) else None
    bound = rest[0] if rest else None
    if not isinstance(bound, ast.Assign) or len(bound.targets) != 1 or bound.lineno > path[-1].lineno:  # type: ignore[attr-defined]
        return None
    return Inside(bound.value, _position(bound.targets[0], place), loop=False)


def _position(target: ast.expr, place: ast.Name) -> tuple[int, ...]:
    """Where in a target that is unpacked a name stands: ``n, (a, b)`` has ``b`` at 1, 1."""
    found = []
    for outer, part in itertools.pairwise(chain(target, place)):
        if isinstance(outer, ast.Tuple | ast.List):
            found.append(next(i for i, one in enumerate(outer.elts) if one is part))
    return tuple(found)


def runs_through(loop: Loop) -> bool:
    """Does every turn of a loop run to its end?"""
    return not any(isinstance(one, ast.Break | ast.Continue | ast.Return) for one in _own(loop))


def why_unsure(statement: ast.stmt, node: ast.AST) -> str:
    """Why a part of a statement may not be what its last turn runs; "" where it surely is."""
    path = chain(statement, node)
    for outer, part in itertools.pairwise(path):
        match outer:
            case ast.For() if part is outer.target and runs_through(outer):
                continue
            case ast.For() if not any(part is one for one in outer.body) or not runs_through(outer):
                return "inside a loop that may end before it"
            case ast.While():
                return "inside a loop that ends when the data say so"
            case ast.If() if not (_surely(outer.test) and any(part is one for one in outer.body)):
                return "inside a condition"
            case ast.Try() if outer.handlers:
                return "inside a `try`, which may go another way"
            case ast.IfExp() | ast.BoolOp() if part is not _first(outer):
                return "inside a condition"
            case _ if isinstance(outer, Scope):
                return "inside a comprehension" if not isinstance(outer, ast.Lambda) else "inside a function"
            case _:
                continue
    return ""


def _first(node: ast.IfExp | ast.BoolOp) -> ast.expr:
    return node.test if isinstance(node, ast.IfExp) else node.values[0]


def _surely(test: ast.expr) -> bool:
    return ast.unparse(test) == MAIN or (isinstance(test, ast.Constant) and bool(test.value))
