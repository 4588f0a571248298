"""The pieces that notebooks are put together from: Markdown files, a stage each; blank lines part the pieces of a Python block.

``# %%`` in a piece begins another cell. Of loading, split and model the first piece is the usual one. Places to fill, as one would write them:

    T  the table                    'N' 'M'  two columns of numbers        K     a number among those of N
    'C'  a column of texts          COLS     the features, a list          left  what is predicted
"""

import functools
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "fragments"
NUMBERS = {"age": (30, 45), "income": (3000, 5000), "score": (5,), "rooms": (3,)}
TEXTS = ("city", "plan", "grade")
CELL = "\n# %%\n"


class Filling(NamedTuple):
    """What a piece's places stand for."""

    table: str
    number: str
    other: str
    text: str
    limit: int


@functools.cache
def pieces(stage: str) -> tuple[str, ...]:
    """The pieces of a stage, in the order of its file."""
    text = (FOLDER / f"{stage}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return tuple(piece for block in blocks for piece in re.split(r"\n\n+", block.strip("\n")))


def filling(draw: random.Random, table: str) -> Filling:
    """Columns drawn for one piece."""
    number, other = draw.sample(sorted(NUMBERS), 2)
    return Filling(table, number, other, draw.choice(TEXTS), draw.choice(NUMBERS[number]))


def filled(piece: str, given: Filling, features: Sequence[str] = ()) -> str:
    """The piece with its places filled."""
    columns = {"'N'": given.number, "'M'": given.other, "'C'": given.text}
    text = re.sub(r"'[NMC]'", lambda found: repr(columns[found[0]]), piece)
    text = re.sub(r"(?<![.\w'\"])T\b", given.table, text)
    text = re.sub(r"\bK\b", str(given.limit), text)
    return re.sub(r"\bCOLS\b", repr(list(features)), text)


def made(texts: Sequence[str]) -> list[str]:
    """The columns ``n1`` ... ``n9`` that these pieces add."""
    return list(dict.fromkeys(name for text in texts for name in _made(text)))


def _made(text: str) -> Iterator[str]:
    for quoted, keyword in re.findall(r"'(n\d)'|\b(n\d)=", text):
        yield quoted or keyword
