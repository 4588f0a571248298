"""Rows parted by hand: which expressions take the part that the model learned from, and which the part it is asked about.

Below ``train, test = df[:800], df[800:]`` a model that is fitted on ``train`` and scored on ``test`` tells that these slices part the
rows; a filter that nothing is predicted on the other side of is a choice of rows and no split.
"""

import ast
import copy
from collections.abc import Hashable, Iterator
from typing import NamedTuple

from nb2pkg.facts import Facts
from nb2pkg.facts.rows import Atom, Part, disjoint_parts, extra_choices
from nb2pkg.facts.values import Data, Learning

INDEXERS = frozenset({"loc", "iloc"})
CALLED = "split"


class Parted(NamedTuple):
    """A choice of rows and its two parts."""

    key: Hashable
    train: Part
    test: Part


class Taken(NamedTuple):
    """A part taken of a table: "train" or "test", the table, and what is picked of its columns at once."""

    part: str
    base: ast.expr
    columns: ast.expr | None = None


def parted(facts: Facts, fit: Learning) -> Parted | None:
    """The choice that keeps the rows of a fit apart from those its model is asked about; None where a call splits them."""
    asked = [one for one in facts.predictions if not one.static and one.fits and one.fits[-1] is fit]
    found = {
        two for one in asked for own in fit.rows or () for other in one.data.rows or () for two in _apart(own, other)
    }
    return found.pop() if len(found) == 1 else None


def _apart(own: Atom, other: Atom) -> Iterator[Parted]:
    for mine in own.choices if own.source == other.source else ():
        for theirs in other.choices:
            called = isinstance(mine.key, tuple) and mine.key[:1] == (CALLED,)
            if not called and mine.key == theirs.key and disjoint_parts(mine.part, theirs.part):
                yield Parted(mine.key, mine.part, theirs.part)


class Parting:
    """Recognises the parts of one choice."""

    def __init__(self, facts: Facts, parted: Parted) -> None:
        self.facts = facts
        self.parted = parted

    def taken(self, node: ast.AST) -> Taken | None:
        """The part that an expression takes of its table; None where it takes none, or more than that."""
        match node:
            case ast.Subscript(value=ast.Attribute(value=base, attr=attr), slice=index) if attr in INDEXERS:
                return self._indexed(node, base, index)
            case ast.Subscript(value=base) | ast.Call(func=ast.Attribute(value=base)):
                return self._of(node, base, None)
            case _:
                return None

    def stripped(self, node: ast.expr) -> ast.expr:
        """An expression without the parts it takes: ``df["age"]`` of ``df[:800]["age"]``."""
        taken = self.taken(node)
        if taken is not None and isinstance(node, ast.Subscript) and taken.columns is not None:
            return ast.Subscript(node.value, ast.Tuple([ast.Slice(), taken.columns], ast.Load()), node.ctx)
        if taken is not None:
            return self.stripped(taken.base)
        if not any(self.taken(part) is not None for part in ast.walk(node)):
            return node
        inner = copy.copy(node)
        for name, value in ast.iter_fields(node):
            setattr(inner, name, self._strip(value))
        return inner

    def _strip(self, value: object) -> object:
        if isinstance(value, list):
            return [self._strip(one) for one in value]
        return self.stripped(value) if isinstance(value, ast.expr) else value

    def _indexed(self, node: ast.expr, base: ast.expr, index: ast.expr) -> Taken | None:
        match index:
            case ast.Tuple(elts=[rows, columns]):
                return None if _everything(rows) else self._of(node, base, columns)
            case _:
                return self._of(node, base, None)

    def _of(self, node: ast.expr, base: ast.expr, columns: ast.expr | None) -> Taken | None:
        value, whole = self.facts.value(node), self.facts.value(base)
        if not (isinstance(value, Data) and isinstance(whole, Data) and value.rows and whole.rows):
            return None
        made = extra_choices(value.rows, whole.rows)
        if len(made) != 1 or made[0].key != self.parted.key:
            return None
        part = {self.parted.train: "train", self.parted.test: "test"}.get(made[0].part)
        return Taken(part, base, columns) if part is not None else None


def _everything(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and node.lower is None and node.upper is None and node.step is None
