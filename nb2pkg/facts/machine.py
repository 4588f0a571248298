"""The state of an abstract run: scopes, the journal of writes, the events so far."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from nb2pkg.apis import ApiTable
from nb2pkg.facts.events import Events, Reread
from nb2pkg.facts.flows import Flows
from nb2pkg.facts.joining import join
from nb2pkg.facts.rows import Rows
from nb2pkg.facts.values import Column, Constant, Content, Data, Estimator, Frame, Function, Learning, Unknown, Value
from nb2pkg.source import Span
from nb2pkg.syntax import Program

STEP_LIMIT = 60_000
PARTS_IN_A_STEP = 16
CALL_DEPTH = 3


class StepLimitError(Exception):
    """The notebook is too large to follow to its end."""


class Namespace(Protocol):
    """What a journal entry can be written back to."""

    def __setitem__(self, key: str, value: Value) -> None: ...


Write = tuple[object, str, object]  # (dict or object, key or attribute, what was there; ABSENT where nothing)
ABSENT = object()


class Machine:
    """One abstract run of one notebook."""

    __slots__ = (
        "_expressions",
        "_statements",
        "ascii",
        "bound",
        "bound_at",
        "builtins",
        "call_stack",
        "call_unknown",
        "cell",
        "cells",
        "conditional", "declared", "elsewhere",
        "events",
        "files",
        "flows",
        "follow",
        "frame",
        "functions",
        "globals",
        "journal",
        "keep",
        "lines",
        "loop_names",
        "looping",
        "loops",
        "maybe",
        "mutated",
        "mutes",
        "names_read",
        "open_functions",
        "optional",
        "program",
        "reads",
        "returns",
        "star",
        "statement",
        "static",
        "steps",
        "table",
        "tentative",
        "texts",
        "unknown_cells",
        "values", "written",
    )  # fmt: skip

    def __init__(
        self,
        program: Program,
        table: ApiTable,
        *,
        expressions: Mapping[type[ast.expr], Callable[..., Value]],
        statements: Mapping[type[ast.stmt], Callable[..., bool | None]],
        follow: Callable[..., Value],
        call_unknown: Callable[..., Value],
        builtins: frozenset[str],
        keep: bool,
    ) -> None:
        self._expressions = expressions
        self._statements = statements
        self.follow = follow
        self.call_unknown = call_unknown
        self.program = program
        self.table = table
        self.keep = keep
        self.flows = Flows() if keep else None
        self.builtins = builtins
        self.globals: dict[str, Value] = {}
        self.frame: Frame | None = None
        self.journal: list[Write] | None = None
        self.events = Events()
        self.files: dict[str, Value] = {}
        self.written: dict[str, int] = {}
        self.functions: list[Function] = []
        self.texts = {cell.cell.number: cell.text for cell in program.cells}
        self.cells = [statement.runs_in for statement in program.statements]
        self.elsewhere = {
            node: cell for one in program.statements for part, cell in one.elsewhere for node in ast.walk(part)
        }
        self.lines: dict[int, list[str]] = {}
        self.ascii = {number: text.isascii() for number, text in self.texts.items()}
        self.cell = 0
        self.statement = -1
        self.steps = 0
        self.static = False
        self.star = False
        self.mutes = 0
        self.tentative: list[list[tuple[str, frozenset[int]]]] = []
        self.conditional = 0
        self.looping = 0
        self.loop_names: dict[ast.stmt, frozenset[str]] = {}
        self.loops: tuple[tuple[ast.stmt, bool], ...] = ()  # outermost first; True where followed once for all rounds
        self.declared: set[str] = set()
        self.call_stack: tuple[Span, ...] = ()
        self.open_functions: list[ast.AST] = []
        self.returns: list[list[Value]] = []
        self.values: dict[ast.AST, Value] = {}
        self.bound: set[str] = set()
        self.bound_at: dict[str, frozenset[int]] = {}
        self.reads: set[int] = set()
        self.names_read: set[str] = set()
        self.mutated: dict[int, object] = {}
        self.maybe: dict[int, Value] = {}
        self.optional: dict[int, Value] = {}
        self.unknown_cells = frozenset(name for cell in program.cells if cell.error for name in cell.error.names)

    def place(self, node: ast.AST) -> Span:
        """Where the node stands, in characters from 1."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        end_line, end_column = (
            getattr(node, "end_lineno", line) or line,
            getattr(node, "end_col_offset", column) or column,
        )
        cell = self.elsewhere.get(node, self.cell)
        if not self.ascii.get(cell, True):
            if cell not in self.lines:
                self.lines[cell] = self.texts[cell].split("\n")
            lines = self.lines[cell]
            column = characters(lines, line, column)
            end_column = characters(lines, end_line, end_column)
        return Span(cell, line, column + 1, end_line, end_column + 1)

    def charge(self, parts: int) -> None:
        """Count the work on a value of many parts, which is more than a step: what is made of itself again and again grows."""
        self.steps += parts // PARTS_IN_A_STEP

    def evaluate(self, node: ast.expr) -> Value:
        """What the expression is worth."""
        self.steps += 1
        if self.steps > STEP_LIMIT:
            raise StepLimitError
        value = self._expressions[type(node)](self, node)
        if self.keep and not self.call_stack:
            self.values[node] = value
        return value

    def run(self, node: ast.stmt) -> bool:
        """Run one statement; True where control ends in it (return, raise, break, continue)."""
        self.steps += 1
        handler = self._statements.get(type(node))
        return handler is not None and bool(handler(self, node))

    def block(self, body: Sequence[ast.stmt]) -> bool:
        """Run statements in order; True where control ends in them."""
        return any(self.run(statement) for statement in body)

    # ---- writing, so that it can be taken back

    def set_item(self, names: dict[str, Value], key: str, value: Value) -> None:
        """Bind a name in a scope."""
        if self.journal is not None:
            self.journal.append((names, key, names.get(key, ABSENT)))
        names[key] = value

    def set_field(self, owner: Value, field: str, value: object) -> None:
        """Replace a field of a value."""
        if self.journal is not None:
            self.journal.append((owner, field, getattr(owner, field)))
        setattr(owner, field, value)

    def touched(self, value: Value) -> None:
        """Note that the current statement changed the value in place."""
        if not value.writers or value.writers[-1] != self.statement:
            value.writers = (*value.writers, self.statement)
        self.mutated[id(value)] = value

    def is_last_of_cell(self) -> bool:
        """Is the current statement the last of its cell, whose value is shown?"""
        return self.statement + 1 == len(self.cells) or self.cells[self.statement + 1] != self.cells[self.statement]

    def read_file(self, path: str, node: ast.AST) -> None:
        """Note that the current statement reads a file that the notebook wrote."""
        self.reads.add(self.written[path])
        self.events.rereads.append(Reread(path, self.written[path], node, self.statement))
        if self.flows is not None:
            self.flows.read_file(path, self.written[path])

    def touched_frame(self, frame: Frame) -> None:
        """Note that the current statement bound a variable that a function closes over."""
        frame.writers = (*frame.writers, self.statement)
        self.mutated[id(frame)] = frame

    def write(self, data: Data, content: Content) -> None:
        """Replace what a table holds; a column that is a view writes through to its table."""
        self.set_field(data, "content", content)
        self.touched(data)
        base, column = data.base, data.column
        if base is not None:
            inner = base.content
            if column is not None:
                by_column = {**inner.by_column, column: _column(content)}
                self.write(base, inner._replace(by_column=by_column))
            else:
                self.write(base, inner._replace(learned=inner.learned | content.taught()))

    def branch(self, arms: Sequence[Callable[[], bool]]) -> bool:
        """Run each arm from the same state and join what they wrote; an arm says whether control ended in it.

        Returns whether control ended in all of them.
        """
        outer, finals, ended = self.journal, [], []
        self.conditional += 1
        for arm in arms:
            self.journal = []
            stops = arm()
            ended.append(stops)
            finals.append(
                _take_back(self.journal, local=(self.frame.names if self.frame else self.globals) if stops else None)
            )
        self.journal = outer
        self.conditional -= 1
        for (_, key), owner, values in _joined(finals, arms=len(arms), ended=ended):
            self._join(owner, key, values)
        return all(ended)

    def _join(self, owner: object, key: str, values: list[object]) -> None:
        if isinstance(owner, dict):
            now = owner.get(key, ABSENT)
        else:
            now = getattr(owner, key)
        values = [now if value is KEPT else value for value in values]
        known = [value for value in values if value is not ABSENT]
        if not known:
            return
        result = known[0]
        for value in known[1:]:
            result = result | value if owner is self.bound_at else self.joined(result, value)  # type: ignore[operator]
        if self.journal is not None:
            self.journal.append((owner, key, now))
        if isinstance(owner, dict):
            owner[key] = result
        else:
            setattr(owner, key, result)

    def joined(self, one: object, other: object) -> object:
        """What either of two branches left; that it may also be None or unknown is remembered."""
        result = join(one, other)
        if isinstance(result, Value) and not (_is_there(one) and _is_there(other)):
            self.optional[id(result)] = result
        return result

    @contextmanager
    def loop(self, node: ast.stmt, *, once: bool) -> Iterator[None]:
        """Within, statements are run again and again; ``once`` where they are followed once for all rounds."""
        self.looping += 1
        before = self.loops
        self.loops = (*before, (node, once))
        try:
            yield
        finally:
            self.looping, self.loops = self.looping - 1, before

    def bound_by(self, loop: ast.stmt) -> frozenset[str]:
        """The names that a loop binds."""
        if loop not in self.loop_names:
            parts = (part for part in ast.walk(loop) if isinstance(part, ast.Name))
            self.loop_names[loop] = frozenset(part.id for part in parts if isinstance(part.ctx, ast.Store))
        return self.loop_names[loop]

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Within, a name that is not found is expected."""
        self.mutes += 1
        yield
        self.mutes -= 1

    # ---- learning

    def learn(
        self,
        kind: str,
        rows: Rows | None,
        node: ast.AST,
        label: str,
        *,
        estimator: Estimator | None = None,
        data: Content | None = None,
        target: Content | None = None,
        verb: str = "",
    ) -> Learning:
        """Record that something was learned here."""
        self.charge(len(data.learned) if data is not None else 0)
        learning = Learning(
            kind=kind, rows=rows, place=self.place(node), node=node, statement=self.statement, label=label, calls=self.call_stack,
            static=self.static, estimator=estimator, data=data, target=target, verb=verb, number=len(self.events.learnings),
        )  # fmt: skip
        self.events.learnings.append(learning)
        return learning

    def unknown(self, *of: Value) -> Unknown:
        """A value the engine cannot tell."""
        return Unknown(of)


def _is_there(value: object) -> bool:
    return isinstance(value, Value) and not isinstance(value, Constant | Unknown)


KEPT = object()


def characters(lines: list[str], line: int, column: int) -> int:
    """The character column of a byte column."""
    if line > len(lines):
        return column
    return len(lines[line - 1].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))


def _column(content: Content) -> Column:
    return Column(content.taught(), content.predicted)


Finals = dict[tuple[int, str], tuple[object, object]]


def _take_back(journal: list[Write], *, local: dict[str, Value] | None) -> Finals:
    """Undo the journal; what was written last at each place. An arm that ended control loses what it bound in ``local``."""
    finals: Finals = {}
    for owner, key, before in reversed(journal):
        place = (id(owner), key)
        if isinstance(owner, dict):
            if place not in finals and owner is not local:
                finals[place] = (owner, owner.get(key, ABSENT))
            if before is ABSENT:
                owner.pop(key, None)
            else:
                owner[key] = before
        else:
            if place not in finals:
                finals[place] = (owner, getattr(owner, key))
            setattr(owner, key, before)
    return finals


def _joined(
    finals: list[Finals], *, arms: int, ended: list[bool]
) -> Iterator[tuple[tuple[int, str], object, list[object]]]:
    """Each place written in any arm with its value after every arm; KEPT where an arm did not write it."""
    live = [i for i in range(arms) if not ended[i]] or list(range(arms))
    order = {place: owner for final in finals for place, (owner, _) in final.items()}
    for place, owner in order.items():
        values = [finals[i][place][1] if place in finals[i] else KEPT for i in live]
        values += [finals[i][place][1] for i in range(arms) if i not in live and place in finals[i]]
        yield place, owner, values
