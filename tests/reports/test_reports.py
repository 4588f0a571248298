"""Diagnostics as text, character by character."""

import json
from pathlib import Path

import pytest

from nb2pkg.lint import Diagnostic, RelatedPlace
from nb2pkg.reports import Format, render
from nb2pkg.rule import Confidence, Severity
from nb2pkg.source import Span

LEAK = Diagnostic(
    path="train.ipynb",
    place=Span(4, 3, 8, 3, 28),
    code="NB301",
    name="fit-on-held-out",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    message="`scaler.fit(X_test)` learns from the test rows",
    related=(RelatedPlace(Span(2, 1, 1, 1, 6), "they are held out here", "split = train_test_split(X)"),),
    cell_id="ab12",
    source=("test = scaler.fit(X_test)",),
)
WHOLE_FILE = Diagnostic(
    path="broken.ipynb",
    place=Span(0, 7, 2, 7, 3),
    code="NB001",
    name="invalid-notebook",
    severity=Severity.WARNING,
    confidence=Confidence.CERTAIN,
    message="cut off",
    related=(),
    cell_id=None,
    source=(),
)


def test_concise() -> None:
    assert render([LEAK, WHOLE_FILE], Format.CONCISE) == (
        "train.ipynb:cell 4:3:8: NB301 `scaler.fit(X_test)` learns from the test rows\n"
        "broken.ipynb:7:2: NB001 cut off\n"
        "Found 1 error and 1 warning.\n"
    )


def test_full_shows_the_source_and_what_explains_it() -> None:
    assert render([LEAK, WHOLE_FILE], Format.FULL) == (
        "error[NB301] fit-on-held-out: `scaler.fit(X_test)` learns from the test rows\n"
        " --> train.ipynb:cell 4:3:8\n"
        "  |\n"
        "3 | test = scaler.fit(X_test)\n"
        "  |        ^^^^^^^^^^^^^^^^^^\n"
        "  |\n"
        "note: they are held out here\n"
        " --> train.ipynb:cell 2:1:1\n"
        "  |\n"
        "1 | split = train_test_split(X)\n"
        "  | -----\n"
        "  |\n"
        "\n"
        "warning[NB001] invalid-notebook: cut off\n"
        " --> broken.ipynb:7:2\n"
        "\n"
        "Found 1 error and 1 warning.\n"
    )


def test_full_marks_every_line_without_its_indentation() -> None:
    lines = tuple(f"    line {number}" for number in range(8, 14))
    report = render([LEAK._replace(place=Span(1, 8, 5, 13, 9), source=lines, related=())], Format.FULL)
    assert report.splitlines()[3:] == [
        " 8 |     line 8",
        "   |     ^^^^^^",
        " 9 |     line 9",
        "   |     ^^^^^^",
        "10 |     line 10",
        "   |     ^^^^^^^",
        "11 |     line 11",
        "   |     ^^^^^^^",
        "   | ...",
        "   |",
        "",
        "Found 1 error.",
    ]


@pytest.mark.parametrize(
    ("line", "marked", "carets"),
    [
        ("\tx = fit(y)", "fit(y)", "\t    ^^^^^^"),
        ("'日本' + fit(y)", "fit(y)", "         ^^^^^^"),
        ("x = fit('日本')", "fit('日本')", "    ^^^^^^^^^^^"),
    ],
)
def test_full_puts_carets_below_wide_characters(line: str, marked: str, carets: str) -> None:
    start = line.index(marked) + 1
    place = Span(1, 1, start, 1, start + len(marked))
    report = render([LEAK._replace(place=place, source=(line,), related=())], Format.FULL)
    assert report.splitlines()[4] == "  | " + carets


@pytest.mark.parametrize("output_format", [Format.FULL, Format.CONCISE])
def test_nothing_found(output_format: Format) -> None:
    assert render([], output_format) == "All checks passed!\n"


def test_json() -> None:
    assert json.loads(render([LEAK, WHOLE_FILE], Format.JSON)) == [
        {
            "path": "train.ipynb",
            "cell": 4,
            "line": 3,
            "column": 8,
            "end_line": 3,
            "end_column": 28,
            "code": "NB301",
            "name": "fit-on-held-out",
            "severity": "error",
            "confidence": "certain",
            "message": "`scaler.fit(X_test)` learns from the test rows",
            "related": [{"cell": 2, "line": 1, "column": 1, "message": "they are held out here"}],
            "cell_id": "ab12",
        },
        {
            "path": "broken.ipynb",
            "cell": None,
            "line": 7,
            "column": 2,
            "end_line": 7,
            "end_column": 3,
            "code": "NB001",
            "name": "invalid-notebook",
            "severity": "warning",
            "confidence": "certain",
            "message": "cut off",
            "related": [],
            "cell_id": None,
        },
    ]


def test_json_of_nothing_is_an_empty_array() -> None:
    assert render([], Format.JSON) == "[]\n"


def test_github_annotates_the_raw_line(tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "source": ["a"]}, {"cell_type": "code", "source": ["x = 1\n", "fit(x)"]}]
    path = tmp_path / "50%, a:b.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}, indent=1), encoding="utf-8")
    raw = next(n for n, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1) if "fit(x)" in line)
    found = LEAK._replace(path=str(path), place=Span(2, 2, 1, 2, 7), message="100 %\nof it, all: here")
    escaped = str(path).replace("50%, a:b", "50%25%2C a%3Ab")
    assert render([found], Format.GITHUB) == (
        f"::error file={escaped},line={raw},col=5,title=NB301::cell 2: 100 %25%0Aof it, all: here\n"
    )


def test_github_annotates_the_very_place_in_a_text_notebook(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("# %%\nx = 1\n\n# %%\ny = 2\nz = fit(x)\n", encoding="utf-8")
    report = render([LEAK._replace(path=str(path), place=Span(2, 2, 5, 2, 11), message="m")], Format.GITHUB)
    assert report == f"::error file={path},line=6,col=5,title=NB301::cell 2: m\n"


@pytest.mark.parametrize(("severity", "command"), [(Severity.WARNING, "warning"), (Severity.NOTE, "notice")])
def test_github_names_severities_its_own_way(severity: Severity, command: str) -> None:
    report = render([WHOLE_FILE._replace(severity=severity)], Format.GITHUB)
    assert report == f"::{command} file=broken.ipynb,line=7,col=2,title=NB001::cut off\n"


def test_github_of_nothing_is_nothing() -> None:
    assert render([], Format.GITHUB) == ""
