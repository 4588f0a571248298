"""Modules beside the notebook, and those that its own cells write: which names ``from module import *`` brings. Parsed, never imported."""

import ast
import os
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.names import EVERYTHING, names_of
from nb2pkg.syntax import Program

LARGEST = 1_000_000  # bytes of a module that is read
WRITING = ("%%writefile", "%%file")


class Exports(NamedTuple):
    """The public names of a module; ``complete`` is False where it imports ``*`` from elsewhere or computes its ``__all__``."""

    names: frozenset[str]
    complete: bool


class Written(NamedTuple):
    """A module that a cell of the notebook writes."""

    cell: int
    path: str
    text: str


def exports(program: Program, module: str) -> Exports | None:
    """What a star import of the module brings; None where no such module stands beside the notebook or it does not parse."""
    written = {one.path: one.text for one in written_modules(program)}
    for path in _paths(module):
        text = written.get(path) or _read(os.path.join(os.path.dirname(program.notebook.path), path))
        if text is not None:
            return _exported(text)
    return None


def written_modules(program: Program) -> Iterator[Written]:
    """The Python files that cells write with ``%%writefile``."""
    for cell in program.cells:
        for magic in cell.magics:
            head, _, body = magic.text.partition("\n")
            words = head.split()
            if magic.kind == "cell" and len(words) > 1 and words[0] in WRITING and words[-1].endswith(".py"):
                yield Written(cell.cell.number, os.path.normpath(words[-1].strip("'\"")), body)


def written_by(program: Program, module: str) -> Written | None:
    """The cell that writes a module, where one does."""
    return next((one for one in written_modules(program) if one.path in _paths(module)), None)


def _paths(module: str) -> tuple[str, str]:
    stem = os.path.join(*module.lstrip(".").split(".")) if module.strip(".") else "__init__"
    return f"{stem}.py", os.path.join(stem, "__init__.py")


def _read(path: str) -> str | None:
    try:
        if os.path.getsize(path) > LARGEST:
            return None
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError, ValueError):
        return None


def _exported(text: str) -> Exports | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    listed = [node for node in tree.body if _binds_all(node)]
    if listed:
        return _listed(listed)
    bound = frozenset().union(*(names_of(node).binds for node in tree.body))
    public = frozenset(name for name in bound if not name.startswith("_") and name != EVERYTHING)
    return Exports(public, EVERYTHING not in bound)


def _binds_all(node: ast.stmt) -> bool:
    return "__all__" in names_of(node).binds or (
        isinstance(node, ast.AugAssign) and ast.unparse(node.target) == "__all__"
    )


def _listed(nodes: list[ast.stmt]) -> Exports:
    """The names in ``__all__``, where it is written out once."""
    if len(nodes) == 1 and isinstance(nodes[0], ast.Assign) and isinstance(nodes[0].value, ast.List | ast.Tuple):
        items = nodes[0].value.elts
        texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
        return Exports(frozenset(texts), len(texts) == len(items))
    return Exports(frozenset(), complete=False)
