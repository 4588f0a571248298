"""What a package says of several notebooks: each cell by its own notebook and its number there."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nb2pkg.extract.handover import ConfigField, Modules, ShownCell
from nb2pkg.notebook import Notebook
from nb2pkg.notebook.joining import in_own_words, own_cell

DOCSTRING = re.compile(r'"""[^"\n]*"""')


def translated(modules: Modules, notebook: Notebook) -> Modules:
    """The modules of joined notebooks; the replay plan keeps the numbers that run over all of them."""
    return replace(
        modules,
        notebook=" and ".join(os.path.basename(part.path) for part in notebook.parts),
        files={path: _in_docstrings(text, notebook) for path, text in modules.files.items()},
        extraction=_extraction(modules.extraction, notebook),
        config=tuple(_field(field, notebook) for field in modules.config),
        notes=tuple(in_own_words(notebook, note) for note in modules.notes),
        cells=tuple(_cell(cell, notebook) for cell in modules.cells),
    )


def _in_docstrings(text: str, notebook: Notebook) -> str:
    return DOCSTRING.sub(lambda found: in_own_words(notebook, found[0]), text)


def _field(field: ConfigField, notebook: Notebook) -> ConfigField:
    return replace(field, comment=in_own_words(notebook, field.comment))


def _cell(cell: ShownCell, notebook: Notebook) -> ShownCell:
    own = own_cell(notebook, cell.number)
    return replace(cell, number=own.cell, notebook=own.notebook)


def _extraction(content: Mapping[str, object], notebook: Notebook) -> dict[str, object]:
    listed = {key: _places(content[key], notebook) for key in ("entries", "corrections", "candidates")}
    replay = _words(content["replay"], notebook)
    listed |= {
        key: _places(content[key], notebook)
        for key in ("kept_faults", "cross_validated", "other_scores")
        if key in content
    }
    paths = [{"path": os.path.basename(part.path), "cells": part.cells} for part in notebook.parts]
    reason = {"why_not_higher": _words(content["why_not_higher"], notebook)} if "why_not_higher" in content else {}
    saved = {"saved_scores": _words(content["saved_scores"], notebook)} if "saved_scores" in content else {}
    return {**content, **reason, **listed, **saved, "notebooks": paths, "replay": replay}


def _places(entries: object, notebook: Notebook) -> list[dict[str, object]]:
    """Entries with their notebook and the cell's number there, their sentences in these words."""
    assert isinstance(entries, Sequence)
    found = []
    for entry in entries:
        own = own_cell(notebook, int(str(entry["cell"])))
        told = {key: _words(value, notebook) for key, value in entry.items()}
        found.append({"notebook": own.notebook, **told, "cell": own.cell})
    return found


def _words(value: object, notebook: Notebook) -> object:
    """The same with every sentence about cells in own words; places that are numbers stay."""
    match value:
        case str():
            return in_own_words(notebook, value)
        case Mapping():
            return {key: one if key in EXACT else _words(one, notebook) for key, one in value.items()}
        case list() | tuple():
            return [_words(one, notebook) for one in value]
        case _:
            return value


EXACT = frozenset({"before", "after", "path", "address", "call", "name", "function"})  # the author's text, or names
