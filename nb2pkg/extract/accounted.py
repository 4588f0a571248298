"""Account for what placed statements read: `depth = 3` went into the settings, and `tree = Tree(depth)` with the model it is part of."""

import ast
from collections.abc import Iterator

from nb2pkg.extract.pieces import Pieces, Placed
from nb2pkg.extract.settings import literal
from nb2pkg.extract.trace import free_names, writers
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Data

CARRIED = frozenset(
    {"ingestion", "row-selection", "selection", "feature", "learned-feature", "target", "split", "transformer", "model"}
)
BINDING = ast.Assign | ast.AnnAssign | ast.AugAssign


def place_what_is_read(facts: Facts, pieces: Pieces) -> None:
    """Place the statements that give a placed statement its constants and parts, where the package has them."""
    waiting = [index for index, placed in pieces.placed.items() if placed.kind in CARRIED]
    while waiting:
        reader = waiting.pop()
        for index in _givers(facts, reader):
            if index not in pieces.placed:
                pieces.placed[index] = _place(facts, pieces, index, pieces.placed[reader])
                waiting.append(index)


def _givers(facts: Facts, reader: int) -> Iterator[int]:
    """The plain bindings that a statement reads, but for rows: those have lanes of their own."""
    for name in free_names(facts.program.statements[reader].node):
        if isinstance(facts.value(name), Data):
            continue
        for index in writers(facts, name.id, before=reader):
            if isinstance(facts.program.statements[index].node, BINDING):
                yield index


def _place(facts: Facts, pieces: Pieces, index: int, reader: Placed) -> Placed:
    """Constants are settings where they are one; everything else stands where it is read."""
    node = facts.program.statements[index].node
    value = literal(node.value) if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None else ...
    if value is ...:
        return reader
    if any(field.default == repr(value) for field in pieces.settings.fields):
        return Placed("configuration", "config.py", "Config")
    return Placed("configuration", reader.file, reader.function)
