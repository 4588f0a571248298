"""Two files that a notebook puts below each other, and the expressions that take the rows of one of them out again.

Below ``full = pd.concat([train, test])`` the rows of train are ``full[:len(train)]``, ``full.iloc[:-len(test)]`` or, where both tables
were marked before, ``full[full["source"] == "train"]``.
"""

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.lane import Code, Lane
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.provenance import Held, Provenance
from nb2pkg.extract.refuse import RefusedError
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts.rows import NOTHING, Rows
from nb2pkg.facts.values import Data

FIRST, SECOND = 0, 1
KEEPING = frozenset({"axis", "ignore_index", "sort", "join"})
MULTIPLYING = frozenset({"concat", "resample", "group"})
PASSED = frozenset({"reset_index", "copy"})
KNOWN = frozenset({"notnull", "notna"})
UNKNOWN = frozenset({"isnull", "isna"})


class Stack(NamedTuple):
    """``name = call`` puts the rows of ``members`` below each other; ``rows`` are those of each, ``lanes`` the ways they came.

    ``counted``: the rows of the result have numbers of their own, so no label stands twice.
    """

    name: str
    statement: int
    call: ast.Call
    members: tuple[ast.expr, ast.expr]
    rows: tuple[Rows, Rows]
    lanes: tuple[Lane, Lane]
    counted: bool

    @property
    def both(self) -> Rows:
        """The rows of the result."""
        return self.rows[FIRST] | self.rows[SECOND]


class Taken(NamedTuple):
    """An expression that takes rows of a stacked table: those of one member (``side``), and the table.

    ``known``: they are the rows where this column is known, which the other file must not have.
    """

    node: ast.expr
    base: ast.expr
    side: int
    known: str = ""


def stacks(lowering: Lowering) -> Iterator[Stack]:
    """Every table of a notebook that is two files below each other."""
    for statement in lowering.facts.program.statements:
        match statement.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found = _stack(lowering, name, value, statement.index)
                if found is not None:
                    yield found
            case _:
                pass


def _stack(lowering: Lowering, name: str, value: ast.expr, at: int) -> Stack | None:
    counted = False
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in PASSED:
        if value.args or not all(_says(k, "drop", True) for k in value.keywords):
            return None
        counted |= value.func.attr == "reset_index"
        value = value.func.value
    members = _members(lowering, value)
    if members is None or not isinstance(value, ast.Call):
        return None
    counted |= any(_says(k, "ignore_index", True) for k in value.keywords)
    tables = [lowering.facts.value(one) for one in members]
    rows = [table.rows for table in tables if isinstance(table, Data) and table.column is None and table.rows]
    try:
        lanes = [lowering.lane(one, at=at) for one in members]
    except RefusedError:
        return None
    if len(rows) != 2 or {one.source for one in rows[0]} & {one.source for one in rows[1]} or not _are_files(lanes):
        return None
    return Stack(name, at, value, members, (rows[0], rows[1]), (lanes[0], lanes[1]), counted)


