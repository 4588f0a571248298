"""NB001 on every kind of file that is no notebook, NB002 on what a cell can have wrong."""

import sys
from pathlib import Path

import pytest

from nb2pkg.lint import Linted, Linter, lint_file
from nb2pkg.rule import Confidence, Severity
from nb2pkg.selection import choose
from tests.rules.findings import RULES, TABLE, find

READING = Path(__file__).parents[2] / "fixtures" / "reading"


def lint(path: Path) -> Linted:
    return lint_file(str(path), Linter(choose(RULES, select=["ALL"]), TABLE))


TRAILING = 47 if sys.version_info >= (3, 13) else 48  # Python's newer json points at the comma, not behind it
NO_NOTEBOOKS = {
    "binary.ipynb": (1, "a binary file, no notebook"),
    "cell_without_source.ipynb": (3, "cell 1 has no source"),
    "cell_without_type.ipynb": (13, "cell 2 has no cell_type"),
    "cells_no_list.ipynb": (2, "cells is an object, no list"),
    "empty.ipynb": (1, "empty file"),
    "html_page.ipynb": (1, "an HTML page, saved instead of the notebook"),
    "json_list.ipynb": (1, "JSON, but no notebook: it holds a list"),
    "json_settings.ipynb": (1, "JSON, but no notebook: it has no cells"),
    "kernel_without_display_name.md": (1, "jupytext cannot read it as md: 'display_name' is a required property"),
    "lfs_pointer.ipynb": (1, "git lfs pull"),
    "merge_conflict.ipynb": (18, "unresolved merge conflict"),
    "prose.ipynb": (1, "plain text, no notebook"),
    "trailing_comma.ipynb": (TRAILING, "broken JSON"),
    "truncated.ipynb": (19, "truncated notebook"),
    "zip_archive.ipynb": (1, "a ZIP archive"),
    "annex_pointer.ipynb": (1, "git annex get"),
    "blank.ipynb": (1, "empty file"),
    "conflict_half_resolved.ipynb": (25, "unresolved merge conflict"),
    "deep.ipynb": (1, "JSON nested too deep to read"),
    "myst_with_broken_options.md": (1, "jupytext cannot read it as md:myst: Code cell 1 at line 13 could not be read"),
    "no_nbformat.ipynb": (1, "it has no nbformat"),
    "pickle.ipynb": (1, "a pickle"),
    "raw_line_end_in_string.ipynb": (10, "broken JSON: a line end or control character inside a string"),
    "server_message.ipynb": (1, "the message of a server, saved instead of the notebook: 404: Not Found"),
    "two_notebooks.ipynb": (28, "broken JSON: there is more after the end of the notebook"),
    "unknown_cell_type.ipynb": (13, "cell 2 has an unknown cell_type: 'sketch'"),
    "version_3_without_worksheets.ipynb": (1, "nbformat 3: it has no list of worksheets"),
    "version_5.ipynb": (1, "nbformat 5, newer than nb2pkg knows: it has no cells"),
    "worksheets_null.ipynb": (5, "nbformat 3: it has no list of worksheets"),
    "xml_document.ipynb": (1, "an XML document, saved instead of the notebook"),
}


@pytest.mark.parametrize("name", NO_NOTEBOOKS)
def test_a_file_that_is_no_notebook_is_one_finding_that_says_what_it_is(name: str) -> None:
    line, text = NO_NOTEBOOKS[name]
    (finding,) = lint(READING / name).diagnostics
    assert (finding.code, finding.severity, finding.confidence) == ("NB001", Severity.ERROR, Confidence.CERTAIN)
    assert (finding.place.cell, finding.place.line) == (0, line)
    assert text in finding.message


@pytest.mark.parametrize("name", sorted(p.name for p in READING.glob("*.*") if p.name not in NO_NOTEBOOKS))
def test_every_other_file_there_can_be_read(name: str) -> None:
    assert [one.code for one in lint(READING / name).diagnostics if one.code == "NB001"] == []


def test_a_notebook_cut_at_any_place_is_a_finding(tmp_path: Path) -> None:
    text = (READING / "ordinary.ipynb").read_text(encoding="utf-8").rstrip()
    for length in range(0, len(text) - 1, 97):
        cut = tmp_path / "cut.ipynb"
        cut.write_text(text[:length], encoding="utf-8")
        assert [one.code for one in lint(cut).diagnostics] == ["NB001"], length


def test_a_cell_that_does_not_parse_is_a_finding_where_the_parser_gave_up() -> None:
    (finding,) = find("NB002", "a = 1", "b = 2\nc = (3")
    assert (finding.place.cell, finding.place.line, finding.place.column) == (2, 2, 5)
    assert (finding.severity, finding.confidence) == (Severity.ERROR, Confidence.CERTAIN)
    assert "'(' was never closed" in finding.message


def test_every_bad_cell_is_a_finding_of_its_own() -> None:
    assert [one.place.cell for one in find("NB002", "a = (", "b = 1", "c d", "print 'e'")] == [1, 3, 4]


BAD = {
    "a bracket": "a = [1, 2",
    "a quotation mark": "a = 'one",
    "a suite": "for i in a:",
    "an indent": "a = 1\n    b = 2",
    "a dedent": "if a:\n        b\n    c",
    "a keyword": "class = 1",
    "a walrus": "a := 1",
    "two words": "import math area = 3",
    "a null": "a = 1\x00",
    "print": "print 'a'",
    "exec": "exec 'a'",
    "raise": "raise ValueError, 'a'",
    "except": "try:\n    a\nexcept E, e:\n    b",
    "backticks": "`a`",
    "unequal": "a <> b",
    "an octal number": "a = 0777",
    "a long number": "a = 1L",
    "a surrogate": "a = '\ud800'",
    "too deep": "a = " + "(" * 5000 + ")" * 5000,
}


@pytest.mark.parametrize("what", BAD)
def test_this_does_not_parse(what: str) -> None:
    assert [one.code for one in find("NB002", BAD[what])] == ["NB002"]


PYTHON_2 = ["print", "exec", "raise", "except", "backticks", "unequal", "an octal number", "a long number"]


@pytest.mark.parametrize("what", PYTHON_2)
def test_python_2_is_named(what: str) -> None:
    (finding,) = find("NB002", BAD[what])
    assert "Python 2" in finding.message


GOOD = {
    "a line magic": "%matplotlib inline",
    "a shell line": "!ls -l *.csv",
    "a line magic with a result": "a = %timeit -o 1",
    "a shell line with a result": "a = !ls",
    "help": "print?",
    "help before": "?print",
    "more help": "print??",
    "a cell magic": "%%bash\nfor f in *; do echo $f; done",
    "a cell magic of Python": "%%time\na = 1",
    "await": "import asyncio\nawait asyncio.sleep(0)",
    "an async loop": "async for a in b:\n    pass",
    "an indented cell": "    a = 1\n    b = 2",
    "a magic in a suite": "if True:\n    %time print(1)",
    "a continued magic": "!pip install \\\n    pandas",
    "comments": "# nothing",
    "nothing": "",
    "a semicolon": "plot(1);",
    "unicode": "größe = 'ä'\nπ = 3",
}


@pytest.mark.parametrize("what", GOOD)
def test_this_parses(what: str) -> None:
    assert find("NB002", GOOD[what]) == []
