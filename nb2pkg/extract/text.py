"""The author's own words: the source of a node, with some of its parts replaced, and the comments above a statement.

For ``df.age = df.age.fillna(df.age.mean())  # years`` and ``{mean call: "self.age_mean_"}`` the edited statement reads
``df.age = df.age.fillna(self.age_mean_)  # years``.
"""

import ast
from collections.abc import Iterator, Mapping

from nb2pkg.extract.refuse import refused
from nb2pkg.syntax import Program, Statement


class Sources:
    """The text of every cell, addressed by the places that ast gives."""

    def __init__(self, program: Program) -> None:
        self._lines = {cell.cell.number: _lines_of(cell.text) for cell in program.cells}
        self._cells = {
            id(node): statement.cell for statement in program.statements for node in ast.walk(statement.node)
        }
        self._cells |= {
            id(node): cell for one in program.statements for part, cell in one.elsewhere for node in ast.walk(part)
        }
        self._blocks = {
            id(one.node): one
            for one in program.statements
            if any(isinstance(part, ast.stmt) and part is not one.node for part, _ in one.elsewhere)
        }
        self._callers = {id(node): one for one in program.statements if one.whole for node in ast.walk(one.node)}
        turns = [one.node for one in program.statements if one.whole is not None]
        self._inner = {id(one.node) for one in program.statements if self._is_inner(one)}
        self._instead = {id(put.node): put for one in program.statements for put in one.instead}
        self._inside = {id(put.inner) for put in self._instead.values()}
        self._renamed = {id(node) for turn in turns for node in ast.walk(turn) if self._is_renamed(node)}

    def cell_of(self, node: ast.AST) -> int:
        """The cell in which a node stands."""
        return self._cells[id(node)]

    def called_by(self, node: ast.AST) -> Statement | None:
        """The statement by which the function is called that a node stands in; None where it stands in the statement that runs it."""
        one = self._callers.get(id(node))
        if one is None or one.whole is None or not isinstance(node, ast.expr):
            return None
        whole = one.whole
        inside = whole.node.lineno <= node.lineno <= (whole.node.end_lineno or whole.node.lineno)
        return None if inside and self.cell_of(node) == whole.cell else whole

    def column(self, node: ast.expr) -> int:
        """The first column of an expression, in characters from 0."""
        line = self._lines[self.cell_of(node)][node.lineno - 1]
        return len(line.encode()[: node.col_offset].decode())

    def of(self, node: ast.expr | ast.stmt | ast.keyword, edits: Mapping[ast.AST, str] | None = None) -> str:
        """The source of a node; every node of ``edits`` that lies in it is replaced, outer ones before inner ones."""
        number = self.cell_of(node)
        if id(node) in self._blocks:
            raise refused(
                self._blocks[id(node)], "a loop or condition calls a function that is written out; call it outside"
            )
        start, end = self._span(node, number)
        text = "".join(self._lines[number])
        renamed = {
            part: part.id for part in ast.walk(node) if isinstance(part, ast.Name) and self._reads_anew(part, node)
        }
        every: dict[ast.AST, str] = dict(edits or {})
        every.update({part: text for part, text in renamed.items() if part not in every})
        found = list(self._put(node, number, edits or {}))  # before a name that stands in its place
        found += [(*self._span(inner, number), new) for inner, new in every.items() if self._in(inner, number)]
        spans = sorted(found, key=lambda span: (span[0], -span[1]))
        pieces, done = [], start
        for begin, finish, new in spans:
            if done <= begin and finish <= end:
                pieces += [text[done:begin], new]
                done = finish
        made = "".join(pieces) + text[done:end]
        moved = id(node) in self._inner or (isinstance(node, ast.stmt) and self._renamed)
        return _outdented(made, node.col_offset) if moved else made

    def _is_inner(self, statement: Statement) -> bool:
        """Did a statement stand within a block that was taken apart, and holds it no text over several lines?"""
        node = statement.node
        before = self._lines[statement.cell][node.lineno - 1].encode()[: node.col_offset]
        texts = (one for one in ast.walk(node) if isinstance(one, ast.Constant | ast.JoinedStr))
        return bool(before) and not before.strip() and all(one.lineno == one.end_lineno for one in texts)

    def _put(
        self, node: ast.expr | ast.stmt | ast.keyword, number: int, edits: Mapping[ast.AST, str]
    ) -> Iterator[tuple[int, int, str]]:
        """The expressions in a node that stand in the place of others: where those stood, and how they read."""
        for part in ast.walk(node) if self._instead else ():
            put = self._instead.get(id(part))
            if (
                put is not None
                and not (part is put.inner and part is node)
                and (part is put.inner or part not in edits)
            ):
                yield *self._span(put.written, number), put.beginning + self.of(put.inner, edits) + put.ending

    def _reads_anew(self, name: ast.Name, node: ast.AST) -> bool:
        """Is a name in a node written differently, other than as a part of what is put in the place of an expression?"""
        return id(name) in self._renamed and (name is node or id(name) not in self._inside)

    def _is_renamed(self, node: ast.AST) -> bool:
        """Was a name written differently, before a loop was written out?"""
        return isinstance(node, ast.Name) and self._written(node) != node.id

    def _written(self, node: ast.Name) -> str:
        start, end = self._span(node, self._cells[id(node)])
        return "".join(self._lines[self._cells[id(node)]])[start:end]

    def _in(self, node: ast.AST, number: int) -> bool:
        return self._cells.get(id(node)) == number

    def _span(self, node: ast.AST, number: int) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword)
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        column = node.col_offset if first == node.lineno else 0
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._offset(number, first, column), self._offset(number, end_line, end_column)

    def _offset(self, number: int, line: int, column: int) -> int:
        lines = self._lines[number]
        before = sum(len(text) for text in lines[: line - 1])
        return before + len(lines[line - 1].encode()[:column].decode())

    def comments_above(self, statement: Statement) -> list[str]:
        """The comment lines directly above a statement, without their indentation."""
        lines = self._lines[statement.cell]
        found: list[str] = []
        for line in reversed(lines[: statement.node.lineno - 1]):
            if not line.lstrip().startswith("#"):
                break
            found.append(line.strip())
        return found[::-1]


def first_line(node: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return min([node.lineno, *(one.lineno for one in node.decorator_list)])
    return node.lineno


def _outdented(text: str, width: int) -> str:
    """A statement from within a block, its later lines moved to the left with its first one."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(line[width:] if not line[:width].strip() else line for line in rest)])


def _lines_of(text: str) -> list[str]:
    """The lines with their ends, as Python counts them: a form feed or U+2028 ends none."""
    return [f"{line}\n" for line in text.split("\n")]
