"""Names that today's libraries no longer know: what the notebook writes, and what it is put right to, for both sides alike."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.apis import Row
from nb2pkg.extract.text import Sources
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Library

DOTTED = re.compile(r"[A-Za-z_][\w.]*")


class Renamed(NamedTuple):
    """A stretch of one line and what stands there instead."""

    node: ast.expr | ast.stmt | ast.keyword
    line: int
    before: str
    after: str


def modern_names(facts: Facts, sources: Sources) -> Iterator[Renamed]:
    """Every old name of a notebook that has a new one, in document order."""
    for statement in facts.program.statements:
        for node in ast.walk(statement.node):
            match node:
                case ast.ImportFrom(module=str()):
                    yield from _imported(facts, node, sources)
                case ast.Attribute(value=ast.Name()):
                    yield from _attribute(facts, node, sources)
                case ast.Call():
                    yield from _arguments(facts, node)
                case _:
                    pass


def _new_name(row: Row | None, old: str) -> str | None:
    """The new dotted name of the same thing."""
    if row is None or not row.removed or not DOTTED.fullmatch(row.use) or row.use == old:
        return None
    return row.use


def _imported(facts: Facts, node: ast.ImportFrom, sources: Sources) -> Iterator[Renamed]:
    """``from sklearn.cross_validation import x``: the module, where all of its names moved to one other."""
    found = [
        _new_name(facts.table.get(f"{node.module}.{alias.name}"), f"{node.module}.{alias.name}") for alias in node.names
    ]
    moved = {new.rpartition(".")[0] for new in found if new is not None}
    kept = all(
        new is not None and new.rpartition(".")[2] == alias.name for new, alias in zip(found, node.names, strict=True)
    )
    if not kept or len(moved) != 1 or node.module is None:
        return
    module = moved.pop()
    if module:
        yield Renamed(node, node.lineno, f"from {node.module}", f"from {module}")
    elif len(node.names) == 1 and node.lineno == node.end_lineno:
        alias = node.names[0]
        yield Renamed(
            node,
            node.lineno,
            sources.of(node),
            f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else ""),
        )


def _attribute(facts: Facts, node: ast.Attribute, sources: Sources) -> Iterator[Renamed]:
    """``np.NaN``."""
    owner = facts.value(node.value)
    old = f"{owner.name}.{node.attr}" if isinstance(owner, Library) else ""
    new = _new_name(facts.table.get(old), old) if old else None
    if new is None or not isinstance(owner, Library) or new.rpartition(".")[0] != owner.name:
        return
    before = sources.of(node)
    yield Renamed(node, node.lineno, before, before.removesuffix(node.attr) + new.rpartition(".")[2])


def _arguments(facts: Facts, node: ast.Call) -> Iterator[Renamed]:
    """``BaggingClassifier(base_estimator=tree)``."""
    call = facts.call(node)
    for keyword in node.keywords:
        new = argument_name(call.row if call is not None else None, keyword.arg)
        if keyword.arg is not None and new != keyword.arg:
            yield Renamed(keyword, keyword.lineno, keyword.arg, str(new))


def argument_name(row: object, name: str | None) -> str | None:
    """The name that an argument has today."""
    pairs = dict(one.split("=") for one in getattr(row, "renamed", ()))
    return pairs.get(name, name) if name is not None else None
