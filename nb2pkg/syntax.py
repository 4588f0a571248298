"""Turn cells into statements: what parses, what does not, and the IPython lines in between.

``%time x = f(a)`` gives the statement ``x = f(a)`` at its own columns, ``files = !ls`` gives ``files = 0`` with the place of
that 0 among ``Program.magic_values``, ``%matplotlib inline`` gives a Magic and no statement.
"""

import ast
import re
import warnings
from dataclasses import dataclass

from nb2pkg.notebook.cells import Cell, CellKind, Notebook
from nb2pkg.notebook.magics import binds_of, is_automagic, may_be_automagic_alone
from nb2pkg.notebook.mask import Masked, is_plain, mask, parser_text

FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
IDENTIFIER = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement; ``index`` is its position in document order over the whole notebook.

    Line and column numbers of ``node`` are those of the author's cell (lines from 1, byte columns from 0, as in ast).
    """

    index: int
    cell: int
    node: ast.stmt


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


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why the parser refused a text; line and column from 1 in that text."""

    message: str
    line: int = 1
    column: int = 1


def parse(notebook: Notebook) -> Program:
    """Parse every code cell; one that does not parse is an Unparsed and hides nothing of the others."""
    cells: list[CellSyntax] = []
    statements: list[Statement] = []
    places: set[tuple[int, int, int]] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for cell in notebook.cells:
            if cell.kind is CellKind.CODE:
                if may_be_automagic_alone(cell.source) and not _assigned(cell.source.strip(), notebook):
                    cells.append(_automagic(cell))
                    continue
                parsed = _parse_plain(cell, len(statements)) or _parse_masked(cell, len(statements), places)
                cells.append(parsed)
                statements += parsed.statements
    return Program(notebook, tuple(cells), tuple(statements), frozenset(places))


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
    masked = mask(cell.source)
    magics = tuple(Magic(cell.number, *magic) for magic in masked.magics)
    body = _body_of(parser_text(masked))
    if isinstance(body, _Trouble):
        return _unparsed(cell, masked, magics, body)
    lines = masked.text.split("\n")
    if masked.removed:
        _shift(body, {line: len(lines[line - 1][:count].encode()) for line, count in masked.removed.items()})
    here = {(line, len(lines[line - 1][:column].encode())) for line, column in masked.placeholders}
    places.update((cell.number, line, column) for line, column in here)
    kept = [_unbound(node) if node.lineno in masked.unbound else node for node in body if not _stands_for(node, here)]
    return CellSyntax(cell, masked.text, _numbered(kept, cell.number, index), magics, None)


def _body_of(text: str) -> list[ast.stmt] | _Trouble:
    try:
        return compile(text, "<cell>", "exec", FLAGS, dont_inherit=True).body  # type: ignore[no-any-return]
    except SyntaxError as error:
        return _Trouble(_said(error, text), error.lineno or 1, error.offset or 1)
    except (RecursionError, MemoryError):
        return _Trouble("too deeply nested to parse")
    except UnicodeEncodeError as error:
        line_start = text.rfind("\n", 0, error.start) + 1
        line = text.count("\n", 0, error.start) + 1
        return _Trouble("a lone surrogate, which is no character", line, error.start - line_start + 1)
    except (ValueError, SystemError) as error:
        return _Trouble(str(error))


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


def _assigned(name: str, notebook: Notebook) -> bool:
    """Whether the name looks like a variable of the notebook."""
    pattern = re.compile(rf"\b{name}\b[ \t]*(?:[,=]|in\b)|\b(?:def|as|import)[ \t]+{name}\b")
    return any(pattern.search(cell.source) for cell in notebook.cells if cell.kind is CellKind.CODE)


def _automagic(cell: Cell) -> CellSyntax:
    """A cell that is one magic without its percent sign."""
    source = cell.source.strip()
    name, _, content = source.partition(" ")
    line = cell.source[: cell.source.index(source)].count("\n") + 1
    return _opaque(cell, Magic(cell.number, line, line, "line", source, binds_of(name, content)))


def _opaque(cell: Cell, magic: Magic) -> CellSyntax:
    return CellSyntax(cell, re.sub(r"[^\n]", " ", cell.source), (), (magic,), None)


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
    column = max(trouble.column, 1) + masked.removed.get(line, 0)
    column = min(column, len(lines[line - 1]) + 1)
    names = frozenset(IDENTIFIER.findall(source))
    return CellSyntax(cell, masked.text, (), magics, Unparsed(cell.number, line, column, trouble.message, names))


def _said(error: SyntaxError, text: str) -> str:
    """The parser's message; code of Python 2 is named as such."""
    message = error.msg or "invalid syntax"
    lines = text.split("\n")
    number = error.lineno or 1
    line = lines[number - 1] if number <= len(lines) else ""
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
