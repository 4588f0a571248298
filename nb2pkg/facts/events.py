"""What happened while the notebook was run abstractly, in order: scores, predictions, splits, saves, loads, failed look-ups."""

import ast
from typing import NamedTuple

from nb2pkg.facts.rows import Rows
from nb2pkg.facts.values import Content, Estimator, Learning, Value
from nb2pkg.source import Span


class Score(NamedTuple):
    """A metric or score call: how well ``estimator``, as fitted by ``fits``, does on ``rows``.

    ``weak`` marks predictions merely held against the truth (a subtraction, a comparison): evidence, not a reported score.
    """

    estimator: Estimator
    fits: tuple[Learning, ...]
    rows: Rows | None
    place: Span
    node: ast.AST
    statement: int
    label: str
    calls: tuple[Span, ...]
    static: bool
    weak: bool


class Predicted(NamedTuple):
    """A prediction (or transform) call on data."""

    estimator: Estimator
    fits: tuple[Learning, ...]
    data: Content
    place: Span
    node: ast.AST
    statement: int
    verb: str
    calls: tuple[Span, ...]
    static: bool


class Split(NamedTuple):
    """A call that parts rows: ``key`` names the choice, ``inputs`` the arrays parted."""

    key: object
    inputs: tuple[Value, ...]
    name: str
    place: Span
    node: ast.AST
    statement: int


class Saved(NamedTuple):
    """An object written to a file; ``fits`` are those of all it holds, until then; ``path`` None where only known at run time."""

    value: Value
    fits: tuple[Learning, ...]
    path: str | None
    format: str
    place: Span
    node: ast.AST
    statement: int
    calls: tuple[Span, ...]


class Loaded(NamedTuple):
    """Rows or an artifact read from outside."""

    value: Value
    path: str | None
    name: str
    place: Span
    node: ast.AST
    statement: int


class Reread(NamedTuple):
    """A call that reads a file which this program wrote; ``written`` is the last statement that did."""

    path: str
    written: int
    node: ast.AST
    statement: int


class PathUse(NamedTuple):
    """A path given to a call that reads or writes it; ``text`` as far as known, ``place`` where it is written down."""

    text: str
    place: Span
    use: Span
    name: str


class Moved(NamedTuple):
    """A call that changes the working directory or where modules are looked for; ``text`` the path where it is known."""

    name: str
    text: str | None
    place: Span


class Missing(NamedTuple):
    """A name that was read and not found; ``function`` is the place of the call where that happened inside a function."""

    name: str
    place: Span
    statement: int
    muted: bool
    calls: tuple[Span, ...]
    static: bool


class Call(NamedTuple):
    """A resolved call: full dotted name or "data.fillna", its API-table row, the receiver, and the arguments by name."""

    node: ast.Call
    name: str
    row: object
    receiver: Value | None
    args: dict[str, tuple[ast.expr, Value]]


class Events:
    """All that happened, in order; filled while the machine runs."""

    __slots__ = (
        "calls",
        "learnings",
        "loads",
        "missing",
        "moves",
        "paths",
        "predictions",
        "rereads",
        "saves",
        "scores",
        "selectors",
        "splits",
        "trials",
        "unknown_calls",
    )

    def __init__(self) -> None:
        self.learnings: list[Learning] = []
        self.scores: list[Score] = []
        self.predictions: list[Predicted] = []
        self.selectors: list[Learning] = []  # what chose features by their target
        self.splits: list[Split] = []
        self.trials: list[Learning] = []  # the fits of one fold, standing for each, in a call that cross-validates
        self.saves: list[Saved] = []
        self.loads: list[Loaded] = []
        self.rereads: list[Reread] = []
        self.paths: list[PathUse] = []
        self.missing: list[Missing] = []
        self.moves: list[Moved] = []
        self.calls: dict[int, Call] = {}
        self.unknown_calls = 0
