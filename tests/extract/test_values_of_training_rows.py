"""Values of the training rows in code about other rows, and targets among learned columns: the same numbers, or refused."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble, write
from nb2pkg.extract.plan import plan
from nb2pkg.verify.verdict import verify
from tests.extract import small
from tests.extract.replaying import difference
from tests.extract.small import HEAD, LOAD, MODEL, SPLIT, planned, refusal
from tests.extract.test_together import READ, people

ASKED = """features = ["age", "income"]
model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(train[features], train["left"])
model.predict(test[features])"""
HELD_OUT = """features = ["age", "income"]
X_train, X_test, y_train, y_test = train_test_split(train[features], train["left"], random_state=3)
model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(X_train, y_train)
model.score(X_test, y_test)
model.predict(test[features])"""

TWO_FILES = {
    "the other file first": (
        'test["age"] = test["age"].fillna(train["age"].median())\ntrain["age"] = train["age"].fillna(train["age"].median())',
        ASKED,
    ),
    "the other file after its like": (
        'train["age"] = train["age"].fillna(train["age"].median())\ntest["age"] = test["age"].fillna(train["age"].median())',
        HELD_OUT,
    ),
    "the most frequent value": (
        ('train["plan"] = train["plan"].fillna(train["plan"].mode()[0])\n'
        'test["plan"] = test["plan"].fillna(train["plan"].mode()[0])\n'
        'train["age"] = train["age"].fillna(0)\ntest["age"] = test["age"].fillna(0)'),
        ASKED,
    ),
    "a loop over both": (
        'for table in [train, test]:\n    table["age"] = table["age"].fillna(train["age"].mean())',
        ASKED,
    ),
    "a value with a name": (
        'typical = train["age"].mean()\ntrain["age"] = train["age"].fillna(typical)\ntest["age"] = test["age"].fillna(typical)',
        ASKED,
    ),
    "training rows dropped": (
        ('train = train.dropna(subset=["income"])\n'
        'train["age"] = train["age"].fillna(train["age"].median())\ntest["age"] = test["age"].fillna(train["age"].median())'),
        ASKED,
    ),
}  # fmt: skip
DIFFERENT = "the rows of `model.predict(test[features])` are prepared differently from those the model learned from"
NOT_THE_SAME = {
    "the training rows filled with something else": (
        'train["age"] = train["age"].fillna(0)\ntest["age"] = test["age"].fillna(train["age"].mean())'
    ),
    "a statistic that filling changes": (
        'train["age"] = train["age"].fillna(train["age"].std())\ntest["age"] = test["age"].fillna(train["age"].std())'
    ),
    "another column": (
        'train["age"] = train["age"].fillna(train["age"].mean())\ntest["age"] = test["age"].fillna(train["income"].mean())'
    ),
    "the training rows scaled in between": (
        'train["age"] = train["age"].fillna(train["age"].mean())\ntrain["age"] = train["age"] * 2\n'
        'test["age"] = test["age"].fillna(train["age"].mean())\ntest["age"] = test["age"] * 2'
    ),
    "another statistic": (
        'train["age"] = train["age"].fillna(train["age"].mean())\ntest["age"] = test["age"].fillna(train["age"].median())'
    ),
}  # fmt: skip
PARTS = {
    "filled with its mean first": (
        "X_train['age'] = X_train['age'].fillna(X_train['age'].mean())\nX_test['age'] = X_test['age'].fillna(X_train['age'].mean())"
    ),
    "two values at once": (
        "low, high = X_train['income'].min(), X_train['income'].max()\n"
        "X_train['income'] = (X_train['income'] - low) / (high - low)\nX_test['income'] = (X_test['income'] - low) / (high - low)"
    ),
}
PARTS_APART = {
    "scaled by its maximum first": (
        "X_train['income'] = X_train['income'] / X_train['income'].max()\n"
        "X_test['income'] = X_test['income'] / X_train['income'].max()"
    ),
    "filled with its maximum, then its mean": (
        "X_train['age'] = X_train['age'].fillna(X_train['age'].max())\nX_test['age'] = X_test['age'].fillna(X_train['age'].mean())"
    ),
}
LATE = "def is_late(value):\n    return 1 if value > 5000 else 0\n"
TARGETS = {
    "dummies below it": (
        LATE + 'df["late"] = df["income"].apply(is_late)\ndf = pd.get_dummies(df, columns=["city", "plan"])\n'
        'X = df.drop(["late", "left"], axis=1).fillna(0)\ny = df["late"]'
    ),
    "a mean above it": (
        LATE + 'df["age"] = df["age"].fillna(df["age"].mean())\ndf["late"] = df["income"].apply(is_late)\n'
        'df["plan"] = LabelEncoder().fit_transform(df["plan"])\nX = df[["age", "plan"]]\ny = df["late"].astype(int)'
    ),
    "a copy in between": (
        LATE + 'df["late"] = df["income"].apply(is_late)\ndf["age"] = df["age"].fillna(df["age"].median())\n'
        'data = pd.get_dummies(df, columns=["city"])\nX = data[["age", "city_Rome"]]\ny = np.where(data["late"] > 0, 1, 0)'
    ),
}
CUT = 'cut = df["income"].median()\ndef is_late(value):\n    return 1 if value > cut else 0\n'
LEARNED_TARGETS = {
    "a function that reads a learned value": CUT + 'df["late"] = df["income"].apply(is_late)\ny = df["late"]',
    "made of a learned column": (
        'df["age"] = df["age"].fillna(df["age"].mean())\ndf["old"] = (df["age"] > 40).astype(int)\n'
        'df = pd.get_dummies(df, columns=["city"])\ny = df["old"]'
    ),
}


def two_files(folder: Path, *cells: str) -> Path:
    path = small.write(folder, *cells)
    (folder / "train.csv").write_text(people(11, 60, target=True, missing=9))
    (folder / "test.csv").write_text(people(12, 30, target=False, missing=5))
    return path


@pytest.mark.parametrize("case", TWO_FILES)
def test_another_file_is_prepared_with_values_of_the_training_rows(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, READ, *TWO_FILES[case]]
    found = plan(str(two_files(tmp_path, *cells)), name="people_model", model=None)
    assert difference(tmp_path, cells, found, monkeypatch) == ""


@pytest.mark.parametrize("case", NOT_THE_SAME)
def test_values_that_are_others_by_then_are_refused(case: str, tmp_path: Path) -> None:
    two_files(tmp_path)
    assert refusal(tmp_path, HEAD, READ, NOT_THE_SAME[case], ASKED) == f"cell 4 line 4: {DIFFERENT}"


@pytest.mark.parametrize("case", PARTS)
def test_held_out_rows_are_prepared_with_values_of_the_training_rows(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, LOAD, SPLIT, PARTS[case], MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


@pytest.mark.parametrize("case", PARTS_APART)
def test_held_out_rows_with_other_values_are_refused(case: str, tmp_path: Path) -> None:
    told = "the rows of `model.score(X_test, y_test)` are prepared differently from those the model learned from"
    assert refusal(tmp_path, HEAD, LOAD, SPLIT, PARTS_APART[case], MODEL) == f"cell 5 line 3: {told}"


@pytest.mark.parametrize("case", TARGETS)
def test_a_target_is_made_by_its_own_statements(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)"
    cells = [HEAD, LOAD, TARGETS[case], split, MODEL]
    found = planned(tmp_path, *cells)
    assert difference(tmp_path, cells, found, monkeypatch, served_with="left") == ""


@pytest.mark.parametrize("case", LEARNED_TARGETS)
def test_a_target_that_is_learned_is_refused(case: str, tmp_path: Path) -> None:
    split = 'X_train, X_test, y_train, y_test = train_test_split(df[["income"]], y, random_state=3)'
    sentence = refusal(tmp_path, HEAD, LOAD, LEARNED_TARGETS[case], split, MODEL)
    assert sentence == "cell 3 line 1: the target is computed with something learned from rows"


def test_notebook_and_package_are_equal_when_they_run(tmp_path: Path) -> None:
    path = two_files(tmp_path, HEAD, READ, *TWO_FILES["the other file after its like"])
    write(assemble(plan(str(path), name="people_model", model=None).modules), tmp_path / "package")
    verdict = verify(path, tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
