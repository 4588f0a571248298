"""Imports: which of them may stand at the top of a module, since they mean the same in every cell."""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from nb2pkg.extract.sections.uses import Use

SPLIT = "# isort: split"


class Imported(NamedTuple):
    """One name that an import statement binds: the whole dotted ``target``, and the line that imports it."""

    name: str
    target: str
    line: str


class Hoisted(NamedTuple):
    """``lines`` stand at the top of modules; ``names`` are what they bind; ``star`` where any other name may come of them."""

    lines: tuple[str, ...]
    names: frozenset[str]
    star: bool


def hoist_imports(uses: Sequence[Use]) -> Hoisted:
    """The imports that may move to the top: those of names that nothing else in the notebook binds."""
    targets: dict[str, set[str]] = {}
    found: list[Imported] = []
    for use in uses:
        if isinstance(use.node, ast.Import | ast.ImportFrom):
            found += imported(use.node)
    for one in found:
        targets.setdefault(one.name, set()).add(one.target)
    bound = {name for use in uses if not isinstance(use.node, ast.Import | ast.ImportFrom) for name in use.binds}
    deleted = {name for use in uses for name in use.deletes}
    names = {name for name, meant in targets.items() if len(meant) == 1} - bound - deleted - {"*"}
    lines: list[str] = []
    for one in found:  # in the notebook's order: what a star import binds is bound anew by what follows it
        if one.name == "*":
            lines += [*([SPLIT] if lines and lines[-1] != SPLIT else []), one.line, SPLIT]
        elif one.name in names and one.line not in lines:
            lines.append(one.line)
    return Hoisted(tuple(lines), frozenset(names), any(one.name == "*" for one in found))


def imported(node: ast.Import | ast.ImportFrom) -> list[Imported]:
    """The names that an import statement binds, one by one; what it takes from the future is Python's today."""
    if isinstance(node, ast.Import):
        return [_module(alias) for alias in node.names]
    module = "." * node.level + (node.module or "")
    if module == "__future__":
        return []
    return [
        Imported(
            alias.asname or alias.name,
            f"{module}.{alias.name}",
            f"from {module} import {alias.name}" + (f" as {alias.asname}" if alias.asname else ""),
        )
        for alias in node.names
    ]


def _module(alias: ast.alias) -> Imported:
    if alias.asname:
        return Imported(alias.asname, alias.name, f"import {alias.name} as {alias.asname}")
    root = alias.name.partition(".")[0]
    return Imported(root, root, f"import {alias.name}")


def local_imports(node: ast.Import | ast.ImportFrom, hoisted: Hoisted) -> list[str]:
    """The lines of an import statement that stay where they are, since their names mean something else elsewhere."""
    return [one.line for one in imported(node) if one.name not in hoisted.names and one.name != "*"]
