"""The author's Markdown as plain words: titles, headings, and the sentences that explain a cell.

``## **2.** Fill ages`` above a cell is its heading; ``<p>We take the <b>median</b>, see ![plot](a.png).</p>`` explains it: "We take the
median, see."
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from textwrap import fill
from unicodedata import category

from nb2pkg.notebook import Cell, CellKind, Notebook

HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$")
HEADING_LINE = re.compile(HEADING.pattern, re.MULTILINE)
HTML_HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.IGNORECASE | re.DOTALL)
MARKUP = re.compile(r"<[^>]*>|!?\[([^\]]*)\]\([^)]*\)|[*`$\\]|(?<!\w)_+|_+(?!\w)")
IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<img[^>]*>|<(script|style)\b.*?</\1>|\$\$.*?\$\$|```.*?(?:```|$)", re.DOTALL)
BLOCK = re.compile(r"\s*(?:[-*+>|]|\d+[.)]|---|===|http)")
LIST_HTML = re.compile(r"<(ul|ol|table|pre)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z0-9\"'(])")
TYPED = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": "'",
        "\u201d": "'",
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\xa0": " ",
    }
)
SECTIONS = re.compile(
    r"^(args|arguments|attributes|examples?|hint|important|methods|notes?|parameters|raises|references|returns?|see also|tip|todo|"
    r"warnings?|yields?):?$",
    re.IGNORECASE | re.MULTILINE,
)
POINTING = re.compile(r"\b(above|below|following|submi(?:tted|ssion))\b", re.IGNORECASE)
PICTURES = frozenset({"So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn"})
FEWEST_WORDS = 5
LONGEST = 320
MOST_SENTENCES = 3
WIDTH = 100


def heading(source: str) -> str:
    """The last heading of a Markdown cell, without its markup; empty where it has none."""
    fenced = False
    found = ""
    for line in source.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        match = None if fenced else HEADING.match(line)
        if match is not None:
            found = _words(match[1]) or found
    html = HTML_HEADING.findall(source)
    return found or (_words(html[-1]) if html else "")


def title(notebook: Notebook, *, otherwise: str) -> str:
    """The notebook's first heading; code has none, whatever its comments look like."""
    every = (found for cell in notebook.cells if cell.kind is CellKind.MARKDOWN for found in _headings(cell.source))
    return next((one for one in every if one), otherwise)


def _headings(source: str) -> Iterator[str]:
    """The headings in their order, those of Markdown and of HTML."""
    text = IMAGE.sub("", source)
    found = [*HEADING_LINE.finditer(text), *HTML_HEADING.finditer(text)]
    yield from (_words(one[1]) for one in sorted(found, key=lambda one: one.start()))


def _words(text: str) -> str:
    said = unescape(MARKUP.sub(r"\1", text)).translate(TYPED)
    return " ".join("".join(one if category(one) not in PICTURES else " " for one in said).split()).rstrip(" :")


def about(notebook: Notebook) -> str:
    """What the notebook says of itself before its first code, "" where it says nothing."""
    for cell in notebook.cells:
        if cell.kind is CellKind.CODE:
            return ""
        told = _sentences(cell.source) if cell.kind is CellKind.MARKDOWN else ""
        if told:
            return told
    return ""


def _sentences(source: str) -> str:
    """The explanation of a cell, without what is no sentence and sentences that point to what stands beside them."""
    sentences = [
        one for one in SENTENCE.split(_plain(source)) if one.endswith((".", "!", "?")) and not POINTING.search(one)
    ]
    return explanation(" ".join(sentences))


def explanation(source: str) -> str:
    """The first sentences of a Markdown cell, without headings, lists, tables, pictures and markup."""
    sentences: list[str] = []
    for sentence in SENTENCE.split(_plain(source))[:MOST_SENTENCES]:
        if len(" ".join([*sentences, sentence])) > LONGEST:
            break
        sentences.append(sentence)
    told = " ".join(sentences).replace(" ()", "").rstrip(" :;,-")
    if len(told.split()) < FEWEST_WORDS or not told.isascii():
        return ""
    return told if told.endswith((".", "!", "?")) else f"{told}."


def _plain(source: str) -> str:
    text = HTML_HEADING.sub("", LIST_HTML.sub("", IMAGE.sub("", source)))
    kept = [line for line in text.splitlines() if not (HEADING.match(line) or BLOCK.match(line) and not _is_bold(line))]
    return " ".join(unescape(MARKUP.sub(r"\1", "\n".join(kept))).translate(TYPED).split())


def _is_bold(line: str) -> bool:
    return line.lstrip().startswith("**")


class Words:
    """The explanations of one notebook's cells; each is told once."""

    def __init__(self, notebook: Notebook | None = None) -> None:
        self._above: dict[int, list[Cell]] = {}
        self._told: set[int] = set()
        above: list[Cell] = []
        for cell in notebook.cells if notebook is not None else ():
            if cell.kind is CellKind.MARKDOWN:
                above.append(cell)
            elif cell.kind is CellKind.CODE:
                self._above[cell.number] = above
                above = []

    def heading(self, cell: int) -> str:
        """The heading right above a cell."""
        found = [heading(one.source) for one in self._above.get(cell, ())]
        return next((one for one in reversed(found) if one), "")

    def of(self, cells: Iterable[int]) -> str:
        """What the Markdown right above some cells says, and was not told yet."""
        found: list[str] = []
        for cell in (cell for number in sorted(set(cells)) for cell in self._above.get(number, ())):
            told = explanation(cell.source) if cell.number not in self._told else ""
            self._told.add(cell.number)
            if told and len(" ".join([*found, told])) <= LONGEST:
                found.append(told)
        return " ".join(found)


def docstring(first: str, told: str = "") -> str:
    """A docstring: one sentence of ours, then the author's."""
    words = told.replace('"', "'")
    wrapped = fill(words, WIDTH, break_long_words=False, break_on_hyphens=False)
    if not words or SECTIONS.search(wrapped):
        return f'"""{first}"""'
    return f'"""{first}\n\n{wrapped}\n"""'


def commented(told: str) -> list[str]:
    """The author's words as comment lines."""
    wrapped = fill(told, WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in wrapped.splitlines()]
