"""Hide IPython syntax from Python's parser so that every line and column stays the author's.

``!ls`` becomes ``0  ``, ``x = !ls`` becomes ``x = 0  ``; in ``%time f(x)`` and in a wholly indented cell the parser must not
see some characters of a line: they are blanks in ``text`` and counted in ``outer`` and ``inner``.
"""

import re
from bisect import bisect_right
from os.path import commonprefix
from typing import NamedTuple

from nb2pkg.notebook.magics import OPAQUE, PYTHON_BODIED, binds_of, statement_in_line

HINT = re.compile(r"^[ \t]*(?:[%!?/,;]|>>>|\.\.\.|In \[)|=[ \t]*[%!]|\?[ \t]*(?:#.*)?$", re.MULTILINE)
TOKEN = re.compile(
    r"""(?P<skip> '''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'''|\Z)
                | \"\"\"[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:\"\"\"|\Z)
                | '[^'\\\n]*(?:\\.[^'\\\n]*)*' | "[^"\\\n]*(?:\\.[^"\\\n]*)*" )
      | (?P<comment> \#[^\n]* ) | (?P<open> [(\[{] ) | (?P<close> [)\]}] )
      | (?P<assign> (?<![=!<>+\-*/%&|^@:~])=(?:[ \t]|\\\n)*(?=!|%[ \t]*[A-Za-z_]) )
      | \\\n | (?P<end> \n )""",
    re.DOTALL | re.VERBOSE,
)
PROMPT = re.compile(r"[ \t]*(?:>>>|\.\.\.)(?: |$)|In \[\d+\]: |[ \t]*\.{3,}: ?", re.MULTILINE)
FIRST_PROMPT = re.compile(r"[ \t]*>>>(?: |$)|In \[\d+\]: ", re.MULTILINE)
ANY_PROMPT = re.compile(r"^[ \t]*>>>", re.MULTILINE)
BLANK_LINES = re.compile(r"(?:[ \t\f]*\n|[ \t]*\f)*")
# One percent sign was enough for these in old Datalab.
CELL_MAGIC = re.compile(r"[ \t]*%(?:%|(?=(?:bash|html|javascript)\b))(\S*)[ \t]*([^\n]*)")
CELL_HELP = re.compile(r"[ \t]*%%\w+\?")
LEADING = re.compile(r"(?:[ \t\f]|\\\n)*")
LINE_MAGIC = re.compile(r"%+[ \t]*([^\s(]*)")
NEWLINE = re.compile(r"\n")
NOT_NEWLINE = re.compile(r"[^\n]")
HELP = re.compile(r"""[^#'"(\[{\n]*(?:[\w*]|\[-?\d+\])\?\??\Z""")
ESCAPES = frozenset("%!?/,;")


class MagicLine(NamedTuple):
    """A magic or shell line of a cell; ``python`` where the rest of it is Python and stays for the parser."""

    line: int
    end_line: int
    kind: str
    text: str
    binds: tuple[str, ...] = ()
    python: bool = False


class Masked(NamedTuple):
    """A cell without its IPython syntax.

    ``outer`` and ``inner``: how many characters of a line's start, and of the end of its indentation, the parser must
    not see.  ``placeholders``: (line, character column) of the constants standing for magics.  ``unbound``: lines of ``%timeit``, whose assignments do not last.
    ``doubtful``: an unknown cell magic; its body is Python only if it parses as such.
    """

    text: str
    magics: tuple[MagicLine, ...]
    outer: dict[int, int]
    inner: dict[int, int]
    placeholders: tuple[tuple[int, int], ...] = ()
    unbound: frozenset[int] = frozenset()
    doubtful: bool = False


def is_plain(source: str) -> bool:
    """Whether a quick look finds nothing of IPython; a cell that is plain needs no masking."""
    return source[:1] not in (" ", "\t", "\n", "\f") and HINT.search(source) is None


def mask(source: str, *, lenient: bool = False) -> Masked:
    """Mask the IPython syntax of one cell.

    A wholly indented cell loses the first line's indentation, a pasted session its prompts where the first line has one:
    so did IPython until version 8. ``lenient`` is what it does since: the least indentation, and prompts anywhere.
    """
    return _Masker(source, lenient).run()


def may_need_leniency(source: str) -> bool:
    """Whether IPython's newer rules for indentation and prompts could read this cell otherwise."""
    return source[:1] in (" ", "\t", "\n", "\f") or ANY_PROMPT.search(source) is not None


