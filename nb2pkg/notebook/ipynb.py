"""Decode the JSON of a Jupyter notebook into cells, reading only the fields that are needed."""

import json
import re
from typing import Any

import msgspec

from nb2pkg.notebook.cells import Cell, CellKind, Notebook, Unreadable
from nb2pkg.notebook.refuse import say_what_it_is

KINDS = {kind.value: kind for kind in CellKind}
VERSION_NUMBER = re.compile(r"\d+(\.\d+)*$")


class _Named(msgspec.Struct):
    name: str | None = None
    language: str | None = None


class _Metadata(msgspec.Struct):
    kernelspec: _Named | None = None
    language_info: _Named | None = None
    nb2pkg: msgspec.Raw = msgspec.Raw()


class _Cell(msgspec.Struct):
    cell_type: str
    source: str | list[str]
    execution_count: int | None = None
    id: str | None = None


class _Document(msgspec.Struct):
    cells: list[_Cell]
    nbformat: int
    metadata: _Metadata | None = None


_DECODER = msgspec.json.Decoder(_Document)


def read_ipynb(data: bytes, path: str) -> Notebook | Unreadable:
    """Read an .ipynb: a typed fast path, then the standard library for odd bytes, then nbformat for old versions."""
    try:
        document = _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _read_slowly(data, path)
    cells = []
    for number, raw in enumerate(document.cells, 1):
        kind = KINDS.get(raw.cell_type)
        if document.nbformat < 4 or kind is None:
            return _read_slowly(data, path)
        source = raw.source if isinstance(raw.source, str) else "".join(raw.source)
        cells.append(Cell(number, kind, plain_newlines(source), raw.execution_count, raw.id))
    metadata = document.metadata or _Metadata()
    info, spec = metadata.language_info or _Named(), metadata.kernelspec or _Named()
    ignored = ignored_by(json.loads(bytes(metadata.nb2pkg))) if metadata.nb2pkg else ()
    return Notebook(path, tuple(cells), "ipynb", spoken(info.name, spec.language, spec.name), ignored)


def ignored_by(wishes: object) -> tuple[str, ...] | None:
    """The rules that the metadata of a notebook silences by ``{"ignore": ["NB301"]}``; None for any other form."""
    words = wishes.get("ignore") if isinstance(wishes, dict) and wishes.keys() == {"ignore"} else None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    return tuple(words)


def plain_newlines(source: str) -> str:
    """Every line end as ``\\n``, as Python's own parser counts lines."""
    return source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source


def spoken(info_name: str | None, spec_language: str | None, spec_name: str | None) -> str | None:
    """The language of the kernel in lower case ("python" for all its versions), None where it is not said."""
    language = (info_name or spec_language or "").strip().lower()
    if language.startswith(("python", "ipython")):
        rest = language.removeprefix("i").removeprefix("python")
        return "python" if not rest or VERSION_NUMBER.match(rest.strip()) else language
    if language:
        return language
    return "python" if (spec_name or "").lower().startswith("python") else None


def decode_text(data: bytes) -> str:
    """The text of a file in UTF-8, or by its byte order mark, else Latin-1 (which never fails)."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    elif data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return data.decode("utf-32", errors="replace")
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    elif data[1:2] == b"\x00" and data[3:4] == b"\x00":
        return data.decode("utf-16-le", errors="replace")
    elif data[:1] == b"\x00" and data[2:3] == b"\x00":
        return data.decode("utf-16-be", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _read_slowly(data: bytes, path: str) -> Notebook | Unreadable:
    text = decode_text(data)
    refused = say_what_it_is(data, text, path)
    if refused is not None:
        return refused
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        return Unreadable(path, _json_trouble(text, error), error.lineno, error.colno)
    except RecursionError:
        return Unreadable(path, "JSON nested too deep to read")
    if not isinstance(document, dict):
        return Unreadable(path, f"JSON, but no notebook: it holds {_kind_of(document)}")
    version = document.get("nbformat")
    if "worksheets" in document or (type(version) is int and 0 < version < 4):
        return _upgrade(text, path)
    if "cells" not in document:
        return Unreadable(path, "JSON, but no notebook: it has no cells")
    return _from_document(document, path)


def _json_trouble(text: str, error: json.JSONDecodeError) -> str:
    cut_off = not text[error.pos :].strip() or error.msg.startswith("Unterminated string")
    if cut_off:
        return "truncated notebook: the JSON stops before it is complete"
    return f"broken JSON: {error.msg[0].lower()}{error.msg[1:]}"


def _kind_of(value: object) -> str:
    kinds = {list: "a list", dict: "an object", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return kinds.get(type(value), "null")


def _upgrade(text: str, path: str) -> Notebook | Unreadable:
    """Let nbformat bring a notebook of version 1 to 3 to version 4."""
    import nbformat

    try:
        upgraded: dict[str, Any] = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    except (nbformat.ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        first_line = str(error).strip().partition("\n")[0]
        return Unreadable(path, f"notebook of an old version that cannot be upgraded: {first_line}")
    for cell in upgraded["cells"]:
        cell.pop("id", None)  # invented by the upgrade, different at each reading
    return _from_document(upgraded, path)


def _from_document(document: dict[str, Any], path: str) -> Notebook | Unreadable:
    raw_cells = document["cells"]
    if not isinstance(raw_cells, list):
        return Unreadable(path, f"not a valid notebook: cells is {_kind_of(raw_cells)}, no list")
    cells = []
    for number, raw in enumerate(raw_cells, 1):
        cell = _cell_of(raw, number)
        if isinstance(cell, str):
            return Unreadable(path, f"not a valid notebook: cell {number} {cell}")
        cells.append(cell)
    metadata = _mapping(document.get("metadata"))
    info, spec = _mapping(metadata.get("language_info")), _mapping(metadata.get("kernelspec"))
    language = spoken(_text(info.get("name")), _text(spec.get("language")), _text(spec.get("name")))
    ignored = ignored_by(metadata["nb2pkg"]) if "nb2pkg" in metadata else ()
    return Notebook(path, tuple(cells), "ipynb", language, ignored)


def _cell_of(raw: object, number: int) -> Cell | str:
    """The cell, or what is wrong with it."""
    if not isinstance(raw, dict):
        return f"is {_kind_of(raw)}, no object"
    if "cell_type" not in raw:
        return "has no cell_type"
    kind = KINDS.get(raw["cell_type"]) if isinstance(raw["cell_type"], str) else None
    if kind is None:
        return f"has an unknown cell_type: {raw['cell_type']!r}"
    source = raw.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return "has no source" if source is None else "has a source that is no text"
    count = raw.get("execution_count")
    return Cell(number, kind, plain_newlines(source), count if type(count) is int else None, _text(raw.get("id")))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
