"""Bring the cells of nbformat 1 to 3 into the shape of version 4, reading only what is needed.

Versions 2 and 3 keep cells in worksheets, code in ``input`` and counts in ``prompt_number``; version 1 has ``code`` and ``text``.
"""

from collections.abc import Iterator, Mapping

TEXT_TYPES = {"html": "markdown", "text": "markdown", "plaintext": "raw"}


def is_old(document: Mapping[str, object]) -> bool:
    """Whether a document that should be a notebook is one of before 2014."""
    version = document.get("nbformat")
    named_so = type(version) is int and 0 < version < 4
    return "cells" not in document and "worksheets" in document or (named_so and not _looks_new(document))


def _looks_new(document: Mapping[str, object]) -> bool:
    """Cells as version 4 has them, whatever the version number says."""
    cells = document.get("cells")
    return isinstance(cells, list) and all(isinstance(cell, dict) and "source" in cell for cell in cells)


def old_trouble(document: Mapping[str, object]) -> str | None:
    """What is wrong with the worksheets of an old document, None where nothing is."""
    sheets = document.get("worksheets", document)
    if isinstance(sheets, list):
        broken = (number for number, sheet in enumerate(sheets, 1) if not _holds_cells(sheet))
        number = next(broken, None)
        return None if number is None else f"worksheet {number} has no list of cells"
    return None if _holds_cells(sheets) and "worksheets" not in document else "it has no list of worksheets"


def _holds_cells(sheet: object) -> bool:
    return isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)


def old_cells(document: Mapping[str, object]) -> Iterator[object]:
    """The cells of all worksheets in the shape of version 4; what is no cell is passed on as it is."""
    sheets = document.get("worksheets")
    if not isinstance(sheets, list):
        sheets = [document]
    for sheet in sheets:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            yield _upgraded(cell) if isinstance(cell, dict) else cell


def old_language(document: Mapping[str, object]) -> str | None:
    """The language that the code cells name: before version 4 they did, and not the metadata."""
    for cell in old_cells(document):
        language = cell.get("language") if isinstance(cell, dict) else None
        if isinstance(language, str):
            return language
    return None


def _upgraded(cell: Mapping[str, object]) -> dict[str, object]:
    kind = cell.get("cell_type")
    source = next((cell[key] for key in ("input", "source", "code", "text") if key in cell), None)
    if kind == "heading":
        level = cell.get("level")
        return {"cell_type": "markdown", "source": f"{'#' * (level if type(level) is int else 1)} {_one_line(source)}"}
    return {
        "cell_type": TEXT_TYPES.get(kind, kind) if isinstance(kind, str) else kind,
        "source": source,
        "execution_count": cell.get("prompt_number"),
        "language": cell.get("language"),
    }


def _one_line(source: object) -> str:
    parts = source if isinstance(source, list) else [source]
    return " ".join("".join(part for part in parts if isinstance(part, str)).splitlines())
