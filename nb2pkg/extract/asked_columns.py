"""Lists of columns that the notebook asks a table for by their types: ``numbers = X.select_dtypes("number").columns``.

The package's ColumnTransformer asks the rows that it is fitted on, which have the same columns of the same types.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import snake
from nb2pkg.extract.selection import Selections
from nb2pkg.extract.trace import bound_by, free_names, writers
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data, Estimator, Library

LISTING = frozenset({"tolist", "to_list"})
TYPED = frozenset({"columns", "dtypes"})
SELECTOR = "sklearn.compose.make_column_selector"
TYPES = "pandas.api.types."
ARGUMENTS = ("include", "exclude")


class Fitted(NamedTuple):
    """The rows that an estimator is fitted on, as an expression that statement ``at`` evaluates."""

    rows: ast.expr
    at: int


class Asked(NamedTuple):
    """A list of columns: the function that asks for it, its name, and the statement of the notebook that asked."""

    name: str
    text: str
    node: ast.expr
    statement: int


class Ancestor(NamedTuple):
    """A variable and the statements that made what it holds; ``whole`` where no column is gone since."""

    held: tuple[str, tuple[int, ...]]
    whole: bool


class Question(NamedTuple):
    """What was asked of which table, by which statement; ``name`` is the variable that holds the answer."""

    name: str
    node: ast.expr
    table: str
    at: int


def front(estimator: Estimator) -> Estimator:
    """The first step that rows come to: of a search what it tunes, of a pipeline its first step."""
    while estimator.kind in ("pipeline", "search") and estimator.parts:
        estimator = estimator.parts[0]
    return estimator


class ColumnQuestions:
    """Tells such lists from others."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.columns = Columns(lowering)
        self.selections = Selections(lowering)

    def asked(self, node: ast.expr, fitted: Fitted, *, at: int, whole: bool = False) -> Question | None:
        """The question that an expression of statement ``at`` holds the answer of, where ``fitted`` answers the same.

        ``whole``: no column of the table that was asked may be gone.
        """
        name = ""
        while isinstance(node, ast.Name):
            found = writers(self.facts, node.id, before=at)
            bound = bound_by(self.lowering.statement(found[0]), node.id) if len(found) == 1 else None
            if bound is None or bound.position is not None:
                return None
            name, node, at = node.id, bound.value, found[0]
        tables = {one.id for one in free_names(node) if self._is_table(one)}
        if len(tables) != 1:
            return None
        question = Question(name, _unlisted(node), tables.pop(), at)
        return question if self._asks_types(question) and self._same(fitted, question, whole=whole) else None

    def _is_table(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Data) and value.rows != NOTHING

    # ---- what is asked

    def _asks_types(self, question: Question) -> bool:
        """Does the answer depend on the names and types of columns alone, each for itself?"""
        harmless: set[ast.AST] = set()
        for part in ast.walk(question.node):
            harmless |= set(self._harmless(part, question.table))
        for part in ast.walk(question.node):
            match part:
                case ast.Name(id=name, ctx=ast.Load()) if name == question.table and part not in harmless:
                    return False
                case ast.Call() if part not in harmless:
                    return False
                case ast.Slice() | ast.Subscript(slice=ast.Constant() | ast.UnaryOp()):
                    return False
        return True

    def _harmless(self, part: ast.AST, table: str) -> list[ast.AST]:
        """The calls and the readings of the table that tell no more than names and types."""
        match part:
            case ast.Attribute(value=ast.Name(id=name) as read, attr=attr) if name == table and attr in TYPED:
                return [read]
            case ast.Attribute(
                value=ast.Subscript(value=ast.Name(id=name) as read, slice=ast.Name()), attr="dtype"
            ) if name == table:
                return [read]
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name) as read, attr="select_dtypes")) if name == table:
                return [part, read]
            case ast.Call(args=[ast.Subscript(value=ast.Name(id=name) as read, slice=ast.Name())]) if name == table:
                return [part, read] if self._is_about_types(part.func) else []
            case _:
                return []

    def _is_about_types(self, function: ast.expr) -> bool:
        """Is it ``pd.api.types.is_numeric_dtype``, or another of its kind, under whatever name?"""
        value, rest = self.facts.value(function), ""
        while not isinstance(value, Library) and isinstance(function, ast.Attribute):
            rest = f".{function.attr}{rest}"
            function = function.value
            value = self.facts.value(function)
        return isinstance(value, Library) and f"{value.name}{rest}".startswith(TYPES)

    # ---- of which rows

    def _same(self, fitted: Fitted, question: Question, *, whole: bool) -> bool:
        """Have these rows the columns of the table that was asked, in its order, but (not ``whole``) for some that are gone?"""
        asked = {one.held for one in self._lineage(ast.Name(question.table, ast.Load()), question.at) if one.whole}
        return any(one.held in asked and (one.whole or not whole) for one in self._lineage(fitted.rows, fitted.at))

    def _lineage(self, node: ast.expr, at: int, whole: bool = True) -> Iterator[Ancestor]:
        """The variables whose columns an expression has, its own first; ``whole`` ones have no more."""
        match node:
            case ast.Name():
                yield from self._ancestors(node, at, whole)
                return
            case ast.Call(func=ast.Attribute(value=table, attr="copy"), args=[]):
                yield from self._lineage(table, at, whole)
                return
        drop = self.columns.dropped(node)
        if drop is not None:
            yield from self._lineage(drop[0], at, whole=False)
            return
        chosen = self.selections.chosen(node)
        if chosen is not None and chosen.columns is None:
            yield from self._lineage(chosen.base, at, whole)

    def _ancestors(self, node: ast.Name, at: int, whole: bool) -> Iterator[Ancestor]:
        found = writers(self.facts, node.id, before=at)
        if not found or any(node.id in self.facts.effects[index].maybe for index in range(found[-1] + 1, at)):
            return
        yield Ancestor((node.id, found), whole)
        bound = bound_by(self.lowering.statement(found[0]), node.id) if len(found) == 1 else None
        if bound is None:
            return
        if bound.position is None:
            yield from self._lineage(bound.value, found[0], whole)
            return
        call = self.facts.call(bound.value) if isinstance(bound.value, ast.Call) else None
        parted = call.node.args if call is not None and getattr(call.row, "role", "") == "split" else []
        if bound.position < 2 * len(parted) and not any(isinstance(one, ast.Starred) for one in parted):
            yield from self._lineage(parted[bound.position // 2], found[0], whole)


def selector_arguments(question: Question) -> dict[str, ast.expr] | None:
    """The arguments of ``make_column_selector`` where it answers the question; None where a function has to."""
    match question.node:
        case ast.Attribute(
            value=ast.Call(func=ast.Attribute(attr="select_dtypes"), args=args, keywords=keywords), attr="columns"
        ):
            given = dict(zip(ARGUMENTS, args, strict=False)) | {str(k.arg): k.value for k in keywords}
            return {f"dtype_{name}": value for name, value in given.items()}
        case _:
            return None


def question_function(question: Question) -> Asked:
    """The function that answers the question for the rows it is given."""
    name = f"select_{snake(question.name)}"
    answer = ast.unparse(question.node)
    listed = answer if isinstance(question.node, ast.ListComp) else f"list({answer})"
    text = (
        f"def {name}({question.table}: pd.DataFrame) -> list[str]:\n"
        '    """Name columns by their types; asked once, on the rows that are learned from."""\n'
        f"    return {listed}"
    )
    return Asked(name, text, question.node, question.at)


def _unlisted(node: ast.expr) -> ast.expr:
    """The columns without what makes a list of them."""
    match node:
        case ast.Call(func=ast.Name(id="list"), args=[inner], keywords=[]):
            return _unlisted(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=[], keywords=[]) if attr in LISTING:
            return _unlisted(inner)
        case ast.Attribute(value=ast.Attribute(attr="columns") as inner, attr="values"):
            return inner
        case _:
            return node
