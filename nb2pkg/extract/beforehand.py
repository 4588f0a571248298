"""What a notebook does to a train file and a test file before it puts them together, as far as the same can be done afterwards.

Columns may be taken away, training rows chosen, a column of the training rows alone (the target) changed, and both tables marked by a
constant; anything else gives the rows of one file something that depends on when it is done.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.edits import Edits
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.lane import Code, Lane
from nb2pkg.extract.stacked import FIRST, SECOND, Stack
from nb2pkg.extract.text import Sources


@dataclass(slots=True)
class Done:
    """What was done to one file: columns taken away, kept alone, given a constant, changed by themselves; are rows chosen?"""

    dropped: set[str] = field(default_factory=set)
    kept: set[str] | None = None
    constants: dict[str, object] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Beforehand:
    """``markers`` are constants by which the files can be told apart, ``own`` the columns that are the training rows' alone,
    ``filled`` those that the other file got as a constant; ``statements`` are all that was done."""

    markers: dict[str, tuple[object, object]]
    own: frozenset[str]
    filled: dict[str, object]
    statements: frozenset[int]


def beforehand(columns: Columns, sources: Sources, stack: Stack) -> Beforehand | str:
    """What was done to both files before a stack; a text that says why it cannot be done afterwards."""
    done = [Done(), Done()]
    statements: set[int] = set()
    for side in (FIRST, SECOND):
        for index, node in _lines(columns, stack.lanes[side]):
            statements.add(index)
            if not _note(columns, sources, node, index, done[side]):
                name = stack.lanes[side].root.name
                return (
                    f"`{name}` is prepared here before it is put together with the other file; do it to both afterwards"
                )
    one, two = done
    if two.chosen or two.changed:
        return f"rows or values of `{stack.lanes[SECOND].root.name}` are changed before both files are put together"
    if (
        two.dropped - one.dropped
        or (one.kept is None) != (two.kept is None)
        or (two.kept or set()) - (one.kept or set())
    ):
        return "the two files have not the same columns when they are put together"
    if set(one.constants) - set(two.constants):
        return "one file is marked and the other is not; mark both before they are put together"
    own = (one.dropped - two.dropped) | one.changed | ((one.kept or set()) - (two.kept or set()))
    markers = {name: (value, two.constants[name]) for name, value in one.constants.items()}
    filled = {name: value for name, value in two.constants.items() if name not in markers}
    return Beforehand(markers, frozenset(own | set(filled)), filled, frozenset(statements))


def _lines(columns: Columns, lane: Lane) -> Iterator[tuple[int, ast.stmt | ast.expr]]:
    for code in (stage for stage in lane.stages if isinstance(stage, Code)):
        for index in code.statements:
            yield index, columns.facts.program.statements[index].node
        if not isinstance(code.result, ast.Name):
            yield code.at, code.result


def _note(columns: Columns, sources: Sources, node: ast.stmt | ast.expr, at: int, done: Done) -> bool:
    """Note what a statement or an expression does; False where it may do anything else."""
    if isinstance(node, ast.expr):
        return _chain(columns, node, done)
    if columns.selections.in_place(node) is not None:
        done.chosen = True
        return True
    gone = columns.drops_in_place(node)
    if gone is not None:
        done.dropped |= set(gone[1])
        return True
    match node:
        case ast.Delete(targets=[target]) if (read := columns.read(target)) is not None:
            done.dropped.add(read[1])
            return True
        case ast.Assign(value=ast.Call(func=ast.Attribute(attr="pop")) as value) if (
            read := columns.read(value)
        ) is not None:
            done.dropped.add(read[1])
            return True
        case ast.Assign(targets=[ast.Name()], value=value):
            return _chain(columns, value, done)
        case ast.Assign(value=value) if (assigned := columns.assigned(node)) is not None:
            return _column(columns, sources, assigned[1], value, at, done)
        case _:
            return False


def _column(columns: Columns, sources: Sources, column: str, value: ast.expr, at: int, done: Done) -> bool:
    """A column that is given a constant, or made of nothing but itself."""
    try:
        done.constants[column] = evaluate(value, columns.facts, at=at)
    except NotConstantError:
        edits = Edits(columns, sources, frozenset())
        done.changed.add(column)
        return set(edits.read(value)) == {column}
    return True


def _chain(columns: Columns, node: ast.expr, done: Done) -> bool:
    """Note what an expression takes of a table."""
    chosen = columns.selections.chosen(node)
    if chosen is not None and chosen.columns is None:
        done.chosen = True
        return _chain(columns, chosen.base, done)
    drop = columns.dropped(node)
    if drop is not None:
        done.dropped |= set(drop[1])
        return _chain(columns, drop[0], done)
    match node:
        case ast.Name():
            return True
        case ast.Call(func=ast.Attribute(value=inner, attr="copy"), args=[]):
            return _chain(columns, inner, done)
        case ast.Subscript(value=inner, slice=index) if (listed := columns.chosen(index)) is not None:
            done.kept = set(listed)
            return _chain(columns, inner, done)
        case _:
            return False
