"""Which columns of a table a statement reads or changes, as far as they stand in it by name."""

import ast
from collections.abc import Iterator

Columns = frozenset[str]


def columns_read(node: ast.stmt, name: str) -> Columns | None:
    """The columns that a statement reads of the table ``name``; None where it reads more than named columns."""
    found: set[str] = set()
    whole = not any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))
    for part, stored in _uses(node, name):
        names = _named(part)
        whole = whole or names is None
        if not stored:
            found.update(names or ())
    return None if whole else frozenset(found)


def columns_written(node: ast.stmt, name: str) -> Columns | None:
    """The columns that a statement changes of the table ``name``; None where it may change others."""
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            links = [_root(target, name) for target in targets]
        case ast.AugAssign(target=target):
            links = [_root(target, name)]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=receiver))):
            links = [_root(receiver, name)]
        case _:
            return None
    columns = [None if link is None else _named(link) for link in links]
    return None if None in columns else frozenset().union(*(one for one in columns if one is not None))


def _uses(node: ast.AST, name: str) -> Iterator[tuple[ast.expr, bool]]:
    """What is made of each occurrence of the name (``df["a"]``, or the bare name), and whether that is only stored to."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Subscript) and isinstance(child.value, ast.Name) and child.value.id == name:
            yield child, isinstance(child.ctx, ast.Store)
            yield from _uses(child.slice, name)
        elif isinstance(child, ast.Name) and child.id == name:
            yield child, False
        else:
            yield from _uses(child, name)


def _named(link: ast.expr) -> Columns | None:
    """``a`` of ``df["a"]``, ``a`` and ``b`` of ``df[["a", "b"]]``."""
    key = link.slice if isinstance(link, ast.Subscript) else None
    keys = key.elts if isinstance(key, ast.List) else [key]
    names = [one.value for one in keys if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return frozenset(names) if names and len(names) == len(keys) else None


def _root(node: ast.expr, name: str) -> ast.expr | None:
    """``df["a"]`` of ``df["a"].str[0]``; None where the expression does not start at the name."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        if isinstance(node.value, ast.Name):
            return node if node.value.id == name else None
        node = node.value
    return None
