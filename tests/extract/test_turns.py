"""Loops over listed tables and over one split are written out: the model is given the same rows, or the notebook falls a level."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.verify.verdict import verify
from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, people, planned, refusal

SPLITTERS = HEAD + "\nfrom sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit"
XY = 'X = df[["age", "income"]]\ny = df["left"]\n'
ONE = "splitter = StratifiedShuffleSplit(n_splits=1, test_size=0.25, random_state=4)\n"
PARTS = "X_train, X_test = X.iloc[a], X.iloc[b]\n{}y_train, y_test = y.iloc[a], y.iloc[b]"
TABLES = "train, test = df.loc[a], df.loc[b]\n"
COLUMNS = (
    'X_train, y_train = train[["age", "income"]], train["left"]\nX_test, y_test = test[["age", "income"]], test["left"]'
)
MODEL = """model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(X_train, y_train)
model.score(X_test, y_test)"""

SPLIT = {
    "loop": f"{XY}{ONE}for a, b in splitter.split(X, y):\n    {PARTS.format('    ')}",
    "loop-over-tables": f'{ONE}for a, b in splitter.split(df, df["left"]):\n    {TABLES}{COLUMNS}',
    "first-of-several": f"{XY}{ONE.replace('n_splits=1', 'n_splits=5')}a, b = next(splitter.split(X, y))\n{PARTS.format('')}",
    "without-shares": f"{XY}splitter = ShuffleSplit(n_splits=1, test_size=0.25, random_state=1)\n"
    f"for a, b in splitter.split(X):\n    {PARTS.format('    ')}",
}


@pytest.mark.parametrize("parted", SPLIT.values(), ids=SPLIT)
def test_one_split_of_a_splitter_parts_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parted: str) -> None:
    cells = [SPLITTERS, LOAD, FILL, parted, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


NO_SPLIT = {
    "several-splits": (
        f"{XY}{ONE.replace('=1', '=5')}for a, b in splitter.split(X, y):\n    {PARTS.format('    ')}",
        "several row sets",
    ),
    "computed-shares": (
        f'df["band"] = pd.cut(df["income"], 3, labels=False)\n{ONE}for a, b in splitter.split(df, df["band"]):\n    {TABLES}{COLUMNS}',
        "`pd.cut` learns from all rows",
    ),
    "other-labels": (
        f'df = df[df.income > 2000].reset_index(drop=True)\n{ONE}for a, b in splitter.split(df, df["left"]):\n    {TABLES}{COLUMNS}',
        "labels that are no longer their numbers",
    ),
}


@pytest.mark.parametrize(("parted", "reason"), NO_SPLIT.values(), ids=NO_SPLIT)
def test_other_splits_are_refused(tmp_path: Path, parted: str, reason: str) -> None:
    assert reason in refusal(tmp_path, SPLITTERS, LOAD, FILL, parted, MODEL)


TWO = 'train = pd.read_csv("people.csv")\ntest = pd.read_csv("new.csv")'
ASKED = """model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(train[["age", "income"]], train["left"])
print(model.predict(test[["age", "income"]]))"""
ALIKE = {
    "listed": 'both = [train, test]\nfor table in both:\n    # years\n    table["age"] = table["age"].fillna(0)\n'
    '    table["income"] = table["income"] / 100',
    "twice": 'both = [train, test]\nfor table in both:\n    table["age"] = table["age"].fillna(0)\nfor table in both:\n'
    '    table.loc[table["age"] < 30, "age"] = 20',
    "blocks": 'for table in [train, test]:\n    table["age"] = table["age"].fillna(30)\n    if len("ab") == 2:\n'
    '        table["income"] = table["income"] * 2\n    else:\n        table["income"] = 0',
}


def write_new(folder: Path) -> None:
    """Some people without the column that is predicted."""
    lines = people().splitlines()
    (folder / "new.csv").write_text("\n".join(line.rpartition(",")[0] for line in [lines[0], *lines[20:45]]) + "\n")


@pytest.mark.parametrize("loop", ALIKE.values(), ids=ALIKE)
def test_two_files_are_prepared_by_one_function(tmp_path: Path, loop: str) -> None:
    write_new(tmp_path)
    found = planned(tmp_path, HEAD, TWO, loop, ASKED)
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert {frame.name for frame in verdict.frames} >= {"cell 4 model.fit X", "cell 4 model.predict X"}


NAMED = 'model = DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel.fit(X, train["left"])\nprint(model.predict(X_new))'
DUMMIES = 'names = ["income", "city"]\nX = pd.get_dummies(train[names])\nX_new = pd.get_dummies(test[names])'


def test_dummies_of_another_file_are_told_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_new(tmp_path)
    cells = [HEAD, TWO, DUMMIES, NAMED]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_dummies_of_another_file_without_names_fall_a_level(tmp_path: Path) -> None:
    write_new(tmp_path)
    arrays = f"{DUMMIES}\nX, X_new = X.values, X_new.values"
    assert "values of their own" in refusal(tmp_path, HEAD, TWO, arrays, NAMED)


def test_a_loop_stands_once_in_the_ledger(tmp_path: Path) -> None:
    write_new(tmp_path)
    entries = planned(tmp_path, HEAD, TWO, ALIKE["listed"], ASKED).modules.extraction["entries"]
    assert [(one["line"], one["end_line"], one["function"]) for one in entries if one["cell"] == 3] == [  # type: ignore[attr-defined]
        (1, 1, None),
        (2, 5, "prepare_people"),
    ]


UNLIKE = {
    "other-numbers": (
        'train["age"] = train["age"].fillna(0) * 2\ntest["age"] = test["age"].fillna(0) * 3',
        "prepared differently",
    ),
    "own-codes": (
        'train["age"] = train["city"].astype("category").cat.codes\ntest["age"] = test["city"].astype("category").cat.codes',
        "values of their own",
    ),
    "a-list-that-changes": (
        (
            'both = [train, test]\nfor table in both:\n    table["age"] = table["age"].fillna(0)\nother = both\nother.pop(0)\n'
            'for table in both:\n    table["age"] = table["age"] + 1'
        ),
        "several row sets",
    ),
    "own-mean": (
        'for table in [train, test]:\n    table["age"] = table["age"].fillna(table["age"].mean())',
        "values of their own",
    ),
    "list-of-older-tables": (
        'both = [train, test]\ntrain = train.drop("city", axis=1)\nfor table in both:\n    table["age"] = table["age"].fillna(0)',
        "several row sets",
    ),
    "read-afterwards": (
        'for table in [train, test]:\n    table["age"] = table["age"].fillna(0)\ntable["income"] = 3',
        "several row sets",
    ),
    "refitted": (
        """scaler = StandardScaler()
train["income"] = scaler.fit_transform(train[["income"]])
test["income"] = scaler.fit_transform(test[["income"]])""",
        "of their own",
    ),
}


@pytest.mark.parametrize(("code", "reason"), UNLIKE.values(), ids=UNLIKE)
def test_files_that_are_not_prepared_alike_fall_a_level(tmp_path: Path, code: str, reason: str) -> None:
    write_new(tmp_path)
    assert reason in refusal(tmp_path, HEAD, TWO, code, ASKED)


def test_a_table_that_is_bound_anew_in_the_loop_stays_as_it_was(tmp_path: Path) -> None:
    write_new(tmp_path)
    loop = 'for table in [train, test]:\n    table = table.fillna(0)\n    table["age"] = 1'
    text = planned(tmp_path, HEAD, TWO, loop, ASKED).modules.files["data/preprocessing.py"]
    assert "fillna" not in text
