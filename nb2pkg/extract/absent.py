"""Which of the target's columns need not be there when rows are prepared: the result has them not, and nothing on the way reads them.

Rows that are predicted have no target. Where it is dropped only after other work (``df["half"] = df.age / 2``, then ``df.drop("left",
axis=1)``) it may be missing from the start, if that work treats each column by itself.
"""

import ast
from collections.abc import Iterable

from nb2pkg.extract.columns import Columns, constants
from nb2pkg.extract.departures import departures, lost_in_place
from nb2pkg.extract.edits import Edits, renamed
from nb2pkg.extract.liveness import bare
from nb2pkg.extract.mixing import Mixing, Uses
from nb2pkg.extract.stretch import Line, stored
from nb2pkg.extract.text import Sources

NAMING = "pandas.get_dummies"


class Absent:
    """Finds them for the lines of one lane; ``needed`` are the columns that the target reads, ``answer`` the one that it is."""

    def __init__(
        self, lines: list[Line], columns: Columns, sources: Sources, *, needed: frozenset[str], answer: frozenset[str]
    ) -> None:
        self.lines = lines
        self.needed = needed
        self.answer = answer
        self.columns = columns
        self.sources = sources

    def found(self, given: str, around: Iterable[ast.AST]) -> tuple[frozenset[str], str]:
        """The columns that may be missing, under all their names, and one that all columns are mixed with ("" for none).

        ``given`` is the table that comes in, ``around`` are the functions beside the lines.
        """
        departed = departures(self.lines, self.columns)
        listed = self._listed()
        names = {column: self._names(column) for column in self.needed}
        gone = {one for one in names if names[one] & departed or (listed is not None and not names[one] & set(listed))}
        unread = {one for one in gone if not names[one] & self._read(names[one])}
        sure = self._sure(departed, listed)
        around = list(around)
        how = {column: self._mixing(names[column], given, around) for column in sorted(unread | sure)}
        mixed = next((column for column in sorted(sure & departed) if how[column] is Mixing.YES), "")
        apart = (column for column in unread if how[column] is Mixing.NO)
        return sure.union(*(names[column] for column in apart)), mixed

    def besides(self, others: frozenset[str], given: str, around: Iterable[ast.AST]) -> frozenset[str]:
        """Those of other columns, all of them dropped on the way, that nothing looks at before."""
        around = list(around)
        unread = others - self._read(others)
        return frozenset(one for one in unread if self._mixing(frozenset({one}), given, around) is Mixing.NO)

    def _names(self, column: str) -> frozenset[str]:
        """The column's own name and what ``df.rename(columns={...})`` calls it."""
        found = {column}
        for line in self.lines:
            found |= {new for old, new in renamed(line.node) if old in found}
        return frozenset(found)

    def _sure(self, departed: frozenset[str], listed: list[str] | None) -> frozenset[str]:
        """What the target is made of and the features mention only to drop it."""
        mentioned = {text for line in self.lines for text in constants(line.node)} | departed
        gone = departed | self.answer if listed is not None else departed
        return frozenset(self.needed & mentioned & gone - set(listed or ()))

    def _listed(self) -> list[str] | None:
        """The columns of the result, or of the table that it is computed of, where they are named."""
        node = bare(self.lines[-1].node)
        return self._listed_in(node, len(self.lines) - 1) if isinstance(node, ast.expr) else None

    def _listed_in(self, node: ast.expr, before: int) -> list[str] | None:
        read = self.columns.read(node)
        if read is not None:
            return [read[1]]
        match node:
            case ast.Name(id=name):
                made = (at for at in range(before - 1, -1, -1) if name in stored(self.lines[at].node))
                at = next(made, -1)
                line = self.lines[at].node if at >= 0 else None
                plain = isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
                return self._listed_in(line.value, at) if isinstance(line, ast.Assign) and plain else None
            case ast.BinOp(left=left):
                return self._listed_in(left, before)
            case ast.Call(args=[table, *_]) if self.columns.lowering.name(node) == NAMING:
                return self._listed_in(table, before)
            case _:
                return self.columns.static(node)

    def _read(self, candidates: frozenset[str]) -> set[str]:
        edits = Edits(self.columns, self.sources, candidates)
        return {text for line in self.lines for text in edits.read(line.node)}

    def _takes_columns(self, node: ast.AST) -> bool:
        """``df = df.iloc[:, 2:]``: does a statement only take columns of a table, which stays one?"""
        if not isinstance(node, ast.Assign) or {"values", "to_numpy"} & set(constants(node.value)):
            return False
        return isinstance(node.targets[0], ast.Name) and self.columns.selection(node.value) is not None

    def _mixing(self, names: frozenset[str], given: str, around: list[ast.AST]) -> Mixing:
        """How the lines treat the columns of tables that still have this one."""
        mentions = (
            at for at, line in enumerate(self.lines) if names & set(constants(line.node)) and not renamed(line.node)
        )
        gone = next(mentions, len(self.lines))
        uses = Uses(names, self.columns, around)
        worst = Mixing.NO
        tables = {given}
        only_columns = True  # which are named when the model is fitted, with the target there
        for position, line in enumerate(self.lines):
            only_columns = only_columns and self._takes_columns(line.node)
            if not only_columns:
                worst = max([worst, *uses.of(line.node, tables)])
            if position == gone:
                tables -= stored(line.node) | lost_in_place(line.node, self.columns)
            else:
                tables = uses.after(line.node, tables)
        return worst
