"""The way of the rows from the raw data to one call: what each lane holds, first stage first.

``scaler.fit_transform(X_train)`` below ``X = df.drop("price", axis=1)`` is the lane
``Root(df) > Code(X = df.drop(...)) > split, part "train" > Step(scaler)``.
"""

import ast
from dataclasses import dataclass, field

from nb2pkg.extract.names import snake
from nb2pkg.facts.values import Estimator, Learning

WITH = "with:"


@dataclass(frozen=True, slots=True)
class Root:
    """Where raw rows come from.

    ``entry`` is "frame" (the whole raw table), "data" or "target" (the arrays of a bundled dataset). ``load`` is the call, ``name``
    the variable that holds the table, ``building`` the statements that make it, the load included. Where several files are joined,
    ``files`` are the roots of each, and ``environment`` the statements that make the constants and functions of the joining code.
    """

    kind: str
    entry: str
    load: ast.Call
    statement: int
    name: str = ""
    building: tuple[int, ...] = ()
    bundle: str = ""
    files: tuple["Root", ...] = ()
    environment: tuple[int, ...] = ()

    def same_rows(self, other: "Root") -> bool:
        """Do both hold the same raw rows: of one load, or joined by the same statements?"""
        if self.files or other.files:
            return self.name == other.name and self.building == other.building and bool(self.files and other.files)
        return self.load is other.load


@dataclass(frozen=True, slots=True)
class Code:
    """The notebook's own statements between two points; ``result`` is read just before statement ``at`` ends.

    ``given`` is the variable that comes in ("" for the arrays of a bundled dataset, replaced by place), ``places`` the expressions that
    stand for the incoming rows, ``environment`` the statements that make constants and functions it uses. ``asides`` are the places
    of training rows of which only aggregates are taken, where the rows themselves are others: ``X_test - X_train.mean()``.
    """

    statements: tuple[int, ...]
    result: ast.expr
    at: int
    given: str
    places: tuple[ast.expr, ...]
    environment: tuple[int, ...]
    asides: frozenset[ast.AST] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """A fitted transformer that the whole table goes through: ``call`` is the transform, ``fit`` what taught it."""

    estimator: Estimator
    call: ast.Call
    statement: int
    fit: Learning
    name: str


@dataclass(frozen=True, slots=True)
class Split:
    """What parted the rows, and the part taken: a call, or (``by_hand``) an expression that takes a part of a choice."""

    call: ast.expr
    statement: int
    part: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Resample:
    """The call that repeats, makes up or leaves out training rows so that classes are even."""

    estimator: Estimator
    call: ast.Call
    statement: int


@dataclass(frozen=True, slots=True)
class Lane:
    """Root first, then the stages in data-flow order; ``cut`` is a slice of rows taken at the end; ``array`` where names got lost.

    ``passed`` are the statements that only gave rows a name on the way, ``named`` what the rows are called among the parts.
    """

    root: Root
    stages: tuple["Stage", ...]
    cut: tuple[int | None, int | None] | None = None
    array: bool = False
    passed: tuple[int, ...] = ()
    named: str = ""

    @property
    def part(self) -> str:
        """The rows: "all", a part such as "train" or "test", or what resampling made of those that are learned from."""
        return "resampled" if self.resampled else self.whole_part

    @property
    def resampled(self) -> tuple[ast.Call, ...]:
        """The calls that resampled the rows."""
        return tuple(stage.call for stage in self.stages if isinstance(stage, Resample))

    @property
    def whole_part(self) -> str:
        """The rows before they were resampled."""
        return self.named or next((split.part for split in self.splits), "all")

    @property
    def splits(self) -> tuple[Split, ...]:
        """The splits the rows went through, the first one first."""
        return tuple(stage for stage in self.stages if isinstance(stage, Split))

    @property
    def split(self) -> Split | None:
        """The first split the rows went through."""
        return next(iter(self.splits), None)

    def statements(self) -> frozenset[int]:
        """The statements that the rows go through."""
        steps = {stage.statement for stage in self.stages if isinstance(stage, Step)}
        return frozenset(steps.union(*(stage.statements for stage in self.stages if isinstance(stage, Code))))

    def learned(self) -> tuple[Step, ...]:
        """The fitted transformers of the lane."""
        return tuple(stage for stage in self.stages if isinstance(stage, Step))


Stage = Code | Step | Split | Resample


@dataclass(frozen=True, slots=True)
class Joint:
    """Rows of a train file and a test file that are prepared as one table, in the statements of a notebook told apart.

    ``train`` and ``test`` are the calls that read them, ``stacked`` is the statement that put them together. ``region`` are those
    that see the rows of both files, ``twins`` those about the other file alone, ``before`` those up to where they are put together.
    ``markers`` are columns that only tell the files apart, ``own`` those of the training rows alone, ``filled`` those of them that the
    other file got as a constant, ``known`` those that it must not have, by which
    ``picked`` expressions keep the training rows.
    """

    train: Root
    test: Root
    stacked: int
    region: frozenset[int]
    twins: frozenset[int]
    before: frozenset[int]
    markers: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    picked: frozenset[ast.AST] = frozenset()

    @property
    def reader(self) -> str:
        """The function that reads the other file."""
        return f"read_{snake(self.test.name or 'other')}"

    @property
    def rows(self) -> str:
        """The rows of both files, as the replay plan names them."""
        return f"{WITH}{self.reader}"


@dataclass(slots=True)
class Gathered:
    """What an expression needs: statements to keep, constants and functions, and the points where rows come in.

    ``parts`` are the parts of rows that are taken within it, where rows are parted by hand; ``asides`` the training rows of which
    rows of another part only take aggregates, ``walked`` what gave variables their values and has been seen.
    """

    statements: set[int] = field(default_factory=set)
    environment: set[int] = field(default_factory=set)
    called: dict[int, int] = field(default_factory=dict)
    names: dict[tuple[str, int], list[ast.expr]] = field(default_factory=dict)
    roots: dict[object, tuple[Root, list[ast.expr]]] = field(default_factory=dict)
    parts: list[tuple[ast.expr, str]] = field(default_factory=list)
    asides: set[ast.AST] = field(default_factory=set)
    walked: set[ast.AST] = field(default_factory=set)
