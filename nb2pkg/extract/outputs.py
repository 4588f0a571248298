"""What the saved notebook shows below a cell: the numbers that candidates are compared by."""

import json
import re
from collections.abc import Iterator, Mapping

from nb2pkg.notebook import Notebook, Part
from nb2pkg.notebook.joining import firsts

NUMBER = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?|-?\d+")
LONGEST = 200


class Outputs:
    """Texts of the saved outputs by cell, counted from 1."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts

    def text(self, cell: int) -> str:
        """All that a cell shows as text."""
        return self._texts.get(cell, "")

    def number(self, cell: int) -> float | None:
        """The last number a cell shows, None where its output is empty or more than a line or two."""
        text = self._texts.get(cell, "")
        if not text or len(text) > LONGEST:
            return None
        found = NUMBER.findall(text)
        return float(found[-1]) if found else None


def read_outputs(notebook: Notebook) -> Outputs:
    """The saved outputs of a notebook; none where it is no .ipynb file."""
    parts = notebook.parts or (Part(notebook.path, 0),)
    texts: dict[int, str] = {}
    for part, first in zip(parts, firsts(notebook) if notebook.parts else (1,), strict=True):
        texts |= dict(enumerate(_texts(part.path), first))
    return Outputs(texts)


def _texts(path: str) -> Iterator[str]:
    try:
        with open(path, encoding="utf-8") as file:
            cells = json.load(file).get("cells", [])
    except (OSError, ValueError, AttributeError):
        return
    yield from (_text(cell) if isinstance(cell, dict) else "" for cell in cells)


def _text(cell: Mapping[str, object]) -> str:
    outputs = cell.get("outputs")
    pieces = [_of(output) for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    return "\n".join(piece for piece in pieces if piece)


def _of(output: Mapping[str, object]) -> str:
    data = output.get("data")
    text = output.get("text") or (data.get("text/plain") if isinstance(data, dict) else None) or ""
    return "".join(map(str, text)) if isinstance(text, list) else str(text)
