"""Categories are learned where they are found among all rows; code that would find them anew in each row is refused."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal

NUMBERED = FILL + '\n{}\ndf["income"] = df["city"] + df["income"]'

LEARNED = {
    "of a column": 'df["city"] = df["city"].astype("category").cat.codes',
    "in a loop": 'for c in ["city", "plan"]:\n    df[c] = df[c].astype("category")\n    df[c] = df[c].cat.codes',
    "written down": 'df["city"] = pd.Categorical(df["city"], categories=["Rome", "Oslo", "Bern"]).codes',
}


@pytest.mark.parametrize("code", LEARNED.values(), ids=LEARNED)
def test_categories_are_those_of_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    cells = [HEAD, LOAD, NUMBERED.format(code), SPLIT, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


ANEW = {
    "in a lambda": 'df["city"] = df["city"].transform(lambda c: c.astype("category").cat.codes)',
    "in a lambda for each column": (
        'texts = ["city", "plan"]\ndf[texts] = df[texts].apply(lambda c: c.astype("category").cat.codes)'
    ),
    "in a function": 'def number(c):\n    return c.astype("category").cat.codes\ndf["city"] = number(df["city"])',
    "a categorical": 'df["city"] = pd.Categorical(df["city"]).codes',
    "by a dictionary": 'df = df.astype({"city": "category"})\ndf["city"] = df["city"].cat.codes',
    "of several columns": 'df[["city", "plan"]] = df[["city", "plan"]].astype("category")\ndf["city"] = df["city"].cat.codes',
}


@pytest.mark.parametrize("code", ANEW.values(), ids=ANEW)
def test_categories_found_anew_in_each_row_are_refused(tmp_path: Path, code: str) -> None:
    assert "finds the categories of its rows anew" in refusal(tmp_path, HEAD, LOAD, NUMBERED.format(code), SPLIT, MODEL)


def test_columns_found_by_their_type_are_those_that_were_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 'X = df.drop("left", axis=1).fillna(0)\nX = pd.get_dummies(X, columns=X.select_dtypes(exclude="number").columns)'
    parted = 'y = df["left"]\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)'
    cells = [HEAD, LOAD, made, parted, MODEL]
    found = planned(tmp_path, *cells)
    assert "columns=list(self.categories_))" in found.modules.files["data/preprocessing.py"]
    assert difference(tmp_path, cells, found, monkeypatch) == ""
