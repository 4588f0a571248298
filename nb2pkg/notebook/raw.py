"""Find where a line of a cell stands in the raw file, for code hosts that show the file and not the notebook."""

import re
from collections.abc import Iterator

from nb2pkg.notebook.ipynb import decode_text, plain_newlines
from nb2pkg.notebook.text import PYTHON_ENDING, form_of, pieces_of

STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
SPACE = re.compile(r"[ \t\r\n]*")
SCALAR = re.compile(r"[^\s,\]}]+")
SOURCES = ("source", "input")
ESCAPED_NEWLINE = re.compile(r"\\(?:(r\\n|[rn])|.)", re.DOTALL)


def raw_line(file: str | bytes, cell: int, line: int) -> tuple[int, int]:
    """The line and column (from 1) in the raw file, a path or its bytes, of a line of a cell (both from 1).

    In JSON it is the string that holds the line: its own where the source is a list, else the one string of the cell.
    (1, 1) where there is no such cell.
    """
    data, is_python = _bytes_of(file)
    text = decode_text(data)
    if is_python:
        return _line_of_text(text, cell, line)
    places = _places(text, cell)
    position = places[min(line, len(places)) - 1] if places else 0
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _bytes_of(file: str | bytes) -> tuple[bytes, bool]:
    if isinstance(file, bytes):
        return file, not file.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b"\x00" not in file[:4]
    with open(file, "rb") as opened:
        return opened.read(), file.endswith(PYTHON_ENDING)


def _line_of_text(text: str, cell: int, line: int) -> tuple[int, int]:
    text = plain_newlines(text)
    pieces = pieces_of(text, form_of(text) or "py:light")
    if isinstance(pieces, str) or not 1 <= cell <= len(pieces):
        return 1, 1
    return pieces[cell - 1].line + line - 1, 1


def _places(text: str, cell: int) -> list[int]:
    """For each line of the source of a cell, the position of the JSON string that holds it."""
    try:
        for number, start in enumerate(_cells(text), 1):
            if number == cell:
                return _source_places(text, start)
    except (IndexError, _BrokenJsonError):
        return []
    return []


class _BrokenJsonError(Exception):
    """The text is not the JSON it should be."""


def _cells(text: str) -> Iterator[int]:
    """The positions of the cells, those of old worksheets included."""
    for key, value in _members(text, _space(text, 0)):
        if key == "cells":
            yield from _items(text, value)
        elif key == "worksheets":
            for sheet in _items(text, value):
                for inner, cells in _members(text, sheet):
                    if inner == "cells":
                        yield from _items(text, cells)


def _source_places(text: str, start: int) -> list[int]:
    for key, value in _members(text, start):
        if key not in SOURCES:
            continue
        strings = list(_items(text, value)) if text[value] == "[" else [value]
        places: list[int] = []
        complete = True
        for string in strings:
            newlines = sum(1 for found in ESCAPED_NEWLINE.finditer(text, string, _end(text, string)) if found[1])
            if complete or not places:
                places.append(string)
            ends = text[_end(text, string) - 3 : _end(text, string) - 1] in ("\\n", "\\r")
            places += [string] * (newlines - 1 if ends else newlines)
            complete = ends
        return places
    return []


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
    position, depth = start, 0
    while True:
        character = text[position]
        if character in "{[":
            depth, position = depth + 1, position + 1
        elif character in "}]":
            depth, position = depth - 1, position + 1
        elif character == '"':
            position = _matched(STRING, text, position)
        elif character in ",: \t\r\n":
            position += 1
        else:
            position = _matched(SCALAR, text, position)
        if depth <= 0:
            return position


def _matched(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    if found is None:
        raise _BrokenJsonError
    return found.end()


def _space(text: str, position: int) -> int:
    return _matched(SPACE, text, position)
