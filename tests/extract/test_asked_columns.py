"""Lists of columns that a table is asked for by their types, and expressions that are written as they stand."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.verify.verdict import verify
from tests.extract.small import HEAD, LOAD, planned, refusal

MORE = """from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)"
PARTED = 'X = df.drop("left", axis=1)\ny = df["left"]\n' + SPLIT
MADE = """pre = ColumnTransformer([("numbers", Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())]), numbers), ("texts", OneHotEncoder(), texts)])
"""
MODEL = MADE + 'model = Pipeline([("pre", pre), ("tree", DecisionTreeClassifier(random_state=0))])\n'
FITTED = MODEL + "model.fit(X_train, y_train)\nmodel.score(X_test, y_test)"
TEXTS = 'texts = ["city", "plan"]'
PIPELINE, PREPROCESSING = "model/pipeline.py", "data/preprocessing.py"

SELECTED = {
    "by a method": ('numbers = X.select_dtypes(include="number").columns', "make_column_selector(dtype_include='number')"),
    "of the training rows": (
        'numbers = X_train.select_dtypes(["int64", "float64"]).columns.tolist()',
        "make_column_selector(dtype_include=['int64', 'float64'])",
    ),
    "of the table with its target": (
        "kinds = [np.number]\nnumbers = list(df.select_dtypes(include=kinds).columns.drop(['left']))",
        "",
    ),
    "by what they are not": (
        "numbers = X.select_dtypes(exclude=[object, 'str']).columns.values",
        "make_column_selector(dtype_exclude=[object, 'str'])",
    ),
    "listed by type": (
        'numbers = [c for c in X.columns if X[c].dtype in ["int64", "float64"]]',
        "return [c for c in X.columns if X[c].dtype in ['int64', 'float64']]",
    ),
    "listed by a question": (
        "numbers = [c for c in X if pd.api.types.is_numeric_dtype(X[c])]",
        "",
    ),
    "by a mask of types": (
        'numbers = X.columns[X.dtypes != "str"]',
        "return list(X.columns[X.dtypes != 'str'])",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", [case for case, (_, line) in SELECTED.items() if line])
def test_the_rows_are_asked_again(case: str, tmp_path: Path) -> None:
    asked, line = SELECTED[case]
    files = planned(tmp_path, HEAD, MORE, LOAD, PARTED, asked, TEXTS, FITTED).modules.files
    assert line in files[PIPELINE] + files[PREPROCESSING]


@pytest.mark.parametrize("case", ["by a mask of types", "listed by type"])
def test_what_the_rows_are_asked_is_verified(case: str, tmp_path: Path) -> None:
    cells = (HEAD, MORE, LOAD, PARTED, SELECTED[case][0], "texts = X.select_dtypes(exclude='number').columns", FITTED)
    write_package(assemble(planned(tmp_path, *cells).modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert "model parameters" in {frame.name for frame in verdict.frames}


def test_a_search_is_verified_with_the_columns_that_were_asked_for(tmp_path: Path) -> None:
    search = 'search = GridSearchCV(model, {"tree__max_depth": [int(d) for d in np.linspace(2, 4, 3)]}, cv=3)\n'
    cells = (HEAD, MORE, LOAD, PARTED, SELECTED["by a method"][0], TEXTS, MODEL + search)
    fitted = "search.fit(X_train, y_train)\nsearch.score(X_test, y_test)"
    found = planned(tmp_path, *cells, fitted)
    assert "{'tree__max_depth': [int(d) for d in linspace(2, 4, 3)]}" in found.modules.files[PIPELINE]
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")


BY_TYPE = 'numbers = X.select_dtypes(include="number").columns\n' + TEXTS
NOT_AGAIN = {
    "a column that comes later": (
        'X = df.drop("left", axis=1)\ny = df["left"]',
        BY_TYPE,
        'X["more"] = X["income"] * 2\n' + SPLIT,
        FITTED,
    ),
    "another table": (
        PARTED,
        'other = pd.read_csv("people.csv").drop("left", axis=1)\nnumbers = other.select_dtypes("number").columns\n' + TEXTS,
        FITTED,
    ),
    "columns in another order": (
        'D = df.drop("left", axis=1)\nX = D[["plan", "city", "income", "age"]]\ny = df["left"]\n' + SPLIT,
        "numbers = D.select_dtypes('number').columns\n" + TEXTS,
        FITTED,
    ),
    "columns by their place": (PARTED, "numbers = X.columns[:2]\n" + TEXTS, FITTED),
    "columns by their values": (PARTED, "numbers = [c for c in X.columns if X[c].nunique() > 10]\n" + TEXTS, FITTED),
    "a list that is changed": (PARTED, BY_TYPE.replace(".columns", ".columns.tolist()"), 'numbers.remove("age")', FITTED),
    "the second step": (
        PARTED,
        BY_TYPE + "\ndef more(rows):\n    return rows.assign(more=rows['income'] * 2)",
        MADE + 'model = Pipeline([("more", FunctionTransformer(more)), ("pre", pre), ("tree", DecisionTreeClassifier(random_state=0))])\n'
        "model.fit(X_train, y_train)\nmodel.score(X_test, y_test)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_AGAIN)
def test_other_rows_might_answer_otherwise(case: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, HEAD, MORE, LOAD, *NOT_AGAIN[case]).endswith(")")


READY = PARTED.replace('df.drop("left", axis=1)', 'df[["age", "income"]].fillna(0)')
SEARCHED = (
    "search = GridSearchCV(LogisticRegression(), {}, cv=3)\nsearch.fit(X_train, y_train)\nsearch.score(X_test, y_test)"
)
GRIDS = {
    "powers": ('{"C": 10.0 ** np.arange(-3, 3)}', "{'C': 10.0 ** arange(-3, 3)}"),
    "a comprehension": ('{"C": [10**i for i in range(-3, 3)]}', "{'C': [10 ** i for i in range(-3, 3)]}"),
    "a list of an array": ('{"C": list(np.arange(1, 5))}', "{'C': list(arange(1, 5))}"),
    "an array's list": ('{"C": np.linspace(0.1, 1, 4).tolist()}', "{'C': linspace(0.1, 1, 4).tolist()}"),
    "a number of one's own": ('{"C": [c * largest for c in (0.1, 1)]}', "{'C': [c * 10 for c in (0.1, 1)]}"),
}


@pytest.mark.parametrize("case", GRIDS)
def test_what_needs_only_numbers_is_written_as_it_stands(case: str, tmp_path: Path) -> None:
    grid, line = GRIDS[case]
    found = planned(tmp_path, HEAD, MORE, LOAD, READY, "largest = 10", SEARCHED.format(grid))
    assert line in found.modules.files[PIPELINE]


DRAWN = {
    "drawn": ("np.random.rand(3)", "`np.random.rand(3)` is drawn at random; write down what it gave"),
    "a list of what is drawn": ("list(np.random.rand(3))", "`list(np.random.rand(3))` is not a constant (`np.random.rand(3)`)"),
    "of rows": ("[X.shape[0] * c for c in (1, 2)]", "`[X.shape[0] * c for c in (1, 2)]` is not a constant"),
    "a name that means two things": ("[c for c in c]", "`[c for c in c]` is not a constant"),
}  # fmt: skip


@pytest.mark.parametrize("case", DRAWN)
def test_what_needs_more_is_refused(case: str, tmp_path: Path) -> None:
    values, reason = DRAWN[case]
    cells = (HEAD, MORE, LOAD, READY, "c = [1, 2]", SEARCHED.format('{"C": ' + values + "}"))
    assert reason in refusal(tmp_path, *cells)
