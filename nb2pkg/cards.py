"""Read rule cards: what a rule finds and why, with example notebooks that say what is expected on which line."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from nb2pkg.errors import PackError
from nb2pkg.notebook import Cell, CellKind, Notebook, Unreadable, read_text
from nb2pkg.packs import Rule
from nb2pkg.rule import Severity

FENCE = "```"
COUNT = re.compile(r"^(# %%.*?)\s+count=(\d+)\s*$", re.MULTILINE)
EXPECTED = re.compile(r"\s*# (?P<severity>error|warning|note): (?P<code>[A-Z]+\d{3}) \"(?P<text>[^\"]*)\"")


class Expected(NamedTuple):
    """A finding that an example names: it starts on this line and its message holds the text."""

    cell: int
    line: int
    severity: Severity
    code: str
    text: str


class Example(NamedTuple):
    """An example notebook of a card with what is to be found in it; ``line`` is its first line in the card."""

    line: int
    notebook: Notebook
    expected: tuple[Expected, ...]


class Card(NamedTuple):
    """A rule card."""

    path: str
    title: str
    text: str
    examples: tuple[Example, ...]


def card_text(rule: Rule) -> str:
    """The card as it stands in the pack. Raises PackError where there is none."""
    path = f"{rule.path}.md"
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: the card of {rule.code} cannot be read: {error}") from error


def has_card(rule: Rule) -> bool:
    """Is there a card? Every built-in rule has one."""
    return os.path.isfile(f"{rule.path}.md")


def summary_of(text: str) -> str:
    """What a card says first: the paragraph below its title, in one line."""
    return " ".join(text.partition("\n")[2].strip().partition("\n\n")[0].split())


def read_card(rule: Rule) -> Card:
    """The card with its examples. Raises PackError for a card of another rule or an example that is no notebook."""
    path, text = f"{rule.path}.md", card_text(rule)
    title = text.partition("\n")[0]
    if title != f"# {rule.code} {rule.name}":
        raise PackError(f"{path}:1: the title must be `# {rule.code} {rule.name}`, not {title!r}")
    return Card(path, title, text, tuple(_example(line, source, path) for line, source in _fenced(text)))


def _fenced(text: str) -> Iterator[tuple[int, str]]:
    """The Python fences, each with the line of the card where its source begins."""
    start = None
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if start is None and line.startswith(FENCE + "python"):
            start = number + 1
        elif start is not None and line.startswith(FENCE):
            yield start, "\n".join(lines[start - 1 : number - 1]) + "\n"
            start = None


def _example(line: int, source: str, card: str) -> Example:
    path = f"{card}:{line}"
    notebook = read_text(COUNT.sub(r"\1", source), path, "py:percent")
    if isinstance(notebook, Unreadable):
        raise PackError(f"{path}: not a notebook: {notebook.reason}")
    counts = [COUNT.match(header) for header in source.split("\n") if header.startswith("# %%")]
    recorded = [int(match[2]) if match else None for match in counts]
    if len(recorded) != len(notebook.cells):
        raise PackError(f"{path}: an example starts with `# %%`, and each of its cells has something in it")
    pairs = zip(notebook.cells, recorded, strict=True)
    cells = tuple(_without_expectations(replace(cell, count=count)) for cell, count in pairs)
    expected = tuple(one for cell in notebook.cells for one in _expectations(cell))
    return Example(line, replace(notebook, cells=cells), expected)


def _without_expectations(cell: Cell) -> Cell:
    """What the author would have written: the comments that name findings are no part of the notebook."""
    return replace(cell, source=EXPECTED.sub("", cell.source))


def _expectations(cell: Cell) -> Iterator[Expected]:
    if cell.kind is not CellKind.CODE:
        return
    for number, line in enumerate(cell.source.split("\n"), 1):
        for match in EXPECTED.finditer(line):
            yield Expected(cell.number, number, Severity(match["severity"]), match["code"], match["text"])
