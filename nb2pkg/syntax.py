"""Turn cells into statements: what parses, what does not, and the IPython lines in between.

``%time x = f(a)`` gives the statement ``x = f(a)`` at its own columns, ``files = !ls`` gives ``files = 0`` with the place of
that 0 among ``Program.magic_values``, ``%matplotlib inline`` gives a Magic and no statement.
"""

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from nb2pkg.notebook.cells import Cell, CellKind, Notebook
from nb2pkg.notebook.magics import AUTOMAGIC_ALONE, binds_of, is_automagic, may_be_automagic_alone
from nb2pkg.notebook.mask import NOT_NEWLINE, Masked, is_plain, mask, may_need_leniency, parser_text, removed

FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
IDENTIFIER = re.compile(r"[^\W\d]\w*")
MOST_CODE = 500_000
# Where a word that may be a magic on its own is bound like a variable.
_ALONE = "|".join(sorted(AUTOMAGIC_ALONE))
ALONE_BOUND = re.compile(rf"\b({_ALONE})\b[ \t]*(?:[,=]|in\b)|\b(?:def|as|import)[ \t]+({_ALONE})\b")
CONFLICT = re.compile(r"<{7} |\|{7} |>{7} ")


class Instead(NamedTuple):
    """``node`` stands in the place of the author's ``written``; it reads as ``inner`` does, between ``beginning`` and ``ending``."""

    node: ast.expr
    written: ast.expr
    inner: ast.expr
    ending: str = ""
    beginning: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement; ``index`` is its position in document order over the whole notebook.

    Line and column numbers of ``node`` are those of the author's cell (lines from 1, byte columns from 0, as in ast). ``whole`` is the
    statement as the author wrote it: the loop that this one is a turn of, the call that it was written out for; ``instead`` are the
    expressions that stand in the place of others, ``elsewhere`` parts that the author wrote in another cell, and which.
    """

    index: int
    cell: int
    node: ast.stmt
    whole: "Statement | None" = None
    instead: tuple[Instead, ...] = ()
    elsewhere: tuple[tuple[ast.AST, int], ...] = ()

    @property
    def runs_in(self) -> int:
        """The cell that runs it: its own, unless it stands in a function."""
        return (self.whole or self).cell


@dataclass(frozen=True, slots=True)
class Magic:
    """An IPython line or cell: ``%matplotlib inline``, ``!pip install x``, ``%%bash``.

    ``kind`` is "line", "cell", "shell" or "help"; ``binds`` are the variables it assigns (``%%capture x``), ("*",) where
    it brings names we cannot know (``%run``). ``python``: the rest of the line or cell is Python and stands among the
    statements (``%time x = 1``, ``x = !ls``, ``%%time``, of which only the first line is the magic). A magic inside a
    block (``if x:`` over ``!ls``) is listed, too; in the tree it is a constant out of ``Program.magic_values``.
    """

    cell: int
    line: int
    end_line: int
    kind: str
    text: str
    binds: tuple[str, ...] = ()
    python: bool = False


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Why a cell does not parse and where; ``names`` are all identifiers in it, for it may define any of them."""

    cell: int
    line: int
    column: int
    message: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class CellSyntax:
    """One code cell, parsed; ``text`` is the masked source (same lines and columns as the author's).

    ``ast.get_source_segment(text, node)`` holds for every node; the whole need not parse where the cell was indented.
    """

    cell: Cell
    text: str
    statements: tuple[Statement, ...]
    magics: tuple[Magic, ...]
    error: Unparsed | None


