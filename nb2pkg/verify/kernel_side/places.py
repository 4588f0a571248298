"""Bake recording into a cell's code: every call ``f(x)`` becomes ``record(place, f)(x)``, its place in the author's cell."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, NamedTuple

RECORD = "__nb2pkg_record__"
RECORD_ATTRIBUTE = "__nb2pkg_attribute__"
MAGICS = ("run_line_magic", "run_cell_magic")


class Place(NamedTuple):
    """Where an expression stands: lines from 1, columns (characters) from 0."""

    cell: int
    line: int
    column: int
    end_line: int
    end_column: int


class Origin(NamedTuple):
    """How a piece of code lies in the author's cell: lines above it, columns cut off its first line and all lines."""

    lines: int
    first: int
    indent: int


class Current:
    """The cell about to run, as the client named it."""

    def __init__(self) -> None:
        self.cell = 0
        self.lines: list[str] = []
        self.replaced: dict[tuple[int, str], str] = {}
        self.outermost = False
        self.embedded: list[tuple[str, Origin]] = []

    def start(self, cell: int, source: str, replaced: dict[tuple[int, str], str]) -> None:
        """Take the next cell; ``replaced`` gives text constants to repair, by line and value."""
        self.cell, self.lines, self.replaced = cell, source.split("\n"), replaced
        self.outermost, self.embedded = True, []

    def origin(self, tree: ast.AST) -> Origin | None:
        """Where this tree lies in the cell; None for code that a magic made up."""
        if self.outermost:
            self.outermost = False
            return whole_cell(self.lines)
        shape = ast.dump(tree)
        return next((origin for known, origin in self.embedded if known == shape), None)


def whole_cell(lines: list[str]) -> Origin:
    """IPython drops the blank lines a cell opens with, and the indentation of its first line from every line."""
    blank = next((i for i, line in enumerate(lines) if line.strip()), 0)
    first = lines[blank] if lines else ""
    return Origin(blank, 0, len(first) - len(first.lstrip()))


class Recorder(ast.NodeTransformer):
    """The transformer IPython calls for each cell, and for the Python inside ``%time`` and ``%%capture``."""

    def __init__(self, current: Current, places: list[Place], transform_cell: Callable[[str], str]) -> None:
        self.current, self.places, self.transform_cell = current, places, transform_cell
        self.origin: Origin | None = None

    def visit(self, node: ast.AST) -> Any:
        """Change a whole tree, its own place first."""
        if isinstance(node, (ast.Module, ast.Interactive, ast.Expression)):
            self.origin = self.current.origin(node)
            if self.origin is None:
                return node
            self._remember_magics(node)
        return super().visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """``f(x)`` to ``record(place, f)(x)``: the function is still evaluated before its arguments."""
        self.generic_visit(node)
        place = ast.copy_location(ast.Constant(self._place(node)), node.func)
        name = ast.copy_location(ast.Name(RECORD, ast.Load()), node.func)
        wrapped = ast.copy_location(ast.Call(name, [place, node.func], []), node.func)
        return ast.copy_location(ast.Call(wrapped, node.args, node.keywords), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """A load of ``x.coef_`` to ``record_attribute(place, x, "coef_")``."""
        self.generic_visit(node)
        learned = node.attr.endswith("_") and not node.attr.startswith("_")
        if not learned or not isinstance(node.ctx, ast.Load):
            return node
        arguments = [ast.Constant(self._place(node)), node.value, ast.Constant(node.attr)]
        for argument in (arguments[0], arguments[2]):
            ast.copy_location(argument, node)
        name = ast.copy_location(ast.Name(RECORD_ATTRIBUTE, ast.Load()), node)
        return ast.copy_location(ast.Call(name, arguments, []), node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """A text the plan repairs on this line."""
        if isinstance(node.value, str) and self.origin is not None:
            line = node.lineno + self.origin.lines
            repaired = self.current.replaced.get((line, node.value))
            if repaired is not None:
                return ast.copy_location(ast.Constant(repaired), node)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Texts inside an f-string stay; calls in it are recorded."""
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                value.value = self.visit(value.value)
        return node

    def _place(self, node: ast.expr) -> int:
        line, column = self._author(node.lineno, node.col_offset)
        end_line, end_column = self._author(node.end_lineno or node.lineno, node.end_col_offset or 0)
        self.places.append(Place(self.current.cell, line, column, end_line, end_column))
        return len(self.places) - 1

    def _author(self, line: int, offset: int) -> tuple[int, int]:
        """Line and column (characters) in the author's cell."""
        origin = self.origin or Origin(0, 0, 0)
        number = line + origin.lines
        text = self.current.lines[number - 1] if 0 < number <= len(self.current.lines) else ""
        indent = origin.indent if text[: origin.indent].isspace() else 0  # IPython leaves a line that lacks it as it is
        shift = indent + (origin.first if line == 1 else 0)
        indented = text[:shift].encode() + text[shift:].encode()[:offset]
        return number, len(indented.decode("utf-8", "ignore")) if text else shift + offset

    def _remember_magics(self, tree: ast.AST) -> None:
        """Keep the Python that a magic of this tree will run, to know it again when IPython parses it."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MAGICS:
                texts = [str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)]
                line = node.lineno + (self.origin.lines if self.origin else 0)
                if len(texts) == 3:
                    self._remember(texts[2], Origin(line, 0, 0))
                elif len(texts) == 2 and 0 < line <= len(self.current.lines):
                    column = self.current.lines[line - 1].find(texts[1])
                    self._remember(texts[1], Origin(line - 1, max(column, 0), 0))

    def _remember(self, text: str, origin: Origin) -> None:
        blank = whole_cell(text.split("\n")).lines
        try:
            tree = ast.parse(self.transform_cell(text))
        except SyntaxError:
            return  # a magic whose body is no Python
        self.current.embedded.append((ast.dump(tree), origin._replace(lines=origin.lines + blank)))
