"""Rows that two calls part in train, validation and test, and splits that go by a column: the package parts raw rows alike."""

from pathlib import Path
from typing import Any

import pytest

from tests.extract.replaying import difference, package
from tests.extract.small import FILL, HEAD, LOAD, planned, refusal

XY = 'X = df[["age", "income"]]\ny = df["left"]'
FIRST = "X_full, X_test, y_full, y_test = train_test_split(X, y, test_size=0.2, random_state=1)"
SECOND = "X_train, X_val, y_train, y_val = train_test_split(X_full, y_full, test_size=0.25, random_state=2)"
FROM = (
    'X_train, y_train = train[["age", "income"]], train["left"]\nX_test, y_test = test[["age", "income"]], test["left"]'
)
MODEL = "model = DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel.fit(X_train, y_train)"
CHOOSE, TEST = "model.score(X_val, y_val)", "model.score(X_test, y_test)"
BOTH = f"{MODEL}\n{CHOOSE}\n{TEST}"

THREE = {
    "two-calls": f"{XY}\n{FIRST}\n{SECOND}\n{BOTH}",
    "names-used-again": f"{XY}\n{FIRST}\n{SECOND}\n{BOTH}".replace("_full", "_train"),
    "whole-tables": "full, test = train_test_split(df, test_size=0.2, random_state=1)\n"
    f"train, val = train_test_split(full, test_size=0.25, random_state=2)\n{FROM}\n"
    f'X_val, y_val = val[["age", "income"]], val["left"]\n{BOTH}',
    "what-was-held-out-is-parted": f"{XY}\nX_train, X_rest, y_train, y_rest = train_test_split(X, y, test_size=0.4, random_state=1)\n"
    f"X_val, X_test, y_val, y_test = train_test_split(X_rest, y_rest, test_size=0.5, random_state=2)\n{BOTH}",
    "what-was-held-out-is-parted-the-other-way": f"{XY}\nX_train, X_rest, y_train, y_rest = train_test_split(X, y, test_size=0.4, "
    "random_state=1)\nX_test, X_val, y_test, y_val = train_test_split(X_rest, y_rest, test_size=0.5, random_state=2)\n"
    + BOTH,
    "shares-kept": f"{XY}\n{FIRST[:-1]}, stratify=y)\n{SECOND[:-1]}, stratify=y_full)\n{BOTH}",
    "scaled-by-training-rows": f"{XY}\n{FIRST}\n{SECOND}\nscaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\n"
    f"X_val = scaler.transform(X_val)\nX_test = scaler.transform(X_test)\n{BOTH}",
    "scaled-before-the-second-call": f"{XY}\n{FIRST}\nscaler = StandardScaler()\nX_full = scaler.fit_transform(X_full)\n"
    f"X_test = scaler.transform(X_test)\n{SECOND}\n{BOTH}",
    "scaled-by-all": f"{XY}\nX = StandardScaler().fit_transform(X)\n{FIRST}\n{SECOND}\n{BOTH}",
    "filled-with-means-of-the-training-rows": f"{XY}\n{FIRST}\n{SECOND}\n"
    "X_test = X_test.fillna(X_train.mean())\nX_val = X_val.fillna(X_train.mean())\nX_train = X_train.fillna(X_train.mean())\n"
    + BOTH,
    "one-seed-for-both": f"{XY}\n{FIRST}\n{SECOND}\n{BOTH}".replace("random_state=2", "random_state=1"),
    "numbers-of-rows": f"{XY}\n{FIRST}\n{SECOND}\n{BOTH}".replace("0.2,", "12,").replace("0.25,", "9,"),
}


@pytest.mark.parametrize("parted", THREE.values(), ids=THREE)
def test_three_parts_are_those_of_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parted: str) -> None:
    cells = [HEAD, LOAD, FILL, parted]
    found = planned(tmp_path, *cells)
    assert difference(tmp_path, cells, found, monkeypatch) == ""
    replay: Any = found.modules.extraction["replay"]
    assert [frame["part"] for frame in replay["frames"] if frame["argument"] == "X"] == ["train", "validation", "test"]
    assert [score["part"] for score in replay["scores"]] == ["validation", "test"]
    assert replay["fit"]["part"] == "train"
    assert _sizes(tmp_path, found) == {2: (36, 12, 12), 4: (36, 12, 12), 9: (39, 9, 12)}[9 if "9," in parted else 2]


