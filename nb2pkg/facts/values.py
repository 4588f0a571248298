"""What a variable can hold while a notebook is run abstractly: values have identity, contents are frozen."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from nb2pkg.apis import Row
from nb2pkg.facts.rows import Choice, Rows
from nb2pkg.source import Span


class Learning:
    """A place where something was learned from rows: a fit, a statistic, an encoding, a resampling.

    ``kind`` is the API table's ("statistic", "vocabulary", "category", "bins", "selection", "model" ...); ``estimator`` is
    None for a statistic by hand; ``data``/``target`` are what was given; ``calls`` are the calls that led here, outermost first;
    ``number`` counts them as they happened.
    """

    __slots__ = (
        "by_hand",
        "calls",
        "data",
        "estimator",
        "kind",
        "label",
        "node",
        "number",
        "place",
        "rows",
        "statement",
        "static",
        "target",
        "verb",
    )

    def __init__(
        self,
        *,
        kind: str,
        rows: Rows | None,
        place: Span,
        node: ast.AST,
        statement: int,
        label: str,
        calls: tuple[Span, ...] = (),
        static: bool = False,
        estimator: "Estimator | None" = None,
        data: "Content | None" = None,
        target: "Content | None" = None,
        verb: str = "",
        number: int = -1,
    ) -> None:
        self.kind = kind
        self.rows = rows
        self.place = place
        self.node = node
        self.statement = statement
        self.label = label
        self.calls = calls
        self.static = static
        self.estimator = estimator
        self.data = data
        self.target = target
        self.verb = verb
        self.number = number
        self.by_hand = estimator is None


def in_order(learned: Iterable[Learning]) -> list[Learning]:
    """What was learned, first things first: sets of them have another order in each run."""
    return sorted(learned, key=lambda one: one.number)


class Prediction(NamedTuple):
    """Where predicted values come from: the model, its fits so far, the rows predicted on."""

    estimator: "Estimator"
    fits: tuple[Learning, ...]
    rows: Rows | None


Learned = frozenset[Learning]
UNTAUGHT: Learned = frozenset()


class Column(NamedTuple):
    """What is known of one column apart from its table."""

    learned: Learned = UNTAUGHT
    predicted: Prediction | None = None


class Content(NamedTuple):
    """What a table, series or array holds: rows, what influenced its values, per column where that differs.

    ``rows`` None is unknown. ``learned`` counts for every column that ``by_column`` does not name. ``names`` are the columns, None
    where unknown. ``compared`` marks predictions held against the truth, ``single`` one row alone: what is computed from it is
    computed for each row.
    """

    rows: Rows | None
    learned: Learned = UNTAUGHT
    by_column: Mapping[str, Column] = MappingProxyType({})
    names: tuple[str, ...] | None = None
    predicted: Prediction | None = None
    compared: bool = False
    single: bool = False

    def taught(self) -> Learned:
        """All that any column learned."""
        return self.learned.union(*(c.learned for c in self.by_column.values())) if self.by_column else self.learned


class Value:
    """Anything a variable can hold; ``writers`` are the statements that changed it in place."""

    __slots__ = ("writers",)

    def __init__(self) -> None:
        self.writers: tuple[int, ...] = ()


class Constant(Value):
    """A literal, with the place where it was written."""

    __slots__ = ("node", "place", "value")

    def __init__(self, value: object, node: ast.AST | None = None, place: Span | None = None) -> None:
        self.writers = ()
        self.value = value
        self.node = node
        self.place = place


class Data(Value):
    """A table, series, array or sparse matrix. ``base`` is what it is a view of, ``mask`` the choices it makes as an index."""

    __slots__ = ("base", "column", "content", "index", "mask")

    def __init__(
        self,
        content: Content,
        *,
        base: "Data | None" = None,
        column: str | None = None,
        mask: tuple[Choice, ...] = (),
        index: bool = False,
    ) -> None:
        self.writers = ()
        self.content = content
        self.base = base
        self.column = column
        self.mask = mask
        self.index = index

    @property
    def rows(self) -> Rows | None:
        """Which rows these are; None where unknown."""
        return self.content.rows

    @property
    def columns(self) -> tuple[str, ...] | None:
        """Column names where known."""
        return self.content.names

    @property
    def learned(self) -> Learned:
        """Every learning that influenced the values."""
        return self.content.taught()


class Indexer(Value):
    """``df.loc``, ``df.iloc``, ``df.at``: waits for its subscript."""

    __slots__ = ("data", "name")

    def __init__(self, data: Data, name: str) -> None:
        self.writers = ()
        self.data = data
        self.name = name


class Group(Value):
    """A GroupBy over data, ``by`` these words, or a window (``rolling``) that looks at neighbouring rows only."""

    __slots__ = ("by", "data", "window")

    def __init__(self, data: Data, *, by: tuple[str, ...] = (), window: bool = False) -> None:
        self.writers = ()
        self.data = data
        self.by = by
        self.window = window


class Estimator(Value):
    """An object of a known class of the API tables (transformer, model, splitter, search, pipeline).

    ``origin`` is "made", "loaded" or "parameter". ``marks`` say what else is known: "cross-validated", "validated", "escaped".
    """

    __slots__ = ("cls", "fits", "kind", "marks", "node", "origin", "parameters", "parts", "place", "row")

    def __init__(
        self, cls: str, row: Row | None, kind: str, *, place: Span, node: ast.AST, origin: str = "made"
    ) -> None:
        self.writers = ()
        self.cls = cls
        self.row = row
        self.kind = kind
        self.place = place
        self.node = node
        self.origin = origin
        self.parameters: dict[str, Value] = {}
        self.parts: tuple[Estimator, ...] = ()
        self.fits: tuple[Learning, ...] = ()
        self.marks: frozenset[str] = frozenset()

    @property
    def short(self) -> str:
        """The class name without its module."""
        return self.cls.rpartition(".")[2] or self.kind

    @property
    def told(self) -> str:
        """The class in backquotes; of a search also what it tunes, for a search and its best estimator are one value here."""
        tuned = self.parameters.get(self.row.estimator) if self.kind == "search" and self.row is not None else None
        inner = f"{tuned.told} tuned by " if isinstance(tuned, Estimator) else ""
        return f"{inner}`{self.short}{'(…)' if self.short[:1].islower() else ''}`"


class Library(Value):
    """A module, function or class of an installed library, by full dotted name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.writers = ()
        self.name = name


