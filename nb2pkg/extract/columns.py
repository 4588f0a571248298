"""Columns by name: which column an expression reads, whether a statement leaves a column as it was, what only selects columns."""

import ast
from collections.abc import Iterator
from typing import TypeGuard

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.labels import Labels
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.selection import Selections
from nb2pkg.extract.trace import writers
from nb2pkg.facts.values import Collection, Constant, Data

COLUMN_AXES = frozenset({1, "columns"})
PLAIN = frozenset({"copy", "filter", "select_dtypes"})


class Columns:
    """Questions about columns of the tables in one notebook."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.selections = Selections(lowering)
        self.labels = Labels(lowering)
        self.raw: frozenset[ast.AST] = frozenset()
        """The calls that read the raw rows, where they stand in the code that is looked at."""

    def read(self, node: ast.AST) -> tuple[str, str] | None:
        """The variable and the column of ``df.age``, ``df["age"]``, ``df[target]`` or ``df.pop("age")``."""
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name() as key):
                column = self._text(key)
                return (name, column) if column is not None else None
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name) as owner, attr="pop"), args=[ast.Constant(value=str(column))]
            ) if isinstance(self.facts.value(owner), Data):
                return name, column
            case ast.Subscript(value=ast.Name(id=name) as owner, slice=ast.Constant(value=str(column))):
                return (
                    (name, column) if not isinstance(self.facts.value(owner), Collection) else None
                )  # an entry by key
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=name), attr="loc"),
                slice=ast.Tuple(elts=[ast.Slice(lower=None, upper=None, step=None), ast.Constant(value=str(column))]),
            ):
                return name, column
            case ast.Attribute(value=ast.Name(id=name) as owner, attr=column) if self.is_column(owner, column):
                return name, column
            case _:
                return None

    def _text(self, key: ast.Name) -> str | None:
        """The text of a variable that is bound once, to a literal, and that no loop or function takes for its own."""
        value = self.facts.value(key)
        if not (isinstance(value, Constant) and isinstance(value.value, str)):
            return None
        at = self._at(key)
        if at >= len(self.facts.effects):
            return None
        bound = self.facts.program.statements[at].node
        inner = {part.arg if isinstance(part, ast.arg) else part.id for part in ast.walk(bound) if _binds(part)}
        found = writers(self.facts, key.id, before=at)
        return value.value if key.id not in inner and len(found) == 1 and self._literal(found[0]) else None

    def _literal(self, index: int) -> bool:
        node = self.facts.program.statements[index].node
        return isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)

    def is_column(self, owner: ast.expr, attribute: str) -> bool:
        """Is ``owner.attribute`` a column rather than a method of a table?"""
        known = self.facts.table.receiver("data", attribute)
        return isinstance(self.facts.value(owner), Data) and (known is None or known.name.endswith("*"))

    def assigned(self, node: ast.AST) -> tuple[str, str] | None:
        """The variable and the column that a statement assigns."""
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return self.read(node.targets[0])
        return None

    def dropped(self, call: ast.AST) -> tuple[ast.expr, list[str], ast.expr] | None:
        """Table, names and the node that holds the names, of ``df.drop(columns=[...])`` in any spelling."""
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "drop"):
            return None
        keywords = {k.arg: k.value for k in call.keywords}
        names = keywords.get("columns")
        if names is None:
            axis = keywords.get("axis") or (call.args[1] if len(call.args) > 1 else None)
            if not isinstance(axis, ast.Constant) or axis.value not in COLUMN_AXES:
                return None
            names = keywords.get("labels") or (call.args[0] if call.args else None)
        listed = self.names(names) if names is not None else None
        return (call.func.value, listed, names) if names is not None and listed is not None else None

    def names(self, node: ast.expr) -> list[str] | None:
        """A literal column name or list of names, through a variable too."""
        try:
            value = evaluate(node, self.facts, at=self._at(node))
        except (NotConstantError, IndexError):
            return None
        if isinstance(value, str):
            return [value]
        return list(value) if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value) else None

    def _at(self, node: ast.AST) -> int:
        return next(
            (s.index for s in self.facts.program.statements if any(part is node for part in ast.walk(s.node))),
            len(self.facts.effects),
        )

    def at(self, node: ast.AST) -> int:
        """The statement in which a node stands."""
        return self._at(node)

    def selection(self, node: ast.expr) -> ast.Name | None:
        """The table of an expression that does nothing but select columns, as ``df`` in ``df.drop("y", axis=1).iloc[:, 1:]``."""
        chosen = self.selections.chosen(node)
        if chosen is not None and chosen.columns is None:
            return self.selection(chosen.base)
        match node:
            case ast.Name():
                return node
            case ast.Call() if node in self.raw:
                return ast.Name("rows", ast.Load())
            case ast.Attribute(value=value, attr="values"):
                return self.selection(value)
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in PLAIN or attr == "to_numpy":
                return self.selection(value)
            case ast.Call() if (drop := self.dropped(node)) is not None:
                return self.selection(drop[0]) if not self._keyword(node, "inplace") else None
            case ast.Subscript(
                value=ast.Attribute(value=value, attr="iloc" | "loc"), slice=ast.Tuple(elts=[ast.Slice() as rows, _])
            ):
                return (
                    self.selection(value) if rows.lower is None and rows.upper is None and rows.step is None else None
                )
            case ast.Subscript(value=value, slice=index) if self.chosen(index) is not None:
                return self.selection(value)
            case _:
                return None

    def chosen(self, index: ast.expr) -> list[str] | None:
        """The literal list of columns in ``df[[...]]`` or ``df[names]``."""
        if isinstance(index, ast.Constant) or isinstance(self.facts.value(index), Data):
            return None
        try:
            value = evaluate(index, self.facts, at=self._at(index))
        except NotConstantError:
            return None
        return value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None

    def static(self, node: ast.expr) -> list[str] | None:
        """The columns that a selecting expression keeps, where it lists them."""
        match node:
            case ast.Attribute(value=value, attr="values"):
                return self.static(value)
            case ast.Call(func=ast.Attribute(value=value, attr="to_numpy" | "copy")):
                return self.static(value)
            case ast.Subscript(value=value, slice=index) if not (
                isinstance(value, ast.Attribute) and value.attr in ("iloc", "loc")
            ):
                return self.chosen(index)
            case ast.Subscript(value=ast.Attribute(attr="loc"), slice=ast.Tuple(elts=[_, index])):
                return self.chosen(index)
            case _:
                return None

    @staticmethod
    def _keyword(call: ast.Call, name: str) -> bool:
        given = next((k.value for k in call.keywords if k.arg == name), None)
        return isinstance(given, ast.Constant) and given.value is True

    def drops_in_place(self, node: ast.stmt) -> tuple[str, list[str]] | None:
        """The variable and names of ``df.drop([...], axis=1, inplace=True)`` as a statement."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and self._keyword(node.value, "inplace"):
            drop = self.dropped(node.value)
            if drop is not None and isinstance(drop[0], ast.Name):
                return drop[0].id, drop[1]
        return None


def constants(node: ast.AST) -> Iterator[str]:
    """Every text written in a node, attribute names too."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ast.Attribute):
            yield part.attr


def _binds(part: ast.AST) -> TypeGuard[ast.arg | ast.Name]:
    return isinstance(part, ast.arg) or (isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))


def _counts(index: ast.expr) -> bool:
    """Is an index of column names a number, a list of numbers or a slice?"""
    parts = index.elts if isinstance(index, ast.List | ast.Tuple) else [index]
    numbers = (ast.Slice, ast.UnaryOp, ast.Constant)
    return all(isinstance(one, numbers) and not isinstance(getattr(one, "value", 0), str) for one in parts)


def by_position(node: ast.AST) -> bool:
    """``df.iloc[:, :-1]``: does an expression count columns?"""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="iloc"), slice=ast.Tuple(elts=[_, columns])):
            return not (isinstance(columns, ast.Slice) and columns.lower is None and columns.upper is None)
        case ast.Subscript(value=ast.Attribute(attr="columns"), slice=columns):
            return _counts(columns)
        case _:
            return False
