"""Read notebooks kept as text: ``# %%`` cells by a parser of our own, all other forms by jupytext."""

import re
from collections.abc import Iterator

from nb2pkg.notebook.by_jupytext import Piece, Pieces, jupytext_pieces
from nb2pkg.notebook.cells import Cell, CellKind, Notebook, Unreadable
from nb2pkg.notebook.decode import plain_newlines
from nb2pkg.notebook.language import spoken
from nb2pkg.notebook.mask import TOKEN

PYTHON_ENDING = ".py"
MARKDOWN_ENDINGS = (".md", ".markdown")
CHUNK_ENDINGS = {".Rmd": "Rmd", ".rmd": "Rmd", ".qmd": "qmd"}
TEXT_ENDINGS = (PYTHON_ENDING, *MARKDOWN_ENDINGS, *CHUNK_ENDINGS)

MARKER = re.compile(r"[ \t]*#[ \t]*(?:%%%*(?:[ \t]+(?P<rest>.*))?|<codecell>[ \t]*|In\[[0-9 ]*\]:?[ \t]*)$")
MAYBE_MARKER = re.compile(r"%%|In\[|<codecell>")
KIND_IN_MARKER = re.compile(r"\[(markdown|md|raw)\]", re.IGNORECASE)
ACTIVE_IN_MARKER = re.compile(r"\bactive=\"([^\"]*)\"")
COMMENTED_MAGIC = re.compile(
    r"[ \t]*#(?: ?(?:%{1,2}[A-Za-z]|!\s*[A-Za-z]|[A-Za-z_]\w*[ \t]*=[ \t]*[%!][A-Za-z])| ![./~$])"
)
CELL_MAGIC = re.compile(r"# ?%%[A-Za-z]")
COMMENT_SIGN = re.compile(r"^# ?")
HEADER_FORMAT = re.compile(r"^[#\s]*format_name:\s*(\w+)", re.MULTILINE)
HEADER_LANGUAGE = re.compile(r"^#\s+language:\s*(\S+)", re.MULTILINE)
FENCED_CODE_CELL = re.compile(r"^```\s*\{code-cell\}", re.MULTILINE)
PERCENT_FORMS = ("percent", "hydrogen")


def is_text(path: str) -> bool:
    """Whether a file of this name is read as text, and not as JSON."""
    return path.endswith(TEXT_ENDINGS)


def form_of(text: str, path: str = "a.py") -> str | None:
    """The form of a text notebook: "py:percent", "md:myst", "qmd" ...; None for ordinary Python or Markdown."""
    for ending, form in CHUNK_ENDINGS.items():
        if path.endswith(ending):
            return form
    if path.endswith(MARKDOWN_ENDINGS):
        return _form_of_markdown(text)
    header = header_of(text, "# ")
    named = HEADER_FORMAT.search(header) if "jupytext" in header else None
    if named is not None:
        return "py:percent" if named.group(1) in PERCENT_FORMS else f"py:{named.group(1)}"
    if MAYBE_MARKER.search(text) and any(MARKER.match(line) for line in text.split("\n")):
        return "py:percent"
    return "py:light" if "jupytext" in header else None


def _form_of_markdown(text: str) -> str | None:
    header = header_of(text)
    named = HEADER_FORMAT.search(header)
    if FENCED_CODE_CELL.search(text) or (named is not None and named.group(1) == "myst"):
        return "md:myst"
    if named is not None and named.group(1) != "markdown":
        return f"md:{named.group(1)}"
    return "md" if "jupytext:" in header or "kernelspec:" in header else None


def header_of(text: str, sign: str = "") -> str:
    """The YAML header of a file, markers included, as comments where ``sign`` is a comment sign; empty where there is none."""
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith(("#!", "# -*-"))), None)
    if start is None or lines[start].rstrip() != f"{sign}---":
        return ""
    for end in range(start + 1, len(lines)):
        if lines[end].rstrip() == f"{sign}---":
            return "\n".join(lines[: end + 1])
        if sign and not lines[end].startswith("#"):
            return ""
    return ""


def read_text(text: str, path: str, form: str | None = None) -> Notebook | Unreadable:
    """Read a text notebook; ``form`` None takes what the text says, else jupytext's light form of Python, or Markdown."""
    text = plain_newlines(text)
    form = form or form_of(text, path) or ordinary_form(path)
    read = pieces_of(text, form)
    if isinstance(read, str):
        return Unreadable(path, read)
    cells = tuple(Cell(number, piece.kind, piece.source, None, None) for number, piece in enumerate(read.pieces, 1))
    return Notebook(path, cells, form, read.language)


