"""Do rows that are asked about go through the same code as those that are learned from, with values of the latter?

``test["age"] = test["age"].fillna(train["age"].mean())`` is what ``train["age"] = train["age"].fillna(train["age"].mean())`` is for
train, though train is filled by then: the mean of a column filled with its mean is the same.
"""

import ast
from collections.abc import Callable, Hashable, Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.lane import Code, Lane, Stage, Step
from nb2pkg.extract.nameless import TAUGHT
from nb2pkg.extract.provenance import Held, Provenance
from nb2pkg.extract.trace import writers
from nb2pkg.facts.values import Estimator, Learning

KEPT = frozenset({"mean", "median", "mode", "min", "max"})
FIRST_OF = frozenset({"iloc", "iat"})


class Line(NamedTuple):
    """A statement or a result, and where it stands."""

    at: int
    node: ast.stmt | ast.expr


class Alike:
    """Compares two lanes; ``values`` are the aggregates of the training rows that the second one takes.

    ``target`` are the columns that only training rows have, ``before`` statements that were found to be the same, ``apart``: the two
    are rows of two files, which may have other columns until those of the model are taken by name. ``taught`` tells fits apart.
    """

    def __init__(
        self,
        columns: Columns,
        target: AbstractSet[str],
        before: AbstractSet[int],
        *,
        taught: Callable[[Learning], Hashable],
        apart: bool,
    ) -> None:
        self.columns = columns
        self.facts = columns.facts
        self.provenance = Provenance(columns)
        self.target = target
        self.before = before
        self.apart = apart
        self.taught = taught
        self.values: set[ast.AST] = set()

    def lanes(self, learned: Lane, asked: Lane) -> bool:
        """Are the stages of both the same, one by one, but for the split?"""
        one, other = ([stage for stage in lane.stages if self._counts(stage)] for lane in (learned, asked))
        return learned.root.entry == asked.root.entry and len(one) == len(other) and all(map(self._stage, one, other))

    def _counts(self, stage: Stage) -> bool:
        if isinstance(stage, Code):
            return any(line.at < stage.at or not self._hands_on(line.node) for line in self.lines(stage))
        return isinstance(stage, Step)

    def _hands_on(self, node: ast.stmt | ast.expr) -> bool:
        """Is a result the table itself, or columns of it where the files may have others?"""
        plain = self.stripped(node) if self.apart and isinstance(node, ast.expr) else node
        return isinstance(plain, ast.Name)

    def _stage(self, one: Stage, other: Stage) -> bool:
        if isinstance(one, Step) and isinstance(other, Step):
            return one.fit is other.fit
        if not (isinstance(one, Code) and isinstance(other, Code)):
            return False
        mine, theirs = self.lines(one), self.lines(other)
        pairing = _Pairing(self, one, other)
        return len(mine) == len(theirs) and all(map(pairing.line, mine, theirs))

    def lines(self, code: Code) -> list[Line]:
        """The statements and the result, without what only chooses rows or takes the target away."""
        every = [Line(index, self.facts.program.statements[index].node) for index in code.statements]
        kept = [line for line in every if line.at not in self.before and not self._vanishes(line.node)]
        return kept if code.at in self.before else [*kept, Line(code.at, code.result)]

    def _vanishes(self, node: ast.stmt | ast.expr) -> bool:
        gone = self.columns.drops_in_place(node) if isinstance(node, ast.stmt) else None
        if gone is not None:
            return self.apart or set(gone[1]) <= self.target
        if self.columns.selections.in_place(node) is not None:
            return True
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                plain = self.stripped(value)
                same = isinstance(plain, ast.Name) and (self.apart or plain.id == name)
                return same or self._pops(value)
            case ast.Expr(value=value):
                return self._pops(value)
            case ast.Delete(targets=targets):
                taken = [self.columns.read(one) for one in targets]
                return all(read is not None and (self.apart or read[1] in self.target) for read in taken)
            case _:
                return False

    def _pops(self, node: ast.expr) -> bool:
        read = self.columns.read(node) if isinstance(node, ast.Call) else None
        return read is not None and (self.apart or read[1] in self.target)

    def stripped(self, node: ast.expr) -> ast.expr:
        """An expression without the choice of rows, and without what takes the target away."""
        chosen = self.columns.selections.chosen(node)
        if chosen is not None and chosen.columns is None:
            return self.stripped(chosen.base)
        drop = self.columns.dropped(node)
        if drop is not None and set(drop[1]) <= self.target:
            return self.stripped(drop[0])
        table = self.columns.selection(node) if self.apart else None
        return table if table is not None else node

    def own(self, code: Code) -> frozenset[str]:
        """The variables of a stretch itself."""
        effects = self.facts.effects
        return frozenset({code.given}).union(*(effects[at].binds | effects[at].mutates for at in code.statements))

    def same_value(self, name: ast.Name, one: Line, other: Line) -> bool:
        """Has what is read of the training rows the same value in both lines?"""
        column = next((read[1] for part in ast.walk(other.node) if (read := self._of(part, name)) is not None), None)
        return all(
            self._untouched(index, name.id, column) or (index == one.at and self._fills(one.node, name.id, column))
            for index in range(*sorted((one.at, other.at)))
        )

    def _of(self, node: ast.AST, name: ast.Name) -> tuple[str, str] | None:
        """The column that an expression reads of the very table."""
        read = self.columns.read(node) if isinstance(node, ast.Subscript | ast.Attribute) else None
        return read if read is not None and any(part is name for part in ast.walk(node)) else None

    def _untouched(self, index: int, name: str, column: str | None) -> bool:
        effects = self.facts.effects[index]
        if name not in effects.binds | effects.mutates | effects.maybe:
            return True
        if column is None:
            return False
        held = Held(name, column)
        return self.provenance.back(self.facts.program.statements[index].node, held) == held

    def _fills(self, node: ast.AST, name: str, column: str | None) -> bool:
        """Does a statement fill a column with an aggregate of its own that is the same afterwards?"""
        match node:
            case ast.Assign(
                targets=[target], value=ast.Call(func=ast.Attribute(value=filled, attr="fillna"), args=[value])
            ):
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=filled, attr="fillna"), args=[value])):
                target = filled
            case _:
                return False
        held = (name, column)
        return (
            self.columns.read(target) == held
            and self.columns.read(filled) == held
            and (taken := _aggregated(value)) is not None
            and self.columns.read(taken) == held
        )


