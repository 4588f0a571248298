"""A train file and a test file that are prepared as one table: the package gets the same, or the notebook is refused with the reason."""

import random
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.package import assemble, write
from nb2pkg.extract.plan import Plan, plan
from nb2pkg.verify.verdict import verify
from tests.extract import small
from tests.extract.replaying import difference, package
from tests.extract.small import HEAD

READ = """train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")"""
PUT = "full = pd.concat([train, test])"
PREPARED = """full["age"] = full["age"].fillna(full["age"].median())
full["plan"] = LabelEncoder().fit_transform(full["plan"])
full = pd.get_dummies(full, columns=["city"])"""
TAKEN = """X = full[:len(train)].drop("left", axis=1)
y = full[:len(train)]["left"]
Z = full[len(train):].drop("left", axis=1)"""
MODEL = """model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(X, y)
model.predict(Z)"""
HELD_OUT = """X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)
model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(X_train, y_train)
model.score(X_test, y_test)
model.predict(Z)"""

EQUAL = {
    "by position": [READ, PUT, PREPARED, TAKEN, MODEL],
    "by position, some held out": [READ, PUT, PREPARED, TAKEN, HELD_OUT],
    "by a number of rows, the target taken before": [
        READ,
        'y = train["left"]\nn = train.shape[0]\nfull = pd.concat([train.drop("left", axis=1), test], ignore_index=True)',
        PREPARED,
        "X = full.iloc[:n]\nZ = full.iloc[n:, :]",
        HELD_OUT,
    ],
    "from the end": [
        READ,
        PUT,
        PREPARED,
        'X, Z = full[:-len(test)].drop("left", axis=1), full.tail(len(test)).drop("left", axis=1)\ny = train["left"]',
        MODEL,
    ],
    "by a marker": [
        READ,
        'train["source"] = "train"\ntest["source"] = "test"',
        PUT,
        PREPARED,
        """first = full[full["source"] == "train"]
second = full[full["source"] != "train"]
X = first.drop(["left", "source"], axis=1)
y = first["left"]
Z = second.drop(["left", "source"], axis=1)""",
        HELD_OUT,
    ],
    "by the missing target": [
        READ,
        PUT,
        PREPARED,
        """first = full[full["left"].notnull()]
second = full[full["left"].isnull()]
X = first.drop("left", axis=1)
y = first["left"].astype(int)
Z = second.drop("left", axis=1)""",
        HELD_OUT,
    ],
    "outliers dropped and the target changed before": [
        READ,
        'train = train[train["income"] < 8500]\ntrain["left"] = train["left"] * 2',
        'y = train["left"]\nfull = pd.concat([train.drop("left", axis=1), test]).reset_index(drop=True)',
        PREPARED,
        "X = full[:train.shape[0]]\nZ = full[train.shape[0]:]",
        MODEL,
    ],
    "a scaler for both": [
        READ,
        PUT,
        'numbers = full[["age", "income"]].fillna(0)\nscaled = StandardScaler().fit_transform(numbers)',
        'X, Z = scaled[:len(train)], scaled[len(train):]\ny = train["left"]',
        MODEL,
    ],
    "looked at on the way": [READ, PUT, "full.info()\nfull[full['age'].isnull()].head()", PREPARED, TAKEN, MODEL],
    "a mean of both for each": [
        READ,
        'full = pd.concat([train, test])\ntypical = full["age"].mean()\nfull["age"] = full["age"].fillna(typical)',
        PREPARED,
        TAKEN,
        MODEL,
    ],
}  # fmt: skip

WITH_TARGET = {"a scaler for both": "left"}