@dataclass(frozen=True, slots=True)
class Program:
    """A notebook as code: its code cells in document order and all their statements.

    ``magic_values`` are the places (cell, line, col_offset as in ast) of the ``0`` that stands for the unknown value of a
    magic: the value in ``x = !ls``, or a whole line inside a block.
    """

    notebook: Notebook
    cells: tuple[CellSyntax, ...]
    statements: tuple[Statement, ...]
    magic_values: frozenset[tuple[int, int, int]] = frozenset()

    def with_statements(self, statements: Iterable[Statement]) -> "Program":
        """The same cells with these statements instead, numbered anew, each in the cell that runs it."""
        numbered = tuple(replace(one, index=index) for index, one in enumerate(statements))
        cells = [
            replace(cell, statements=tuple(one for one in numbered if one.runs_in == cell.cell.number))
            for cell in self.cells
        ]
        return replace(self, cells=tuple(cells), statements=numbered)


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why the parser refused a text; line and column from 1 in that text."""

    message: str
    line: int = 1
    column: int = 1


def parse(notebook: Notebook) -> Program:
    """Parse every code cell; one that does not parse is an Unparsed and hides nothing of the others."""
    parser = _Parser(notebook)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for cell in notebook.cells:
            if cell.kind is CellKind.CODE:
                parser.add(cell)
    return Program(notebook, tuple(parser.cells), tuple(parser.statements), frozenset(parser.places))


class _Parser:
    """The cells of one notebook as they are parsed, one after the other."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.cells: list[CellSyntax] = []
        self.statements: list[Statement] = []
        self.places: set[tuple[int, int, int]] = set()
        self.room = MOST_CODE
        self.variables: frozenset[str] | None = None

    def add(self, cell: Cell) -> None:
        """Parse the next code cell."""
        parsed = self.parsed(cell)
        self.cells.append(parsed)
        self.statements += parsed.statements

    def parsed(self, cell: Cell) -> CellSyntax:
        if len(cell.source) > self.room:
            return _too_large(cell)
        self.room -= len(cell.source)
        if may_be_automagic_alone(cell.source) and not self.is_variable(cell.source.strip()):
            return _automagic(cell)
        index = len(self.statements)
        return _parse_plain(cell, index) or _parse_masked(cell, index, self.places)

    def is_variable(self, name: str) -> bool:
        """Whether the name looks like a variable of the notebook."""
        if self.variables is None:
            sources = (cell.source for cell in self.notebook.cells if cell.kind is CellKind.CODE)
            self.variables = frozenset(
                name for source in sources for names in ALONE_BOUND.findall(source) for name in names
            )
        return name in self.variables


def _parse_plain(cell: Cell, index: int) -> CellSyntax | None:
    """The cell where it is Python at first sight, None where IPython syntax or an error needs a second look."""
    if not is_plain(cell.source):
        return None
    body = _body_of(cell.source)
    if isinstance(body, _Trouble):
        return None
    return CellSyntax(cell, cell.source, _numbered(body, cell.number, index), (), None)


def _parse_masked(cell: Cell, index: int, places: set[tuple[int, int, int]]) -> CellSyntax:
    """The cell with its magics masked; adds the places of their values to ``places``."""
    masked, body = _first_that_parses(cell.source)
    magics = tuple(Magic(cell.number, *magic) for magic in masked.magics)
    if isinstance(body, _Trouble):
        return _unparsed(cell, masked, magics, body)
    lines = masked.text.split("\n")
    shortened = removed(masked)
    if shortened:
        _shift(body, {line: len(lines[line - 1][:count].encode()) for line, count in shortened.items()})
    here = {(line, len(lines[line - 1][:column].encode())) for line, column in masked.placeholders}
    places.update((cell.number, line, column) for line, column in here)
    kept = [_unbound(node) if node.lineno in masked.unbound else node for node in body if not _stands_for(node, here)]
    return CellSyntax(cell, masked.text, _numbered(kept, cell.number, index), magics, None)


def _first_that_parses(source: str) -> tuple[Masked, list[ast.stmt] | _Trouble]:
    """The cell as IPython of the author's day read it: by the older rules where they do, else by the newer ones."""
    masked = mask(source)
    body = _body_of(parser_text(masked))
    if isinstance(body, _Trouble) and may_need_leniency(source):
        newer = mask(source, lenient=True)
        newer_body = _body_of(parser_text(newer))
        if not isinstance(newer_body, _Trouble):
            return newer, newer_body
    return masked, body


def _body_of(text: str) -> list[ast.stmt] | _Trouble:
    try:
        return compile(text, "<cell>", "exec", FLAGS, dont_inherit=True).body  # type: ignore[no-any-return]
    except SyntaxError as error:
        if "\0" in text:
            return _trouble_at(text, text.index("\0"), "a null character")
        return _Trouble(_said(error, text), error.lineno or 1, error.offset or 1)
    except (RecursionError, MemoryError):
        return _Trouble("too deeply nested to parse")
    except UnicodeEncodeError as error:
        return _trouble_at(text, error.start, "a lone surrogate, which is no character")
    except (ValueError, SystemError) as error:
        return _Trouble(str(error))


def _trouble_at(text: str, position: int, message: str) -> _Trouble:
    line_start = text.rfind("\n", 0, position) + 1
    return _Trouble(message, text.count("\n", 0, position) + 1, position - line_start + 1)


def _numbered(body: list[ast.stmt], cell: int, index: int) -> tuple[Statement, ...]:
    return tuple(Statement(number, cell, node) for number, node in enumerate(body, index))


