"""Refuse a generated module in which a function reads a name that nothing gives a value: the notebook's own value did not come along."""

import ast
import builtins
from collections.abc import Iterator

from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.trace import free_names

KNOWN = frozenset(dir(builtins)) | {"__file__", "__name__"}


def check_bound(text: str) -> None:
    """Raise RefusedError for the first name without a value; code that does not parse is judged elsewhere."""
    try:
        module = ast.parse(text)
    except SyntaxError:
        return
    known = set(KNOWN)
    for statement in module.body:
        read = (
            set()
            if isinstance(statement, ast.FunctionDef | ast.ClassDef)
            else {name.id for name in free_names(statement)}
        )
        if read - known:
            raise _without_value(min(read - known))
        known |= set(_stored([statement]))
    for function in _functions(module.body):
        missing = _missing(function, known)
        if missing:
            raise _without_value(missing)


def _without_value(name: str) -> RefusedError:
    return refused(None, f"`{name}` is read in code that the package keeps, but what gives it its value is not kept")


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield statement
        elif isinstance(statement, ast.ClassDef):
            yield from _functions(statement.body)


def _stored(body: list[ast.stmt]) -> Iterator[str]:
    """The names that statements bind, those of functions and classes within them left out."""
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((one.asname or one.name).partition(".")[0] for one in names)
            case _:
                yield from (
                    part.id
                    for part in ast.walk(statement)
                    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
                )
                yield from (
                    part.name for part in ast.walk(statement) if isinstance(part, ast.ExceptHandler) and part.name
                )


def _missing(function: ast.FunctionDef, known: set[str]) -> str:
    """A name that the function reads and nobody binds, or that it binds only after it was read."""
    local = set(_stored(function.body)) - _declared(function)
    bound = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}
    for statement in function.body:
        inner = (
            set()
            if isinstance(statement, ast.For | ast.While | ast.With | ast.If | ast.Try) is False
            else set(_stored([statement]))
        )
        read = {name.id for name in free_names(statement)} | _updated(statement)
        early = sorted(read - bound - inner - (known - local))
        if early:
            return early[0]
        bound |= set(_stored([statement]))
    return ""


def _declared(function: ast.FunctionDef) -> set[str]:
    return {name for part in ast.walk(function) if isinstance(part, ast.Global | ast.Nonlocal) for name in part.names}


def _updated(statement: ast.stmt) -> set[str]:
    return (
        {statement.target.id}
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name)
        else set()
    )
