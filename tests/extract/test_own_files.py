"""A table that a notebook writes and reads again: the package starts from the rows that came first, or the reason is told."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal

WRITE = 'df.to_csv("clean.csv", index=False)'
READ = 'clean = pd.read_csv("clean.csv")'
FROM_CLEAN = SPLIT.replace("df", "clean")
PREPARED = (
    'df = df[df["income"] > 2000]\ndf["age"] = df["age"].fillna(df["age"].median())\ndf["half"] = df["income"] / 2'
)
PARTS = """train, test = train_test_split(df, test_size=0.25, random_state=3)
train.to_csv("train.csv", index=False)
test.to_csv("test.csv", index=False)
train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
X_train, y_train = train[["age", "income"]], train["left"]
X_test, y_test = test[["age", "income"]], test["left"]"""

EQUAL = {
    "once": (WRITE, READ, FROM_CLEAN),
    "into the same name": (WRITE, 'df = pd.read_csv("clean.csv")', SPLIT),
    "several times": (WRITE, READ, READ, "clean.describe()", READ, FROM_CLEAN),
    "changed in memory after it was written": (WRITE, 'df["income"] = 0', READ, FROM_CLEAN),
    "with its labels": ('df.to_csv("clean.csv")', 'clean = pd.read_csv("clean.csv", index_col=0)', FROM_CLEAN),
    "as a pickle": ('df.to_pickle("clean.pkl")', 'clean = pd.read_pickle("clean.pkl")', FROM_CLEAN),
    "written again before it is read": ('df.head().to_csv("clean.csv")', WRITE, READ, FROM_CLEAN),
}


@pytest.mark.parametrize("how", EQUAL)
def test_the_package_prepares_the_rows_that_the_notebook_wrote(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, LOAD, PREPARED, *EQUAL[how], MODEL]
    found = planned(tmp_path, *cells)
    assert difference(tmp_path, cells, found, monkeypatch) == ""


def test_parts_that_were_written_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD, LOAD, FILL, PARTS, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


REFUSED = {
    "row numbers become a column": (('df.to_csv("clean.csv")', READ), "the row numbers become a column of it"),
    "text that looks like a number": (
        ('df["kind"] = df["income"].astype(str)', WRITE, READ),
        "is read back by what it looks like",
    ),
    "an option of the reading": (
        (WRITE, 'clean = pd.read_csv("clean.csv", skiprows=[1])'),
        "what `skiprows` does to it is not carried over",
    ),
    "by other means": (
        (WRITE, 'clean = pd.read_table("clean.csv", sep=",")'),
        "which may give back something else",
    ),
    "written in a loop": (
        ('for part in [df]:\n    part.to_csv("clean.csv", index=False)', READ),
        "is written here in a way that is not followed",
    ),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_file_that_may_give_back_something_else_is_refused(how: str, tmp_path: Path) -> None:
    cells, reason = REFUSED[how]
    sentence = refusal(tmp_path, HEAD, LOAD, PREPARED, *cells, FROM_CLEAN, MODEL)
    assert "`clean.csv` is written" in sentence
    assert reason in sentence


def test_a_file_that_the_model_does_not_need_is_nobodys_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = 'pd.DataFrame({"left": model.predict(X_test)}).to_csv("sent.csv")\npd.read_csv("sent.csv").head()'
    cells = [HEAD, LOAD, FILL, SPLIT, MODEL, late]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""
