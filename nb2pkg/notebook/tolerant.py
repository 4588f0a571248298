"""Read the JSON of a notebook that the fast way refuses: odd encodings, NaN, old versions, missing or mistyped fields.

What cannot be read is said to be what it is, with its place.
"""

import json
import re
from collections.abc import Mapping

import msgspec

from nb2pkg.notebook.cells import Cell, CellKind, Notebook, Unreadable
from nb2pkg.notebook.decode import decode_text, plain_newlines
from nb2pkg.notebook.language import spoken
from nb2pkg.notebook.old import is_old, old_cells, old_language, old_trouble
from nb2pkg.notebook.refuse import json_trouble, say_what_it_is

KINDS = {kind.value: kind for kind in CellKind}
NEWEST_MINOR = 5
# All of a text in long pieces, strings whole, so that what JSON has no number for stands alone.
PIECE = re.compile(rb'[^"NI]+|"[^"\\]*(?:\\.[^"\\]*)*"|NaN|Infinity|.', re.DOTALL)
# Whatever else a notebook holds, its outputs above all, is stepped over and never built.
CELL_KEYS = (
    "cell_type",
    "source",
    "execution_count",
    "id",
    "input",
    "prompt_number",
    "language",
    "level",
    "code",
    "text",
)
METADATA_KEYS = ("kernelspec", "language_info", "nb2pkg")
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
Document = Mapping[str, object]


def read_tolerantly(data: bytes, path: str) -> Notebook | Unreadable:
    """The notebook in these bytes, or what they are instead."""
    text = decode_text(data)
    refused = say_what_it_is(data, text, path)
    if refused is not None:
        return refused
    lean = _lean(text)
    document = _whole(text, path) if lean is None else lean
    if isinstance(document, Unreadable):
        return document
    return _from_document(document, text, path)


def ignored_by(wishes: object) -> tuple[str, ...] | None:
    """The rules that the metadata of a notebook silences by ``{"ignore": ["NB301"]}``; None for any other form."""
    words = wishes.get("ignore") if isinstance(wishes, dict) and wishes.keys() == {"ignore"} else None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    return tuple(words)


def built(raw: bytes | msgspec.Raw) -> object:
    """The value of valid JSON; None for one that is nested too deep."""
    try:
        return json.loads(bytes(raw), parse_int=_integer)
    except (RecursionError, UnicodeDecodeError):
        return None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None


def _lean(text: str) -> Document | None:
    """The document with no more than is needed of it; None where only the whole of it can tell."""
    data = text.encode("utf-8", errors="backslashreplace")
    if b"NaN" in data or b"Infinity" in data:
        data = b"".join(_as_number(found.group()) for found in PIECE.finditer(data))
    try:
        top = _OBJECT.decode(data)
        lean: dict[str, object] = {key: _members(raw, METADATA_KEYS) for key, raw in top.items() if key == "metadata"}
        for key in ("cells", "worksheets"):
            if key in top:
                lean[key] = [_cell_or_sheet(raw) for raw in _items(top[key])] if _is_list(top[key]) else built(top[key])
        return lean | {key: built(raw) for key, raw in top.items() if key in ("nbformat", "nbformat_minor")}
    except (msgspec.MsgspecError, RecursionError):
        return None


def _as_number(piece: bytes) -> bytes:
    """NaN and Infinity as numbers of their length, so that every place stays."""
    return b"0".ljust(len(piece)) if piece in (b"NaN", b"Infinity") else piece