REFUSED = {
    "a number that happens to be right": (
        [READ, PUT, PREPARED, TAKEN.replace("len(train)", "60"), HELD_OUT],
        "cell 5 line 1: `X` is made of the rows of both files in a way that cannot be told apart; part them by len(train)",
    ),
    "sorted on the way": (
        [READ, PUT, 'full = full.sort_values("income")', PREPARED, TAKEN, MODEL],
        "cell 4 line 1: rows are chosen or sorted while both files are one table",
    ),
    "rows dropped on the way": (
        [READ, PUT, "full = full.dropna(subset=['income'])", PREPARED, TAKEN, MODEL],
        "cell 4 line 1: rows are chosen or sorted while both files are one table",
    ),
    "the number of other rows": (
        [READ, PUT, PREPARED, 'train = train[train["income"] > 2000]', TAKEN, HELD_OUT],
        "cell 6 line 1: `X` is made of the rows of both files in a way that cannot be told apart; part them by len(train)",
    ),
    "one file prepared before": (
        [READ, 'train["income"] = train["income"] * 2', PUT, PREPARED, TAKEN, MODEL],
        "cell 4 line 1: `income` is prepared for one of the two files only, and is not what is predicted",
    ),
    "a column of one file dropped before": (
        [READ, 'test = test.drop("plan", axis=1)', PUT, PREPARED, TAKEN, MODEL],
        "cell 4 line 1: the two files have not the same columns when they are put together",
    ),
    "joined by labels that stand twice": (
        [READ, PUT, 'full = full.join(full[["age"]].rename(columns={"age": "years"}))', PREPARED, TAKEN, MODEL],
        "cell 4 line 1: rows are joined by labels that stand twice; put the files together with ignore_index=True",
    ),
    "the marker learned from": (
        [READ, 'train["source"] = 0\ntest["source"] = 1', PUT, PREPARED, TAKEN, MODEL],
        "cell 4 line 1: the model learns from `source`, which only tells the two files apart; drop it",
    ),
    "the marker changed on the way": (
        [
            READ,
            'train["source"] = 0\ntest["source"] = 1',
            PUT,
            PREPARED,
            'full["source"] = 1 - full["source"]',
            'X = full[full["source"] == 0].drop(["left", "source"], axis=1)',
            'y = full[full["source"] == 0]["left"]',
            MODEL.replace("Z", "X"),
        ],
        "cell 7 line 1: `X` is made of the rows of both files in a way that cannot be told apart; part them by len(train)",
    ),
    "learned from both files": (
        [READ, PUT, PREPARED, TAKEN, 'model = DecisionTreeClassifier()\nmodel.fit(full.drop("left", axis=1), full["plan"])\nmodel.predict(Z)'],
        "cell 6 line 2: the model is given the rows of both files at once",
    ),
    "rows of the two files prepared differently afterwards": (
        [READ, PUT, PREPARED, TAKEN, 'Z["age"] = Z["age"] * 2', MODEL],
        "cell 7 line 3: the rows of `model.predict(Z)` are prepared differently from those the model learned from",
    ),
}  # fmt: skip


def people(seed: int, count: int, *, target: bool, missing: int) -> str:
    """Rows of one file; the other file has another age missing, and a city of its own."""
    draw = random.Random(seed)
    rows = ["age,income,city,plan" + (",left" if target else "")]
    for number in range(count):
        age = "" if number % missing == 4 else str(draw.randint(18, 70))
        income = draw.randint(10, 90) * 100
        city = draw.choice(["Rome", "Oslo", "Bern" if target else "Lyon"])
        left = f",{int(income + draw.randint(-2000, 2000) > 5000)}" if target else ""
        rows.append(f"{age},{income},{city},{draw.choice('ab')}{left}")
    return "\n".join(rows) + "\n"


def replayed(found: Plan) -> Any:
    """How the notebook is replayed."""
    return found.modules.extraction["replay"]


def planned(folder: Path, cells: list[str]) -> Plan:
    path = small.write(folder, *cells)
    (folder / "train.csv").write_text(people(11, 60, target=True, missing=9))
    (folder / "test.csv").write_text(people(12, 30, target=False, missing=5))
    return plan(str(path), name="people_model", model=None)


@pytest.mark.parametrize("case", EQUAL)
def test_both_files_are_prepared_as_in_the_notebook(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD, *EQUAL[case]]
    found = planned(tmp_path, cells)
    assert "with:read_test" in [step["rows"] for step in replayed(found)["steps"]]
    assert difference(tmp_path, cells, found, monkeypatch, served_with=WITH_TARGET.get(case, "")) == ""


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_told_apart_is_refused(case: str, tmp_path: Path) -> None:
    cells, reason = REFUSED[case]
    with pytest.raises(ExtractError) as caught:
        planned(tmp_path, [HEAD, *cells])
    assert str(caught.value) == reason


def test_the_ledger_says_what_was_learned_from_both_files(tmp_path: Path) -> None:
    found = planned(tmp_path, [HEAD, *EQUAL["by position, some held out"]])
    told = [(one.rule, one.cell, one.what) for one in found.corrections]
    learned = "the median of age, the LabelEncoder of plan and the categories of city"
    what = f"{learned} learned from the rows of both files; it learns from the training rows"
    assert told == [("fit-before-split", 4, what)]


def test_a_test_file_that_has_the_target_stops_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD, *EQUAL["by the missing target"]]
    found = planned(tmp_path, cells)
    (tmp_path / "test.csv").write_text(people(12, 30, target=True, missing=5))
    monkeypatch.chdir(tmp_path)
    with (
        package(tmp_path, found) as modules,
        pytest.raises(ValueError, match="the other file has left, so its rows cannot be told apart by it"),
    ):
        modules["data.ingestion"].read_raw(modules["config"].load_config())


def test_notebook_and_package_are_equal_when_they_run(tmp_path: Path) -> None:
    found = planned(tmp_path, [HEAD, *EQUAL["by position, some held out"]])
    write(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert verdict.serving.equal
