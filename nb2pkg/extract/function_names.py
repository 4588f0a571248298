"""Which names the functions of a notebook read and bind, where its statements are to stand among those of their callers."""

import ast
from collections.abc import Iterator, Sequence

from nb2pkg.syntax import Statement

AT_ONCE = frozenset({"all", "any", "dict", "list", "max", "min", "set", "sorted", "sum", "tuple"})
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
LEAVING = (
    ast.Return,
    ast.Yield,
    ast.YieldFrom,
    ast.Await,
    ast.FunctionDef,
    ast.ClassDef,
    ast.NamedExpr,
)  # what cannot stand in a block that is written out where it runs
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound_otherwise(statements: Sequence[Statement]) -> set[str]:
    """Names that are bound other than by a definition at the margin, wherever in the notebook."""
    found: set[str] = set()
    for one in statements:
        for part in ast.walk(one.node):
            if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
                found.add(part.id)
            elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and part is not one.node:
                found.add(part.name)
            found |= set(aliases(part))
    return found


def aliases(part: ast.AST) -> Iterator[str]:
    """The names that an import binds, or an exception."""
    if isinstance(part, ast.alias):
        yield part.asname or part.name.split(".")[0]
    elif isinstance(part, ast.ExceptHandler) and part.name:
        yield part.name


def read_later(node: ast.stmt) -> set[str]:
    """The variables of the notebook that functions in a statement read when they are called, and what it reads for them at once."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, INNER):
            read = {one.id for one in ast.walk(part) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
            within = [one for one in ast.walk(part) if isinstance(one, (*INNER, *COMPREHENSIONS)) and one is not part]
            deep = {name for one in within for name in names_in(one)}
            own = set() if isinstance(part, ast.ClassDef) else parameters(part) | plainly_stored(part)
            head = part.decorator_list if not isinstance(part, ast.Lambda) else []
            defaults = [] if isinstance(part, ast.ClassDef) else [*part.args.defaults, *part.args.kw_defaults]
            at_once = {name for one in (*head, *defaults) if one is not None for name in names_in(one)}
            found |= (read - own) | deep | at_once
    return found


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    return {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}


def plainly_stored(node: ast.AST) -> set[str]:
    """The variables that are bound in a node, other than those of comprehensions and of functions within."""
    found: set[str] = set()
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            found.add(part.id)
        elif not isinstance(part, (*INNER, *COMPREHENSIONS)):
            found |= plainly_stored(part)
    return found


def spans(part: ast.AST) -> bool:
    """Is it a text over several lines?"""
    return isinstance(part, ast.Constant | ast.JoinedStr) and part.lineno != part.end_lineno


def used_late(inside: Sequence[ast.AST]) -> bool:
    """Is there a generator that is not used up where it is made?"""
    used = {
        id(argument)
        for part in inside
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in AT_ONCE
        for argument in part.args
    }
    return any(isinstance(part, ast.GeneratorExp) and id(part) not in used for part in inside)


def names_in(node: ast.AST) -> set[str]:
    """Every variable that is read or bound in a node."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def stored(body: Sequence[ast.stmt]) -> set[str]:
    """Every variable that is bound in these statements, those of comprehensions, too."""
    return {
        part.id
        for one in body
        for part in ast.walk(one)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store | ast.Del)
    }
