"""Whether a statement changes a list or a dictionary of the notebook, or only looks at it."""

import ast

READING = frozenset({"items", "keys", "values", "index", "count", "get", "copy"})
WRITING = frozenset(
    {"append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update"}
)
LOOKING = frozenset(
    {"len", "zip", "enumerate", "list", "tuple", "dict", "sorted", "reversed", "print", "range", "display"}
)


def only_looks(statement: ast.stmt, name: str) -> bool:
    """Does a statement leave the container alone that a variable holds, or change only the objects in it?"""
    return _looks_only(statement, name) if _named(statement, name) else _leaves_containers(statement)


def _named(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _leaves_containers(statement: ast.AST) -> bool:
    """May a statement change what lists and dictionaries hold, or only the objects in them?"""
    for part in ast.walk(statement):
        match part:
            case ast.AugAssign() | ast.Subscript(ctx=ast.Store() | ast.Del()):
                return False
            case ast.Call(func=ast.Attribute(attr=attribute)) if attribute in WRITING:
                return False
            case ast.Call(func=ast.Name(id=function)) if function not in LOOKING:
                return False
    return True


def _looks_only(statement: ast.AST, name: str) -> bool:
    """Is the variable read only where reading cannot change it?"""
    for outer in ast.walk(statement):
        for part in ast.iter_child_nodes(outer):
            if isinstance(part, ast.Name) and part.id == name and not _looks(outer, part):
                return False
    return True


def _looks(outer: ast.AST, part: ast.Name) -> bool:
    match outer:
        case ast.For(iter=looked) | ast.comprehension(iter=looked):
            return looked is part
        case ast.Attribute(attr=attribute):
            return attribute in READING
        case ast.Subscript(ctx=ast.Load()) | ast.Compare() | ast.FormattedValue() | ast.Expr():
            return True
        case ast.Call(func=ast.Name(id=function)):
            return function in LOOKING and outer.func is not part
        case _:
            return False
