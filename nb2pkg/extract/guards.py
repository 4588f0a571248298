"""Blocks under a test that always holds in a notebook are read as if they stood at its margin, before anything is planned.

``if __name__ == "__main__":`` over a whole notebook hides each of its statements in one; here they become the notebook's own, each
at its place, and what is left of the guard is its first line.
"""

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.extract.ways import MAIN
from nb2pkg.facts import Facts, interpret
from nb2pkg.syntax import Program


def without_guards(facts: Facts, packs: Sequence[str] | None = None) -> Facts:
    """The same notebook with such blocks taken apart; itself where it has none."""
    program = _opened_in(facts.program)
    return (
        facts if program is facts.program else interpret(program, load_tables(packs or [rules_folder()]), values=True)
    )


def _opened_in(program: Program) -> Program:
    statements = [
        replace(one, node=node)
        for cell in program.cells
        for one in cell.statements
        for node in _opened(one.node, cell.text)
    ]
    return program if len(statements) == len(program.statements) else program.with_statements(statements)


def _opened(node: ast.stmt, text: str) -> Iterator[ast.stmt]:
    """The statements of a guard after its first line, or the statement itself."""
    if not isinstance(node, ast.If) or not is_guard(node) or _stays(node, text):
        yield node
        return
    yield _first_line(node)
    for one in node.body:
        yield from _opened(one, text)


def is_guard(node: ast.stmt) -> bool:
    """Is it an ``if`` that holds whenever the notebook runs, whatever it computed?"""
    return isinstance(node, ast.If) and ast.unparse(node.test) == MAIN


def _stays(node: ast.If, text: str) -> bool:
    """Has it another arm, one line only, or a text over several lines in it, which may not be moved to the left?"""
    if node.orelse or node.body[0].lineno == node.lineno:
        return True
    texts = [one for one in ast.walk(node) if isinstance(one, ast.Constant | ast.JoinedStr)]
    return any(one.lineno != one.end_lineno and _is_one(ast.get_source_segment(text, one) or "") for one in texts)


def _is_one(segment: str) -> bool:
    """Is it one text in triple quotes (or none that can be found), and not several in a row?"""
    return not segment or '"""' in segment or "'''" in segment or "\\\n" in segment


def _first_line(node: ast.If) -> ast.stmt:
    """What is left of a guard: its first line."""
    left = copy.copy(node)
    left.body = [ast.copy_location(ast.Pass(), node.test)]
    left.end_lineno, left.end_col_offset = node.test.end_lineno, (node.test.end_col_offset or 0) + 1
    return left
