"""Whose variable a name is, as Python decides before anything runs: a function's where the function binds it anywhere."""

import ast
from collections.abc import Iterator

from nb2pkg.source import Span

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
WITHIN = Scope | ast.ClassDef | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def is_local(node: ast.AST, name: str, place: Span) -> bool:
    """Does the innermost function around the place bind the name?"""
    around = [one for one in ast.walk(node) if isinstance(one, Scope) and _holds(one, place)]
    innermost = max(around, key=lambda one: (one.lineno, one.col_offset), default=None)
    if innermost is None:
        return False
    inside = list(_own(innermost))
    declared = (part.names for part in inside if isinstance(part, ast.Global | ast.Nonlocal))
    return name not in {one for names in declared for one in names} and any(_binds(part, name) for part in inside)


def _holds(scope: Scope, place: Span) -> bool:
    """Is the place in the body, not among the defaults or decorators?"""
    body = scope.body if isinstance(scope.body, list) else [scope.body]
    return body[0].lineno <= place.line <= (body[-1].end_lineno or 0)


def _own(scope: Scope) -> Iterator[ast.AST]:
    """All nodes of a function that are not of a function, class or comprehension within it."""
    waiting: list[ast.AST] = list(scope.body) if isinstance(scope.body, list) else [scope.body]
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, WITHIN):
            waiting += ast.iter_child_nodes(part)


def _binds(part: ast.AST, name: str) -> bool:
    match part:
        case ast.Name(id=bound, ctx=ast.Store()) | ast.FunctionDef(name=bound) | ast.ClassDef(name=bound):
            return bound == name
        case ast.alias(name=imported, asname=renamed):
            return (renamed or imported.partition(".")[0]) == name
        case _:
            return False
