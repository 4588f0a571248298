"""Columns taken of an array that holds a table's values are columns of the table; what is an array is called one."""

from pathlib import Path

import pytest

from nb2pkg.extract.prepared import prepare
from nb2pkg.extract.sliced import columns_of_tables
from tests.extract.replaying import difference
from tests.extract.small import HEAD, LOAD, MODEL, SPLIT, planned, refusal, write

READ = LOAD.replace('.csv")', '.csv", usecols=["income", "plan", "left"])')
LAST = SPLIT.splitlines()[2]
PREPROCESSING = "data/preprocessing.py"

ARRAYS = {
    "values": "array = df.values\nX = array[:, 0:1]\ny = array[:, 2].astype(int)",
    "a call": "array = df.to_numpy()\nX = array[:, :1]\ny = array[:, -1].astype(int)",
    "in another cell's words": "values = df.values\nX, y = values[:, 0:1], df['left']",
    "the last columns cut off": "array = df.values\nX = array[:, :-2]\ny = array[:, 2].astype(int)",
}


@pytest.mark.parametrize("code", ARRAYS.values(), ids=ARRAYS)
def test_columns_of_an_array_are_columns_of_its_table(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, READ, *code.split("\n", 1), LAST, MODEL]
    plan = planned(tmp_path, *cells)
    assert "return list(df.iloc[:, " in plan.modules.files[PREPROCESSING]
    assert "array" not in plan.modules.files[PREPROCESSING].partition("def feature_columns")[2]
    assert difference(tmp_path, cells, plan, monkeypatch) == ""


def test_every_row_of_an_array_has_its_target(tmp_path: Path) -> None:
    cells = [HEAD, READ, "array = df.values\nX = df[['income']]\ny = array[:, 2]", LAST, MODEL]
    assert "return pd.Series(array[:, 2], index=rows.index)" in planned(tmp_path, *cells).modules.files[PREPROCESSING]


@pytest.mark.parametrize(
    ("made", "given"),
    [
        ("np.array(df[['left']]).T[0]", "return pd.Series(np.array(rows[['left']]).T[0], index=rows.index)"),
        (
            "np.array(df[['left', 'income']]).T[0]",
            "return pd.Series(np.array(rows[['left', 'income']]).T[0], index=rows.index)",
        ),
        ("df[['left']].to_numpy()", "return cast(\"pd.Series\", rows[['left']])"),
    ],
)
def test_one_column_of_a_turned_array_is_flat(made: str, given: str, tmp_path: Path) -> None:
    cells = [HEAD, READ, f"X = df[['plan']].isna()\ny = {made}", LAST, MODEL]
    assert given in planned(tmp_path, *cells).modules.files[PREPROCESSING]


TRAPS = {
    "the array is changed": "array = df.to_numpy().copy()\narray[:, 0] = 1\nX = array[:, 0:1]",
    "the array is changed in place": "array = df.to_numpy()\narray.sort(axis=0)\nX = array[:, 0:1]",
    "the table is another by then": "array = df.values\ndf = df.drop('income', axis=1)\nX = array[:, 0:1]",
    "the table is changed": "array = df.values\ndf['income'] = df['income'] * 2\nX = array[:, 0:1]",
    "of some rows": "array = df.values\nX = array[:40, 0:1]",
    "another array by then": "array = df.values\nif len(df):\n    array = array[:, ::-1]\nX = array[:, 2:3]",
}


@pytest.mark.parametrize("code", TRAPS.values(), ids=TRAPS)
def test_what_is_not_surely_the_tables_is_not_taken_of_it(code: str, tmp_path: Path) -> None:
    facts = prepare(str(write(tmp_path, HEAD, READ, code))).facts
    assert columns_of_tables(facts) is facts


def test_an_array_that_stays_is_no_list_of_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "y = df['left']\narray = df.drop(['left', 'plan'], axis=1).values\nX = array.astype(float)"
    cells = [HEAD, READ, code, LAST, MODEL]
    plan = planned(tmp_path, *cells)
    assert "array.columns" not in plan.modules.files[PREPROCESSING]
    assert difference(tmp_path, cells, plan, monkeypatch) == ""


def test_columns_counted_after_a_change_are_refused(tmp_path: Path) -> None:
    code = "df['income'] = df['income'] * 2\narray = df.values\nX = array[:, 0:1]\ny = array[:, 2]"
    reason = "columns and target are taken by position after columns were changed; name them"
    assert reason in refusal(tmp_path, HEAD, READ, code, LAST, MODEL)


@pytest.mark.parametrize(
    "code", ["df['income'].values.reshape(-1, 1)", "np.column_stack([df['income'], df['income'] / 2])"]
)
def test_an_array_is_told_to_be_one(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD, READ, f"X = {code}\ny = df['left']\n{LAST}", MODEL]
    plan = planned(tmp_path, *cells)
    assert "(df: pd.DataFrame) -> np.ndarray:" in plan.modules.files[PREPROCESSING]
    assert difference(tmp_path, cells, plan, monkeypatch) == ""
