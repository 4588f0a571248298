"""Copies of statements in which some expressions stand in the place of others, and variables have other names; places are kept."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace

from nb2pkg.syntax import Instead, Statement


def carried(one: Statement, node: ast.stmt, made: Mapping[int, object], put: Iterable[Instead]) -> Statement:
    """A statement as a copy of it, with ``put`` in the place of some of its parts; ``made`` are the copies by the id of what they copy.

    What its parts stand for, and in which cell they stand, holds for the copies.
    """
    instead: list[Instead] = []
    for old in one.instead:
        new, inner = made.get(id(old.node)), made.get(id(old.inner))
        if isinstance(new, ast.expr) and isinstance(inner, ast.expr):
            instead.append(old._replace(node=new, inner=inner))
    copied = [(made.get(id(part)), cell) for part, cell in one.elsewhere]
    elsewhere = tuple((part, cell) for part, cell in copied if isinstance(part, ast.AST))
    return replace(one, node=node, whole=one.whole or one, instead=(*instead, *put), elsewhere=elsewhere)


class Copier:
    """Copies nodes; ``names`` are the variables that get another name, ``instead`` what stands in the place of what, ``made`` every copy."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.instead: list[Instead] = []
        self.made: dict[ast.AST, ast.AST] = {}
        self._swaps: dict[int, tuple[ast.expr, str, Mapping[str, str]]] = {}

    def swap(self, written: ast.expr, inner: ast.expr, ending: str, *, names: Mapping[str, str] | None = None) -> None:
        """Put ``inner``, with a call of the method ``ending`` after it, in the place of an expression."""
        self._swaps[id(written)] = (inner, ending, self.names if names is None else names)

    def carried(self, one: Statement) -> Statement:
        """A statement as its copy."""
        node = self.statement(one.node)
        return carried(one, node, {id(old): new for old, new in self.made.items()}, self.instead)

    def statement(self, node: ast.stmt) -> ast.stmt:
        """A copy of a statement."""
        made = self.of(node)
        assert isinstance(made, ast.stmt)
        return made

    def of(self, node: ast.stmt | ast.expr) -> ast.stmt | ast.expr:
        """A copy of a statement or an expression."""
        made = self._copy(node, self.names)
        assert isinstance(made, ast.stmt | ast.expr)
        return made

    def _copy(self, node: ast.AST, names: Mapping[str, str]) -> ast.AST:
        if id(node) in self._swaps and isinstance(node, ast.expr):
            return self._swapped(node)
        return self._plain(node, names)

    def _plain(self, node: ast.AST, names: Mapping[str, str]) -> ast.AST:
        fields = {name: self._value(value, names) for name, value in ast.iter_fields(node)}
        if isinstance(node, ast.Name):
            fields["id"] = names.get(node.id, node.id)
        made = type(node)(**fields)
        self.made[node] = made
        return ast.copy_location(made, node)

    def _value(self, value: object, names: Mapping[str, str]) -> object:
        if isinstance(value, list):
            return [self._value(one, names) for one in value]
        return self._copy(value, names) if isinstance(value, ast.AST) else value

    def _swapped(self, written: ast.expr) -> ast.expr:
        inner, ending, names = self._swaps[id(written)]
        made = self._plain(inner, names) if inner is written else self._copy(inner, names)
        assert isinstance(made, ast.expr)
        node = _called(made, ending, written) if ending else made
        self.instead.append(Instead(node, written, made, ending))
        return node


def _called(inner: ast.expr, ending: str, place: ast.expr) -> ast.expr:
    """``inner.copy()`` for the ending ``.copy()``, in the place of another expression."""
    outer = ast.parse(f"x{ending}", mode="eval").body
    for part in ast.walk(outer):
        if isinstance(part, ast.expr | ast.keyword):
            ast.copy_location(part, place)
    first = outer
    while not isinstance(first, ast.Attribute) or not isinstance(first.value, ast.Name):
        assert isinstance(first, ast.Call | ast.Attribute | ast.Subscript)
        first = first.func if isinstance(first, ast.Call) else first.value
    first.value = inner
    return outer
