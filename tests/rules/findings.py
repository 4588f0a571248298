"""Findings of the built-in rules in notebooks written for tests."""

from textwrap import dedent

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.lint import Diagnostic, Linter, lint_notebook
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.packs import load_rules
from nb2pkg.rule import Confidence
from nb2pkg.selection import choose

RULES = load_rules([rules_folder()])
TABLE = load_tables([rules_folder()])


def find(
    code: str,
    *sources: str,
    counts: tuple[int | None, ...] = (),
    path: str = "test.ipynb",
    confidence: Confidence = Confidence.LIKELY,
) -> list[Diagnostic]:
    """What the rule finds in code cells with these sources and recorded counts."""
    recorded = counts or (None,) * len(sources)
    cells = tuple(
        Cell(number, CellKind.CODE, dedent(source).strip("\n"), count, None)
        for number, (source, count) in enumerate(zip(sources, recorded, strict=True), 1)
    )
    linter = Linter(choose(RULES, select=[code]), TABLE, confidence)
    return lint_notebook(Notebook(path, cells, "ipynb", "python"), linter)


def related(diagnostic: Diagnostic) -> list[tuple[int, int, str]]:
    """Cell, line and words of the related places."""
    return [(one.place.cell, one.place.line, one.message) for one in diagnostic.related]
