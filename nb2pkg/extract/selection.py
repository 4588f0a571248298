"""Row selection: which expressions drop, reorder or draw rows, and what is left of them where rows are only prepared.

``df = df[df.price > 0].reset_index(drop=True)`` selects; prepared row by row it is ``df = df``, which is nothing at all.
"""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from nb2pkg.extract.functions import chooses_only
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.trace import bound_by, free_names, writers
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data, Function

SELECTING = frozenset({"select", "sample"})
INDEXERS = frozenset({"loc", "iloc"})
ROW_AXES = frozenset({0, "index", "rows"})
ORDERING = frozenset({"sort_values", "sort_index", "reset_index"})


class Chosen(NamedTuple):
    """An expression that chooses rows of ``base``; ``columns`` is what it picks of the columns at once (``df.loc[mask, "a"]``)."""

    node: ast.expr
    base: ast.expr
    columns: ast.expr | None = None


class Selections:
    """Questions about the rows that statements choose."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.facts = lowering.facts

    def chosen(self, node: ast.AST) -> Chosen | None:
        """What an expression chooses rows of; None where it keeps every row in its place."""
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr=attribute)) if self._is_table(base):
                return Chosen(node, base) if self._call(node, attribute) else None
            case ast.Call(func=ast.Name() as function, args=[base, *_]) if self._is_table(base):
                return Chosen(node, base) if self._is_chooser(function) else None
            case ast.Subscript(value=ast.Attribute(value=base, attr=attribute), slice=index) if attribute in INDEXERS:
                return self._indexed(node, base, index)
            case ast.Subscript(value=base, slice=index) if self._is_table(base):
                return Chosen(node, base) if self._is_rows(index) else None
            case _:
                return None

    def _is_chooser(self, name: ast.Name) -> bool:
        value = self.facts.value(name)
        return isinstance(value, Function) and isinstance(value.node, ast.FunctionDef) and chooses_only(value.node)

    def _is_table(self, node: ast.AST) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Data) and value.rows != NOTHING

    def _call(self, node: ast.Call, attribute: str) -> bool:
        keywords = {k.arg: k.value for k in node.keywords}
        axis = keywords.get("axis")
        if attribute == "drop":
            return self._drops_rows(node, keywords)
        if isinstance(axis, ast.Constant) and axis.value not in ROW_AXES:
            return False
        if attribute == "reset_index":
            dropped = keywords.get("drop")
            return isinstance(dropped, ast.Constant) and dropped.value is True
        return attribute in ORDERING or self.lowering.role(node) in SELECTING

    @staticmethod
    def _drops_rows(node: ast.Call, keywords: dict[str | None, ast.expr]) -> bool:
        if "columns" in keywords:
            return False
        axis = keywords.get("axis") or (node.args[1] if len(node.args) > 1 else None)
        return axis is None or (isinstance(axis, ast.Constant) and axis.value in ROW_AXES)

    def _indexed(self, node: ast.expr, base: ast.expr, index: ast.expr) -> Chosen | None:
        if not self._is_table(base):
            return None
        match index:
            case ast.Tuple(elts=[rows, columns]):
                return None if _everything(rows) else Chosen(node, base, columns)
            case _:
                return None if _everything(index) else Chosen(node, base)

    def _is_rows(self, index: ast.expr) -> bool:
        if isinstance(index, ast.Slice):
            return not _everything(index)
        value = self.facts.value(index)
        if not isinstance(value, Data):
            return self._are_truths(index)
        return bool(value.mask) or not value.index

    def _are_truths(self, index: ast.expr) -> bool:
        """Is this a list with a truth for each row, as in ``[age > 18 for age in df["age"]]``?"""
        match index:
            case ast.Name(id=name):
                at = next((one.index for one in self.facts.program.statements if index in ast.walk(one.node)), 0)
                found = writers(self.facts, name, before=at)
                bounds = [bound_by(self.lowering.statement(one), name) for one in found]
                return any(self._are_truths(one.value) for one in bounds if one is not None and one.position is None)
            case ast.ListComp(elt=ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not())):
                return True
            case ast.List(elts=elements):
                return bool(elements) and all(
                    isinstance(one, ast.Constant) and isinstance(one.value, bool) for one in elements
                )
            case _:
                return False

    def spine(self, node: ast.AST) -> Iterator[Chosen]:
        """The choices that a table goes through on its way to the value of an expression, outermost first."""
        while isinstance(node, ast.expr):
            found = self.chosen(node)
            if found is not None:
                yield found
                node = found.base
                continue
            match node:
                case ast.Call(func=ast.Attribute(value=inner)) if self._is_table(inner):
                    node = inner
                case ast.Call(args=[first, *_]) if self._is_table(first):
                    node = first
                case (
                    ast.Attribute(value=inner, attr="values")
                    | ast.Subscript(value=ast.Attribute(value=inner, attr="loc" | "iloc"))
                ):
                    node = inner
                case ast.Subscript(value=inner):
                    node = inner
                case _:
                    return

    def of(self, node: ast.AST) -> list[Chosen]:
        """The choices of a statement that gives a table to a variable, or of an expression; none beside the way of the rows."""
        if node in self.lowering.beside:
            return []
        match node:
            case (
                ast.Assign(targets=[ast.Name()], value=value)
                | ast.AnnAssign(target=ast.Name(), value=ast.expr() as value)
            ):
                return list(self.spine(value))
            case ast.expr():
                return list(self.spine(node))
            case _:
                return []

    def in_place(self, node: ast.AST) -> str | None:
        """The variable whose rows ``df.dropna(inplace=True)`` chooses."""
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))) as call):
                inplace = next((k.value for k in call.keywords if k.arg == "inplace"), None)
                changes = isinstance(inplace, ast.Constant) and inplace.value is True
                return name if changes and self.chosen(call) is not None else None
            case _:
                return None

    def only_numbers(self, node: ast.AST) -> bool:
        """Does a statement only number the rows anew?"""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return isinstance(node.value.func, ast.Attribute) and node.value.func.attr == "reset_index"
        calls = [one.node for one in self.of(node)]
        functions = [one.func for one in calls if isinstance(one, ast.Call)]
        return len(functions) == len(calls) and all(
            isinstance(one, ast.Attribute) and one.attr == "reset_index" for one in functions
        )

    def selects(self, node: ast.AST) -> bool:
        """Does a statement or an expression choose rows of its table?"""
        return bool(self.of(node)) or self.in_place(node) is not None


def _everything(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and node.lower is None and node.upper is None and node.step is None


def remaining_names(node: ast.AST, stripped: Mapping[ast.AST, Chosen]) -> Iterator[ast.Name]:
    """The names that are read once the choices of rows are taken out."""
    gone: set[int] = set()
    for part in ast.walk(node):
        if part in stripped and id(part) not in gone:
            one = stripped[part]
            kept = {id(inner) for whole in (one.base, one.columns) if whole is not None for inner in ast.walk(whole)}
            gone |= {id(inner) for inner in ast.walk(part)} - kept
    yield from (name for name in free_names(node) if id(name) not in gone)
