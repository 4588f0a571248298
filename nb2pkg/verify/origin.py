"""Which statement of a notebook made what a package has differently: the last one that wrote the column, or made its table.

``model.fit(X_train, y_train)`` differs in column ``age``: back through ``train_test_split(X, y)`` to X, through
``X = df[["age", "pay"]]`` to df, to ``df["age"] = df["age"].fillna(0)``, which wrote it.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.lower import CONTAINERS, Lowering
from nb2pkg.extract.provenance import ADDING, Held, Provenance
from nb2pkg.extract.trace import COMPOUND, Bound, bound_by
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Data
from nb2pkg.syntax import Statement
from nb2pkg.verify.difference import About, Difference, Kind, Subject
from nb2pkg.verify.places import Places, given_to
from nb2pkg.verify.recording import Site

WIDENING = ADDING | {"pandas.get_dummies"}
SHAPING = frozenset({"ravel", "reshape", "squeeze", "flatten", "to_frame", "reset_index"})
PRINTING = frozenset({"print", "display"})
FAR = 400
CHOICES = {Kind.ROWS: "rows", Kind.NAMES: "columns", Kind.COLUMNS: "columns"}


class Made(NamedTuple):
    """A statement, by the place and text of its first line; ``what`` it made: a column, a table, the choice of rows or columns ..."""

    cell: int
    line: int
    source: str
    what: str
    notebook: str = ""

    def as_json(self) -> dict[str, object]:
        """The form of verify.json; the notebook is named where there are several."""
        of = {"notebook": self.notebook} if self.notebook else {}
        return {**of, "cell": self.cell, "line": self.line, "source": self.source, "made": self.what}


class Column(NamedTuple):
    """A column on its way back: of the table that an expression of statement ``at`` gives, by name or, without one, by position."""

    table: ast.expr
    at: int
    name: str | None
    position: int | None


def made_by(facts: Facts, about: About, where: Difference | None) -> Made | None:
    """The statement that made what differs; None where nothing tells."""
    origins = Origins(facts)
    match about.subject:
        case Subject.ARGUMENT:
            return origins.argument(about, where)
        case Subject.VARIABLE:
            return origins.variable(about, where)
        case Subject.MODEL:
            return origins.model(about.site)
        case Subject.SPLIT:
            return origins.at_place(about.site, "split")
        case Subject.SCORE:
            return origins.at_place(about.site, "score")
        case Subject.PRINTED:
            return origins.printed(about.site)


class Origins:
    """Follows what a notebook made back to the statement that made it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.places = Places(facts)
        self.columns = Columns(Lowering(facts))
        self.provenance = Provenance(self.columns)

    # ---- what is asked

    def argument(self, about: About, where: Difference | None) -> Made | None:
        """What made the rows or the target that a call received."""
        statement = self.places.statement(about.site)
        call = self.places.call(about.site)
        if statement is None:
            return None
        given = given_to(call, about.name) if call is not None else None
        within = self.places.bound_within(statement, given, about.site) if given is not None else None
        if within is not None:
            return self._made(within, statement, "table")
        if given is not None and isinstance(statement.node, ast.FunctionDef):
            given, statement = self.places.outside(given, statement, about.site)
        if given is None or isinstance(statement.node, ast.FunctionDef | ast.ClassDef):
            return self._made(self.places.inner(statement, about.site), statement, "call")
        return self._follow(Column(given, statement.index, None, None), where)

    def variable(self, about: About, where: Difference | None) -> Made | None:
        """What made the value that a variable holds at the end of a cell."""
        last = max((one.index for one in self.facts.program.statements if one.cell == about.site.cell), default=-1)
        name = ast.Name(about.name, ast.Load())
        return self._follow(Column(name, last + 1, None, None), where)

    def model(self, site: Site) -> Made | None:
        """The statement that made the estimator which is fitted at a place."""
        for fit in reversed(self.facts.fits):
            if (fit.place.cell, fit.place.line) == site[:2] and fit.estimator is not None:
                made = self.places.statement(Site(*fit.estimator.place[:3]))
                return self._made(made.node, made, "model") if made is not None else None
        return self.at_place(site, "model")

    def at_place(self, site: Site, what: str) -> Made | None:
        """The statement at a place."""
        statement = self.places.statement(site)
        return self._made(self.places.inner(statement, site), statement, what) if statement is not None else None

    def printed(self, site: Site) -> Made | None:
        """The first statement of a cell that prints or shows something, and whether it is the only one."""
        own = [one for one in self.facts.program.statements if one.cell == site.cell]
        shown = [one for one in own if _prints(one.node) or (one is own[-1] and isinstance(one.node, ast.Expr))]
        first = next(iter(shown or own), None)
        return self._made(first.node, first, "text" if len(shown) == 1 else "texts") if first is not None else None

    # ---- the way back

    def _follow(self, column: Column, where: Difference | None) -> Made | None:
        """The statement that answers; for a column the package lacks the one that wrote it, else the one that chose columns."""
        found = self._back(column, where)
        if where is None or where.kind is not Kind.MISSING or (found is not None and found.what == "column"):
            return found
        return self._back(column, where._replace(kind=Kind.NAMES)) or found

    def _back(self, column: Column, where: Difference | None) -> Made | None:
        """Step by step to the statement that answers for the difference."""
        kind = where.kind if where is not None else Kind.VALUE
        if where is not None and kind is not Kind.ROWS:
            column = column._replace(name=where.name, position=where.column)
        added: Statement | None = None
        for _ in range(FAR):
            column, chosen = self._unwrapped(column, kind)
            if chosen or not isinstance(column.table, ast.Name):
                return self._stopped(column, added, kind)
            writer = self._writer(column.table.id, column.at)
            if writer is None:
                return self._stopped(column, added, kind) if added is not None else None
            before = self._before(writer, column, kind)
            if before is None:
                return self._written(writer, column, added, kind)
            if self._widens(writer.node):
                added = writer
            column = before
        return None

    def _stopped(self, column: Column, added: Statement | None, kind: Kind) -> Made | None:
        """The statement in whose middle the way ends."""
        if column.at >= len(self.facts.program.statements):
            return None
        statement = added or self.facts.program.statements[column.at]
        return self._made(statement.node, statement, CHOICES.get(kind, "table"))

    def _written(self, writer: Statement, column: Column, added: Statement | None, kind: Kind) -> Made:
        """The statement that wrote the column, or that read or made its whole table."""
        assert isinstance(column.table, ast.Name)
        whole = column.table.id in self.facts.effects[writer.index].binds
        if whole and added is not None and self._reads(writer.node):
            return self._made(added.node, added, "table")
        what = CHOICES.get(kind, "table") if whole or self._answers_for(writer.node, kind) else "column"
        return self._made(self._last_writing(writer.node, column), writer, what)

    def _unwrapped(self, column: Column, kind: Kind) -> tuple[Column, bool]:
        """Inside what only chooses, copies or reshapes; and whether that choice is what differs."""
        for _ in range(FAR):
            table, at = column.table, column.at
            selected = self.columns.selections.chosen(table)
            listed = self._listed(table)
            if selected is not None and selected.columns is None:
                if kind is Kind.ROWS:
                    return column, True
                column = column._replace(table=selected.base)
            elif listed is not None:
                if kind in (Kind.NAMES, Kind.COLUMNS):
                    return column, True
                inner, names = listed
                column = Column(inner, at, column.name or _at(names, column.position), None)
            elif (inside := self._container(table)) is not None:
                column = column._replace(table=inside)
            elif (read := self.columns.read(table)) is not None:
                column = Column(ast.Name(read[0], ast.Load()), at, read[1], None)
            else:
                return column, False
        return column, False

    def _listed(self, node: ast.expr) -> tuple[ast.expr, list[str]] | None:
        """The table and the columns that ``df[["a", "b"]]`` keeps, or ``df.drop(...)`` (no names: those that are left)."""
        if isinstance(node, ast.Subscript) and (names := self.columns.chosen(node.slice)) is not None:
            return node.value, names
        dropped = self.columns.dropped(node)
        return (dropped[0], []) if dropped is not None else None

    def _container(self, node: ast.expr) -> ast.expr | None:
        """What ``.values``, ``np.array(...)``, ``.copy()`` or ``.ravel()`` is of."""
        if isinstance(node, ast.Attribute) and node.attr == "values":
            return node.value
        if not isinstance(node, ast.Call):
            return None
        method = node.func if isinstance(node.func, ast.Attribute) else None
        if self.columns.lowering.name(node) in CONTAINERS:
            given = node.args[0] if node.args else None
            return method.value if method is not None and self._is_data(method.value) else given
        return method.value if method is not None and method.attr in SHAPING and self._is_data(method.value) else None

    def _is_data(self, node: ast.expr) -> bool:
        return isinstance(self.facts.value(node), Data)

    def _writer(self, name: str, before: int) -> Statement | None:
        """The last statement that surely bound the name or changed its value."""
        for index in range(min(before, len(self.facts.effects)) - 1, -1, -1):
            effects = self.facts.effects[index]
            if name in effects.binds or name in effects.mutates:
                return self.facts.program.statements[index]
        return None

    def _before(self, writer: Statement, column: Column, kind: Kind) -> Column | None:
        """The column before the statement; None where the statement answers for it."""
        assert isinstance(column.table, ast.Name)
        name = column.table.id
        bound = bound_by(writer, name)
        if bound is not None:
            return self._inside(bound, writer, column, kind)
        if name in self.facts.effects[writer.index].binds or (column.name is None and kind is Kind.VALUE):
            return None
        if self._answers_for(writer.node, kind):
            return None
        held = self.provenance.back(writer.node, Held(name, column.name or ""))
        return column._replace(at=writer.index, name=held.column or None) if held is not None else None

    def _inside(self, bound: Bound, writer: Statement, column: Column, kind: Kind) -> Column | None:
        """The column in the expression that its table is bound to."""
        source = column._replace(table=bound.value, at=writer.index)
        if bound.position is not None:
            given = self._parted(bound)
            return source._replace(table=given) if given is not None and kind is not Kind.ROWS else None
        unwrapped, chosen = self._unwrapped(source, kind)
        if isinstance(unwrapped.table, ast.Name):
            return source
        if chosen or column.name is None or kind is not Kind.VALUE:
            return None
        held = self.provenance.through(unwrapped.table, unwrapped.name or "")
        return Column(ast.Name(held.table, ast.Load()), writer.index, held.column, None) if held is not None else None

    def _answers_for(self, node: ast.stmt, kind: Kind) -> bool:
        """Does a change in place choose the rows, or the columns, that differ?"""
        if kind is Kind.ROWS:
            return isinstance(node, ast.Expr) and self.columns.selections.chosen(node.value) is not None
        return kind in (Kind.NAMES, Kind.COLUMNS) and self.columns.drops_in_place(node) is not None

    def _parted(self, bound: Bound) -> ast.expr | None:
        """What a part of a split is of."""
        call, position = bound.value, bound.position
        if not isinstance(call, ast.Call) or position is None or self.columns.lowering.role(call) != "split":
            return None
        return call.args[position // 2] if position // 2 < len(call.args) else None

    def _widens(self, node: ast.stmt) -> bool:
        """Does a statement join or encode, so that a column may begin here?"""
        calls = (part for part in ast.walk(node) if isinstance(part, ast.Call))
        return any(self.columns.lowering.name(call) in WIDENING for call in calls)

    def _reads(self, node: ast.stmt) -> bool:
        calls = (part for part in ast.walk(node) if isinstance(part, ast.Call))
        return any(self.columns.lowering.role(call) in ("load", "bundle") for call in calls)

    # ---- places

    def _last_writing(self, node: ast.stmt, column: Column) -> ast.stmt:
        """Of a loop or a branch, the statement inside that wrote the column last."""
        assert isinstance(column.table, ast.Name)
        name = column.table.id
        if not isinstance(node, COMPOUND):
            return node
        for inner in reversed(list(_bodies(node))):
            held = Held(name, column.name or "")
            if _mentions(inner, name) and self.provenance.back(inner, held) is None:
                return self._last_writing(inner, column)
        return node

    def _made(self, node: ast.stmt, statement: Statement, what: str) -> Made:
        return Made(statement.cell, node.lineno, self.places.lines(statement.cell)[node.lineno - 1].strip(), what)


def _prints(node: ast.stmt) -> bool:
    return any(isinstance(part, ast.Name) and part.id in PRINTING for part in ast.walk(node))


def _at(names: list[str], position: int | None) -> str | None:
    return names[position] if position is not None and position < len(names) else None


def _bodies(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements directly inside a compound statement."""
    for field in ("body", "handlers", "orelse", "finalbody"):
        for one in getattr(node, field, ()):
            yield from one.body if isinstance(one, ast.ExceptHandler) else (one,)


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))
