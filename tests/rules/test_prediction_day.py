"""NB303, NB304, NB308, NB502 and NB503: rows that come in, and what is kept for them."""

import pytest

from nb2pkg.rule import Confidence, Severity
from tests.rules.findings import find, related

IMPORTS = """
import joblib
import pandas as pd
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("rows.csv")
X, y = df[["a", "b"]], df["y"]
"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"
SCALED = "s = StandardScaler()\nmodel = LogisticRegression().fit(s.fit_transform(X_train), y_train)"


def test_a_refit_by_a_served_function_is_one_of_prediction_day() -> None:
    function = "def predict(rows):\n    return model.predict(StandardScaler().fit_transform(rows))"
    (finding,) = find("NB303", IMPORTS, SPLIT, SCALED, function)
    assert (finding.place.cell, finding.place.line, finding.severity) == (4, 2, Severity.ERROR)
    assert (4, 2, "the model predicts on them here") in related(finding)
    assert find("NB301", IMPORTS, SPLIT, SCALED, function) == []


def test_a_function_called_on_the_test_part_is_no_prediction_day() -> None:
    function = "def predict(rows):\n    return model.predict(StandardScaler().fit_transform(rows))\npredict(X_test)"
    assert find("NB303", IMPORTS, SPLIT, SCALED, function) == []
    assert len(find("NB301", IMPORTS, SPLIT, SCALED, function)) == 1


def test_a_function_that_also_trains_is_silent() -> None:
    function = "def train(rows, target):\n    m = LogisticRegression().fit(StandardScaler().fit_transform(rows), target)\n    return m"
    assert find("NB303", IMPORTS, function) == []


LOADED = "model = joblib.load('m-1.0.joblib')\nrows = pd.read_csv('new.csv')"


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("print(model.predict(StandardScaler().fit_transform(rows)))", 1),
        ("s = joblib.load('s-1.0.joblib')\nprint(model.predict(s.fit_transform(rows)))", 1),
        ("s = joblib.load('s-1.0.joblib')\nprint(model.predict(s.transform(rows)))", 0),
        ("s = StandardScaler().fit(X)\nprint(model.predict(s.transform(rows)))", 0),
    ],
)
def test_rows_for_a_loaded_model(cell: str, count: int) -> None:
    assert len(find("NB303", IMPORTS, LOADED, cell)) == count


MISMATCHES = {
    "raw rows": ("model.score(X_test, y_test)", 1),
    "scaled rows": ("model.score(s.transform(X_test), y_test)", 0),
    "the test rows under another name": ("other = X_test.copy()\nmodel.predict(other)", 1),
    "another scaler": ("t = StandardScaler().fit(X_train)\nmodel.predict(t.transform(X_test))", 1),
    "a scaler refitted on the test part is another rule's": (
        "model.predict(StandardScaler().fit_transform(X_test))",
        0,
    ),
    "the same scaler refitted": ("model.predict(s.fit_transform(X_test))", 0),
    "a file read later": ("model.predict(pd.read_csv('new.csv'))", 1),
    "a pipeline": (
        "p = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)\np.predict(X_test)",
        0,
    ),
    "a model of raw rows": ("m = LogisticRegression().fit(X_train, y_train)\nm.predict(X_test)", 0),
}


@pytest.mark.parametrize("how", MISMATCHES)
def test_rows_are_prepared_as_the_training_rows_were(how: str) -> None:
    cell, count = MISMATCHES[how]
    assert len(find("NB304", IMPORTS, SPLIT, SCALED, cell)) == count


def test_a_mismatch_names_both_sides() -> None:
    (finding,) = find(
        "NB304", IMPORTS, SPLIT, SCALED, "t = StandardScaler().fit(X_train)\nmodel.predict(t.transform(X_test))"
    )
    assert "went through `s.fit_transform` in cell 3, and these went through another object" in finding.message
    assert related(finding) == [
        (3, 2, "the training rows were prepared here"),
        (3, 2, "the model is trained here"),
        (4, 1, "the other object is fitted here"),
    ]


def test_literal_rows_are_only_possible() -> None:
    (finding,) = find("NB304", IMPORTS, SPLIT, SCALED, "model.predict([[40, 3]])", confidence=Confidence.POSSIBLE)
    assert finding.confidence == Confidence.POSSIBLE
    assert find("NB304", IMPORTS, SPLIT, SCALED, "model.predict([[40, 3]])") == []


def test_an_object_that_was_never_fitted() -> None:
    (finding,) = find("NB304", IMPORTS, "s = StandardScaler()", "print(s.transform(X))")
    assert "this `StandardScaler` was made in cell 2 and is fitted nowhere before it is used" in finding.message
    assert find("NB304", IMPORTS, "s = StandardScaler()\ns.fit(X)", "print(s.transform(X))") == []


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("k = SelectKBest(k=1).fit_transform(X, y)", 1),
        ("s = GridSearchCV(LogisticRegression(), {'C': [1, 2]}).fit(X, y)\nC = s.best_params_['C']", 1),
    ],
)
def test_choices_by_the_held_out_target(cell: str, count: int) -> None:
    use = "k = X" if "GridSearchCV" in cell else "C = 1.0"
    rest = f"{use}\na, b, c, d = train_test_split(k, y, random_state=0)\nm = LogisticRegression(C=C).fit(a, c)\nm.score(b, d)"
    assert (
        len(find("NB308", IMPORTS, cell, rest if "GridSearchCV" not in cell else rest.replace("C = 1.0", ""))) == count
    )


SAVES = {
    "the model alone": ("joblib.dump(model, 'm-1.0.joblib')", 1),
    "both": ("joblib.dump(model, 'm-1.0.joblib')\njoblib.dump(s, 's-1.0.joblib')", 0),
    "both in one": ("joblib.dump({'model': model, 'scaler': s}, 'm-1.0.joblib')", 0),
    "the scaler first": ("joblib.dump(s, 's-1.0.joblib')\njoblib.dump(model, 'm-1.0.joblib')", 0),
    "a pipeline": ("joblib.dump(make_pipeline(s, model), 'm-1.0.joblib')", 0),
    "the scaler alone": ("joblib.dump(s, 's-1.0.joblib')", 0),
    "a model of raw rows": ("joblib.dump(LogisticRegression().fit(X_train, y_train), 'm-1.0.joblib')", 0),
}


@pytest.mark.parametrize("how", SAVES)
def test_a_model_is_saved_with_what_prepares_its_rows(how: str) -> None:
    cell, count = SAVES[how]
    assert len(find("NB502", IMPORTS, SPLIT, SCALED, cell)) == count


LOADS = {
    "a model": ("m = joblib.load('m.pkl')\nm.predict(X)", 1),
    "a transformer": ("t = joblib.load('t.pkl')\nt.transform(X)", 1),
    "versioned": ("m = joblib.load('m-1.2.pkl')\nm.predict(X)", 0),
    "made here": ("joblib.dump(LogisticRegression().fit(X, y), 'm.pkl')\nm = joblib.load('m.pkl')\nm.predict(X)", 0),
    "a table": ("t = joblib.load('t.pkl')\nt.head()", 0),
    "never used": ("m = joblib.load('m.pkl')", 0),
}


@pytest.mark.parametrize("how", LOADS)
def test_a_model_that_comes_from_nowhere(how: str) -> None:
    cell, count = LOADS[how]
    assert len(find("NB503", IMPORTS, cell)) == count


def test_a_refit_in_a_loop_is_told_once_and_by_one_rule() -> None:
    loop = """
        from sklearn.svm import SVC
        def run(models):
            for model in models:
                for i in range(3):
                    X_train, X_test, y_train, y_test = train_test_split(X, y)
                    X_train = StandardScaler().fit_transform(X_train)
                    X_test = StandardScaler().fit_transform(X_test)
                    model.fit(X_train, y_train)
                    print(model.score(X_test, y_test), sum(model.predict(X_test)))
        run([LogisticRegression(), SVC()])
    """
    assert len(find("NB301", IMPORTS, loop)) == 1
    assert find("NB304", IMPORTS, loop) == []
    unscaled = loop.replace("X_test = StandardScaler().fit_transform(X_test)", "pass")
    assert [len(find(code, IMPORTS, unscaled)) for code in ("NB301", "NB304")] == [0, 2]
