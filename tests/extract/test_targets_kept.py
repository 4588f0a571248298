"""A target that statements about other columns pass by: what nobody can list did not touch it, where it is read afterwards."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.verify.verdict import verify
from tests.extract.replaying import difference
from tests.extract.small import HEAD, LOAD, MODEL, planned, refusal, write

MEDIAN = 'df["age"] = df["age"].fillna(df["age"].median())\n'
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)"
TEXTS = '[c for c in df.columns if str(df[c].dtype) in ("object", "str")]'

EQUAL = {
    "columns-dropped-by-number": 'df = df.drop(df.columns[[2, 3]], axis=1)\nX = df[["age", "income"]]\ny = df["left"]',
    "columns-kept-by-a-list-made": "every = df.columns.values.tolist()\n"
    'keep = [name for name in every if name not in ["city", "plan"]]\nfinal = df[keep]\n'
    'X = final.drop("left", axis=1)\ny = final["left"]',
    "dummies-of-columns-by-type": f"texts = {TEXTS}\ndf2 = pd.get_dummies(data=df, columns=texts, drop_first=True)\n"
    'X = df2.drop("left", axis=1)\ny = df2.left',
    "columns-of-a-type-dropped": 'texts = df.select_dtypes(exclude="number").columns\ndf2 = df.drop(texts, axis=1)\n'
    'X = df2.drop("left", axis=1)\ny = df2["left"]',
    "dummies-joined-in-a-loop": 'for name in ["city", "plan"]:\n    made = pd.get_dummies(df[name], prefix=name)\n'
    '    df1 = df.join(made)\n    df = df1\nX = df[["age", "income", "city_Oslo"]]\ny = df["left"]',
    "every-column-filled": "for name in df.columns:\n    df[name] = df[name].fillna(df[name].mode()[0])\n"
    'X, y = df[["age"]], df["left"]',
    "numbers-filled-in-place": 'names = df.select_dtypes("number").columns\nfor name in names:\n'
    '    df[name] = df[name].fillna(df[name].median())\nX, y = df[["age", "income"]], df["left"]',
    "the-table-filled": 'df.fillna(df.mean(numeric_only=True), inplace=True)\nX, y = df[["age", "income"]], df["left"]',
    "left-out-by-its-name": 'df = df.drop(["city", "plan"], axis=1).fillna(df.mean(numeric_only=True))\n'
    'X = df.loc[:, df.columns != "left"]\ny = df["left"]',
    "left-out-of-a-list": 'df = df.drop(["city", "plan"], axis=1)\nX = df[[c for c in df.columns if c != "left"]]\ny = df["left"]',
    "array-scaled-by-hand": 'part = df[["age", "income", "left"]].dropna()\nX = part[["age", "income"]].values\n'
    'X = (X - X.mean(axis=0)) / X.std(axis=0)\ny = part["left"].values',
    "dummies-of-listed-columns": 'df["age"] = df.groupby("city")["age"].transform(lambda ages: ages.fillna(ages.median()))\n'
    'X = pd.get_dummies(df[["age", "income", "city"]])\ny = df["left"]',
    "table-of-one-column": 'X = df[["age", "income"]]\ny = df[["left"]]',
}


@pytest.mark.parametrize("code", EQUAL.values(), ids=EQUAL)
def test_a_target_is_its_raw_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    cells = [HEAD, LOAD, MEDIAN + code, SPLIT, MODEL]
    found = planned(tmp_path, *cells)
    assert 'rows["left"]' in found.modules.files["data/preprocessing.py"].replace("'", '"').replace("[[", "[").replace(
        "]]", "]"
    )
    served_with = "left" if "columns[[" in code else ""  # columns that are counted stay in their places
    assert difference(tmp_path, cells, found, monkeypatch, served_with=served_with) == ""


ENCODED = {
    "computed": 'df["income"] = pd.cut(df["income"], bins=[0, 4000, 1e9], labels=["low", "high"])\nencoder = LabelEncoder()\n'
    'df["income"] = encoder.fit_transform(df["income"])\nX, y = df[["age"]], df["income"]',
    "by-a-name": 'codes = LabelEncoder().fit_transform(df["city"])\ndf["city"] = codes\nX, y = df[["age", "income"]], df["city"]',
}


@pytest.mark.parametrize("code", ENCODED.values(), ids=ENCODED)
def test_the_encoder_of_a_target_is_its_own(tmp_path: Path, code: str) -> None:
    notebook = write(tmp_path / "notebook", HEAD, LOAD, MEDIAN + code, SPLIT, MODEL)
    found = planned(tmp_path / "notebook", HEAD, LOAD, MEDIAN + code, SPLIT, MODEL)
    assert "return LabelEncoder()" in found.modules.files["model/pipeline.py"]
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(notebook, tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")


LEARNED = "the target is computed with something learned from rows"
TRAPS = {
    "filled-with-its-mean": (
        'df["left"] = df["left"].fillna(df["left"].mean())\nX, y = df[["age"]], df["left"]',
        LEARNED,
    ),
    "encoded-and-changed": (
        'df["city"] = LabelEncoder().fit_transform(df["city"])\ndf["city"] = df["city"] * 2\nX, y = df[["age"]], df["city"]',
        LEARNED,
    ),
    "encoded-before-its-table-changed": (
        (
            'codes = LabelEncoder().fit_transform(df["city"])\ndf["city"] = df["plan"]\ndf["city"] = codes\n'
            'X, y = df[["age"]], df["city"]'
        ),
        LEARNED,
    ),
    "a-dummy-of-that-name": (
        (
            'df2 = pd.get_dummies(data=df, columns=[c for c in df.columns if c == "city"], prefix="of", prefix_sep="")\n'
            'X, y = df2[["age", "income"]], df2["ofOslo"]'
        ),
        LEARNED,
    ),
    "rows-by-a-list-of-truths": (
        'keep = [value > 4000 for value in df["income"]]\nfinal = df[keep]\nX, y = final[["age", "income"]], final["left"]',
        "",
    ),
    "rows-dropped-by-number": (
        (
            "gone = [number for number in range(9) if number != 4]\nfinal = df.drop(gone)\n"
            'X, y = final[["age", "income"]], final["left"]'
        ),
        "",
    ),
}


@pytest.mark.parametrize(("code", "reason"), TRAPS.values(), ids=TRAPS)
def test_a_target_that_is_learned_or_of_other_rows_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    cells = [HEAD, LOAD, MEDIAN + code, SPLIT, MODEL]
    if reason:
        assert reason in refusal(tmp_path, *cells)
    else:
        assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""