class _Pairing:
    """The variables of one stretch and those that stand for them in the other."""

    def __init__(self, alike: Alike, one: Code, other: Code) -> None:
        self.alike = alike
        self.facts = alike.facts
        self.codes = one, other
        self.own = alike.own(one), alike.own(other)
        self.pairs = {one.given: other.given}
        self.inside: set[ast.AST] = set()

    def line(self, one: Line, other: Line) -> bool:
        """Are two lines the same?"""
        self.inside = {part for value in self._values(other.node) for part in ast.walk(value)}
        return self._same(one.node, other.node, one, other)

    def _values(self, node: ast.AST) -> Iterator[ast.AST]:
        """The outermost aggregates of the training rows in a line."""
        asides = self.codes[1].asides
        aggregate = isinstance(node, ast.Call) and self.alike.columns.lowering.role(node) == "statistic"
        if aggregate and any(part in asides for part in ast.walk(node)):
            yield node
            return
        for child in ast.iter_child_nodes(node):
            yield from self._values(child)

    def _same(self, mine: object, theirs: object, one: Line, other: Line) -> bool:
        if isinstance(mine, list) and isinstance(theirs, list):
            return len(mine) == len(theirs) and all(
                self._same(a, b, one, other) for a, b in zip(mine, theirs, strict=True)
            )
        if not (isinstance(mine, ast.AST) and isinstance(theirs, ast.AST)):
            return type(mine) is type(theirs) and mine == theirs
        mine, theirs = (self.alike.stripped(node) if isinstance(node, ast.expr) else node for node in (mine, theirs))
        drops = self.alike.columns.dropped(mine), self.alike.columns.dropped(theirs)
        if drops[0] is not None and drops[1] is not None:
            gone = [set(drop[1]) - self.alike.target for drop in drops if drop is not None]
            return gone[0] == gone[1] and self._same(drops[0][0], drops[1][0], one, other)
        taught = self._taught(mine, one), self._taught(theirs, other)
        if taught[0] is not None and taught[1] is not None:
            return taught[0][0] == taught[1][0] and self._same(taught[0][1], taught[1][1], one, other)
        if isinstance(mine, ast.Name) and isinstance(theirs, ast.Name):
            return self._name(mine, theirs, one, other)
        if theirs in self.inside:
            self.alike.values.add(theirs)
        fields = zip(ast.iter_fields(mine), ast.iter_fields(theirs), strict=False)
        return type(mine) is type(theirs) and all(self._same(a, b, one, other) for (_, a), (_, b) in fields)

    def _taught(self, node: ast.AST, line: Line) -> tuple[Hashable, ast.expr] | None:
        """What taught the transformer of a call, and the rows that it is given."""
        call = self.facts.call(node)
        if call is None or not isinstance(call.receiver, Estimator) or "X" not in call.args:
            return None
        if getattr(call.row, "role", "") not in TAUGHT:
            return None
        return self.alike.taught(self.alike.columns.lowering.fit_of(call.node, line.at)), call.args["X"][0]

    def _name(self, mine: ast.Name, theirs: ast.Name, one: Line, other: Line) -> bool:
        if theirs in self.codes[1].asides:
            return mine.id == theirs.id and self.alike.same_value(theirs, one, other)
        if mine.id in self.own[0] or theirs.id in self.own[1]:
            unused = theirs.id not in self.pairs.values()
            return self.pairs.get(mine.id) == theirs.id or (
                mine.id not in self.pairs and unused and self.pairs.setdefault(mine.id, theirs.id) == theirs.id
            )
        before = [
            writers(self.facts, name.id, before=code.at) for name, code in zip((mine, theirs), self.codes, strict=True)
        ]
        return mine.id == theirs.id and before[0] == before[1]


def _aggregated(node: ast.expr) -> ast.expr | None:
    """The column of ``df["age"].mean()`` and ``df["city"].mode()[0]``."""
    match node:
        case ast.Subscript(value=ast.Attribute(value=inner, attr=attr), slice=ast.Constant(value=0)) if (
            attr in FIRST_OF
        ):
            return _aggregated(inner)
        case ast.Subscript(value=ast.Call() as inner, slice=ast.Constant(value=0)):
            return _aggregated(inner)
        case ast.Call(func=ast.Attribute(value=column, attr=verb), args=[], keywords=[]) if verb in KEPT:
            return column
        case _:
            return None
