"""Raw columns that are only dropped, after work on the whole table: predicted rows may come without them."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import HEAD, LOAD, MODEL, planned

FILLED = 'df["age"] = df["age"].fillna(df["age"].mean())'
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)"
CHOSEN = 'X = df.drop(["income", "left"], axis=1)\ny = df["left"]\n' + SPLIT
GONE = "NOT_FEATURES = ['income', 'left']"

ONLY_DROPPED = {
    "below dummies": "df = pd.get_dummies(df)",
    "below dummies of listed columns": 'df = pd.get_dummies(df, columns=["city", "plan"], drop_first=True)',
    "below dummies and a column of one's own": 'df = pd.get_dummies(df)\ndf["older"] = df["age"] + 1',
}


@pytest.mark.parametrize("case", ONLY_DROPPED)
def test_it_is_not_asked_for(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD, LOAD, FILLED, ONLY_DROPPED[case], CHOSEN, MODEL]
    found = planned(tmp_path, *cells)
    assert GONE in found.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, found, monkeypatch) == ""


NOT_ONLY = {
    "a dummy's name": (
        'df = pd.concat([df, pd.get_dummies(df["city"])], axis=1)',
        CHOSEN.replace('"income"', '"Rome", "city", "plan"'),
    ),
    "a name that may be a dummy's": ("df = pd.get_dummies(df)", CHOSEN.replace('"income"', '"city_Rome"')),
    "dummies with names of their own": ('df = pd.get_dummies(df, prefix_sep="", prefix="")', CHOSEN.replace('"income"', '"Rome"')),
    "it is read before": ('df["rich"] = df["income"] > 5000\ndf = pd.get_dummies(df)', CHOSEN),
    "rows are summed with it": ('df = pd.get_dummies(df)\ndf["sum"] = df.drop("left", axis=1).sum(axis=1)', CHOSEN),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_ONLY)
def test_it_is_asked_for(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, chosen = NOT_ONLY[case]
    cells = [HEAD, LOAD, FILLED, made, chosen, MODEL]
    found = planned(tmp_path, *cells)
    assert "NOT_FEATURES = ['left']" in found.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, found, monkeypatch) == ""


def test_what_is_dropped_first_is_dropped_where_columns_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, LOAD, 'df = df.drop(["city", "plan"], axis=1)', 'X = df.drop("left", axis=1)\ny = df["left"]']
    cells += ['X["age"] = X["age"].fillna(X["age"].mean())', SPLIT, MODEL]
    found = planned(tmp_path, *cells)
    assert "NOT_FEATURES = ['city', 'plan', 'left']" in found.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, found, monkeypatch) == ""


def test_what_is_made_of_the_target_and_dropped_with_it_is_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 'df["kind"] = df["left"].apply(lambda value: "gone" if value else "here")\ndf = df.drop(["city", "plan"], axis=1)'
    cells = [HEAD, LOAD, FILLED.replace("df[\"age\"].mean()", "0"), made, 'X = df.drop(["left", "kind"], axis=1)\ny = df["left"]', SPLIT, MODEL]  # fmt: skip
    found = planned(tmp_path, *cells)
    assert '"kind"' not in found.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, found, monkeypatch) == ""