def _stands_for(node: ast.stmt, places: set[tuple[int, int]]) -> bool:
    """Whether this statement is nothing but the placeholder of a magic line."""
    return (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and (node.lineno, node.col_offset) in places
    )


def _unbound(node: ast.stmt) -> ast.stmt:
    """``%timeit x = f()`` runs in a function of its own: only its value counts."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        return ast.copy_location(ast.Expr(node.value), node)
    return node


def _shift(body: list[ast.stmt], removed: dict[int, int]) -> None:
    """Move every node on a shortened line back to the author's columns."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(
                node, ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.keyword | ast.alias | ast.pattern
            ):
                node.col_offset += removed.get(node.lineno, 0)
                if node.end_lineno is not None and node.end_col_offset is not None:
                    node.end_col_offset += removed.get(node.end_lineno, 0)


def _automagic(cell: Cell) -> CellSyntax:
    """A cell that is one magic without its percent sign."""
    source = cell.source.strip()
    name, _, content = source.partition(" ")
    line = cell.source[: cell.source.index(source)].count("\n") + 1
    return _opaque(cell, Magic(cell.number, line, line, "line", source, binds_of(name, content)))


def _opaque(cell: Cell, magic: Magic) -> CellSyntax:
    return CellSyntax(cell, NOT_NEWLINE.sub(" ", cell.source), (), (magic,), None)


def _too_large(cell: Cell) -> CellSyntax:
    """A cell that is not even looked at: what is to be known of it would take more memory than a hook may have."""
    message = f"too large: the code of a notebook is read up to {MOST_CODE:,} characters"
    names = frozenset(IDENTIFIER.findall(cell.source))
    return CellSyntax(cell, NOT_NEWLINE.sub(" ", cell.source), (), (), Unparsed(cell.number, 1, 1, message, names))


def _unparsed(cell: Cell, masked: Masked, magics: tuple[Magic, ...], trouble: _Trouble) -> CellSyntax:
    """The cell as one opaque magic where IPython may take it so, else as an error."""
    source = cell.source
    if masked.doubtful:
        name, _, content = magics[0].text.removeprefix("%%").partition(" ")
        first, last = magics[0].line, source.rstrip().count("\n") + 1
        binds = binds_of(name, content, source)
        return _opaque(cell, Magic(cell.number, first, last, "cell", source.strip(), binds))
    if is_automagic(source):
        return _automagic(cell)
    lines = masked.text.split("\n")
    line = min(max(trouble.line, 1), len(lines))
    column = max(trouble.column, 1) + removed(masked).get(line, 0)
    column = min(column, len(lines[line - 1]) + 1)
    names = frozenset(IDENTIFIER.findall(source))
    return CellSyntax(cell, masked.text, (), magics, Unparsed(cell.number, line, column, trouble.message, names))


def _said(error: SyntaxError, text: str) -> str:
    """The parser's message; code of Python 2 is named as such, and so is an unresolved merge."""
    message = error.msg or "invalid syntax"
    lines = text.split("\n")
    number = error.lineno or 1
    line = lines[number - 1] if number <= len(lines) else ""
    if CONFLICT.match(line):
        return "unresolved merge conflict"
    for pattern, where, meaning in PYTHON_2:
        if re.search(pattern, message if where == "message" else line):
            return f"Python 2: {meaning}"
    return message


# What tells Python 2: a pattern, whether in the parser's message or in the line it names, and what is said.
PYTHON_2 = (
    (r"Missing parentheses in call to 'print'", "message", "print is a function in Python 3"),
    (r"Missing parentheses in call to 'exec'", "message", "exec is a function in Python 3"),
    (r"multiple exception types must be parenthesized", "message", "`except E, name` is now `except E as name`"),
    (r"^\s*print\s+[\"'\w%(]", "line", "print is a function in Python 3"),
    (r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:", "line", "`except E, name` is now `except E as name`"),
    (r"^\s*except\s*\([^)]*\)\s*,\s*\w+\s*:", "line", "`except E, name` is now `except E as name`"),
    (r"leading zeros in decimal integer", "message", "octal numbers are now written 0o17"),
    (r"\b\d+[lL]\b", "line", "long integers have no L in Python 3"),
    (r"^\s*raise\s+[\w.]+\s*,", "line", "`raise E, text` is now `raise E(text)`"),
    (r"<>", "line", "`<>` is now `!=`"),
    (r"(?<![\w\"'])[uU][rR][\"']", "line", "the prefix ur is gone"),
    (r"`[^`]+`", "line", "backquotes are now repr()"),
    (r"^\s*exec\s+[\"'\w]", "line", "exec is a function in Python 3"),
)
