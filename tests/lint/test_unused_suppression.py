"""Suppressions in the whole of lint: silenced, judged by NB003, and NB003 itself silenced."""

import json
from pathlib import Path

import pytest

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.lint import Linter, lint_file, lint_notebook
from nb2pkg.notebook import Notebook, read, read_text
from nb2pkg.packs import load_rules
from nb2pkg.rule import Confidence
from nb2pkg.selection import choose

PACK = str(Path(__file__).parent.parent / "packs" / "sample")
RULES = load_rules([rules_folder(), PACK])
TABLE = load_tables([])
JUDGED = ["NB003", "XY101"]


def linter(select: list[str] | None, confidence: Confidence = Confidence.LIKELY) -> Linter:
    return Linter(choose(RULES, select=select), TABLE, confidence, RULES)


def codes(
    source: str, *, select: list[str] | None = JUDGED, confidence: Confidence = Confidence.LIKELY
) -> list[tuple[str, int, int, int]]:
    notebook = read_text(f"# %%\n{source}", "a.py", "py:percent")
    assert isinstance(notebook, Notebook)
    return [(one.code, *one.place[:3]) for one in lint_notebook(notebook, linter(select, confidence))]


def with_metadata(path: Path, metadata: dict[str, object], *sources: str) -> str:
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("print(1)  # noqa: XY101", []),
        ("print(1)\n\n# nb2pkg: ignore-cell[XY101]", []),
        ("# nb2pkg: ignore-cell[XY1]\nprint(1)\n# %%\nprint(2)", [("XY101", 2, 1, 1)]),
        ("x = 1  # noqa: XY101", [("NB003", 1, 1, 8)]),
        ("x = 1\n  # nb2pkg: ignore-cell[loud-print]", [("NB003", 1, 2, 3)]),
        ("x = 1  # noqa: XY999", []),  # it may be another tool's
        ("x = 1  # noqa: NB999", [("NB003", 1, 1, 8)]),
        ("x = 1  # noqa: XY101, NB003", []),
        ("x = 1  # noqa: NB003", []),
        ("# nb2pkg: ignore-cell[XY101, NB003]\nx = 1", []),
        ("# nb2pkg: ignore-cell[NB0]\nx = 1  # noqa: XY101", []),
        ("# nb2pkg: ignore-cell\nprint(1)", []),
        ("# nb2pkg: ignor\nprint(1)", [("NB003", 1, 1, 1), ("XY101", 1, 2, 1)]),
        ("%matplotlib inline\nx = 1  # noqa: XY101\n!ls  # noqa: XY101", [("NB003", 1, 2, 8)]),
        ("x = (  # noqa: XY101\n", []),  # nobody has looked into a cell that does not parse
        ("%%bash\n# nb2pkg: ignore-cell[XY101]\nls", [("NB003", 1, 2, 1)]),
    ],
)
def test_what_is_silenced_and_what_silences_nothing(source: str, expected: list[tuple[str, int, int, int]]) -> None:
    assert codes(source) == expected


def test_nb003_is_a_note_and_shown_when_selected() -> None:
    assert codes("x = 1  # noqa: XY101", select=None) == []
    assert codes("x = 1  # noqa: XY101", select=["XY101"]) == []
    assert codes("x = 1  # noqa: XY101", select=["NB003"]) == [], "XY101 did not run"


def test_what_silences_a_hidden_finding_is_of_use() -> None:
    """A note and a doubtful finding would be shown by other options: who deletes the comment has them back."""
    only_possible = "print(1, file=log)  # noqa: XY101"
    for confidence in Confidence:
        assert codes(only_possible, confidence=confidence) == []


def test_words_are_needed_to_silence_what_is_said_of_suppressions() -> None:
    assert codes("# nb2pkg: ignore-cell\nx = 1", select=["ALL"]) == [("NB003", 1, 1, 1)]
    assert codes("# nb2pkg: ignore-cell[ALL]\nx = 1", select=["ALL"]) == []
    assert codes("x = 1  # nb2pkg: ignor  # noqa", select=["ALL"]) == [("NB003", 1, 1, 8)]


def test_where_not_all_code_could_be_followed_nothing_is_called_unused() -> None:
    too_deep = "a = " + "+".join(["1"] * 700)
    assert codes("x = 1  # noqa: XY101\n") == [("NB003", 1, 1, 8)]
    assert codes(f"x = 1  # noqa: XY101\n# %%\n{too_deep}\n") == []


def test_the_metadata_silences_in_the_whole_notebook(tmp_path: Path) -> None:
    sources = ("print(1)", "x = 1\nprint(2)")
    for words in (["XY101"], ["loud-print"], ["XY"], ["ALL"]):
        path = with_metadata(tmp_path / "a.ipynb", {"nb2pkg": {"ignore": words}}, *sources)
        assert lint_file(path, linter(JUDGED)).diagnostics == ()
    path = with_metadata(tmp_path / "a.ipynb", {"nb2pkg": {"ignore": ["XY102"]}}, *sources)
    assert [one.code for one in lint_file(path, linter(None)).diagnostics] == ["XY101", "XY101"]


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"ignore": ["XY101"]}, "this `metadata` silences nothing: `XY101` finds nothing in this notebook"),
        ({"ignore": ["XY9"]}, "this `metadata` silences nothing: no rule is called `XY9`"),
        ({"ignore": "XY101"}, 'the metadata key `nb2pkg` silences nothing: write `{"ignore": ["NB301"]}`'),
        ({"ignore": [1]}, 'the metadata key `nb2pkg` silences nothing: write `{"ignore": ["NB301"]}`'),
        ({"ignores": []}, 'the metadata key `nb2pkg` silences nothing: write `{"ignore": ["NB301"]}`'),
        (["XY101"], 'the metadata key `nb2pkg` silences nothing: write `{"ignore": ["NB301"]}`'),
    ],
)
def test_metadata_that_silences_nothing(tmp_path: Path, wishes: object, message: str) -> None:
    (one,) = lint_file(with_metadata(tmp_path / "a.ipynb", {"nb2pkg": wishes}, "x = 1"), linter(JUDGED)).diagnostics
    assert (one.code, one.place.cell, one.message) == ("NB003", 0, message)


def test_the_metadata_is_read_on_the_slow_path_too(tmp_path: Path) -> None:
    path = with_metadata(tmp_path / "a.ipynb", {"nb2pkg": {"ignore": ["XY101"]}, "odd": float("nan")}, "print(1)")
    notebook = read(path)
    assert isinstance(notebook, Notebook)
    assert notebook.ignored == ("XY101",)
    Path(path).write_bytes(Path(path).read_text(encoding="utf-8").replace("NaN", "0").encode())
    assert read(path) == notebook
