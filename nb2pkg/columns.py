"""Which columns of a table a statement reads or changes, as far as they stand in it by name."""

import ast
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

Columns = frozenset[str]


def _never(_: str) -> bool:
    return False


class Known(NamedTuple):
    """What else tells a column: ``is_column`` says whether ``df.x`` may be one, ``chooses`` whether ``df.x[...]`` chooses rows (``loc``).

    ``lists`` are the names that stand for a list of columns: ``wanted = ["a", "b"]``.
    """

    is_column: Callable[[str], bool] = _never
    chooses: Callable[[str], bool] = _never
    lists: Mapping[str, Columns] = MappingProxyType({})


NOTHING = Known()


def columns_read(node: ast.stmt, name: str, known: Known = NOTHING) -> Columns | None:
    """The columns that a statement reads of the table ``name``; None where it reads more than named columns."""
    used = list(_uses(node, name, known))
    if not used or any(columns is None for columns, _ in used):
        return None
    return frozenset(column for columns, stored in used if not stored for column in columns or ())


def columns_written(node: ast.stmt, name: str, known: Known = NOTHING) -> Columns | None:
    """The columns that a statement changes of the table ``name``; None where it may change others."""
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            written = [_root(target, name, known) for target in targets]
        case ast.AugAssign(target=target):
            written = [_root(target, name, known)]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=receiver))):
            written = [_root(receiver, name, known)]
        case _:
            return None
    return None if None in written else frozenset().union(*(one for one in written if one is not None))


def lists_of(statements: Iterator[ast.stmt]) -> Mapping[str, Columns]:
    """The names that these statements bind to lists of words, each once, and use no method of (``wanted.append``)."""
    found: dict[str, Columns] = {}
    bound: list[str] = []
    for node in statements:
        for part in ast.walk(node):
            match part:
                case ast.Name(id=name, ctx=ast.Store()):
                    bound.append(name)
                case ast.Attribute(value=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                    bound += [name, name]
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() as value) if columns := _words(
                value, NOTHING
            ):
                found[name] = columns
    return {name: columns for name, columns in found.items() if bound.count(name) == 1}


def _uses(node: ast.AST, name: str, known: Known) -> Iterator[tuple[Columns | None, bool]]:
    """The columns that each occurrence of the name takes, None for the whole table, and whether they are only stored to."""
    if isinstance(node, ast.Name) and node.id == name:
        yield None, False
        return
    taken = _taken(node, name, known)
    if taken is not None:
        yield taken[0], isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)
    for part in taken[1] if taken is not None else _parts(node):
        yield from _uses(part, name, known)


def _parts(node: ast.AST) -> list[ast.AST]:
    """What stands in a node; of ``df.head(2)`` no attribute ``df.head``, for that is no column."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return [node.func.value, *node.args, *node.keywords]
    return list(ast.iter_child_nodes(node))


def _taken(node: ast.AST, name: str, known: Known) -> tuple[Columns, list[ast.expr]] | None:
    """The columns that an expression takes of the table or of some of its rows, and the expressions that choose these rows."""
    match node:
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=owner), attr=attr), slice=ast.Tuple(elts=[rows, key])):
            columns = _words(key, known)
            return (columns, [rows]) if owner == name and known.chooses(attr) and columns else None
        case ast.Subscript(value=value, slice=key) if columns := _words(key, known):
            chosen = _rows_by(value, name, known)
        case ast.Attribute(value=value, attr=attr) if known.is_column(attr):
            columns, chosen = frozenset({attr}), _rows_by(value, name, known)
        case _:
            return None
    return None if chosen is None else (columns, chosen)


def _rows_by(node: ast.expr, name: str, known: Known) -> list[ast.expr] | None:
    """What chooses rows of the table: nothing in ``df``, the mask in ``df[mask]`` and ``df.loc[mask]``; None for another thing."""
    match node:
        case ast.Name(id=owner):
            return [] if owner == name else None
        case ast.Subscript(value=ast.Name(id=owner), slice=mask) if owner == name and _is_mask(mask):
            return [mask]
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=owner), attr=attr), slice=rows):
            return [rows] if owner == name and known.chooses(attr) and not isinstance(rows, ast.Tuple) else None
        case _:
            return None


def _is_mask(node: ast.expr) -> bool:
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Invert()) | ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            return True
        case _:
            return False


def _words(key: ast.expr, known: Known) -> Columns:
    """``a`` of ``"a"``, ``a`` and ``b`` of ``["a", "b"]`` and of a name that stands for it; none of anything else."""
    if isinstance(key, ast.Name):
        return known.lists.get(key.id, frozenset())
    keys = key.elts if isinstance(key, ast.List) else [key]
    names = [one.value for one in keys if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return frozenset(names) if len(names) == len(keys) else frozenset()


def _root(node: ast.expr, name: str, known: Known) -> Columns | None:
    """The columns at the start of ``df["a"].str[0]``; None where the expression does not start with columns of the table."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        taken = _taken(node, name, known)
        if taken is not None:
            return taken[0]
        node = node.value
    return None
