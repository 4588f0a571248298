"""Read the text forms that jupytext understands, and find where in the file each of its cells stands.

Jupytext gives cells and no places. Its cells follow each other in the file, between them only markers and blank lines, so
every cell stands where its lines are found first after the cell before.
"""

import warnings
from collections.abc import Sequence
from typing import NamedTuple

from nb2pkg.notebook.cells import CellKind
from nb2pkg.notebook.language import spoken

# How jupytext calls the forms. Quarto's chunks are those of R Markdown; jupytext itself would start Quarto for them.
FORMATS = {
    "py:light": "py:light",
    "py:nomarker": "py:nomarker",
    "py:bare": "py:bare",
    "py:sphinx": "py:sphinx",
    "md": "md",
    "md:myst": "md:myst",
    "Rmd": "Rmd",
    "qmd": "Rmd",
}
# What str.splitlines, which jupytext uses, takes for line ends and Python does not, and characters nobody writes.
LINE_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
HIDDEN = {ord(end): 0x10FF00 + number for number, end in enumerate(LINE_ENDS)}
SHOWN = {hidden: end for end, hidden in HIDDEN.items()}
WINDOW = 2000


class Piece(NamedTuple):
    """One cell of a text notebook; ``line`` is the file's line (from 1) where its source begins."""

    kind: CellKind
    source: str
    line: int


class Pieces(NamedTuple):
    """The cells of a text notebook and its language, as ``Notebook`` has it."""

    pieces: tuple[Piece, ...]
    language: str | None


def jupytext_pieces(text: str, form: str) -> Pieces | str:
    """The cells with their places in the file, or why they could not be read."""
    if form not in FORMATS:
        return f"a text notebook in the form {form}, which nb2pkg does not read"
    import jupytext

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, which nobody asked us to look at
            document = jupytext.reads(text.translate(HIDDEN), fmt=FORMATS[form])
    except _refusals() as error:
        first_line = str(error).strip().partition("\n")[0]
        return f"jupytext cannot read it as {form}: {first_line or type(error).__name__}"
    cells = [(CellKind(cell.cell_type), str(cell.source).translate(SHOWN)) for cell in document.cells]
    return Pieces(tuple(_placed(cells, text.split("\n"))), _language(document.metadata, form))


def _refusals() -> tuple[type[Exception], ...]:
    """What jupytext raises for text it cannot read: its own errors have no common class, and some say nothing of it."""
    import nbformat
    import yaml
    from jupytext.cell_metadata import RLogicalValueError, RMarkdownOptionParsingError
    from jupytext.myst import MystMetadataParsingError

    of_python = (ValueError, TypeError, LookupError, AttributeError, RuntimeError, ArithmeticError, AssertionError)
    of_options = (RLogicalValueError, RMarkdownOptionParsingError, MystMetadataParsingError)
    return (*of_python, *of_options, SyntaxError, yaml.YAMLError, nbformat.ValidationError)


def _language(metadata: object, form: str) -> str | None:
    language = _named(_named(metadata, "kernelspec"), "language") or _named(
        _named(metadata, "jupytext"), "main_language"
    )
    if not isinstance(language, str):
        return "python" if form.startswith("py:") else None
    return spoken(language, None, None)


def _named(mapping: object, key: str) -> object:
    return mapping.get(key) if isinstance(mapping, dict) else None


def _placed(cells: Sequence[tuple[CellKind, str]], lines: Sequence[str]) -> list[Piece]:
    bare = [_bare(line) for line in lines]
    pieces, position = [], 0
    for kind, source in cells:
        wanted = [_bare(line) for line in source.split("\n")]
        found = _find(bare, wanted, position)
        if found is None and source.startswith("%%"):  # the first line tells the language that a marker names
            after_marker = _find(bare, wanted[1:], position + 1)
            found = None if after_marker is None else after_marker - 1
        if found is not None and source:
            pieces.append(Piece(kind, source, found + 1))
            position = min(found + len(wanted), len(lines) - 1)
        else:
            pieces.append(Piece(kind, source, position + 1))
    return pieces


def _bare(line: str) -> str:
    """A line without what jupytext takes off: comment signs, and the quotes around a cell of text."""
    return line.strip().lstrip("#").strip().removeprefix("r").strip("\"'").strip()


def _find(lines: Sequence[str], wanted: Sequence[str], start: int) -> int | None:
    """The first line from here on where the wanted lines stand."""
    last = min(start + WINDOW, len(lines) - len(wanted))
    for number in range(start, last + 1):
        if lines[number] == wanted[0] and list(lines[number : number + len(wanted)]) == list(wanted):
            return number
    return None
