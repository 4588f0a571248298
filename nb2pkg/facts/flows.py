"""What flows from statement to statement by name: bindings, changes in place, random state, options, files, and what may be.

``df["x"] = 1`` in statement 3 and ``print(df)`` in statement 5 give ``Flow(3, cell, "df")`` to statement 5, beside the flow from
the statement that bound ``df``. Kept where values are asked for; lint does without.
"""

from collections.abc import Iterable, Iterator, Sequence

from nb2pkg.facts.values import Data, Frame, Function, Instance, Value, parts_of
from nb2pkg.graph import Flow

OPTIONS = "options of "
MOST_WRITERS = 50
MAGIC = -1  # stands for a statement where a magic binds a name
STAR, RUN, EXEC, MAGIC_NAME, BROKEN, UNKNOWN_CALL, WHEN_CALLED, HANDED = (
    "star import",
    "brought in by a magic",
    "exec or globals()",
    "bound by a magic",
    "cell does not parse",
    "unknown call",
    "when it is called",
    "function handed over",
)


class State:
    """Random numbers or options of a library, shared by all that draw from them; ``writers`` set or moved it."""

    __slots__ = ("name", "writers")

    def __init__(self, name: str, writers: frozenset[int]) -> None:
        self.name = name
        self.writers = writers


class Flows:
    """What was bound, set and handed over so far, and what flowed into the statement that runs now."""

    __slots__ = ("_guesses", "_may_bind", "_now", "_openers", "_options", "_random", "count", "imports", "seen")

    def __init__(self) -> None:
        self._now: set[Flow] = set()
        self._guesses: dict[int, tuple[Value, frozenset[int]]] = {}
        self._may_bind: dict[str, set[Flow]] = {}
        self._openers: list[tuple[int, Flow]] = []
        self._random: dict[str, dict[str, State]] = {}
        self._options: dict[str, dict[str, State]] = {}
        self.imports: set[int] = set()
        self.count = 0
        self.seen: set[tuple[int, int]] = set()

    def taken(self, statement: int, cells: Sequence[int]) -> frozenset[Flow]:
        """What flowed into the statement, which ends here; ``cells`` holds the cell of each statement."""
        flows = frozenset(
            flow._replace(cell=cells[flow.statement]) if flow.statement >= 0 else flow
            for flow in self._now
            if flow.statement != statement
        )
        sure = {(flow.statement, flow.name) for flow in flows if not flow.why}
        self._now = set()
        self.count += len(flows)
        return frozenset(flow for flow in flows if not flow.why or (flow.statement, flow.name) not in sure)

    # ---- names

    def bound(self, name: str) -> None:
        """A name is surely bound anew: what may have bound it before no longer matters."""
        self._may_bind.pop(name, None)

    def read(self, name: str, value: Value, binders: frozenset[int]) -> None:
        """A name of the notebook is read: what bound it, what changed its value, and what may have."""
        self._add(binders, name)
        last = max(binders, default=MAGIC)
        if last not in self.imports:
            self._now.update(flow._replace(name=name) for after, flow in self._openers if after >= last)
        self._now.update(self._may_bind.get(name, ()))
        self.changes(name, value, since=min(binders, default=MAGIC))

    def changes(self, name: str, value: Value, why: str = "", *, since: int = MAGIC) -> None:
        """What changed the value, or anything it holds, in place; ``name`` empty for a name of a function's own.

        What happened before ``since``, where the name was bound to it, that statement needs.
        """
        for part in parts_of(value):
            self._add((one for one in writers_of(part) if one >= since), name, why)
            guessed = self._guesses.get(id(part))
            if guessed is not None:
                self._add((one for one in guessed[1] if one >= since), name, why or UNKNOWN_CALL)

    def missing(self, name: str) -> None:
        """A name that nothing is known to bind: whatever may have bound any name, or this one."""
        self._now.update(flow._replace(name=name) for _, flow in self._openers)
        self._now.update(self._may_bind.get(name, ()))

    def _add(self, statements: Iterable[int], name: str, why: str = "") -> None:
        self._now.update(Flow(statement, 0, name, why) for statement in statements)

    # ---- what may be

    def open(self, statement: int, cell: int, why: str, *, after: int) -> None:
        """From here on, which is after a statement, any name may be there: an unresolved star import, ``exec``, ``%run``."""
        self._openers.append((after, Flow(statement, cell, "", why)))

    def may_bind(self, name: str, statement: int, cell: int, why: str) -> None:
        """This name may be bound here: by a magic, a cell that does not parse, a function somebody may call."""
        self._may_bind.setdefault(name, set()).add(Flow(statement, cell, name, why))

    def guess(self, parts: Iterable[Value], statement: int) -> None:
        """An unknown call may have changed these."""
        for part in parts:
            _, before = self._guesses.get(id(part), (part, frozenset[int]()))
            self._guesses[id(part)] = (part, frozenset(sorted(before)[-MOST_WRITERS:]) | {statement})

    def handed(self, name: str, value: Value, binders: Iterable[int]) -> None:
        """A function that reads this name was handed to code that may call it."""
        self._add(binders, name, HANDED)
        self.changes(name, value, HANDED)

    def called_later(self) -> None:
        """All that flows now flows only when a function that nobody calls is called."""
        self._now = {flow._replace(why=flow.why or WHEN_CALLED) for flow in self._now if flow.why != UNKNOWN_CALL}

    # ---- state of libraries, files

    def seed(self, library: str, families: Iterable[str], statement: int, *, kept: bool) -> None:
        """Random numbers of these families start anew here."""
        name = f"random state of {library}"
        states = [self._random.setdefault(family, {}) for family in families]
        before = [held[name].writers for held in states if kept and name in held]
        state = State(name, frozenset({statement}).union(*before))
        for held in states:
            held[name] = state

    def draw(self, family: str, statement: int) -> None:
        """Numbers are drawn: they depend on the seed and on what was drawn since, and so do later ones on these."""
        for state in self._random.get(family, {}).values():
            self._add(state.writers, state.name)
            state.writers = frozenset(sorted(state.writers)[-MOST_WRITERS:]) | {statement}

    def set_option(self, library: str, families: Iterable[str], statement: int) -> None:
        """What calls of these families do depends on this statement."""
        name = f"{OPTIONS}{library}"
        for family in families:
            state = self._options.setdefault(family, {}).setdefault(name, State(name, frozenset()))
            state.writers |= {statement}

    def use(self, *families: str) -> None:
        """A call of these families runs under the options set so far."""
        for family in families:
            for state in self._options.get(family, {}).values():
                self._add(state.writers, state.name)

    def read_file(self, path: str, statement: int) -> None:
        """A file is read that a statement wrote."""
        self._add([statement], path)

    def from_cell(self, cell: int, path: str) -> None:
        """A module is imported that a cell writes by a magic."""
        self._now.add(Flow(MAGIC, cell, path))


def writers_of(part: Value) -> Iterator[int]:
    """The statements that changed the value itself, what it is a view of, its class, or the variables it closes over.

    Of very many the last ones, for each of these needs those before it.
    """
    yield from part.writers[-MOST_WRITERS:]
    base = part.base if isinstance(part, Data) else None
    while base is not None:
        yield from base.writers[-MOST_WRITERS:]
        base = base.base
    if isinstance(part, Instance):
        yield from part.cls.writers
    frame: Frame | None = part.frame if isinstance(part, Function) else None
    while frame is not None:
        yield from frame.writers
        frame = frame.outer
