"""What is predicted is given back as what it is in the notebook: a column, one column of a table, or an array with the rows' numbers."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.verify.verdict import verify
from tests.extract import replaying
from tests.extract.replaying import difference
from tests.extract.small import HEAD, MODEL, planned, refusal

LOADED = 'df = pd.read_csv("people.csv").fillna(0)\nX = df[["age", "income"]]'
PARTED = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)\n" + MODEL

GIVEN_BACK = {
    "a column": ('y = df["left"]', 'return df["left"]'),
    "a computed column": ('y = df["left"].map({0: 2, 1: 3})', 'return df["left"].map({0: 2, 1: 3})'),
    "a function of NumPy": ('y = np.abs(df["left"] - 1)', 'target: pd.Series = np.abs(df["left"] - 1)\n    return target'),
    "a lambda": (
        'y = df["left"].apply(lambda v: v * 2)',
        'target: pd.Series = df["left"].apply(lambda v: v * 2)\n    return target',
    ),
    "a condition": (
        'y = np.where(df["left"] > 0, 1, 0)',
        'return pd.Series(np.where(df["left"] > 0, 1, 0), index=rows.index)',
    ),
    "a list": (
        'y = [1 if v > 0 else 0 for v in df["left"]]',
        'return pd.Series([1 if v > 0 else 0 for v in df["left"]], index=rows.index)',
    ),
    "a table of one column": ('y = df[["left"]]', 'return cast("pd.Series", df[["left"]])'),
    "columns by a list": ('names = ["left"]\ny = df[names]', 'return cast("pd.Series", df[names])'),
    "a slice of columns": ("y = df.iloc[:, 4:5].values", 'return cast("pd.Series", df.iloc[:, 4:5])'),
    "one column of its table, flat": (
        'y = df[["left"]].values.ravel()',
        'return pd.Series(df[["left"]].to_numpy().ravel(), index=rows.index)',
    ),
    "a row of the turned table": (
        'Y = df[["left"]]\ny = np.array(Y).T[0]',
        "return pd.Series(np.array(Y).T[0], index=rows.index)",
    ),
    "a column, flat": ('y = df["left"].values.ravel()', 'return df["left"]'),
    "a column of one's own": (
        'y = df["left"].values.reshape(-1, 1)',
        'return cast("pd.Series", pd.DataFrame(df["left"].to_numpy().reshape(-1, 1), index=rows.index))',
    ),
    "the last of the columns": ("y = df[df.columns[-1]]", "return df[df.columns[-1]]"),
}  # fmt: skip


@pytest.mark.parametrize("case", GIVEN_BACK)
def test_the_target_is_given_back_as_what_it_is(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, line = GIVEN_BACK[case]
    cells = [HEAD, LOADED, made, PARTED]
    found = planned(tmp_path, *cells)
    assert line in found.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, found, monkeypatch) == ""


BUNDLED = HEAD + "\nfrom sklearn.datasets import load_breast_cancer"
CANCER = """bc = load_breast_cancer()
X = pd.DataFrame(bc.data, columns=bc.feature_names)
Y = pd.DataFrame(bc.target, columns=["bad"])"""
OF_ARRAYS = {
    "a column of its table": 'y = Y["bad"]',
    "an attribute": "y = Y.bad",
    "the table": "y = Y",
    "the first column": "y = Y.iloc[:, 0]",
    "flat": "y = Y.values.ravel()",
    "flat by NumPy": "y = np.ravel(Y)",
    "the table turned": "y = np.array(Y).T[0]",
    "another column": 'Y["good"] = 1 - Y["bad"]\ny = Y["good"]',
    "in steps": 'y = np.where(bc.target == 0, "M", "B")\ny = (y == "M") * 1',
    "of one's own": "y = bc.target.reshape(-1, 1)",
    "compared": "y = bc.target == 1",
}


@pytest.mark.parametrize("made", OF_ARRAYS.values(), ids=OF_ARRAYS)
def test_the_target_array_of_a_dataset_may_become_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    monkeypatch.setattr(replaying, "TARGET", "target")
    cells = [BUNDLED, CANCER, made, PARTED]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


NOT_ROW_BY_ROW = {
    "its mean": ("y = (bc.target - bc.target.mean()) > 0", "learned from rows"),
    "sorted": ("y = sorted(bc.target)", "another order"),
    "turned around": ("y = Y[::-1]", "chosen differently"),
    "of the row before": ('y = Y["bad"].shift(1).fillna(0)', "reads neighbouring rows"),
}


@pytest.mark.parametrize(("made", "reason"), NOT_ROW_BY_ROW.values(), ids=NOT_ROW_BY_ROW)
def test_targets_that_are_not_made_row_by_row_are_refused(tmp_path: Path, made: str, reason: str) -> None:
    assert reason in refusal(tmp_path, BUNDLED, CANCER, made, PARTED)


TABLE = LOADED + '\ny = df[["left"]]\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)'
FITTED = "model = DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel.fit(X_train, {})\n"
TAKEN_OUT = {
    "flat": FITTED.format("y_train.values.ravel()") + "print((model.predict(X_test) == y_test.values.ravel()).mean())",
    "flat by NumPy": FITTED.format("np.ravel(y_train)") + "model.score(X_test, np.ravel(y_test))",
    "by name": FITTED.format('y_train["left"]') + 'model.score(X_test, y_test["left"])',
    "by number": FITTED.format("y_train.iloc[:, 0]") + "model.score(X_test, y_test.iloc[:, 0])",
    "bound again": "y_train = np.ravel(y_train)\n" + FITTED.format("y_train"),
    "flat, and scored as a table": FITTED.format("y_train.values.ravel()") + "model.score(X_test, y_test)",
}


@pytest.mark.parametrize("fitted", TAKEN_OUT.values(), ids=TAKEN_OUT)
def test_the_column_may_be_taken_out_of_its_table_after_the_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fitted: str
) -> None:
    cells = [HEAD, TABLE, fitted]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


WIDENED = {
    "by reshape": ('y = df["left"].values.reshape(-1, 1)', 'return df["left"]'),
    "as a slice of columns": (
        "y = df.iloc[:, 4:5].values",
        "return pd.Series(df.iloc[:, 4:5].to_numpy().ravel(), index=rows.index)",
    ),
    "as a table": ('y = df[["left"]]', 'return pd.Series(np.ravel(df[["left"]]), index=rows.index)'),
}


@pytest.mark.parametrize("case", WIDENED)
def test_a_target_that_is_widened_before_the_split_and_flat_after_it_is_a_column(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, line = WIDENED[case]
    split = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)"
    flat = "np.ravel(y_train)" if case == "as a table" else "y_train.ravel()"
    cells = [HEAD, LOADED, made, split, FITTED.format(flat) + "model.score(X_test, y_test)"]
    found = planned(tmp_path, *cells)
    assert line in found.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, found, monkeypatch) == ""


CHANGED = {
    "it meets the predictions as a table": (
        FITTED.format("y_train.values.ravel()") + "print(((model.predict(X_test) - y_test.values) ** 2).mean())",
        "the target is changed after the split",
    ),
    "the predictions are widened to meet it": (
        FITTED.format("y_train.values.ravel()") + "print((model.predict(X_test).reshape(-1, 1) == y_test).mean())",
        "the target is changed after the split",
    ),
    "other numbers": (
        FITTED.format("np.log1p(y_train)") + "model.score(X_test, np.log1p(y_test))",
        "the target is changed after the split",
    ),
    "turned around": (FITTED.format("y_train.values[::-1].ravel()"), "rows are chosen after the split"),
}


@pytest.mark.parametrize(("fitted", "reason"), CHANGED.values(), ids=CHANGED)
def test_a_target_that_is_changed_after_the_split_is_refused(tmp_path: Path, fitted: str, reason: str) -> None:
    assert reason in refusal(tmp_path, HEAD, TABLE, fitted)


def test_verify_finds_tables_and_taken_columns_equal(tmp_path: Path) -> None:
    found = planned(tmp_path, HEAD, TABLE, TAKEN_OUT["flat"] + "\nmodel.score(X_test, y_test)")
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert {frame.name for frame in verdict.frames} >= {"cell 3 model.fit X", "cell 3 model.fit y"}