def _sizes(folder: Path, found: Any) -> tuple[int, ...]:
    with package(folder, found) as modules:
        config = modules["config"].load_config()
        rows = modules["data.ingestion"].read_raw(config)
        parts = modules["data.preprocessing"].split_rows(rows, config)
        assert len(set().union(*(part.index for part in parts))) == sum(map(len, parts))
        return tuple(map(len, parts))


def test_the_rows_between_the_calls_are_named_where_something_learned_from_them(tmp_path: Path) -> None:
    found = planned(tmp_path, HEAD, LOAD, FILL, THREE["scaled-before-the-second-call"])
    (scaler,) = [step for step in found.modules.extraction["replay"]["steps"] if step["step"] == "scaler"]  # type: ignore[index]
    assert scaler["rows"] == "learning"
    assert [(one.rule, one.what) for one in found.corrections] == [
        (
            "fit-before-split",
            "StandardScaler learned from training and validation rows; it learns from the training rows",
        )
    ]


def test_a_model_fitted_anew_on_both_parts_has_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = f"{MODEL}\n{TEST}".replace("_train", "_full")
    cells = [HEAD, LOAD, FILL, f"{XY}\n{FIRST}\n{SECOND}\n{MODEL}\n{CHOOSE}\n{again}"]
    found = planned(tmp_path, *cells)
    assert difference(tmp_path, cells, found, monkeypatch) == ""
    assert "validation" not in found.modules.files["data/preprocessing.py"]


def test_test_rows_that_nothing_is_asked_about_stay_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD, LOAD, FILL, f"{XY}\n{FIRST}\n{SECOND}\n{MODEL}\n{CHOOSE}"]
    found = planned(tmp_path, *cells)
    assert difference(tmp_path, cells, found, monkeypatch) == ""
    assert [score["part"] for score in found.modules.extraction["replay"]["scores"]] == ["validation"]  # type: ignore[index]


SPLIT = f"train, test = train_test_split(df, test_size=0.2, random_state=1, stratify=BY)\n{FROM}\n{MODEL}\n{TEST}"
BAND = 'df["band"] = pd.cut(df["income"], bins=[0, 2500, 5000, 7500, np.inf], labels=[1, 2, 3, 4])'
DROPPED = 'train = train.drop("band", axis=1)\ntest = test.drop("band", axis=1)\nX_train'
SPLITTER = """from sklearn.model_selection import StratifiedShuffleSplit
splitter = StratifiedShuffleSplit(n_splits=1, test_size=0.2, random_state=4)
for train_index, test_index in splitter.split(df, BY):
    train, test = df.loc[train_index], df.loc[test_index]
"""
GROUPS = """from sklearn.model_selection import GroupShuffleSplit
splitter = GroupShuffleSplit(n_splits=1, test_size=0.3, random_state=0)
train_index, test_index = next(splitter.split(X, BY))"""
TAKEN = "X_train, X_test = X.iloc[train_index], X.iloc[test_index]\ny_train, y_test = y.iloc[train_index], y.iloc[test_index]"
ONE_BY_ONE = "X_train, X_test = train_test_split(X, test_size=0.2, random_state=1)\ny_train, y_test = train_test_split(y, test_size=0.2, random_state=1)"

TWO = {
    "target-of-the-table": SPLIT.replace("BY", 'df["left"]'),
    "another-column": SPLIT.replace("BY", 'df["city"]'),
    "column-made-for-the-split": f"{BAND}\n{SPLIT}".replace("BY", 'df["band"]'),
    "column-made-and-dropped": f"{BAND}\n{SPLIT}".replace("BY", 'df["band"]').replace("X_train", DROPPED, 1),
    "column-that-learns": SPLIT.replace("BY", 'pd.qcut(df["income"], 4, labels=False)'),
    "splitter-by-a-column-made": f"{BAND}\n{SPLITTER}{FROM}\n{MODEL}\n{TEST}".replace("BY", 'df["band"]'),
    "groups": f"{XY}\n{GROUPS}\n{TAKEN}\n{MODEL}\n{TEST}".replace("BY", 'groups=df["city"]'),
    "groups-by-position": f"{XY}\n{GROUPS}\n{TAKEN}\n{MODEL}\n{TEST}".replace("BY", 'y, df["city"]'),
    "groups-made": f"{BAND}\n{XY}\n{GROUPS}\n{TAKEN}\n{MODEL}\n{TEST}".replace("BY", 'y, groups=df["band"]'),
    "one-by-one": f"{XY}\n{ONE_BY_ONE}\n{MODEL}\n{TEST}",
}