def _is_list(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"["


def _is_object(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"{"


def _items(raw: msgspec.Raw) -> list[msgspec.Raw]:
    return _LIST.decode(raw)


def _members(raw: msgspec.Raw, keys: tuple[str, ...]) -> object:
    if not _is_object(raw):
        return built(raw)
    return {key: built(value) for key, value in _OBJECT.decode(raw).items() if key in keys}


def _cell_or_sheet(raw: msgspec.Raw) -> object:
    """A cell of any version, or a worksheet with such cells."""
    if not _is_object(raw):
        return built(raw)
    members = _OBJECT.decode(raw)
    if "cells" in members and _is_list(members["cells"]):
        return {"cells": [_members(cell, CELL_KEYS) for cell in _items(members["cells"])]}
    return {key: built(value) for key, value in members.items() if key in CELL_KEYS}


def _whole(text: str, path: str) -> Document | Unreadable:
    try:
        document: object = json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        return Unreadable(path, json_trouble(text, error), error.lineno, error.colno)
    except RecursionError:
        return Unreadable(path, "JSON nested too deep to read")
    return (
        document
        if isinstance(document, dict)
        else Unreadable(path, f"JSON, but no notebook: it holds {kind_of(document)}")
    )


def kind_of(value: object) -> str:
    """What a JSON value is, with its article."""
    kinds = {list: "a list", dict: "an object", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return kinds.get(type(value), "null")


def _from_document(document: Document, text: str, path: str) -> Notebook | Unreadable:
    """The notebook of a JSON object that may be one."""
    old = is_old(document)
    trouble = old_trouble(document) if old else None if "cells" in document else "it has no cells"
    if trouble is not None:
        return _at(text, path, f"{_what(document)}: {trouble}", member="worksheets")
    raw_cells = list(old_cells(document)) if old else document.get("cells")
    if not isinstance(raw_cells, list):
        return _at(text, path, f"not a valid notebook: cells is {kind_of(raw_cells)}, no list", member="cells")
    if not raw_cells and "nbformat" not in document and "worksheets" not in document:
        return Unreadable(path, "JSON, but no notebook: it has no nbformat")
    cells = []
    for number, raw in enumerate(raw_cells, 1):
        cell = _cell_of(raw, number, tolerant=_is_newer(document))
        if isinstance(cell, str):
            return _at(text, path, f"not a valid notebook: cell {number} {cell}", cell=number)
        cells.append(cell)
    metadata = _mapping(document.get("metadata"))
    ignored = ignored_by(metadata["nb2pkg"]) if "nb2pkg" in metadata else ()
    return Notebook(path, tuple(cells), "ipynb", _language(metadata, old_language(document) if old else None), ignored)


def _what(document: Document) -> str:
    """What is said of a JSON object without cells."""
    version = document.get("nbformat")
    if type(version) is not int:
        return "JSON, but no notebook"
    return f"not a valid notebook of nbformat {version}" + (", newer than nb2pkg knows" if version > 4 else "")


def _is_newer(document: Document) -> bool:
    """Whether the notebook is of a version that may hold cells of kinds unknown to us."""
    major, minor = document.get("nbformat"), document.get("nbformat_minor")
    if not isinstance(major, int | float) or not isinstance(minor, int | float):
        return False
    return major > 4 or (major == 4 and minor > NEWEST_MINOR)


def _at(text: str, path: str, reason: str, *, member: str = "", cell: int = 0) -> Unreadable:
    """A reason with the place of a cell, or of a member of the document."""
    from nb2pkg.notebook.raw import RawFile

    raw = RawFile(text.encode("utf-8", errors="replace"), "")
    return Unreadable(path, reason, *(raw.cell(cell) if cell else raw.member(member)))


def _language(metadata: Document, in_cells: str | None) -> str | None:
    info, spec = _mapping(metadata.get("language_info")), _mapping(metadata.get("kernelspec"))
    return spoken(_text(info.get("name")), _text(spec.get("language")) or in_cells, _text(spec.get("name")))


def _cell_of(raw: object, number: int, *, tolerant: bool) -> Cell | str:
    """The cell, or what is wrong with it; ``tolerant`` takes kinds of cells that are unknown for raw text."""
    if not isinstance(raw, dict):
        return f"is {kind_of(raw)}, no object"
    if "cell_type" not in raw:
        return "has no cell_type"
    kind = KINDS.get(raw["cell_type"]) if isinstance(raw["cell_type"], str) else None
    if kind is None and not tolerant:
        return f"has an unknown cell_type: {str(raw['cell_type'])[:40]!r}"
    source = raw.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return "has no source" if source is None else "has a source that is no text"
    count = raw.get("execution_count")
    return Cell(
        number,
        kind or CellKind.RAW,
        plain_newlines(source),
        count if type(count) is int else None,
        _text(raw.get("id")),
    )


def _mapping(value: object) -> Document:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
