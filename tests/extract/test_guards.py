"""Statements under ``if __name__ == "__main__":`` are the notebook's own; those under any other test stay where they are."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.verify.verdict import verify
from tests.extract.replaying import difference
from tests.extract.small import HEAD, LOAD, MODEL, SPLIT, planned, refusal

PREPARED = """for name in ["age", "income"]:
    # by its mean
    df[name] = df[name].fillna(
        df[name].mean()
    )"""
SHOWN = "if len(df) > 3:\n    print('rows', df.shape)\nelse:\n    print('none')"


def guarded(*cells: str, test: str = '__name__ == "__main__"') -> str:
    """The cells as one block under a test."""
    lines = [line for cell in cells for line in cell.split("\n")]
    return "\n".join([f"if {test}:", *(f"    {line}" for line in lines)])


WHOLE = guarded(LOAD, PREPARED, SHOWN, SPLIT, MODEL)
OPENED = {
    "the whole notebook": [f"{HEAD}\n\n{WHOLE}"],
    "imports, too": [guarded(HEAD, LOAD, PREPARED, SPLIT, MODEL)],
    "some cells": [HEAD, LOAD, guarded(PREPARED, SPLIT), MODEL],
    "one in another": [HEAD, LOAD, guarded(guarded(PREPARED), SPLIT, MODEL)],
    "a function": [HEAD, guarded(LOAD, "def half(v):\n    return v / 2", "df['age'] = df['age'].apply(half)", "df = df.dropna()", SPLIT, MODEL)],
}  # fmt: skip


@pytest.mark.parametrize("cells", OPENED.values(), ids=OPENED)
def test_statements_under_the_guard_are_the_notebooks_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str]
) -> None:
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_every_line_under_the_guard_stands_in_the_ledger(tmp_path: Path) -> None:
    found = planned(tmp_path, f"{HEAD}\n{WHOLE}")
    entries = found.modules.extraction["entries"]
    assert isinstance(entries, list)
    first = HEAD.count("\n") + 2
    places = [(one["line"], one["end_line"]) for one in entries if one["line"] >= first]
    assert places[:4] == [(first, first), (first + 1, first + 1), (first + 2, first + 6), (first + 7, first + 10)]
    assert [one["kind"] for one in entries if one["line"] == first] == ["exploration"]
    assert places[-1] == (first + WHOLE.count("\n"), first + WHOLE.count("\n"))


IN_A_CONDITION = "cell 3 line 1: the model is fitted inside a condition"
CLOSED = {
    "another name": (guarded(LOAD, SPLIT, MODEL, test='__name__ == "train"'), IN_A_CONDITION),
    "what the data says": (guarded(SPLIT, MODEL, test="len(df) > 3"), IN_A_CONDITION),
    "two arms": (
        guarded(SPLIT, MODEL) + "\nelse:\n    print(df)",
        "`X_train` is bound or changed in the block that uses it here",
    ),
}


@pytest.mark.parametrize(("block", "reason"), CLOSED.values(), ids=CLOSED)
def test_blocks_that_may_not_run_stay_whole(tmp_path: Path, block: str, reason: str) -> None:
    assert reason in refusal(tmp_path, HEAD, LOAD, block)


def test_a_text_over_several_lines_is_not_moved(tmp_path: Path) -> None:
    note = 'NOTE = """\n    indented\n"""\ndf["age"] = df["age"].fillna(len(NOTE))'
    assert "is bound or changed in the block that uses it here" in refusal(
        tmp_path, HEAD, LOAD, guarded(note, SPLIT, MODEL)
    )


def test_verify_finds_the_guarded_notebook_equal(tmp_path: Path) -> None:
    found = planned(tmp_path, f"{HEAD}\n\n{WHOLE}")
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert {frame.name for frame in verdict.frames} >= {"cell 1 model.fit X", "cell 1 model.score X"}
