"""Rows that a notebook parts by hand: the package parts raw rows alike, or the notebook falls a level."""

import re
from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, SPLIT, planned, refusal

XY = 'X = df[["age", "income"]]\ny = df["left"]'
FROM = (
    'X_train, y_train = train[["age", "income"]], train["left"]\nX_test, y_test = test[["age", "income"]], test["left"]'
)
MODEL = """model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(X_train, y_train)
model.score(X_test, y_test)"""
FOUR = "X_train, X_test, y_train, y_test"

EQUAL = {
    "slices": f"{XY}\n{FOUR} = X[:45], X[45:], y[:45], y[45:]",
    "slices-of-arrays": f"{XY}\nX, y = X.values, y.values\n{FOUR} = X[:45], X[45:], y[:45], y[45:]",
    "share": f"n = int(len(df) * 0.75)\ntrain, test = df.iloc[:n], df.iloc[n:]\n{FROM}",
    "columns-at-once": "X_train, X_test = df.iloc[:45, 0:2], df.iloc[45:, 0:2]\n"
    'y_train, y_test = df.iloc[:45]["left"], df.iloc[45:]["left"]',
    "draw": f"np.random.seed(3)\nmask = np.random.rand(len(df)) < 0.8\ntrain, test = df[mask], df[~mask]\n{FROM}",
    "permutation": f"{XY}\nnp.random.seed(3)\norder = np.random.permutation(len(X))\nfirst, last = order[:45], order[45:]\n"
    f"{FOUR} = X.iloc[first], X.iloc[last], y.iloc[first], y.iloc[last]",
    "sample-and-drop": f"train = df.sample(frac=0.8, random_state=1)\ntest = df.drop(train.index)\n{FROM}",
    "sample-and-others": f"test = df.sample(frac=0.2, random_state=1)\ntrain = df[~df.index.isin(test.index)]\n{FROM}",
    "column": f'train, test = df[df["city"] != "Rome"], df[df["city"] == "Rome"]\n{FROM}',
    "column-and-table-at-once": "X_train, y_train = df[df.income < 7000].drop(['left', 'city', 'plan'], axis=1), "
    "df.loc[df.income < 7000, 'left']\nX_test, y_test = df[df.income >= 7000].drop(['left', 'city', 'plan'], axis=1), "
    "df.loc[df.income >= 7000, 'left']",
    "after-a-choice": f"df = df[df.income > 2000].reset_index(drop=True)\n{XY}\n{FOUR} = X[:40], X[40:], y[:40], y[40:]",
    "after-a-shuffle": f"df = df.sample(frac=1, random_state=2)\ntrain, test = df[:45], df[45:]\n{FROM}",
    "scaled-later": f"{XY}\n{FOUR} = X[:45], X[45:], y[:45], y[45:]\nscaler = StandardScaler()\n"
    "X_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)",
    "one-part-unused": f"train, tuning, test = df[:30], df[30:45], df[45:]\n{FROM}",
    "numbered-anew-after": "train, test = train_test_split(df, test_size=0.25, random_state=3)\n"
    f"train = train.reset_index(drop=True)\ntest = test.reset_index(drop=True)\n{FROM}",
    "numbered-anew-and-joined": f"{XY}\n{FOUR} = train_test_split(X, y, test_size=0.25, random_state=3)\n"
    "X_train = X_train.reset_index(drop=True)\nX_test = X_test.reset_index(drop=True)\nscaler = StandardScaler().fit(X_train)\n"
    'X_train["z"] = pd.Series(scaler.transform(X_train)[:, 0])\nX_test["z"] = pd.Series(scaler.transform(X_test)[:, 0])',
    "table-split-by-a-call": f"train, test = train_test_split(df, test_size=0.25, random_state=3)\n{FROM}",
}


@pytest.mark.parametrize("parted", EQUAL.values(), ids=EQUAL)
def test_the_model_learns_from_the_same_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parted: str) -> None:
    cells = [HEAD, LOAD, FILL, parted, MODEL]
    found = planned(tmp_path, *cells)
    served_with = "left" if "0:2" in parted else ""  # columns that are counted stay in their places
    assert difference(tmp_path, cells, found, monkeypatch, served_with=served_with) == ""
    assert {frame["part"] for frame in found.modules.extraction["replay"]["frames"]} == {"train", "test"}  # type: ignore[index]