class Function(Value):
    """A user's function or lambda with the frame it closes over; ``owner`` is the object of a bound method."""

    __slots__ = ("called", "cell", "defaults", "frame", "node", "owner", "statement")

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        frame: "Frame | None",
        *,
        cell: int,
        statement: int,
        defaults: tuple[Value | None, ...],
    ) -> None:
        self.writers = ()
        self.node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda = node
        self.frame = frame
        self.cell = cell
        self.statement = statement
        self.defaults = defaults
        self.owner: Value | None = None
        self.called = False


class UserClass(Value):
    """A user's class; ``library`` is the API-table row of the first base that has one."""

    __slots__ = ("attributes", "library", "name", "node", "place")

    def __init__(self, node: ast.ClassDef, attributes: dict[str, Value], library: Library | None, place: Span) -> None:
        self.writers = ()
        self.node = node
        self.name = node.name
        self.attributes = attributes
        self.library = library
        self.place = place


class Instance(Value):
    """An object of a user's class that is no estimator."""

    __slots__ = ("attributes", "cls")

    def __init__(self, cls: UserClass) -> None:
        self.writers = ()
        self.cls = cls
        self.attributes: dict[str, Value] = {}


class Collection(Value):
    """A list, tuple, set or dict. ``items`` None: elements unknown, ``element`` stands for any of them."""

    __slots__ = ("element", "form", "items", "keys")

    def __init__(
        self, form: str, items: tuple[Value, ...] | None, *, keys: tuple[Value, ...] = (), element: Value | None = None
    ) -> None:
        self.writers = ()
        self.form = form
        self.items = items
        self.keys = keys
        self.element = element


class Unknown(Value):
    """Something the engine cannot tell; it remembers what it was made of. ``parameter`` marks an argument of a function nobody calls."""

    __slots__ = ("data", "estimator", "of", "parameter")

    def __init__(self, of: tuple[Value, ...] = (), *, parameter: str | None = None) -> None:
        self.writers = ()
        self.of = of
        self.parameter = parameter
        self.data: Data | None = None
        self.estimator: Estimator | None = None


class Either(Unknown):
    """One of the functions, classes or objects in ``of``: a condition decides which one when the notebook runs."""

    __slots__ = ()


class Frame:
    """The names of one scope; ``outer`` is the enclosing function's frame, None directly below the notebook's globals.

    ``writers`` are the statements in which an inner function bound names here (``nonlocal``).
    """

    __slots__ = ("comprehension", "globals", "names", "nonlocals", "outer", "writers")

    def __init__(self, outer: "Frame | None" = None, *, comprehension: bool = False) -> None:
        self.names: dict[str, Value] = {}
        self.outer = outer
        self.globals: frozenset[str] = frozenset()
        self.nonlocals: frozenset[str] = frozenset()
        self.comprehension = comprehension
        self.writers: tuple[int, ...] = ()

    def beyond(self) -> "Frame | None":
        """The scope that ``:=`` binds in: the nearest that is no comprehension's, None for the globals."""
        frame: Frame | None = self
        while frame is not None and frame.comprehension:
            frame = frame.outer
        return frame


def parts_of(value: Value) -> Iterator[Value]:
    """The value and everything it is known to hold, one level at a time, no value twice."""
    if not isinstance(value, HOLDERS):
        yield value
        return
    seen: set[int] = set()
    waiting: list[Value] = [value]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or len(seen) > 200:
            continue
        seen.add(id(one))
        yield one
        waiting.extend(reversed(_held(one)))


def holds_any(value: Value, wanted: Mapping[int, object]) -> bool:
    """Does the value hold one of these, by identity? Asked for every variable after every change, hence without a generator."""
    seen: set[int] = set()
    waiting = [value]
    while waiting and len(seen) <= 200:
        one = waiting.pop()
        if id(one) in wanted:
            return True
        if isinstance(one, HOLDERS) and id(one) not in seen:
            seen.add(id(one))
            waiting.extend(_held(one))
    return False


HOLDERS = (Collection, Estimator, Instance, Unknown)


def _held(value: Value) -> tuple[Value, ...]:
    match value:
        case Collection():
            return (*(value.items or ()), *(() if value.element is None else (value.element,)))
        case Estimator():
            return value.parts
        case Instance():
            return tuple(value.attributes.values())
        case Unknown():
            return value.of
        case _:
            return ()


def fits_of(value: Value) -> tuple[Learning, ...]:
    """The fits so far of every estimator that the value is or holds."""
    held = (part for part in parts_of(value) if isinstance(part, Estimator))
    return tuple(dict.fromkeys(fit for part in held for fit in part.fits))
