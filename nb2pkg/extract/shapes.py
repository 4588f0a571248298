"""What kind of value an expression of the notebook is: a column, a table, or an array of one or more dimensions."""

import ast
from collections.abc import Mapping
from enum import Enum, auto

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts import Facts

FLATTENING = frozenset({"ravel", "flatten", "tolist", "to_list"})
ARRAYED = frozenset({"values", "to_numpy"})
TABLES = frozenset({"pandas.DataFrame", "pandas.get_dummies"})
CHOSEN = frozenset({"numpy.where", "numpy.select", "numpy.digitize"})
LIKE = frozenset({"numpy.array", "numpy.asarray"})


class Shape(Enum):
    """A column, a table, an array of one dimension, an array of any."""

    COLUMN = auto()
    TABLE = auto()
    FLAT = auto()
    ARRAY = auto()


class Shapes:
    """What expressions are; ``known`` are those of which it is known without looking."""

    def __init__(self, facts: Facts, known: Mapping[ast.AST, Shape]) -> None:
        self.facts = facts
        self.known = known

    def of(self, node: ast.expr, *, at: int) -> Shape:
        """What an expression that statement ``at`` evaluates is; a column where nothing says otherwise."""
        if node in self.known:
            return self.known[node]
        match node:
            case ast.Name(id=name):
                return self._bound(name, at)
            case ast.Subscript():
                return self._taken(node, at)
            case ast.Attribute(value=value, attr=attr) if attr in ARRAYED:
                return _arrayed(self.of(value, at=at))
            case ast.Attribute(value=value, attr="T"):
                return self.of(value, at=at)
            case ast.Call():
                return self._called(node, at)
            case ast.BinOp(left=left, right=right):
                return _joined([self.of(one, at=at) for one in (left, right) if not isinstance(one, ast.Constant)])
            case ast.Compare(left=left):
                return self.of(left, at=at)
            case ast.List() | ast.ListComp():
                return Shape.FLAT
            case ast.UnaryOp(operand=operand):
                return self.of(operand, at=at)
            case _:
                return Shape.COLUMN

    def _bound(self, name: str, at: int) -> Shape:
        binding = [index for index in writers(self.facts, name, before=at) if name in self.facts.effects[index].binds]
        bound = bound_by(self.facts.program.statements[binding[0]], name) if binding else None
        if bound is None or bound.position is not None:
            return Shape.TABLE
        return self.of(bound.value, at=binding[0])

    def _taken(self, node: ast.Subscript, at: int) -> Shape:
        """What ``df["y"]``, ``df[["y"]]``, ``df.iloc[:, 4:5]`` take."""
        picked = node.slice
        if isinstance(node.value, ast.Attribute) and node.value.attr in ("loc", "iloc"):
            columns = picked.elts[1] if isinstance(picked, ast.Tuple) and len(picked.elts) == 2 else None
            base = self.of(node.value.value, at=at)
            return base if columns is None else self._picked(columns, at)
        if isinstance(picked, ast.List):
            return Shape.TABLE
        base = self.of(node.value, at=at)
        return self._picked(picked, at, otherwise=base) if base is Shape.TABLE else _part(base, node)

    def _picked(self, columns: ast.expr, at: int, *, otherwise: Shape = Shape.COLUMN) -> Shape:
        if isinstance(columns, ast.List | ast.Slice | ast.ListComp):
            return Shape.TABLE
        if isinstance(columns, ast.Constant) or _one_of_columns(columns):
            return Shape.COLUMN
        try:
            return Shape.COLUMN if isinstance(evaluate(columns, self.facts, at=at), str | int) else Shape.TABLE
        except NotConstantError:
            return otherwise

    def _called(self, node: ast.Call, at: int) -> Shape:
        call = self.facts.call(node)
        name = call.name if call is not None else ""
        given = [self.of(one, at=at) for one in node.args if not isinstance(one, ast.Constant)]
        if name in TABLES or (call is not None and getattr(call.row, "role", "") == "load"):
            return Shape.TABLE
        if name in LIKE:
            return _arrayed(given[0]) if given else Shape.ARRAY
        if name in CHOSEN:
            return Shape.FLAT if given and given[0] in (Shape.COLUMN, Shape.FLAT) else Shape.ARRAY
        attr = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if attr in FLATTENING:
            return Shape.FLAT
        if name.startswith("numpy."):
            return given[0] if given else Shape.ARRAY
        if isinstance(node.func, ast.Attribute) and name.startswith("data."):
            return _method(attr, self.of(node.func.value, at=at))
        return Shape.COLUMN


def _part(base: Shape, node: ast.Subscript) -> Shape:
    if base is Shape.ARRAY and (one_by_number(node) or _one_of_turned(node)):
        return Shape.FLAT
    return Shape.ARRAY if base is Shape.ARRAY or isinstance(node.slice, ast.Tuple) else base


def one_by_number(node: ast.AST) -> bool:
    """Is one column taken of all rows of an array: ``array[:, -1]``?"""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="loc" | "iloc")):
            return False
        case ast.Subscript(slice=ast.Tuple(elts=[ast.Slice(lower=None, upper=None, step=None), column])):
            number = column.operand if isinstance(column, ast.UnaryOp) else column
            return isinstance(number, ast.Constant) and isinstance(number.value, int)
        case _:
            return False


def _one_of_turned(node: ast.Subscript) -> bool:
    """Is this ``array.T[0]``?"""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="T"), slice=ast.Constant(value=int())):
            return True
        case _:
            return False


def _one_of_columns(node: ast.expr) -> bool:
    """Is this ``df.columns[-1]``?"""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="columns"), slice=ast.Constant() | ast.UnaryOp()):
            return True
        case _:
            return False


def _arrayed(shape: Shape) -> Shape:
    return {Shape.COLUMN: Shape.FLAT, Shape.TABLE: Shape.ARRAY}.get(shape, shape)


def _method(attr: str, owner: Shape) -> Shape:
    if attr in ARRAYED:
        return _arrayed(owner)
    if attr == "to_frame":
        return Shape.TABLE
    if attr == "reshape":
        return Shape.ARRAY
    return Shape.COLUMN if attr == "squeeze" else owner


def _joined(shapes: list[Shape]) -> Shape:
    for one in (Shape.TABLE, Shape.ARRAY, Shape.COLUMN):
        if one in shapes:
            return one
    return Shape.FLAT
