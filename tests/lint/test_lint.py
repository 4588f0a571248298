"""Linting a notebook: which findings are shown, in what order, with what beside them."""

import json
from pathlib import Path

import pytest

from nb2pkg.apis import load_tables
from nb2pkg.errors import Nb2pkgError
from nb2pkg.lint import Diagnostic, Linter, RelatedPlace, lint_file, lint_notebook
from nb2pkg.notebook import Notebook, read_text
from nb2pkg.packs import load_rules
from nb2pkg.rule import Confidence, Severity
from nb2pkg.selection import choose
from nb2pkg.source import Span

PACK = str(Path(__file__).parent.parent / "packs" / "sample")


def linter(*, select: list[str] | None = None, confidence: Confidence = Confidence.LIKELY) -> Linter:
    return Linter(choose(load_rules([PACK]), select=select), load_tables([]), confidence)


def lint(
    source: str, *, select: list[str] | None = None, confidence: Confidence = Confidence.LIKELY
) -> list[Diagnostic]:
    notebook = read_text(source, "a.py", "py:percent")
    assert isinstance(notebook, Notebook)
    return lint_notebook(notebook, linter(select=select, confidence=confidence))


def write(path: Path, *sources: str, language: str = "python") -> str:
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "source": source,
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "id": f"c{number}",
        }
        for number, source in enumerate(sources)
    ]
    kernel = {"kernelspec": {"name": language, "language": language, "display_name": language}}
    path.write_text(
        json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )
    return str(path)


def test_a_diagnostic_holds_all_that_a_report_needs(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "x = 1", "y = 2\nprint(\n  x)")
    (one,) = lint_file(path, linter()).diagnostics
    assert one == Diagnostic(
        path=path,
        place=Span(2, 2, 1, 3, 5),
        code="XY101",
        name="loud-print",
        severity=Severity.WARNING,
        confidence=Confidence.CERTAIN,
        message="prints 1 values",
        related=(RelatedPlace(Span(2, 1, 1, 1, 2), "its cell", "y = 2"),),
        cell_id="c1",
        source=("print(", "  x)"),
    )


def test_findings_come_in_the_order_of_the_notebook() -> None:
    places = [one.place[:3] for one in lint("# %%\nx = 1; print(1); print(2)\nprint(3)\n# %%\nprint(4)\n")]
    assert places == [(1, 1, 8), (1, 1, 18), (1, 2, 1), (2, 1, 1)]


def test_notes_are_shown_only_when_selected() -> None:
    assert lint("# %%\nprint()\n") == []
    assert [one.severity for one in lint("# %%\nprint()\n", select=["XY101"])] == [Severity.NOTE]


def test_what_is_only_possible_is_hidden_by_default() -> None:
    source = "# %%\nprint(1, file=log)\n"
    assert lint(source) == []
    assert len(lint(source, confidence=Confidence.POSSIBLE)) == 1
    assert lint(source, confidence=Confidence.CERTAIN) == []


@pytest.mark.parametrize(
    "source",
    ["print(1)  # noqa", "print(1)  # noqa: XY101", "print(  # noqa: XY101\n  1)", "print(\n  1)  # noqa: XY101"],
)
def test_noqa_silences(source: str) -> None:
    assert lint(f"# %%\nx = 1\n{source}\n") == []


@pytest.mark.parametrize("source", ["print(1)  # noqa: XY102", "print(\n  # noqa\n  1)", "# noqa\nprint(1)"])
def test_noqa_of_another_code_or_line_does_not(source: str) -> None:
    assert len(lint(f"# %%\n{source}\n")) == 1


def test_noqa_beside_a_magic() -> None:
    assert lint("# %%\n%matplotlib inline\nprint(1)  # noqa: XY101\n!ls\n") == []


def test_a_file_that_is_no_notebook_is_a_finding_about_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text("<!DOCTYPE html><html></html>", encoding="utf-8")
    (one,) = lint_file(str(path), linter()).diagnostics
    assert (one.code, one.place.cell, one.cell_id, one.source) == ("XY001", 0, None, ())


def test_another_kernel_is_skipped(tmp_path: Path) -> None:
    linted = lint_file(write(tmp_path / "a.ipynb", "print(1)", language="julia"), linter())
    assert (linted.language, linted.diagnostics) == ("julia", ())


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Nb2pkgError, match=r"nowhere.ipynb"):
        lint_file(str(tmp_path / "nowhere.ipynb"), linter())
