"""Decode the JSON of a Jupyter notebook into cells, reading only the fields that are needed."""

import msgspec

from nb2pkg.notebook.cells import Cell, CellKind, Notebook, Unreadable
from nb2pkg.notebook.decode import plain_newlines
from nb2pkg.notebook.language import spoken

KINDS = {kind.value: kind for kind in CellKind}


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
    """Read an .ipynb: what is as it should be is decoded straight away, all else is looked at more closely."""
    try:
        document = _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _read_tolerantly(data, path)
    cells = []
    for number, raw in enumerate(document.cells, 1):
        kind = KINDS.get(raw.cell_type)
        if document.nbformat < 4 or kind is None:
            return _read_tolerantly(data, path)
        source = raw.source if isinstance(raw.source, str) else "".join(raw.source)
        cells.append(Cell(number, kind, plain_newlines(source), raw.execution_count, raw.id))
    metadata = document.metadata or _Metadata()
    info, spec = metadata.language_info or _Named(), metadata.kernelspec or _Named()
    language = spoken(info.name, spec.language, spec.name)
    return Notebook(path, tuple(cells), "ipynb", language, _ignored(metadata.nb2pkg))


def _read_tolerantly(data: bytes, path: str) -> Notebook | Unreadable:
    from nb2pkg.notebook.tolerant import read_tolerantly

    return read_tolerantly(data, path)


def _ignored(wishes: msgspec.Raw) -> tuple[str, ...] | None:
    if not wishes:
        return ()
    from nb2pkg.notebook.tolerant import built, ignored_by

    return ignored_by(built(wishes))
