"""A stretch of the notebook's own statements between two points of a lane, and how its lines are written."""

import ast
import textwrap
from dataclasses import dataclass
from typing import NamedTuple

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.edits import Edits
from nb2pkg.extract.lane import Code
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import unused
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.values import Data

MODULE = "data/preprocessing.py"
ARRAY_METHODS = frozenset({"to_numpy", "reshape", "ravel", "flatten"})
SPARSE = "scipy.sparse."
ARRAYS = frozenset(
    {f"numpy.{name}" for name in ("array", "asarray", "column_stack", "concatenate", "hstack", "vstack")}
)


@dataclass(frozen=True, slots=True)
class Line:
    """A statement of the stretch, or its result (``index`` None); ``learnt`` is what it learns.

    ``rows`` are the rows that it saw, where the stretch chooses rows on its way: "raw" before that, "all" after it, "some" in between.
    """

    index: int | None
    node: ast.stmt | ast.expr
    learnt: tuple[Learnt, ...] = ()
    rows: str = ""


class Needs(NamedTuple):
    """``listed``: the raw columns by name, None where nobody can list them; ``unseen``: raw columns that the rows come without.

    ``away`` are those of the unseen that are only dropped, and have nothing to do with the target.
    """

    listed: tuple[str, ...] | None = None
    unseen: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()


EVERYTHING = Needs()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of code with what is known about its rows: their part, the raw columns that the target reads, and what it is called.

    ``positional``: the target is a column by its number, so that nobody knows which. ``raw``: what the whole lane needs of raw rows.
    ``array``: the notebook may have an array where the package has a table, so that an aggregate of the whole is another number.
    ``last``: only fitted transformers come after it.
    """

    code: Code
    rows: str
    needed: frozenset[str]
    first: bool
    subject: str
    answer: frozenset[str] = frozenset()
    positional: bool = False
    raw: Needs = EVERYTHING
    array: bool = False
    last: bool = False


class BodyWriter:
    """Writes the lines of functions."""

    def __init__(self, lowering: Lowering, sources: Sources, pieces: Pieces, columns: Columns) -> None:
        self.facts = lowering.facts
        self.sources = sources
        self.pieces = pieces
        self.columns = columns

    def copied(self, lines: list[Line], given: str, body: list[str]) -> list[str]:
        changed = any(line.index is not None and given in self.facts.effects[line.index].mutates for line in lines)
        return [f"{given} = {given}.copy()", *body] if changed else body

    # ---- functions and transformers

    def step_name(self, name: str) -> str:
        return unused(name, {step.name for step in self.pieces.steps})

    def told(self, lines: list[Line], what: str) -> str:
        cells = sorted({self.facts.program.statements[line.index].cell for line in lines if line.index is not None})
        if not cells:
            return f"{what}."
        where = f"cell {cells[0]} does" if len(cells) == 1 else f"cells {cells[0]} to {cells[-1]} do"
        return f"{what} as {where} in the notebook."

    def words(self, lines: list[Line]) -> str:
        """What the notebook says right above the cells of these lines."""
        statements = self.facts.program.statements
        return self.pieces.words.of(statements[line.index].cell for line in lines if line.index is not None)

    def returned(self, lines: list[Line]) -> str:
        """The type that a function of these lines gives back; the last one is its result."""
        node = lines[-1].node
        if isinstance(node, ast.Name):
            made = [line.node for line in lines if isinstance(line.node, ast.Assign) and node.id in stored(line.node)]
            plain = [one.value for one in made if isinstance(one.targets[0], ast.Name)]
            if plain and self._is_array(plain[-1]) and plain[-1] is made[-1].value:
                node = plain[-1]
        value = self.facts.value(node)
        if self._is_array(node):
            self.pieces.preprocessing.add("numpy", "np")
            return "np.ndarray"
        if (isinstance(value, Data) and value.column is not None) or self.columns.read(node) is not None:
            return "pd.Series"
        call = self.facts.call(node) if isinstance(node, ast.Call) else None
        return "object" if call is not None and call.name.startswith(SPARSE) else "pd.DataFrame"

    def _is_array(self, node: ast.AST) -> bool:
        """Do the words of the result say that it is an array, as the stubs of the libraries read them?"""
        match node:
            case ast.Attribute(attr="values"):
                return True
            case ast.Subscript(value=value):
                return self._is_array(value)
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in ARRAY_METHODS:
                return True
            case ast.Call():
                call = self.facts.call(node)
                return call is not None and call.name in ARRAYS
            case _:
                return False

    def body(self, lines: list[Line], edits: Edits) -> list[str]:
        texts = []
        for line in lines:
            if line.index is None:
                text = line.node.id if isinstance(line.node, ast.Name) else edits.text(line.node)
                texts.append(f"return {text.removesuffix('.copy()')}")
            else:
                statement = self.facts.program.statements[line.index]
                texts += [*self.sources.comments_above(statement), edits.text(line.node)]
        return texts


def live(lines: list[Line], position: int, given: str) -> set[str]:
    """The variables that lines from ``position`` on read and that lines before it made."""
    made = {given}
    for line in lines[:position]:
        made |= stored(line.node)
    needed: set[str] = set()
    for line in reversed(lines[position:]):
        needed -= stored(line.node)
        needed |= {name.id for name in free_names(line.node)}
    return needed & made


def stored(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def indent(lines: list[str]) -> list[str]:
    """Lines, each one level deeper; a statement of several lines keeps its shape."""
    return [textwrap.indent(line, "    ") if line else "" for line in lines]


def only_names(node: ast.AST) -> bool:
    """Does a statement bind plain names and nothing else?"""
    return isinstance(node, ast.Assign) and all(
        isinstance(one, ast.Name)
        for target in node.targets
        for one in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
    )


def unwrapped(node: ast.expr) -> ast.expr:
    """A selecting expression without its last conversion to an array."""
    if isinstance(node, ast.Attribute) and node.attr == "values":
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "to_numpy":
        return node.func.value
    return node
