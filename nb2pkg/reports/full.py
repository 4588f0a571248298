"""The report for people: each finding with its source line, carets below it, and the places that explain it."""

from collections.abc import Iterator, Sequence

from nb2pkg.lint import Diagnostic
from nb2pkg.reports.concise import summary, written
from nb2pkg.source import Span

LINES_SHOWN = 4


def full(diagnostics: Sequence[Diagnostic]) -> str:
    """All findings, then how many there are."""
    return "".join(f"{line}\n" for one in diagnostics for line in _finding(one)) + summary(diagnostics)


def _finding(one: Diagnostic) -> Iterator[str]:
    yield f"{one.severity.value}[{one.code}] {one.name}: {one.message}"
    yield from _excerpt(one.path, one.place, one.source, mark="^")
    for related in one.related:
        yield f"note: {related.message}"
        yield from _excerpt(one.path, related.place, (related.source,) if related.source else (), mark="-")
    yield ""


def _excerpt(path: str, place: Span, source: tuple[str, ...], *, mark: str) -> Iterator[str]:
    shown = source[:LINES_SHOWN]
    width = len(str(place.line + len(shown)))
    gutter = " " * width
    yield f"{gutter}--> {written(path, place)}"
    if not shown:
        return
    yield f"{gutter} |"
    for number, text in enumerate(shown, place.line):
        yield f"{number:>{width}} | {text}"
        yield f"{gutter} | {_carets(text, *_columns(place, number, text), mark=mark)}"
    if len(source) > len(shown):
        yield f"{gutter} | ..."
    yield f"{gutter} |"


def _columns(place: Span, number: int, text: str) -> tuple[int, int]:
    """The marked part of a line, from 0; of a later line without its indentation."""
    start = place.column - 1 if number == place.line else len(text) - len(text.lstrip())
    end = place.end_column - 1 if number == place.end_line else len(text.rstrip())
    return start, end


def _carets(text: str, start: int, end: int, *, mark: str) -> str:
    """Marks below a stretch of text, at least one, at the columns a terminal shows it in."""
    lead = "".join("\t" if char == "\t" else " " * _width(char) for char in text[:start])
    return lead + mark * max(1, sum(_width(char) for char in text[start:end]))


def _width(char: str) -> int:
    """Columns of a terminal that a character takes."""
    if char.isascii():
        return 1
    from unicodedata import combining, east_asian_width

    return 0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1
