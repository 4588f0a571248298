"""Paths and seeds of the notebook, as the configuration gives them."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.extract.seeds import global_seed, seed_of
from nb2pkg.facts import Facts

FILE = re.compile(r"(?:[^\n]*[/\\\\])?[^\n/\\\\]*\.\w{1,8}|[^\s]*[/\\\\][^\n]*")
QUERY = re.compile(r"\s*(select|insert|update|delete|with|pragma)\s", re.IGNORECASE)
READING = "load"
HOME = ("/", "~", "\\\\")


class PathEdit(NamedTuple):
    """A path as it is written in the notebook, the path below the data directory, and the source that takes its place.

    ``read``: rows are read from there, and nothing is written.
    """

    cell: int
    line: int
    column: int
    before: str
    path: str
    source: str
    absolute: bool
    node: ast.Constant
    read: bool = False


def path_edits(facts: Facts) -> list[PathEdit]:
    """Every path written at the notebook's top level; paths inside functions, and addresses in the net, stay as they are."""
    used: dict[tuple[int, int, int], set[str]] = {}
    for one in facts.paths:
        row = facts.table.get(one.name)
        used.setdefault((one.place.cell, one.place.line, one.place.column), set()).add(row.role if row else "")
    found = {}
    for statement in facts.program.statements:
        if isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        direct = {id(one) for one in _direct(statement.node, facts)}
        for part in _texts(statement.node):
            key = (statement.cell, part.lineno, part.col_offset + 1)
            text = str(part.value)
            if (key in used or id(part) in direct) and looks_like_path(text):
                edit = _edit(statement.cell, part, text, whole=id(part) in direct)
                found[key] = edit._replace(read=used.get(key, {READING}) == {READING})
    return list(found.values())


def _texts(node: ast.AST) -> Iterator[ast.Constant]:
    joined = {id(inner) for part in ast.walk(node) if isinstance(part, ast.JoinedStr) for inner in ast.walk(part)}
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and id(part) not in joined:
            yield part


def _direct(node: ast.AST, facts: Facts) -> Iterator[ast.expr]:
    """Constants that are the path argument of a call the tables know to read or write files."""
    for part in ast.walk(node):
        call = facts.call(part) if isinstance(part, ast.Call) else None
        name = getattr(call.row, "path", "") if call is not None and call.row is not None else ""
        if call is not None and name in call.args and getattr(call.row, "role", "") == "load":
            yield call.args[name][0]


def looks_like_path(text: str) -> bool:
    """Does the text name a file or folder, and not an address in the net, a query or a single word?"""
    return "://" not in text and FILE.fullmatch(text) is not None and QUERY.match(text) is None


def is_absolute(text: str) -> bool:
    """Does the path only exist on somebody's own machine?"""
    return text.startswith(HOME) or text[1:3] in (":\\", ":/")


def _edit(cell: int, node: ast.Constant, text: str, *, whole: bool) -> PathEdit:
    absolute = is_absolute(text)
    clean = text.replace("\\", "/")
    path = clean.rstrip("/").rsplit("/", 1)[-1] if absolute else clean.removeprefix("./")
    if clean.endswith("/"):
        path = "" if absolute else path
        source = f'f"{{config.data_dir}}/{path}"' if "{" not in path else f"str(config.data_dir) + {'/' + path!r}"
    elif whole:
        source = f"config.data_dir / {path!r}"
    else:
        source = f"str(config.data_dir / {path!r})"
    return PathEdit(cell, node.lineno, node.col_offset, text, path, source, absolute, node)


def constants(facts: Facts, edits: list[PathEdit], config: str) -> dict[tuple[int, int, int], str]:
    """Source by place (cell, line, byte column) for paths, and for the seed of the random streams."""
    found = {
        (one.cell, one.line, one.column): one.source.replace("config.data_dir", f"{config}.data_dir") for one in edits
    }
    seed = global_seed(facts)
    for statement in facts.program.statements:
        if seed is not None and seed_of(statement.node, facts) == seed:
            argument = statement.node.value.args[0]  # type: ignore[attr-defined]  # seed_of has looked at it
            found[statement.cell, argument.lineno, argument.col_offset] = f"{config}.seed"
    return found