def _members(lowering: Lowering, node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """The two tables of ``pd.concat([one, two])`` or ``one.append(two)``; None where anything else is done with them."""
    if not isinstance(node, ast.Call) or lowering.role(node) != "concat" or not all(map(_is_plain, node.keywords)):
        return None
    match node:
        case ast.Call(func=ast.Attribute(value=one, attr="append"), args=[two]) if lowering.name(node) == "data.append":
            return one, two
        case ast.Call(args=[ast.List(elts=[one, two]) | ast.Tuple(elts=[one, two])]):
            return one, two
        case _:
            return None


def _is_plain(keyword: ast.keyword) -> bool:
    """Does an option leave rows, columns and their order as they are by default?"""
    match keyword:
        case ast.keyword(arg="axis", value=ast.Constant(value=0 | "index" | "rows")):
            return True
        case ast.keyword(arg="sort", value=ast.Constant(value=False)):
            return True
        case ast.keyword(arg="join", value=ast.Constant(value="outer")):
            return True
        case ast.keyword(arg="ignore_index", value=ast.Constant()):
            return True
        case _:
            return False


def _says(keyword: ast.keyword, name: str, value: object) -> bool:
    return keyword.arg == name and isinstance(keyword.value, ast.Constant) and keyword.value.value is value


def _are_files(lanes: list[Lane]) -> bool:
    """Does each lane lead from a file of its own, through nothing but code?"""
    plain = all(
        one.root.kind == "file" and one.root.name and all(isinstance(stage, Code) for stage in one.stages)
        for one in lanes
    )
    return plain and lanes[0].root.load is not lanes[1].root.load and all(one.cut is None for one in lanes)


class Taking:
    """Recognises what takes the rows of one member; ``markers`` are the columns by which the members can be told apart.

    ``excluded`` are columns whose missing values tell nothing of the members, ``since`` what was done to the rows of both so far.
    """

    def __init__(
        self, columns: Columns, stack: Stack, markers: Mapping[str, tuple[object, object]], excluded: AbstractSet[str]
    ) -> None:
        self.lowering = columns.lowering
        self.facts = columns.facts
        self.stack = stack
        self.markers = markers
        self.excluded = excluded
        self.provenance = Provenance(columns)
        self.since: list[ast.stmt] = []

    def taken(self, node: ast.AST, at: int, tables: AbstractSet[str]) -> Taken | None:
        """What an expression takes of the stacked ``tables``; None where it does something else, or that cannot be shown."""
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr="head" | "tail" as verb), args=[count], keywords=[]):
                side = self.count(count, at)
                found = side if side == (FIRST if verb == "head" else SECOND) else None
                return Taken(node, base, found) if found is not None and self._is_whole(base, tables) else None
            case ast.Subscript(value=ast.Attribute(value=base, attr="iloc" | "loc" as indexer), slice=index):
                rows = _rows_of(index)
                return self._of(node, base, rows, at, tables, indexer) if rows is not None else None
            case ast.Subscript(value=base, slice=index):
                return self._of(node, base, index, at, tables, "")
            case _:
                return None

    def _of(
        self, node: ast.expr, base: ast.expr, rows: ast.expr, at: int, tables: AbstractSet[str], indexer: str
    ) -> Taken | None:
        if not self._is_whole(base, tables):
            return None
        if isinstance(rows, ast.Slice):
            side = self._slice(rows, at) if indexer != "loc" else None
            return Taken(node, base, side) if side is not None else None
        if indexer == "iloc":
            return None
        side = self._mask(rows, tables)
        if side is not None:
            return Taken(node, base, side)
        missing = self._unknown(rows, tables)
        return Taken(node, base, SECOND, missing) if missing else None

    def _is_whole(self, base: ast.expr, tables: AbstractSet[str]) -> bool:
        """Is this a table of all rows, made of the stacked ones alone?"""
        value = self.facts.value(base)
        if not isinstance(value, Data) or value.rows != self.stack.both:
            return False
        named = {part.id for part in ast.walk(base) if isinstance(part, ast.Name) and self._has_rows(part)}
        return bool(named) and named <= tables

    def _has_rows(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Data) and value.rows != NOTHING

    # ---- positions

    def _slice(self, rows: ast.Slice, at: int) -> int | None:
        if rows.step is not None:
            return None
        lower = rows.lower if not (isinstance(rows.lower, ast.Constant) and rows.lower.value == 0) else None
        if lower is None and rows.upper is not None:
            return FIRST if self._border(rows.upper, at) else None
        if lower is not None and rows.upper is None:
            return SECOND if self._border(lower, at) else None
        return None

    def _border(self, node: ast.expr, at: int) -> bool:
        """Is this the position where the first member ends?"""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self.count(node.operand, at) == SECOND
        return self.count(node, at) == FIRST

    def count(self, node: ast.expr, at: int) -> int | None:
        """The member whose number of rows an expression is."""
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[table], keywords=[]):
                return self._member(table, at)
            case ast.Subscript(value=ast.Attribute(value=table, attr="shape"), slice=ast.Constant(value=0)):
                return self._member(table, at)
            case ast.Name(id=name):
                found = writers(self.facts, name, before=at)
                bound = bound_by(self.facts.program.statements[found[0]], name) if len(found) == 1 else None
                if bound is None:
                    return None
                if bound.position == 0 and isinstance(bound.value, ast.Attribute) and bound.value.attr == "shape":
                    return self._member(bound.value.value, found[0])
                return self.count(bound.value, found[0]) if bound.position is None else None
            case _:
                return None

    def _member(self, table: ast.expr, at: int) -> int | None:
        """The member whose rows a table has, each of them once."""
        value = self.facts.value(table)
        rows = value.rows if isinstance(value, Data) else None
        side = next((side for side in (FIRST, SECOND) if rows == self.stack.rows[side]), None)
        return side if side is not None and self.once(table, at) else None

    def once(self, table: ast.expr, at: int) -> bool:
        """Does nothing on the way of a table multiply its rows?"""
        gathered = self.lowering.gathering.gather(table, at=at, stop_at_steps=False)
        nodes = [table, *(self.facts.program.statements[index].node for index in gathered.statements)]
        for part in (part for node in nodes for part in ast.walk(node)):
            call = self.facts.call(part) if isinstance(part, ast.Call) else None
            row = call.row if call is not None else None
            beside = isinstance(part, ast.Call) and any(
                k.arg == "axis" and isinstance(k.value, ast.Constant) and k.value.value in (1, "columns")
                for k in part.keywords
            )
            if getattr(row, "reorders", False) or (getattr(row, "role", "") in MULTIPLYING and not beside):
                return False
        return True

    # ---- masks

    def _mask(self, node: ast.expr, tables: AbstractSet[str]) -> int | None:
        """The member that a mask over a marker picks."""
        match node:
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                side = self._mask(operand, tables)
                return None if side is None else 1 - side
            case ast.Compare(
                left=left, ops=[ast.Eq() | ast.NotEq() as operator], comparators=[ast.Constant(value=value)]
            ):
                marks = self.markers.get(self._column(left, tables))
                equal = [one == value for one in marks] if marks is not None else []
                picked = [one == isinstance(operator, ast.Eq) for one in equal]
            case _:
                marks = self.markers.get(self._column(node, tables))
                picked = [one is True for one in marks] if marks is not None and {*map(type, marks)} == {bool} else []
        return {(True, False): FIRST, (False, True): SECOND}.get((picked[0], picked[1])) if picked else None

    def _unknown(self, node: ast.expr, tables: AbstractSet[str]) -> str:
        """The column that a mask finds missing, as in ``full[full["left"].isnull()]``."""
        match node:
            case ast.Call(func=ast.Attribute(value=column, attr=verb), args=[]) if verb in UNKNOWN:
                return self._column(column, tables)
            case ast.UnaryOp(
                op=ast.Invert(), operand=ast.Call(func=ast.Attribute(value=column, attr=verb), args=[])
            ) if verb in KNOWN:
                return self._column(column, tables)
            case _:
                return ""

    def known(self, node: ast.AST, tables: AbstractSet[str]) -> str:
        """The column by which ``full[full["left"].notnull()]`` picks the rows where it is known; "" for anything else."""
        match node:
            case (
                ast.Subscript(value=ast.Attribute(value=base, attr="loc"), slice=mask)
                | ast.Subscript(value=base, slice=mask)
            ):
                pass
            case _:
                return ""
        if not self._is_whole(base, tables):
            return ""
        match mask:
            case ast.Call(func=ast.Attribute(value=column, attr=verb), args=[]) if verb in KNOWN:
                return self._column(column, tables)
            case ast.UnaryOp(
                op=ast.Invert(), operand=ast.Call(func=ast.Attribute(value=column, attr=verb), args=[])
            ) if verb in UNKNOWN:
                return self._column(column, tables)
            case _:
                return ""

    def _column(self, node: ast.expr, tables: AbstractSet[str]) -> str:
        """The column of a stacked table that is read, as it was when the files were put together; "" for anything else."""
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(column))) if name in tables:
                pass
            case ast.Attribute(value=ast.Name(id=name), attr=column) if name in tables:
                pass
            case _:
                return ""
        held = self.provenance.before(Held(name, column), self.since)
        return column if held == Held(self.stack.name, column) and column not in self.excluded else ""


def _rows_of(index: ast.expr) -> ast.expr | None:
    """What picks the rows in ``[rows]`` and ``[rows, :]``; None where columns are picked, too."""
    match index:
        case ast.Tuple(elts=[rows, ast.Slice(lower=None, upper=None, step=None)]):
            return rows
        case ast.Tuple():
            return None
        case _:
            return index