@pytest.mark.parametrize("parted", TWO.values(), ids=TWO)
def test_shares_are_kept_of_the_same_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parted: str) -> None:
    cells = [HEAD, LOAD, FILL, parted]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


THREE_DRAWS = f"{XY}\n{FIRST}\n{SECOND}\nX_a, X_train, y_a, y_train = train_test_split(X_train, y_train, random_state=3)\n{MODEL}\n{TEST}"
TRAPS = {
    "three-calls": (THREE_DRAWS, "parted more often than train, validation and test need"),
    "rows-and-target-drawn-apart": (
        f"{XY}\n{ONE_BY_ONE}\n{MODEL}\n{TEST}".replace("random_state=1", "random_state=2", 1),
        "parted by another split than those that the model learned from",
    ),
    "rows-kept-in-shares-and-target-not": (
        f"{XY}\n{ONE_BY_ONE}\n{MODEL}\n{TEST}".replace("random_state=1", "random_state=1, stratify=y", 1),
        "parted by another split than those that the model learned from",
    ),
    "scored-on-rows-of-another-draw": (
        f"{XY}\n{FIRST}\nX_train, y_train = X_full, y_full\n{MODEL}\n{FIRST.replace('random_state=1', 'random_state=5')}\n{TEST}",
        "parted by another split than those that the model learned from",
    ),
    "scaled-by-rows-of-another-draw": (
        (
            f"{XY}\nX_a, X_b = train_test_split(X, random_state=9)\nscaler = StandardScaler().fit(X_a)\n{FIRST}\n{SECOND}\n"
            f"X_train, X_val, X_test = scaler.transform(X_train), scaler.transform(X_val), scaler.transform(X_test)\n{BOTH}"
        ),
        "parted by another split than those that the model learned from",
    ),
    "validation-rows-prepared-otherwise": (
        f"{XY}\n{FIRST}\n{SECOND}\nX_train = X_train * 2\nX_test = X_test * 2\n{BOTH}",
        "are prepared differently from those the model learned from",
    ),
    "filled-with-means-of-both-parts": (
        (
            f"{XY}\n{FIRST}\n{SECOND}\nX_test = X_test.fillna(X_full.mean())\nX_val = X_val.fillna(X_train.mean())\n"
            f"X_train = X_train.fillna(X_train.mean())\n{BOTH}"
        ),
        "the rows of `model.score(X_test, y_test)` are prepared differently from those the model learned from",
    ),
    "shares-of-a-column-before-rows-were-chosen": (
        f"{BAND.replace('pd.cut', 'pd.qcut').replace('bins=[0, 2500, 5000, 7500, np.inf]', 'q=4')}\ndf = df[df.income > 2000]\n{SPLIT}".replace(
            "BY", 'df["band"]'
        ),
        "is made before rows are chosen",
    ),
    "groups-of-other-rows": (
        f'other = df.sort_values("income")\n{XY}\n{GROUPS}\n{TAKEN}\n{MODEL}\n{TEST}'.replace(
            "BY", 'groups=other["city"]'
        ),
        "by which the rows are parted, is of other rows",
    ),
    "shares-of-other-rows": (
        f'other = df.sort_values("income")\n{SPLIT}'.replace("BY", 'other["city"]'),
        "by which the rows are parted, is of other rows",
    ),
}


@pytest.mark.parametrize(("parted", "reason"), TRAPS.values(), ids=TRAPS)
def test_what_parts_the_rows_otherwise_is_refused(tmp_path: Path, parted: str, reason: str) -> None:
    assert reason in refusal(tmp_path, HEAD, LOAD, FILL, parted)
