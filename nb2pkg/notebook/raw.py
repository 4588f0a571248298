"""Find where a line of a cell stands in the raw file, for code hosts that show the file and not the notebook."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from nb2pkg.errors import Nb2pkgError
from nb2pkg.notebook.by_jupytext import Piece
from nb2pkg.notebook.decode import decode_text, plain_newlines
from nb2pkg.notebook.text import form_of, is_text, ordinary_form, pieces_of
from nb2pkg.source import Span

STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
SPACE = re.compile(r"[ \t\r\n]*")
SCALAR = re.compile(r"[^\s,\]}]+")
SOURCES = ("source", "input", "code", "text")
ESCAPED_NEWLINE = re.compile(r"\\(?:(r\\n|[rn])|.)", re.DOTALL)
LINE_END = re.compile("\n")


class RawFile:
    """A notebook's file as it is stored; ``path`` tells the form by its ending."""

    def __init__(self, data: bytes, path: str) -> None:
        self._text = decode_text(data)
        self._starts = [0, *(found.end() for found in LINE_END.finditer(self._text))]
        self._cells: list[int] | None = None
        self._sources: dict[int, list[int]] = {}
        self._pieces: tuple[Piece, ...] | None = _pieces(self._text, path) if is_text(path) else None

    def place(self, place: Span) -> tuple[int, int]:
        """The line and column (from 1) in the file where a place in a cell begins.

        In JSON they are those of the string that holds the line: its own where the source is a list, else the one of the
        cell. (1, 1) where there is no such cell.
        """
        if not place.cell:
            return place.line, place.column
        if self._pieces is not None:
            return self._place_in_text(self._pieces, place)
        if place.cell not in self._sources:
            self._sources[place.cell] = self._source_places(place.cell)
        strings = self._sources[place.cell]
        return self._line_and_column(strings[min(place.line, len(strings)) - 1]) if strings else (1, 1)

    def cell(self, number: int) -> tuple[int, int]:
        """Where a cell of a JSON notebook begins; (1, 1) where there is none."""
        cells = self._cell_places()
        return self._line_and_column(cells[number - 1]) if 1 <= number <= len(cells) else (1, 1)

    def member(self, key: str) -> tuple[int, int]:
        """Where the value of a key of the whole JSON document begins; (1, 1) where there is none."""
        try:
            for found, position in _members(self._text, _space(self._text, 0)):
                if found == key:
                    return self._line_and_column(position)
        except (IndexError, _BrokenJsonError):
            pass
        return 1, 1

    def _line_and_column(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1

    def _place_in_text(self, pieces: tuple[Piece, ...], place: Span) -> tuple[int, int]:
        if not 1 <= place.cell <= len(pieces):
            return 1, 1
        piece = pieces[place.cell - 1]
        number = min(piece.line + place.line - 1, len(self._starts))
        stored = self._text[self._starts[number - 1] :].partition("\n")[0].rstrip("\r")
        lines = piece.source.split("\n")
        written = lines[place.line - 1] if place.line <= len(lines) else ""
        before = len(stored) - len(written) if written and stored.endswith(written) else 0
        return number, place.column + before

    def _cell_places(self) -> list[int]:
        if self._cells is None:
            try:
                self._cells = list(_cells(self._text))
            except (IndexError, _BrokenJsonError):
                self._cells = []
        return self._cells

    def _source_places(self, cell: int) -> list[int]:
        """For each line of the source of a cell, the position of the JSON string that holds it."""
        cells = self._cell_places()
        try:
            return _source_places(self._text, cells[cell - 1]) if 1 <= cell <= len(cells) else []
        except (IndexError, _BrokenJsonError):
            return []


def open_raw(path: str) -> RawFile:
    """The file at a path. Raises Nb2pkgError where it cannot be opened."""
    try:
        with open(path, "rb") as file:
            return RawFile(file.read(), path)
    except OSError as error:
        raise Nb2pkgError(f"{path}: {error.strerror or error}") from error


def _pieces(text: str, path: str) -> tuple[Piece, ...]:
    text = plain_newlines(text)
    read = pieces_of(text, form_of(text, path) or ordinary_form(path))
    return () if isinstance(read, str) else read.pieces


class _BrokenJsonError(Exception):
    """The text is not the JSON it should be."""


def _cells(text: str) -> Iterator[int]:
    """The positions of the cells, those of old worksheets included; of a key that stands twice the last one counts."""
    values = dict(_members(text, _space(text, 0)))
    if "cells" in values:
        yield from _items(text, values["cells"])
    elif "worksheets" in values:
        for sheet in _items(text, values["worksheets"]):
            yield from _items(text, dict(_members(text, sheet)).get("cells", sheet))


def _source_places(text: str, start: int) -> list[int]:
    values = dict(_members(text, start))
    value = next((values[key] for key in SOURCES if key in values), None)
    if value is None:
        return []
    places: list[int] = []
    complete = True
    for string in list(_items(text, value)) if text[value] == "[" else [value]:
        end = _end(text, string)
        newlines = sum(1 for found in ESCAPED_NEWLINE.finditer(text, string, end) if found[1])
        if complete or not places:
            places.append(string)
        complete = text[end - 3 : end - 1] in ("\\n", "\\r")
        places += [string] * (newlines - 1 if complete else newlines)
    return places


def _members(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The keys of the object that begins here, with the positions of their values."""
    if text[start] != "{":
        return
    position = _space(text, start + 1)
    while text[position] != "}":
        end = _end(text, position)
        key = text[position + 1 : end - 1]
        value = _space(text, _space(text, end) + 1)
        yield key, value
        position = _space(text, _end(text, value))
        if text[position] == ",":
            position = _space(text, position + 1)


def _items(text: str, start: int) -> Iterator[int]:
    """The positions of the items of the list that begins here."""
    if text[start] != "[":
        return
    position = _space(text, start + 1)
    while text[position] != "]":
        yield position
        position = _space(text, _end(text, position))
        if text[position] == ",":
            position = _space(text, position + 1)


def _end(text: str, start: int) -> int:
    """Where the value that begins here ends; nested ones by counting brackets, without recursion."""
    if text[start] == '"':
        return _matched(STRING, text, start)
    if text[start] not in "{[":
        return _matched(SCALAR, text, start)
    depth = 0
    for found in STRING_OR_BRACKET.finditer(text, start):
        token = found.group()
        if token in "{[":
            depth += 1
        elif token in "}]":
            depth -= 1
            if not depth:
                return found.end()
    raise _BrokenJsonError


def _matched(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    if found is None:
        raise _BrokenJsonError
    return found.end()


def _space(text: str, position: int) -> int:
    return _matched(SPACE, text, position)
