"""Short labels: what a reader would call a cell or a statement."""

import ast
import re

from nb2pkg.notebook import CellKind, Notebook
from nb2pkg.syntax import CellSyntax, Statement

LONGEST = 60
HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$|^<h[1-6][^>]*>(.*?)</h[1-6]>", re.MULTILINE | re.IGNORECASE)
IMPORT = re.compile(r"(import|from)\s+[\w.]+")
MARKUP = re.compile(r"<[^>]+>|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|!?\[([^\]]*)\]\([^)]*\)")


def cell_label(notebook: Notebook, cell: CellSyntax) -> str:
    """The last heading of the Markdown right above the cell, else its first line of code."""
    for above in reversed(notebook.cells[: cell.cell.number - 1]):
        if above.kind is CellKind.CODE:
            break
        headings = [one for match in HEADING.findall(_without_code(above.source)) for one in match if one]
        if headings:
            return shortened(MARKUP.sub(r"\1", headings[-1]))
    return first_line(cell.cell.source)


def _without_code(markdown: str) -> str:
    return re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL)


def first_line(source: str) -> str:
    """The first line that says something: a comment without its sign, or code; an import where there is nothing else."""
    lines = [line.strip() for line in source.split("\n")]
    said = [line.lstrip("#").strip(" -=*#") if line.startswith("#") else line for line in lines]
    told = [line for line in said if line]
    return shortened(next((line for line in told if not IMPORT.match(line)), told[0] if told else ""))


def statement_label(statement: Statement, cell: CellSyntax) -> str:
    """The statement's first line, as the author wrote it; a function or class by its header."""
    lines = cell.cell.source.split("\n")
    number = statement.node.lineno
    first = lines[number - 1].strip() if number <= len(lines) else ast.unparse(statement.node).partition("\n")[0]
    own = ast.unparse(statement.node).partition("\n")[0]
    return shortened(own if ";" in first else first)


def magic_label(cell: CellSyntax) -> str:
    """The magics of a cell that bring names."""
    texts = [magic.text.partition("\n")[0].strip() for magic in cell.magics]
    return shortened("; ".join(texts) or first_line(cell.cell.source))


def shortened(text: str, *, limit: int = LONGEST) -> str:
    """At most so many characters, on one line; what a terminal or an XML file cannot hold is left out."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    words = " ".join(plain.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def listed(names: tuple[str, ...], *, limit: int) -> str:
    """Names with commas, as many as fit, and how many more there are."""
    shown: list[str] = []
    for name in names:
        rest = len(names) - len(shown) - 1
        tail = f", +{rest}" if rest else ""
        if shown and len(", ".join([*shown, name])) + len(tail) > limit:
            return f"{', '.join(shown)}, +{len(names) - len(shown)}"
        shown.append(name)
    return ", ".join(shown)
