"""What the saved notebook shows below a cell: the numbers that candidates are compared by."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from nb2pkg.notebook import Notebook, Part
from nb2pkg.notebook.joining import firsts

NUMBER = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?|-?\d+")
LONGEST = 200


class Output(NamedTuple):
    """What a cell shows: all as text; the values of its last line; what it printed."""

    text: str = ""
    results: tuple[str, ...] = ()
    printed: str = ""


class Outputs:
    """The saved outputs by cell, counted from 1."""

    def __init__(self, outputs: Mapping[int, Output]) -> None:
        self._outputs = outputs

    def text(self, cell: int) -> str:
        """All that a cell shows as text."""
        return self._outputs.get(cell, Output()).text

    def results(self, cell: int) -> tuple[str, ...]:
        """The values that a cell shows because its last line is an expression: one, or none."""
        return self._outputs.get(cell, Output()).results

    def printed(self, cell: int) -> str:
        """What a cell printed."""
        return self._outputs.get(cell, Output()).printed

    def number(self, cell: int) -> float | None:
        """The last number a cell shows, None where its output is empty or more than a line or two."""
        text = self.text(cell)
        if not text or len(text) > LONGEST:
            return None
        found = NUMBER.findall(text)
        return float(found[-1]) if found else None


def read_outputs(notebook: Notebook) -> Outputs:
    """The saved outputs of a notebook; none where it is no .ipynb file."""
    parts = notebook.parts or (Part(notebook.path, 0),)
    found: dict[int, Output] = {}
    for part, first in zip(parts, firsts(notebook) if notebook.parts else (1,), strict=True):
        found |= dict(enumerate(_outputs(part.path), first))
    return Outputs(found)


def _outputs(path: str) -> Iterator[Output]:
    try:
        with open(path, encoding="utf-8") as file:
            cells = json.load(file).get("cells", [])
    except (OSError, ValueError, AttributeError):
        return
    yield from (_output(cell) if isinstance(cell, dict) else Output() for cell in cells)


def _output(cell: Mapping[str, object]) -> Output:
    listed = cell.get("outputs")
    outputs = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return Output(
        "\n".join(text for one in outputs if (text := _of(one))),
        tuple(_of(one) for one in outputs if one.get("output_type") == "execute_result"),
        "".join(_of(one) for one in outputs if one.get("output_type") == "stream" and one.get("name") != "stderr"),
    )


def _of(output: Mapping[str, object]) -> str:
    data = output.get("data")
    text = output.get("text") or (data.get("text/plain") if isinstance(data, dict) else None) or ""
    return "".join(map(str, text)) if isinstance(text, list) else str(text)
