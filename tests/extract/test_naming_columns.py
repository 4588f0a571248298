"""Files whose columns have no names, or get them from the notebook: read with the same columns, or the notebook falls a level."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import HEAD, MODEL, people, planned, refusal

LOAD = 'df = pd.read_csv("plain.csv", header=None)'
NAMES = 'df.columns = ["age", "income", "city", "plan", "left"]'
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)"

EQUAL = {
    "named-at-once": f'print(df.shape)\n{NAMES}\ndf["age"] = df["age"].fillna(0)\nX = df[["age", "income"]]\ny = df["left"]',
    "named-and-counted": f"{NAMES}\nX = df.iloc[:, 1:2].values\ny = df.iloc[:, 4].values",
    "counted": "X = df.iloc[:, 1:2].values\ny = df.iloc[:, 4].values",
}


def write_plain(folder: Path) -> None:
    """The people without the line of names."""
    (folder / "plain.csv").write_text(people().partition("\n")[2])


@pytest.mark.parametrize("code", EQUAL.values(), ids=EQUAL)
def test_columns_are_those_of_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    write_plain(tmp_path)
    cells = [HEAD, LOAD, code, SPLIT, MODEL]
    nameless = "" if NAMES in code else "left"  # a row alone has no column of that name to be taken away
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch, served_with=nameless) == ""


def test_names_that_a_file_has_are_replaced_where_it_is_read(tmp_path: Path) -> None:
    load = 'df = pd.read_csv("people.csv")\ndf.columns = ["a", "b", "c", "d", "e"]'
    text = planned(tmp_path, HEAD, load, 'X = df[["b"]]\ny = df["e"]', SPLIT, MODEL).modules.files["data/ingestion.py"]
    assert '.set_axis(["a", "b", "c", "d", "e"], axis=1)' in text.replace("'", '"')


NUMBERS = "the columns of the file have no names"
TRAPS = {
    "number": ("df[0] = df[0].fillna(0)\nX = df[[0, 1]]\ny = df[4]", NUMBERS),
    "renamed-numbers": (
        'df = df.rename(columns={1: "income", 4: "left"})\nX = df[["income"]]\ny = df["left"]',
        NUMBERS,
    ),
    "used-before-it-is-named": (
        f'half = df[1] / 2\n{NAMES}\ndf["half"] = half\nX = df[["half"]]\ny = df["left"]',
        "the columns are named anew after the table was changed",
    ),
    "named-twice": (
        f'{NAMES}\ndf.columns = ["a", "b", "c", "d", "e"]\nX = df[["b"]]\ny = df["e"]',
        "the columns are named anew after the table was changed",
    ),
}


@pytest.mark.parametrize(("code", "reason"), TRAPS.values(), ids=TRAPS)
def test_columns_that_have_only_a_number_are_refused(tmp_path: Path, code: str, reason: str) -> None:
    write_plain(tmp_path)
    assert reason in refusal(tmp_path, HEAD, LOAD, code, SPLIT, MODEL)


RENAMED = {
    "by-a-function": 'df = df.rename(str.strip, axis="columns")',
    "by-a-method-of-texts": "df.columns = df.columns.str.lower()",
}


@pytest.mark.parametrize("code", RENAMED.values(), ids=RENAMED)
def test_what_the_target_is_called_in_the_file_must_be_seen(tmp_path: Path, code: str) -> None:
    split = SPLIT.replace("X_train,", 'X = df.drop(["city", "plan", "left"], axis=1)\ny = df["left"]\nX_train,', 1)
    filled = 'df["age"] = df["age"].fillna(0)'
    told = refusal(tmp_path, HEAD, 'df = pd.read_csv("people.csv")', code, filled, split, MODEL)
    assert "what `left` is called in the file cannot be seen" in told
