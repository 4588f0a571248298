"""The author's statements as lines of a function: small edits, indentation that leaves long texts alone, comments kept."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from nb2pkg.extract.sections.definitions import Definitions
from nb2pkg.extract.trace import free_names
from nb2pkg.syntax import Program, Statement

INDENT = "    "
OF_THE_KERNEL = {
    "__doc__": "Automatically created module for IPython interactive environment",
    "__name__": "__main__",
}
"""What a notebook's own module says of itself."""


class Edit(NamedTuple):
    """New text for the stretch from ``start`` to ``end`` of a cell, in characters."""

    start: int
    end: int
    text: str


class Rewriter:
    """Rewrites the statements of one notebook."""

    def __init__(
        self,
        program: Program,
        definitions: Definitions,
        constants: Mapping[tuple[int, int, int], str],
        config: str = "config",
    ) -> None:
        self.config = config
        self._texts = {cell.cell.number: cell.text for cell in program.cells}
        self._definitions = definitions
        self._constants = constants

    def text(self, statement: Statement, node: ast.AST | None = None) -> str:
        """The source of a statement, or of a part of it, with every edit made."""
        part = statement.node if node is None else node
        start, end = self._span(statement.cell, part)
        text = self._texts[statement.cell]
        pieces, done = [], start
        for edit in sorted(set(self._edits(statement.cell, part))):
            pieces += [text[done : edit.start], edit.text]
            done = edit.end
        return "".join(pieces) + text[done:end]

    def literal(self, cell: int, node: ast.expr) -> str:
        """The source of a constant as it stands in the notebook."""
        start, end = self._span(cell, node)
        return self._texts[cell][start:end]

    def ends_silently(self, statement: Statement) -> bool:
        """Does a semicolon follow, which tells the notebook to show nothing?"""
        _, end = self._span(statement.cell, statement.node)
        return self._texts[statement.cell][end:].lstrip(" \t").startswith(";")

    def comments(self, statement: Statement) -> list[str]:
        """The comment lines right above a statement, without those that are code put out of use."""
        lines = self._texts[statement.cell].split("\n")
        found: list[str] = []
        for line in reversed(lines[: _first_line(statement.node) - 1]):
            if not line.lstrip().startswith("#"):
                break
            found.append(line.strip())
        return [line for line in reversed(found) if not is_code(line)]

    def uses_config(self, statement: Statement) -> bool:
        """Does the rewritten statement read the configuration?"""
        return any(f"{self.config}." in edit.text for edit in self._edits(statement.cell, statement.node))

    def _edits(self, cell: int, node: ast.AST) -> Iterable[Edit]:
        free = {id(name) for name in free_names(node)}
        called = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and id(part.func) in free:
                given = self._definitions.given.get(part.func.id, ())
                called.add(id(part.func))
                if given:
                    yield self._handing(cell, part, given)
            if isinstance(part, ast.Constant) and (cell, part.lineno, part.col_offset) in self._constants:
                start, end = self._span(cell, part)
                yield Edit(start, end, self._constants[cell, part.lineno, part.col_offset])
            if isinstance(part, ast.Name) and part.id in OF_THE_KERNEL and id(part) in free:
                yield Edit(*self._span(cell, part), repr(OF_THE_KERNEL[part.id]))
        for name in free_names(node):
            given = self._definitions.given.get(name.id, ())
            if given and id(name) not in called:
                handed = ", ".join(f"{one}={one}" for one in given)
                yield Edit(*self._span(cell, name), f"functools.partial({name.id}, {handed})")

    def _handing(self, cell: int, call: ast.Call, given: Sequence[str]) -> Edit:
        """Hand the variables over right before the closing bracket of a call."""
        _, end = self._span(cell, call)
        inside = [*call.args, *(keyword.value for keyword in call.keywords)]
        after = max((self._span(cell, one)[1] for one in inside), default=None)
        handed = ", ".join(f"{one}={one}" for one in given)
        if after is not None and not _has_comma(self._texts[cell][after : end - 1]):
            handed = f", {handed}"
        return Edit(end - 1, end - 1, handed)

    def _span(self, cell: int, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt)
        first = _first_line(node) if isinstance(node, ast.stmt) else node.lineno
        column = node.col_offset
        if first != node.lineno:
            line = self._texts[cell].split("\n")[first - 1]
            column = len(line[: len(line) - len(line.lstrip())].encode())
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._offset(cell, first, column), self._offset(cell, end_line, end_column)

    def _offset(self, cell: int, line: int, column: int) -> int:
        lines = self._texts[cell].split("\n")
        return sum(len(one) + 1 for one in lines[: line - 1]) + len(lines[line - 1].encode()[:column].decode())


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def _has_comma(text: str) -> bool:
    """Is there a comma between the last argument and the closing bracket, comments left aside?"""
    return "," in re.sub(r"#[^\n]*", "", text)


def is_code(comment: str) -> bool:
    """Is a comment a statement that was put out of use? One word, or prose, is none."""
    text = comment.lstrip("#").strip()
    if not re.search(r"[=(\[]|^(?:import|from|del|return)\b", text):
        return False
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return text.endswith((":", "(", "[", "{", ","))
    return True


def indented(text: str, depth: int = 1) -> str:
    """The text moved to the right, except the inner lines of texts that go over several lines."""
    kept = _inside_texts(text)
    lines = text.split("\n")
    return "\n".join(
        line if number in kept or not line.strip() else INDENT * depth + line for number, line in enumerate(lines, 1)
    )


def _inside_texts(text: str) -> set[int]:
    """The lines that begin inside a string."""
    found: set[int] = set()
    starts: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            name = tokenize.tok_name[token.type]
            if name == "STRING":
                found |= set(range(token.start[0] + 1, token.end[0] + 1))
            elif name == "FSTRING_START":
                starts.append(token.start[0])
            elif name == "FSTRING_END" and starts:
                found |= set(range(starts.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, IndentationError):
        return found
    return found
