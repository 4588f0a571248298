"""Find an encoder that is fitted on each column anew: ``df[texts].apply(LabelEncoder().fit_transform)`` is one encoder for each."""

import ast

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import snake
from nb2pkg.extract.shapes import Shape, Shapes
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts.values import Data

OF_ONE_COLUMN = frozenset({"sklearn.preprocessing.LabelEncoder"})


def of_each_column(call: ast.Call, at: int, lowering: Lowering, columns: Columns) -> Learnt | None:
    """What ``call`` learns of every column of a table."""
    match call:
        case ast.Call(func=ast.Attribute(value=table), args=[function], keywords=[]):
            encoder = _encoder(function, at, lowering) if lowering.name(call) == "data.apply" else None
        case _:
            return None
    if encoder is None or not _is_table(table, at, lowering, columns):
        return None
    listed = columns.chosen(table.slice) if isinstance(table, ast.Subscript) else None
    short = encoder.rpartition(".")[2]
    what = f"the {short} of {' and '.join(listed) if listed else 'the columns'}"
    return Learnt(call, "encoders", f"{snake(short)}s_", table, what, encoder=encoder)


def _encoder(function: ast.expr, at: int, lowering: Lowering) -> str | None:
    """The class of the encoder of ``encoder.fit_transform``, or of a lambda that calls it with the column."""
    match function:
        case ast.Attribute(value=owner, attr="fit_transform"):
            pass
        case ast.Lambda(
            args=ast.arguments(posonlyargs=[], args=[ast.arg(arg=column)], vararg=None, kwonlyargs=[], kwarg=None),
            body=ast.Call(
                func=ast.Attribute(value=owner, attr="fit_transform"), args=[ast.Name(id=given)], keywords=[]
            ),
        ) if given == column:
            pass
        case _:
            return None
    return _made(owner, at, lowering)


def _made(owner: ast.expr, at: int, lowering: Lowering) -> str | None:
    """The class of an encoder that is made on the spot, or was in a statement above; inside a lambda nothing has one value."""
    if isinstance(owner, ast.Name):
        found = writers(lowering.facts, owner.id, before=at)
        bound = bound_by(lowering.statement(found[0]), owner.id) if len(found) == 1 else None
        if bound is None or bound.position is not None or _read_again(owner.id, found[0], at, lowering):
            return None
        return _made(bound.value, found[0], lowering)
    name = lowering.name(owner) if isinstance(owner, ast.Call) else ""
    return name if name in OF_ONE_COLUMN else None


def _read_again(name: str, made: int, at: int, lowering: Lowering) -> bool:
    """Was an encoder fitted before, and is read below? What is read there is of the last column, not of that fit."""
    statements = lowering.facts.program.statements
    before = any("fit" in attribute for one in statements[made + 1 : at] for attribute in _attributes(one.node, name))
    below = any("fit" not in attribute for one in statements[at + 1 :] for attribute in _attributes(one.node, name))
    return before and below


def _attributes(node: ast.AST, name: str) -> list[str]:
    """What a statement reads of a variable: ``transform`` of ``encoder.transform(...)``."""
    owned = (part for part in ast.walk(node) if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name))
    return [part.attr for part in owned if isinstance(part.value, ast.Name) and part.value.id == name]


def _is_table(node: ast.expr, at: int, lowering: Lowering, columns: Columns) -> bool:
    match node:
        case ast.Subscript(value=ast.Name() as table, slice=index):
            return isinstance(lowering.facts.value(table), Data) and bool(columns.chosen(index))
        case ast.Name():
            return Shapes(lowering.facts, {}).of(node, at=at) is Shape.TABLE
        case _:
            return False