TRAPS = {
    "other-rows": (
        f"{XY}\nX_train, y_train = X[:45], y[:45]\nX = X.sort_values('income')\nX_test, y_test = X[45:], y[45:]",
        "the two parts are taken of different rows",
    ),
    "count-of-other-rows": (
        f"n = int(len(df) * 0.6)\ndf = df[df.income > 2000]\ntrain, test = df[:n], df[n:]\n{FROM}",
        "which parts the rows, was made cannot be followed",
    ),
    "stream-drawn-from": (
        f"np.random.seed(3)\nshown = df.sample(3)\nmask = np.random.rand(len(df)) < 0.8\ntrain, test = df[mask], df[~mask]\n{FROM}",
        "may draw from the stream",
    ),
    "stream-perhaps-drawn-from": (
        f"np.random.seed(3)\nshow(df)\nmask = np.random.rand(len(df)) < 0.8\ntrain, test = df[mask], df[~mask]\n{FROM}",
        "may draw from the stream",
    ),
    "target": (
        f"train, test = df[df.left.notnull()], df[df.left.isnull()]\n{FROM}",
        "the rows are parted by what is predicted (`left`)",
    ),
    "changed-column": (
        f'df["income"] = df["income"] * 2\ntrain, test = df[df.income < 14000], df[df.income >= 14000]\n{FROM}',
        "`df.income`, which is no column as it was read",
    ),
    "learned-edge": (
        f"train, test = df[df.income < df.income.mean()], df[df.income >= df.income.mean()]\n{FROM}",
        "which raw rows cannot be asked",
    ),
    "drawn-twice": (
        f"train = df.sample(frac=0.8, random_state=1, replace=True)\ntest = df.drop(train.index)\n{FROM}",
        "rows are drawn more than once",
    ),
    "anew-in-a-loop": (
        (
            f"{XY}\n{FOUR} = train_test_split(X, y, test_size=0.25, random_state=3)\nfor turn in range(3):\n"
            f"    {FOUR} = train_test_split(X, y, test_size=0.25, random_state=turn)\n"
            "    model = DecisionTreeClassifier(random_state=0).fit(X_train, y_train)\n"
            "    print(model.score(X_test, y_test))"
        ),
        "`X_train` is bound or changed in the loop that uses it here",
    ),
    "labels": (f"train, test = df.loc[:44], df.loc[45:]\n{FROM}", "by their labels"),
}


@pytest.mark.parametrize(("parted", "reason"), TRAPS.values(), ids=TRAPS)
def test_what_raw_rows_cannot_be_asked_is_refused(tmp_path: Path, parted: str, reason: str) -> None:
    fitted = () if "model" in parted else (MODEL,)
    assert reason in refusal(tmp_path, HEAD, "show = print\n" + LOAD, FILL, parted, *fitted)


@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_parts_numbered_anew_in_place_stay_as_they_were_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anew = "X_train.reset_index(drop=True, inplace=True)\nX_test.reset_index(drop=True, inplace=True)"
    cells = [HEAD, LOAD, FILL, SPLIT, anew, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_a_choice_whose_other_side_is_only_looked_at_is_no_split(tmp_path: Path) -> None:
    cells = "poor = df[df.income < 7000]\nprint(len(poor))\ntrain = df[df.income >= 7000]\n"
    cells += 'X_train, y_train = train[["age", "income"]], train["left"]\nX_test, y_test = X_train, y_train'
    frames = planned(tmp_path, HEAD, LOAD, FILL, cells, MODEL).modules.extraction["replay"]["frames"]  # type: ignore[index]
    assert {frame["part"] for frame in frames} == {"all"}


def test_a_draw_without_a_seed_is_given_one_on_both_sides(tmp_path: Path) -> None:
    drawn = f"mask = np.random.rand(len(df)) < 0.8\ntrain, test = df[mask], df[~mask]\n{FROM}"
    found = planned(tmp_path, HEAD, LOAD, FILL, drawn, MODEL)
    assert [one.what for one in found.corrections] == ["np.random.rand draws with the seed of the configuration"]
    assert [(one["before"], one["after"]) for one in found.corrections[0].repairs] == [
        ("np.random", "np.random.RandomState(0)")
    ]


@pytest.mark.parametrize("model_rows", [XY + "\n" + EQUAL["share"], EQUAL["column-and-table-at-once"]])
def test_the_target_is_no_column_of_the_rows_that_are_predicted(tmp_path: Path, model_rows: str) -> None:
    text = planned(tmp_path, HEAD, LOAD, FILL, model_rows, MODEL).modules.files["data/preprocessing.py"]
    after = text.partition("return train, test")[2]
    picked = re.sub(r"column (!= 'left'|not in \[[^]]*\])", "", after.replace('"left"', "'left'"))
    assert "left" not in picked
