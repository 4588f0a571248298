"""Names of columns that are asked of another part of the same table."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.verify.verdict import verify
from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, planned, refusal

SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)"
PARTED = 'X = df[["age", "income"]]\ny = df["left"]\n' + SPLIT
SCALED = "scaler = StandardScaler()\ntrain = scaler.fit_transform(X_train)\ntest = scaler.transform(X_test)\n"
TABLES = "train = pd.DataFrame(train, columns={})\ntest = pd.DataFrame(test, columns={})"
ASKED = MODEL.replace("model.score(X_test, y_test)", "print(model.predict(X_test))\nmodel.score(X_test, y_test)")
SCALED_ASKED = ASKED.replace("X_train", "train").replace("X_test", "test")
NUMBERS = 'X = pd.get_dummies(df.drop("left", axis=1))\ny = df["left"]\n' + SPLIT
SCALER = "scaler = StandardScaler()\n"

SAME = {
    "of the training rows": (PARTED, SCALED + TABLES.format("X_train.columns", "X_train.columns"), SCALED_ASKED),
    "of all rows": (PARTED, SCALED + TABLES.format("X.columns", "X.columns"), SCALED_ASKED),
    "by a name": (PARTED, "names = X_train.columns\n" + SCALED + TABLES.format("names", "names"), SCALED_ASKED),
    "by a name above the split": (
        PARTED.replace("\nX_train", "\nnames = X.columns\nX_train"),
        SCALED + TABLES.format("names", "names"),
        SCALED_ASKED,
    ),
    "in the call": (
        PARTED,
        SCALER
        + "train = pd.DataFrame(scaler.fit_transform(X_train), columns=X_train.columns)\ntest = pd.DataFrame(scaler.transform(X_test), columns=X_train.columns)",
        SCALED_ASKED,
    ),
    "to choose columns by type": (
        'X = df.drop("left", axis=1)\ny = df["left"]\n' + SPLIT,
        'names = X_train.select_dtypes("number").columns\nX_train = X_train[names]\nX_test = X_test[names]',
        ASKED,
    ),
    "to scale columns by type": (
        NUMBERS,
        SCALER
        + 'names = X_train.select_dtypes("number").columns\nX_train[names] = scaler.fit_transform(X_train[names])\nX_test[names] = scaler.transform(X_test[names])',
        ASKED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_the_table_at_hand_is_asked(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD, LOAD, FILL, *SAME[case]]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_verify_finds_them_equal(tmp_path: Path) -> None:
    asked, scaled, _ = SAME["by a name"]
    model = MODEL.replace("X_train", "train").replace("X_test", "test")
    found = planned(tmp_path, HEAD, LOAD, FILL, asked, scaled, model)
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")


OTHER = {
    "columns in another order": (PARTED, SCALED + TABLES.format("X_train.columns", "X_train.columns[::-1]")),
    "a table with more columns": (PARTED, SCALED + TABLES.format("df.columns[:2]", "df.columns[:2]")),
    "another table": (
        PARTED,
        'other = pd.read_csv("people.csv")[["income", "age"]]\n' + SCALED + TABLES.format("X_train.columns", "other.columns"),
    ),
    "a table that changed in between": (
        PARTED,
        "names = X_train.columns\n" + SCALED + 'X_test.columns = ["income", "age"]\n' + TABLES.format("names", "names"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHER)
def test_names_of_another_table_are_refused(case: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, HEAD, LOAD, FILL, *OTHER[case], SCALED_ASKED).startswith("cell ")