def ordinary_form(path: str) -> str:
    """As what a text is read that says nothing of cells."""
    return "md" if path.endswith(MARKDOWN_ENDINGS) else "py:light"


def pieces_of(text: str, form: str) -> Pieces | str:
    """The cells with their places in the file, or why jupytext could not read them."""
    if form != "py:percent":
        return jupytext_pieces(text, form)
    named = HEADER_LANGUAGE.search(header_of(text, "# "))
    return Pieces(tuple(_percent_pieces(text)), spoken(named.group(1), None, None) if named else "python")


def _percent_pieces(text: str) -> Iterator[Piece]:
    lines = text.split("\n")
    header = header_of(text, "# ")
    start = header.count("\n") + 1 if header else 0
    quoted = _quoted_lines(text)
    rest, first, opened = "", start, False
    for number in range(start, len(lines)):
        line = lines[number]
        marker = MARKER.match(line) if MAYBE_MARKER.search(line) and number not in quoted else None
        if marker is None:
            continue
        yield from _piece(rest, lines, first, number, opened)
        rest, first, opened = marker.group("rest") or "", number + 1, True
    yield from _piece(rest, lines, first, len(lines), opened)


def _quoted_lines(text: str) -> frozenset[int]:
    """The lines (from 0) that begin inside a string of several lines."""
    if '"""' not in text and "'''" not in text:
        return frozenset()
    quoted: set[int] = set()
    line, position = 0, 0
    for token in TOKEN.finditer(text):
        if token.lastgroup == "skip" and "\n" in token.group():
            line += text.count("\n", position, token.start())
            end = line + token.group().count("\n")
            quoted.update(range(line + 1, end + 1))
            line, position = end, token.end()
    return frozenset(quoted)


def _piece(rest: str, lines: list[str], first: int, end: int, opened: bool) -> Iterator[Piece]:
    """The cell of these lines without the blank lines around it; what stands before the first marker may be nothing."""
    while first < end and not lines[first].strip():
        first += 1
    while end > first and not lines[end - 1].strip():
        end -= 1
    if first == end and not opened:
        return
    body, kind = lines[first:end], _kind_of(rest)
    if kind is CellKind.CODE:
        source = _uncommented(body) if _only_in_notebooks(rest) else uncomment_magics(body)
        yield Piece(kind, "\n".join(source), first + 1)
        return
    quote = body[0].strip()[:3] if body else ""
    if quote in ('"""', "'''") and body[-1].rstrip().endswith(quote):
        inner = "\n".join(body).strip()[3:-3]
        yield Piece(kind, inner.strip("\n"), first + 1 + (1 if inner.startswith("\n") else 0))
        return
    yield Piece(kind, "\n".join(_uncommented(body)), first + 1)


def _kind_of(rest: str) -> CellKind:
    named = KIND_IN_MARKER.search(rest)
    if named is None:
        active = ACTIVE_IN_MARKER.search(rest)
        return CellKind.RAW if active is not None and "ipynb" not in active.group(1) else CellKind.CODE
    return CellKind.RAW if named.group(1).lower() == "raw" else CellKind.MARKDOWN


def _only_in_notebooks(rest: str) -> bool:
    """Whether the lines of this cell are comments in the script and code in the notebook."""
    active = ACTIVE_IN_MARKER.search(rest)
    return active is not None and "py" not in active.group(1).split(",")


def uncomment_magics(lines: list[str]) -> list[str]:
    """Magics stand as comments in a text notebook (``# %matplotlib inline``, ``# !pip``); a cell magic may take all lines."""
    if lines and CELL_MAGIC.match(lines[0]) and all(line.startswith("#") or not line.strip() for line in lines):
        return _uncommented(lines)
    return [_without_sign(line) if "#" in line and COMMENTED_MAGIC.match(line) else line for line in lines]


def _uncommented(lines: list[str]) -> list[str]:
    return [COMMENT_SIGN.sub("", line) for line in lines]


def _without_sign(line: str) -> str:
    before, _, after = line.partition("#")
    return before + after.removeprefix(" ")
