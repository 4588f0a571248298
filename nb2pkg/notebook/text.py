"""Read notebooks kept as Python text: ``# %%`` cells by a parser of our own, jupytext's other forms by jupytext."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.notebook.cells import Cell, CellKind, Notebook, Unreadable
from nb2pkg.notebook.ipynb import plain_newlines

MARKER = re.compile(r"[ \t]*#[ \t]*%%(?:%*)(?:[ \t]+(?P<rest>.*))?$")
KIND_IN_MARKER = re.compile(r"\[(markdown|md|raw)\]", re.IGNORECASE)
COMMENTED_MAGIC = re.compile(r"[ \t]*# ?(%{1,2}[A-Za-z]|!\s*[A-Za-z])")
CELL_MAGIC = re.compile(r"# ?%%[A-Za-z]")
HEADER_FORMAT = re.compile(r"^#\s+format_name:\s*(\w+)", re.MULTILINE)
HEADER_LANGUAGE = re.compile(r"^#\s+language:\s*(\S+)", re.MULTILINE)
PYTHON_ENDING = ".py"


class Piece(NamedTuple):
    """One cell of a text notebook; ``line`` is the file's line (from 1) where its source begins."""

    kind: CellKind
    source: str
    line: int


def form_of(text: str) -> str | None:
    """The form of a text notebook: "py:percent", "py:light" or another name of jupytext's; None for ordinary Python."""
    header = header_of(text)
    named = HEADER_FORMAT.search(header) if "jupytext" in header else None
    if named is not None:
        return "py:percent" if named.group(1) in ("percent", "hydrogen") else f"py:{named.group(1)}"
    if "%%" in text and any(MARKER.match(line) for line in text.split("\n")):
        return "py:percent"
    return "py:light" if "jupytext" in header else None


def header_of(text: str) -> str:
    """The YAML header that jupytext writes as comments, markers included; empty where there is none."""
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith(("#!", "# -*-"))), None)
    if start is None or lines[start].rstrip() != "# ---":
        return ""
    for end in range(start + 1, len(lines)):
        if lines[end].rstrip() == "# ---":
            return "\n".join(lines[: end + 1])
        if not lines[end].startswith("#"):
            return ""
    return ""


def read_text(text: str, path: str, form: str | None = None) -> Notebook | Unreadable:
    """Read a text notebook; ``form`` None takes what the text says, and jupytext's light form for ordinary Python."""
    text = plain_newlines(text).removeprefix("\ufeff")
    form = form or form_of(text) or "py:light"
    pieces = pieces_of(text, form)
    if isinstance(pieces, str):
        return Unreadable(path, pieces)
    cells = tuple(Cell(number, piece.kind, piece.source, None, None) for number, piece in enumerate(pieces, 1))
    named = HEADER_LANGUAGE.search(header_of(text))
    return Notebook(path, cells, form, named.group(1).lower() if named else "python")


def pieces_of(text: str, form: str) -> list[Piece] | str:
    """The cells with their places in the file, or why jupytext could not read them."""
    if form == "py:percent":
        return list(_percent_pieces(text))
    return _jupytext_pieces(text, form)


def _percent_pieces(text: str) -> Iterator[Piece]:
    lines = text.split("\n")
    header = header_of(text)
    start = header.count("\n") + 1 if header else 0
    kind, first = CellKind.CODE, start
    opened = False
    for number in range(start, len(lines)):
        marker = MARKER.match(lines[number]) if "%%" in lines[number] else None
        if marker is None:
            continue
        yield from _piece(kind, lines, first, number, opened)
        kind, first, opened = _kind_of(marker.group("rest") or ""), number + 1, True
    yield from _piece(kind, lines, first, len(lines), opened)


def _kind_of(rest: str) -> CellKind:
    named = KIND_IN_MARKER.search(rest)
    if named is None:
        return CellKind.CODE
    return CellKind.RAW if named.group(1).lower() == "raw" else CellKind.MARKDOWN


def _piece(kind: CellKind, lines: list[str], first: int, end: int, opened: bool) -> Iterator[Piece]:
    """The cell of these lines without the blank lines around it; what stands before the first marker may be nothing."""
    while first < end and not lines[first].strip():
        first += 1
    while end > first and not lines[end - 1].strip():
        end -= 1
    if first == end and not opened:
        return
    body = lines[first:end]
    if kind is CellKind.CODE:
        yield Piece(kind, "\n".join(uncomment_magics(body)), first + 1)
        return
    quote = body[0].strip()[:3] if body else ""
    if quote in ('"""', "'''") and body[-1].rstrip().endswith(quote):
        inner = "\n".join(body).strip()[3:-3]
        yield Piece(kind, inner.strip("\n"), first + 1 + (1 if inner.startswith("\n") else 0))
        return
    yield Piece(kind, "\n".join(re.sub(r"^# ?", "", line) for line in body), first + 1)


def uncomment_magics(lines: list[str]) -> list[str]:
    """Magics stand as comments in a text notebook (``# %matplotlib inline``, ``# !pip``); a cell magic may take all lines."""
    if lines and CELL_MAGIC.match(lines[0]) and all(line.startswith("#") or not line.strip() for line in lines):
        return [re.sub(r"^# ?", "", line) for line in lines]
    return [_uncommented(line) if "#" in line and COMMENTED_MAGIC.match(line) else line for line in lines]


def _uncommented(line: str) -> str:
    before, _, after = line.partition("#")
    return before + after.removeprefix(" ")


def _jupytext_pieces(text: str, form: str) -> list[Piece] | str:
    import jupytext
    from jupytext.formats import JupytextFormatError

    try:
        document = jupytext.reads(text, fmt=form)
    except (JupytextFormatError, ValueError, SyntaxError) as error:
        return f"jupytext cannot read it as {form}: {error}"
    lines = text.split("\n")
    pieces, position = [], 0
    for cell in document.cells:
        source: str = cell.source
        position = _find_line(lines, source.split("\n", 1)[0].strip(), position)
        pieces.append(Piece(CellKind(cell.cell_type), source, position + 1))
        position = min(position + source.count("\n") + 1, len(lines) - 1) if source else position
    return pieces


def _find_line(lines: list[str], wanted: str, start: int) -> int:
    for number in range(start, len(lines)):
        if wanted and lines[number].strip().lstrip("#").strip() == wanted.lstrip("#").strip():
            return number
    return start
