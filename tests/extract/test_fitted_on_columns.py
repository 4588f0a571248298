"""Transformers that are fitted on some columns of the training rows, and transform those columns of the held-out rows."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.verify.verdict import verify
from tests.extract.replaying import difference
from tests.extract.small import HEAD, LOAD, MODEL, planned, refusal

MORE = "from sklearn.impute import SimpleImputer"
PARTED = """X = df[["age", "income", "city"]].replace({"city": {"Rome": 0, "Oslo": 1, "Bern": 2}}).fillna(0)
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)"""
TEXTS = PARTED.replace('.replace({"city": {"Rome": 0, "Oslo": 1, "Bern": 2}})', "")
ASKED = MODEL.replace("model.score(X_test, y_test)", "print(model.predict(X_test))\nmodel.score(X_test, y_test)")

FITTED = {
    "several columns": (
        PARTED,
        'names = ["age", "income"]\nscaler = StandardScaler()\nX_train[names] = scaler.fit_transform(X_train[names])\nX_test[names] = scaler.transform(X_test[names])',
    ),
    "one column": (
        PARTED,
        'scaler = StandardScaler()\nX_train[["age"]] = scaler.fit_transform(X_train[["age"]])\nX_test[["age"]] = scaler.transform(X_test[["age"]])',
    ),
    "of copies": (
        PARTED,
        'X_train = X_train.copy()\nX_test = X_test.copy()\nscaler = StandardScaler()\nX_train[["age"]] = scaler.fit_transform(X_train[["age"]])\nX_test[["age"]] = scaler.transform(X_test[["age"]])',
    ),
    "labels": (
        TEXTS,
        'encoder = LabelEncoder()\nX_train["city"] = encoder.fit_transform(X_train["city"])\nX_test["city"] = encoder.transform(X_test["city"])',
    ),
    "a table of what is scaled": (
        PARTED,
        "scaler = StandardScaler()\nX_train = pd.DataFrame(scaler.fit_transform(X_train), columns=X_train.columns, index=X_train.index)\nX_test = pd.DataFrame(scaler.transform(X_test), columns=X_test.columns, index=X_test.index)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FITTED)
def test_held_out_rows_are_transformed_by_what_was_fitted_on_the_training_rows(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, MORE, LOAD, *FITTED[case], ASKED]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_verify_finds_the_held_out_rows_equal(tmp_path: Path) -> None:
    found = planned(tmp_path, HEAD, MORE, LOAD, *FITTED["several columns"], MODEL)
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert "cell 6 model.score X" in {frame.name for frame in verdict.frames}


OTHERWISE = {
    "fitted again on the held-out rows": 'scaler = StandardScaler()\nX_train[["age"]] = scaler.fit_transform(X_train[["age"]])\nX_test[["age"]] = scaler.fit_transform(X_test[["age"]])',
    "another scaler for the held-out rows": 'X_train[["age"]] = StandardScaler().fit_transform(X_train[["age"]])\nX_test[["age"]] = StandardScaler().fit_transform(X_test[["age"]])',
    "fitted again in between": 'scaler = StandardScaler()\nX_train[["age"]] = scaler.fit_transform(X_train[["age"]])\nscaler.fit(df[["age"]])\nX_test[["age"]] = scaler.transform(X_test[["age"]])',
    "of another column": 'scaler = StandardScaler()\nX_train[["age"]] = scaler.fit_transform(X_train[["age"]])\nX_test[["age"]] = scaler.transform(X_test[["income"]])',
    "into another column": 'scaler = StandardScaler()\nX_train[["age"]] = scaler.fit_transform(X_train[["age"]])\nX_test[["income"]] = scaler.transform(X_test[["age"]])',
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERWISE)
def test_held_out_rows_that_are_transformed_otherwise_are_refused(case: str, tmp_path: Path) -> None:
    told = "are prepared differently from those the model learned from"
    assert told in refusal(tmp_path, HEAD, MORE, LOAD, PARTED, OTHERWISE[case], MODEL)
