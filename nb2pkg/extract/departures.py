"""Which columns a table has lost on its way to a result: dropped, popped, deleted, or left out by ``df.columns != "y"``."""

import ast
from collections.abc import Iterator

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.stretch import Line, stored


def departures(lines: list[Line], columns: Columns) -> frozenset[str]:
    """The columns that the tables of the last line have lost; what another table has lost does not count."""
    if not lines:
        return frozenset()
    found = _Departures(lines, columns)
    last = lines[-1].node
    return frozenset(found.of(last.value if isinstance(last, ast.Assign) else last, before=len(lines) - 1))


class _Departures:
    def __init__(self, lines: list[Line], columns: Columns) -> None:
        self.lines = lines
        self.columns = columns

    def of(self, node: ast.AST, *, before: int) -> Iterator[str]:
        """The columns lost on the way to the value of an expression that the line ``before`` computes."""
        if self.columns.read(node) is not None:
            return
        if isinstance(node, ast.Name):
            yield from self._variable(node.id, before=before)
            return
        drop = self.columns.dropped(node)
        if drop is not None:
            yield from drop[1]
        if isinstance(node, ast.Subscript):
            if self.columns.chosen(node.slice) is not None:
                return
            yield from self._filtered(node.slice, before=before)
            yield from self.of(node.value, before=before)
            return
        for child in ast.iter_child_nodes(node):
            yield from self.of(child, before=before)

    def _variable(self, name: str, *, before: int) -> Iterator[str]:
        """What a variable's table lost in place, and before it got its name."""
        for position in range(before - 1, -1, -1):
            node = self.lines[position].node
            yield from (column for table, column in _in_place(node, self.columns) if table == name)
            if isinstance(node, ast.Assign) and name in stored(node):
                yield from self.of(node.value, before=position)
                return

    def _filtered(self, index: ast.AST, *, before: int) -> Iterator[str]:
        """``df.columns != "y"`` and ``[c for c in df.columns if c != "y"]``, here or in the variable that the index is."""
        if isinstance(index, ast.Name):
            bound = (line.node for line in reversed(self.lines[:before]) if index.id in stored(line.node))
            node = next(bound, None)
            if isinstance(node, ast.Assign):
                yield from self._filtered(node.value, before=before)
            return
        for part in ast.walk(index):
            if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.NotEq | ast.NotIn) and not part.ops[1:]:
                yield from self._constants(part.comparators[0])

    def _constants(self, node: ast.expr) -> list[str]:
        try:
            value = evaluate(node, self.columns.facts, at=self.columns.at(node))
        except (NotConstantError, IndexError):
            return []
        listed = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
        return [one for one in listed if isinstance(one, str)]


def lost_in_place(node: ast.AST, columns: Columns) -> set[str]:
    """The tables that lose columns in place by a statement."""
    return {table for table, _ in _in_place(node, columns)}


def _in_place(node: ast.AST, columns: Columns) -> Iterator[tuple[str, str]]:
    """Table and column of what a statement takes out of a table."""
    found = columns.drops_in_place(node) if isinstance(node, ast.stmt) else None
    if found is not None:
        yield from ((found[0], column) for column in found[1])
    match node:
        case ast.Delete(targets=targets):
            yield from (read for one in targets if (read := columns.read(one)) is not None)
        case ast.Assign(value=ast.Call() as value) | ast.Expr(value=ast.Call() as value):
            read = columns.read(value)
            if read is not None:
                yield read
        case _:
            return
