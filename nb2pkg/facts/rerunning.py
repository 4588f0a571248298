"""Statements that give another result, or fail, when their cell is run a second time."""

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from nb2pkg.apis import Row
from nb2pkg.facts.conditions import holds
from nb2pkg.facts.events import Call
from nb2pkg.graph import Effects
from nb2pkg.syntax import CellSyntax, Statement

GROWS = frozenset({"append", "extend", "insert", "appendleft"})
SHRINKS = frozenset({"pop", "popleft", "remove"})
HARMLESS = (ast.BitOr, ast.BitAnd)
LINKS = (ast.Call, ast.Attribute, ast.Subscript)

FindCall = Callable[[ast.AST], Call | None]


class Rerun(NamedTuple):
    """A statement that builds on what its own cell made before: ``fails`` where a second run raises."""

    name: str
    statement: Statement
    fails: bool


def reruns(cell: CellSyntax, effects: Sequence[Effects], call: FindCall) -> Iterator[Rerun]:
    """The statements of one cell that change, a second time, a value that came from outside the cell."""
    fresh: set[str] = set()
    made: set[tuple[str, str]] = set()
    for statement in cell.statements:
        found = _again(statement.node, effects[statement.index], call)
        if found is not None and found[0] not in fresh and not _takes_away(statement.node, found[0], made):
            yield Rerun(found[0], statement, found[1] == "fails")
        fresh |= effects[statement.index].binds
        made |= _made(statement.node)


def _made(node: ast.stmt) -> set[tuple[str, str]]:
    """The table and the column that a statement makes without need of that column: ``df["x"] = df["y"] * 2``."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(column)))]):
            return set() if column in _words(node.value) else {(name, column)}
        case _:
            return set()


def _takes_away(node: ast.stmt, name: str, made: set[tuple[str, str]]) -> bool:
    """Does it only take away columns that its own cell made above, and makes again in a second run?"""
    match node:
        case ast.Delete(targets=[ast.Subscript(value=ast.Name(), slice=key)]):
            columns = _words(key)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr=method)) as call):
            of_columns = method in SHRINKS or _is_of_columns(call)
            columns = set().union(*(_words(one) for one in _labels(call))) if of_columns else set()
        case _:
            return False
    return bool(columns) and all((name, column) in made for column in columns)


def _is_of_columns(call: ast.Call) -> bool:
    """``df.drop(columns=...)``, ``df.drop(..., axis=1)``, ``df.drop(..., 1)``."""
    axes = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "axis")]
    named = any(one.arg == "columns" for one in call.keywords)
    return named or any(isinstance(axis, ast.Constant) and axis.value in (1, "columns") for axis in axes)


def _labels(call: ast.Call) -> list[ast.expr]:
    return [*call.args[:1], *(one.value for one in call.keywords if one.arg in ("columns", "labels"))]


def _words(node: ast.AST) -> set[str]:
    """The text and the attributes in an expression: what may name a column; "" for what is not known."""
    found = set()
    for part in ast.walk(node):
        match part:
            case ast.Constant(value=str(text)) | ast.Attribute(attr=text):
                found.add(text)
            case ast.Name() | ast.Call():
                found.add("")
    return found


def _again(node: ast.stmt, effects: Effects, call: FindCall) -> tuple[str, str] | None:
    """The name that is changed once more and how ("changes" or "fails")."""
    match node:
        case ast.AugAssign(target=target, op=op) if not isinstance(op, HARMLESS):
            return _of(_root(target), "changes")
        case ast.Delete(targets=[target]):
            return _of(_root(target), "fails")
        case ast.Expr(value=ast.Call() as value):
            return _in_place(value, effects, call)
        case ast.Assign(targets=[target], value=value):
            how = _from_itself(target, value, call)
            return _of(_root(target), how) if how else None
        case _:
            return None


def _of(name: str | None, how: str) -> tuple[str, str] | None:
    return (name, how) if name is not None else None


def _root(node: ast.expr) -> str | None:
    """``df`` of ``df["a"].b``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _in_place(node: ast.Call, effects: Effects, call: FindCall) -> tuple[str, str] | None:
    """``rows.append(x)``, ``df.drop(..., inplace=True)``."""
    name = _root(node.func)
    if name is None or name not in effects.mutates or not isinstance(node.func, ast.Attribute):
        return None
    known = call(node)
    if known is not None:
        return _of(name, _known_again(known)) if _known_again(known) else None
    if node.func.attr in GROWS:
        return name, "changes"
    return (name, "fails") if node.func.attr in SHRINKS else None


def _known_again(call: Call) -> str:
    """What the call does to its own result, by its row; empty where its arguments say that it does nothing."""
    row = _row(call)
    return "" if any(holds(condition, call.args) for condition in row.again_unless) else row.again


def _row(call: Call) -> Row:
    assert isinstance(call.row, Row | None)
    return call.row or Row("")


def _from_itself(target: ast.expr, value: ast.expr, call: FindCall) -> str:
    """How ``target = value`` turns out when the value is built on the target as it stands already."""
    for link in _spine(value, target):
        if isinstance(link, ast.BinOp) and not isinstance(link.op, HARMLESS):
            return "changes"
        if isinstance(link, ast.Call) and (known := call(link)) is not None and _known_again(known):
            return _known_again(known)
    return ""


def _spine(node: ast.expr, target: ast.expr) -> list[ast.expr]:
    """The operations between a value and the target it is built on, outermost first; none where it is not built on it."""
    above: dict[ast.expr, ast.expr] = {}
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if _same(one, target):
            spine = []
            while one in above:
                one = above[one]
                spine.append(one)
            return spine[::-1]
        inner = _inner(one)
        above.update(dict.fromkeys(inner, one))
        waiting += reversed(inner)
    return []


def _same(one: ast.AST, other: ast.AST) -> bool:
    """Is it the same name, column or attribute, read here and written there?"""
    while True:
        match one, other:
            case ast.Name(id=left), ast.Name(id=right):
                return left == right
            case ast.Constant(value=left), ast.Constant(value=right):
                return bool(left == right)
            case ast.Attribute(value=within, attr=name), ast.Attribute(value=other_within, attr=other_name):
                if name != other_name:
                    return False
            case ast.Subscript(value=within, slice=key), ast.Subscript(value=other_within, slice=other_key):
                if not _same(key, other_key):
                    return False
            case _:
                return False
        one, other = within, other_within


def _inner(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.Call(func=func, args=arguments):
            receiver = [func.value] if isinstance(func, ast.Attribute) else []
            return [*receiver, *arguments]
        case ast.Attribute(value=value):
            return [value]
        case ast.Subscript(value=value):
            return [value]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return elements
        case _:
            return []