def parser_text(masked: Masked) -> str:
    """What the parser is given: the masked text without the removed characters."""
    if not masked.outer and not masked.inner:
        return masked.text
    lines = masked.text.split("\n")
    for number, count in masked.outer.items():
        lines[number - 1] = lines[number - 1][count:]
    for number, count in masked.inner.items():
        line = lines[number - 1]
        indent = len(line) - len(line.lstrip(" \t\f"))
        lines[number - 1] = line[: max(indent - count, 0)] + line[indent:]
    return "\n".join(lines)


def removed(masked: Masked) -> dict[int, int]:
    """How many characters before its code each shortened line has lost."""
    both = dict(masked.outer)
    for line, count in masked.inner.items():
        both[line] = both.get(line, 0) + count
    return both


class _Masker:
    """One walk over the logical lines of a cell, collecting edits."""

    def __init__(self, source: str, lenient: bool) -> None:
        self.source = source
        self.lenient = lenient
        self.starts = [0, *(found.end() for found in NEWLINE.finditer(source))]
        self.edits: list[tuple[int, int, str]] = []
        self.magics: list[MagicLine] = []
        self.outer: dict[int, int] = {}
        self.inner: dict[int, int] = {}
        self.placeholders: list[tuple[int, int]] = []
        self.unbound: set[int] = set()
        self.doubtful = False

    def run(self) -> Masked:
        start = self.cell_magics()
        if start is None:
            return Masked(NOT_NEWLINE.sub(" ", self.source), tuple(self.magics), {}, {})
        self.strip_prompts(start)
        self.dedent(start)
        while start < len(self.source):
            start = self.logical_line(start)
        return Masked(
            self.edited(),
            tuple(self.magics),
            self.outer,
            self.inner,
            tuple(self.placeholders),
            frozenset(self.unbound),
            self.doubtful,
        )

    def cell_magics(self) -> int | None:
        """Take the cell magics at the top; where the Python below begins, None where there is none."""
        start = BLANK_LINES.match(self.source).end()  # type: ignore[union-attr]  # it matches the empty string
        while (found := CELL_MAGIC.match(self.source, start)) is not None and not CELL_HELP.match(self.source, start):
            name, content = found[1], found[2].strip()
            binds = binds_of(name, content, self.source[found.end() :])
            if name in OPAQUE:
                self.add(start, len(self.source), "cell", binds)
                return None
            self.doubtful |= name not in PYTHON_BODIED
            self.add(start, found.end(), "cell", binds, python=True)
            self.edits.append((start, found.end(), ""))
            start = found.end() + 1
            blank = BLANK_LINES.match(self.source, start)
            start = blank.end() if blank else start
        return start

    def strip_prompts(self, start: int) -> None:
        """Blank the prompts of a pasted session."""
        if FIRST_PROMPT.match(self.source, start) is None and not (self.lenient and ANY_PROMPT.search(self.source)):
            return
        lines = self.source[start:].split("\n")
        number = self.line_of(start)
        for offset, line in enumerate(lines):
            prompt = PROMPT.match(line)
            if prompt is not None:
                self.outer[number + offset] = prompt.end()
                lines[offset] = " " * prompt.end() + line[prompt.end() :]
        self.source = self.source[:start] + "\n".join(lines)

    def dedent(self, start: int) -> None:
        """Take the indentation that the cell has as a whole from every line that has it."""
        number = self.line_of(start)
        first = start - self.starts[number - 1]  # a form feed may stand before the first line
        rests = [self.source[start : self.line_end(start)], *self.source[self.line_end(start) + 1 :].split("\n")]
        skipped = [first, *(0 for _ in rests[1:])]
        for offset in range(len(rests)):
            prompt = max(self.outer.get(number + offset, 0) - skipped[offset], 0)
            rests[offset], skipped[offset] = rests[offset][prompt:], skipped[offset] + prompt
        indent = _least_indent(rests) if self.lenient else _indent_of(rests[0])
        if not indent and not first:
            return
        for offset, line in enumerate(rests):
            if line.startswith(indent) and (indent or skipped[offset]):
                self.outer[number + offset] = skipped[offset] + len(indent)

    def logical_line(self, start: int) -> int:
        """Mask the logical line that begins here; where the next one begins."""
        start = LEADING.match(self.source, start).end()  # type: ignore[union-attr]  # it matches the empty string
        if self.source[start : start + 1] in ESCAPES and start < len(self.source):
            end = self.continued_end(start)
            self.escaped(start, end)
            return end + 1
        depth, last, asks = 0, start, False
        for token in TOKEN.finditer(self.source, start):
            group = token.lastgroup
            if group == "open":
                depth += 1
            elif group == "close":
                depth = max(depth - 1, 0)
            elif group == "assign" and depth == 0:
                end = self.continued_end(token.end())
                if HELP.match(self.source, token.end(), end):
                    self.opaque(start, end, "help")
                else:
                    self.assigned(start, token.end(), end)
                return end + 1
            elif group in ("comment", "end"):
                asks = asks or self.source[last : token.start()].rstrip().endswith("?")
            if group == "end" and depth == 0:
                return self.finished(start, token.start(), asks=asks)
            last = token.end()
        asks = asks or self.source[last:].rstrip().endswith("?")
        return self.finished(start, len(self.source), asks=asks)

    def finished(self, start: int, end: int, *, asks: bool) -> int:
        if asks:
            self.opaque(start, end, "help")
        return end + 1

    def escaped(self, start: int, end: int) -> None:
        """A line that begins with one of IPython's escape characters."""
        text = self.source[start:end]
        if text.startswith("?") or text.rstrip().endswith("?"):
            self.opaque(start, end, "help")
        elif text.startswith("!"):
            self.opaque(start, end, "shell")
        elif text.startswith("%"):
            self.percent(start, end)
        else:
            self.opaque(start, end, "line")

    def percent(self, start: int, end: int) -> None:
        name, content_start = self.magic_name(start)
        offset = statement_in_line(name, self.source[content_start:end])
        binds = binds_of(name, self.source[content_start:end])
        if offset is None:
            self.opaque(start, end, "line", binds)
            return
        begin = content_start + offset
        line = self.line_of(start)
        self.add(start, end, "line", binds, python=True)
        self.edits.append((start, begin, ""))
        self.inner[line] = begin - start
        if name == "timeit":
            self.unbound.add(line)

    def assigned(self, start: int, begin: int, end: int) -> None:
        """``x = !ls`` or ``x = %magic``: the value becomes a placeholder; ``x = %time f()`` is ``x = f()``."""
        kind = "shell" if self.source[begin] == "!" else "line"
        self.add(start, end, kind, python=True)
        if kind == "line":
            name, content_start = self.magic_name(begin)
            offset = statement_in_line(name, self.source[content_start:end])
            if name == "time" and offset is not None:
                self.edits.append((begin, content_start + offset, ""))
                return
        self.placeholder(begin, end)

    def magic_name(self, start: int) -> tuple[str, int]:
        """The name of the magic at this percent sign, and where the text after it begins."""
        found = LINE_MAGIC.match(self.source, start)
        return (found[1], found.end()) if found else ("", start + 1)

    def opaque(self, start: int, end: int, kind: str, binds: tuple[str, ...] = ()) -> None:
        self.add(start, end, kind, binds)
        self.placeholder(start, end)

    def placeholder(self, start: int, end: int) -> None:
        line = self.line_of(start)
        self.placeholders.append((line, start - self.starts[line - 1]))
        self.edits.append((start, end, "0"))

    def add(self, start: int, end: int, kind: str, binds: tuple[str, ...] = (), *, python: bool = False) -> None:
        text = self.source[start:end].rstrip()
        line = self.line_of(start)
        self.magics.append(MagicLine(line, line + text.count("\n"), kind, text, binds, python))

    def line_of(self, position: int) -> int:
        return bisect_right(self.starts, position)

    def line_end(self, position: int) -> int:
        end = self.source.find("\n", position)
        return len(self.source) if end < 0 else end

    def continued_end(self, start: int) -> int:
        """The end of this line, and of those that a backslash at the end adds to it."""
        end = self.line_end(start)
        while end < len(self.source) and self.source[end - 1] == "\\":
            end = self.line_end(end + 1)
        return end

    def edited(self) -> str:
        pieces, position = [], 0
        for start, end, replacement in self.edits:
            pieces += [self.source[position:start], replacement]
            pieces.append(NOT_NEWLINE.sub(" ", self.source[start + len(replacement) : end]))
            position = end
        pieces.append(self.source[position:])
        return "".join(pieces)


def _indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _least_indent(lines: list[str]) -> str:
    """The indentation that all lines with text have in common."""
    indents = [_indent_of(line) for line in lines if line.strip()]
    return commonprefix(indents)
