"""Rows that are predicted have no target: the package needs only the columns that its features are made of."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal

LAST = SPLIT.splitlines()[2]
ALL = f"X = df.drop('left', axis=1)\ny = df['left']\n{LAST}"
HALF = 'df["half"] = df["income"] / 2'
HALVED = SPLIT.replace('"income"]', '"half"]')
CODED = 'df["city"] = df["city"].map({"Rome": 0, "Oslo": 1, "Bern": 2})'

UNNEEDED = {
    "the result names its columns": (HALF, HALVED, ["age", "income"]),
    "a column for a plot only": (HALF + '\ndf["shade"] = df["plan"].map({"a": "red"})', HALVED, ["age", "income"]),
    "a label made beside the features": (
        'frame = df.copy()\nframe["half"] = frame["income"] / 2\nframe["rich"] = (frame["left"] > 0) * 1',
        'X = frame[["age", "half"]]\ny = frame["rich"]\n' + LAST,
        ["age", "income"],
    ),
    "a column deleted that the model never had": ('del df["plan"]\n' + HALF, HALVED, ["age", "income"]),
    "a statistic in a variable of its own": (
        'middle = df["age"].median()\ndf["half"] = df["income"] - middle',
        HALVED,
        ["age", "income"],
    ),
    "a list of columns, and then all of them": (
        "df['shout'] = df['city'].str.upper()\ndf = df[['age', 'income', 'shout', 'left']]\ndf = df.dropna()",
        f"df['income'] = df['income'] // 100\ndf['shout'] = df['shout'].map({{'ROME': 0}})\n{ALL}",
        ["age", "city", "income"],
    ),
    "a column as an array with one column": (
        "df['half'] = df['income'] / 2",
        f"X = df['half'].to_numpy().reshape(-1, 1)\ny = df['left']\n{LAST}",
        ["age", "income"],
    ),
}


@pytest.mark.parametrize(("code", "split", "columns"), UNNEEDED.values(), ids=UNNEEDED)
def test_the_columns_of_the_features_are_listed(
    code: str, split: str, columns: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, LOAD + "\n" + FILL, code, split, MODEL]
    plan = planned(tmp_path, *cells)
    assert f"COLUMNS = {columns!r}" in plan.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, plan, monkeypatch) == ""


BY_NUMBER = "df = df.iloc[:, [0, 1, 4]]"


def test_columns_by_number_are_named_while_the_target_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD, LOAD, BY_NUMBER, FILL, ALL, MODEL]
    plan = planned(tmp_path, *cells)
    assert "    df = df.iloc[:, [0, 1, 4]]\n    return [column" in plan.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, plan, monkeypatch) == ""


def test_columns_by_number_after_other_work_are_refused(tmp_path: Path) -> None:
    reason = "with all columns at once while `left`, the target, is among them"
    assert reason in refusal(tmp_path, HEAD, LOAD, FILL, BY_NUMBER, ALL, MODEL)


def test_a_list_beside_the_reading_call_names_the_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = LOAD + "[['income', 'age', 'left']]"
    cells = [HEAD, read, "df['half'] = df['income'] / 2\n" + ALL, MODEL]
    plan = planned(tmp_path, *cells)
    assert "FEATURES = ['income', 'age']" in plan.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, plan, monkeypatch) == ""


@pytest.mark.parametrize(
    "code",
    [
        "df['half'] = df['income'] / 2\ndf = df.drop(['city', 'plan'], axis=1)",
        "df['known'] = df.drop('left', axis=1).notna().sum(axis=1)\ndf = df[['known', 'income', 'left']]",
    ],
)
def test_a_table_that_is_looked_at_as_a_whole_has_no_list(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, LOAD + "\n" + FILL, code, ALL, MODEL]
    plan = planned(tmp_path, *cells)
    assert "COLUMNS" not in plan.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, plan, monkeypatch, served_with="left") == ""


def test_code_that_nothing_needs_is_left_out_with_its_reason(tmp_path: Path) -> None:
    shade = 'df["shade"] = df["plan"].map({"a": "red"})'
    plan = planned(tmp_path, HEAD, LOAD + "\n" + FILL, HALF, shade, HALVED, MODEL)
    assert "shade" not in plan.modules.files["data/preprocessing.py"]
    told = {entry["cell"]: entry["reason"] for entry in plan.modules.extraction["entries"]}  # type: ignore[attr-defined]
    assert (told[3], told[4]) == (None, "it changes nothing that the model reads")


WITHOUT_TARGET = {
    "popped": f"{CODED}\ny = df.pop('left')\nX = df[['age', 'city']]",
    "dropped after the work": f"df = df.drop('plan', axis=1)\n{CODED}\nX = df.drop('left', axis=1)\ny = df['left']",
    "renamed first": (
        f"df = df.rename(columns={{'left': 'gone', 'age': 'years'}})\ndf = df.drop('plan', axis=1)\n{CODED}\n"
        "X = df.drop('gone', axis=1)\ny = df['gone']"
    ),
    "left out by a condition": (
        f"df = df.drop('plan', axis=1)\n{CODED}\ntarget = 'left'\nnames = df.columns[df.columns != target]\n"
        "X = df[names]\ny = df[target]"
    ),
    "in a list of columns, dropped later": (
        "names = ['age', 'city', 'left']\ndf = df[names]\ndf = pd.get_dummies(df)\nX = df.drop('left', axis=1)\ny = df['left']"
    ),
    "in every column's loop": (
        "df = df.drop('plan', axis=1)\nfor name in df.columns:\n    if df[name].dtype != 'int64':\n"
        "        df[name] = df[name].fillna(0)\ndf['city'] = df['city'].map({'Rome': 0})\nX = df[['age', 'income']]\ny = df['left']"
    ),
}


@pytest.mark.parametrize("code", WITHOUT_TARGET.values(), ids=WITHOUT_TARGET)
def test_a_target_that_leaves_the_table_is_not_asked_for(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, LOAD + "\n" + FILL, code, LAST, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_a_single_text_column_needs_no_selector(tmp_path: Path) -> None:
    cells = [
        HEAD,
        LOAD,
        "X_train, X_test, y_train, y_test = train_test_split(df.city, df.left, random_state=0)",
        "from sklearn.feature_extraction.text import CountVectorizer\nv = CountVectorizer()\ncounts = v.fit_transform(X_train)",
        "model = LogisticRegression()\nmodel.fit(counts, y_train)\nmodel.score(v.transform(X_test), y_test)",
    ]
    steps = planned(tmp_path, *cells).modules.extraction["replay"]["steps"]  # type: ignore[index]
    assert [step["step"] for step in steps] == ["city_of", "count_vectorizer"]


ALONE = "df = df.select_dtypes('number')\nX = df.drop('left', axis=1)\ny = df['left']"
SUM = 'df["total"] = df[["age", "income", "left"]].sum(axis=1)'
MIXED = {
    "all columns of the table": (
        'df = df.drop(["city", "plan"], axis=1)\ndf["total"] = df.sum(axis=1)',
        "X = df.drop('left', axis=1)\ny = df['left']",
        "with all columns at once while `left`, the target, is among them",
    ),
    "columns by number": (
        "df = df.drop(df.columns[[2, 3]], axis=1)",
        "X = df.drop('left', axis=1)\ny = df['left']",
        "columns are taken by position while `left` is among them; name them",
    ),
    "the target by name": (
        SUM,
        "X = df.drop(['left', 'city', 'plan'], axis=1)\ny = df['left']",
        "with all columns at once while `left`",
    ),
    "the cells of all columns": (
        'df["known"] = df.notna().sum(axis=1)',
        ALONE,
        "with all columns at once while `left`, the target, is among them",
    ),
    "columns less another": (
        'df["known"] = df.drop("city", axis=1).fillna(0).sum(axis=1, numeric_only=True)',
        ALONE,
        "with all columns at once while `left`, the target, is among them",
    ),
    "a comparison with all columns": (
        'df["zeros"] = (df == 0).sum(axis=1)',
        ALONE,
        "with all columns at once while `left`, the target, is among them",
    ),
    "a function along the columns": (
        'df = df.drop(["city", "plan"], axis=1)\ndf["middle"] = np.mean(df, axis=1)',
        ALONE,
        "with all columns at once while `left`, the target, is among them",
    ),
    "a statistic along the columns": (
        'df = df.drop(["city", "plan"], axis=1)\ndf["middle"] = df.mean(1)',
        ALONE,
        "with all columns at once while `left`, the target, is among them",
    ),
}


@pytest.mark.parametrize(("code", "split", "reason"), MIXED.values(), ids=MIXED)
def test_features_made_with_the_target_are_refused(code: str, split: str, reason: str, tmp_path: Path) -> None:
    assert reason in refusal(tmp_path, HEAD, LOAD + "\n" + FILL, code, split + "\n" + LAST, MODEL)


KEPT = {
    "the table has lost it, and mixes what is left": (
        "X = df.drop(['left', 'city', 'plan'], axis=1)\nX['total'] = X.sum(axis=1)\ny = df['left']",
        "",
    ),
    "it is dropped before all that is left is looked at": (
        """X = df.drop(["left", "city", "plan"], axis=1)
X["zeros"] = (X == 0).sum(axis=1)
X["known"] = df.drop("left", axis=1).notna().sum(axis=1)
y = df["left"]""",
        "",
    ),
    "cells of all columns that stay columns": (
        "X = df.drop(['city', 'plan'], axis=1).fillna(0).clip(0, 5000).drop('left', axis=1)\ny = df['left']",
        "",
    ),
    "another table lost it": (
        """df = df.drop(["city", "plan"], axis=1)
other = df.drop("left", axis=1)
df["half"] = other["age"] / 2
X = df
y = df["left"]""",
        "left",
    ),
}


@pytest.mark.parametrize(("code", "served_with"), KEPT.values(), ids=KEPT)
def test_what_another_table_loses_stays(
    code: str, served_with: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, LOAD + "\n" + FILL, code, LAST, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch, served_with=served_with) == ""
