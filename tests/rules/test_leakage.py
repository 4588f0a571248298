"""NB301 and NB302: what the messages name, and which places explain them."""

from nb2pkg.rule import Confidence, Severity
from tests.rules.findings import find, related

IMPORTS = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("rows.csv")
X, y = df[["a", "b"]], df["y"]
"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"
FIT = "model = LogisticRegression().fit(X_train, y_train)"
SCORE = "print(model.score(X_test, y_test))"


def test_a_refit_names_the_split_and_what_the_model_was_trained_on() -> None:
    scaling = "s = StandardScaler()\nX_train = s.fit_transform(X_train)\nX_test = s.fit_transform(X_test)"
    (finding,) = find("NB301", IMPORTS, SPLIT, scaling, FIT, SCORE)
    assert (finding.place.cell, finding.place.line, finding.place.column) == (3, 3, 10)
    assert (finding.severity, finding.confidence) == (Severity.ERROR, Confidence.LIKELY)
    assert "`s.fit_transform" in finding.message
    assert "held out in cell 2" in finding.message
    assert "the model was trained on what was learned in cell 3" in finding.message
    assert related(finding) == [
        (2, 1, "the rows are held out here"),
        (3, 2, "the training rows were prepared here"),
    ]


def test_a_refit_in_a_loop_over_the_parts_names_its_own_line_for_the_training_rows() -> None:
    loop = "s = StandardScaler()\nfor part in [X_train, X_test]:\n    part['a'] = s.fit_transform(part[['a']])\n    part['b'] = s.fit_transform(part[['b']])"
    first, second = find("NB301", IMPORTS, SPLIT, loop, FIT, SCORE)
    assert (3, 3, "the training rows were prepared here") in related(first)
    assert (3, 4, "the training rows were prepared here") in related(second)


def test_a_refit_in_a_function_names_the_call() -> None:
    function = "def prepare(t):\n    return StandardScaler().fit_transform(t)"
    (finding,) = find(
        "NB301", IMPORTS, SPLIT, function, "X_train = prepare(X_train)\nX_test = prepare(X_test)", FIT, SCORE
    )
    assert (finding.place.cell, finding.place.line) == (3, 2)
    assert (4, 2, "called from here") in related(finding)


def test_a_test_part_that_is_fitted_is_found_without_any_model() -> None:
    (finding,) = find("NB301", IMPORTS, SPLIT, "Z = StandardScaler().fit_transform(X_test)")
    assert finding.place.cell == 3


def test_rows_to_predict_are_named_as_such() -> None:
    (finding,) = find(
        "NB301",
        IMPORTS,
        "new = pd.read_csv('new.csv')\ns = StandardScaler()\nmodel = LogisticRegression().fit(s.fit_transform(X), y)",
        "print(model.predict(s.fit_transform(new)))",
    )
    assert "rows the model predicts on" in finding.message
    assert finding.place.cell == 3


def test_one_place_is_one_finding_however_many_models_it_reaches() -> None:
    scaling = "X_train = StandardScaler().fit_transform(X_train)\nX_test = StandardScaler().fit_transform(X_test)"
    models = (
        "for c in (0.1, 1, 10):\n    m = LogisticRegression(C=c).fit(X_train, y_train)\n    m.score(X_test, y_test)"
    )
    assert len(find("NB301", IMPORTS, SPLIT, scaling, models)) == 1


def test_a_transform_of_rows_to_predict_is_no_finding() -> None:
    source = "s = StandardScaler().fit(X)\nmodel = LogisticRegression().fit(s.transform(X), y)"
    new = "print(model.predict(s.transform(pd.read_csv('new.csv')[['a', 'b']])))"
    assert find("NB301", IMPORTS, source, new) == []
    assert find("NB302", IMPORTS, source, new) == []


def test_a_leak_names_the_split_and_the_training() -> None:
    (finding,) = find("NB302", IMPORTS, "X = StandardScaler().fit_transform(X)", SPLIT, FIT, SCORE)
    assert (finding.place.cell, finding.place.line, finding.place.column) == (2, 1, 5)
    assert (finding.severity, finding.confidence) == (Severity.ERROR, Confidence.LIKELY)
    assert "held out in cell 3" in finding.message
    assert related(finding) == [
        (3, 1, "the rows are split here"),
        (4, 1, "the model is trained on the result here"),
    ]


def test_a_leak_without_a_split_names_the_prediction() -> None:
    fit = "model = LogisticRegression().fit(X[:50], y[:50])"
    (finding,) = find("NB302", IMPORTS, "X = StandardScaler().fit_transform(X)", fit, "model.predict(X[50:])")
    assert "later predicted on" in finding.message
    assert (4, 1, "the model predicts on held-out rows here") in related(finding)


def test_a_leak_in_a_function_stands_where_it_is_written() -> None:
    function = "def fill(t):\n    return t.fillna(t.mean())"
    (finding,) = find("NB302", IMPORTS, function, "X = fill(X)", SPLIT, FIT, SCORE)
    assert (finding.place.cell, finding.place.line) == (2, 2)
    assert (3, 1, "called from here") in related(finding)


def test_the_first_of_several_calls_is_named_in_every_run() -> None:
    function = "def fill(column):\n    return column.fillna(column.mean())"
    calls = "\n".join(f"X['{name}'] = fill(X['{name}'])" for name in "abcdefgh")
    kept = []
    for count in range(30):
        kept.append([object() for _ in range(37 * count)])
        (finding,) = find("NB302", IMPORTS, function, calls, SPLIT, FIT)
        assert (3, 1, "called from here") in related(finding)


def test_a_leak_is_found_without_any_score() -> None:
    assert len(find("NB302", IMPORTS, "X = StandardScaler().fit_transform(X)", SPLIT, FIT)) == 1


def test_without_a_model_nothing_leaks() -> None:
    assert find("NB302", IMPORTS, "X = StandardScaler().fit_transform(X)", SPLIT) == []


def test_the_two_rules_do_not_find_the_same_place() -> None:
    sources = (IMPORTS, "X = StandardScaler().fit_transform(X)", SPLIT, FIT, SCORE)
    assert find("NB301", *sources) == []
    sources = (IMPORTS, SPLIT, "X_test = StandardScaler().fit_transform(X_test)", FIT, SCORE)
    assert find("NB302", *sources) == []


def test_a_filter_by_variance_sees_no_target() -> None:
    chosen = "from sklearn.feature_selection import SelectKBest, VarianceThreshold\nX = {}.fit_transform(X, y)"
    assert len(find("NB308", IMPORTS, chosen.format("SelectKBest(k=1)"), SPLIT, FIT)) == 1
    assert find("NB308", IMPORTS, chosen.format("VarianceThreshold()"), SPLIT, FIT) == []
    assert find("NB302", IMPORTS, chosen.format("VarianceThreshold()"), SPLIT, FIT) == []
    refit = "from sklearn.feature_selection import VarianceThreshold\nv = VarianceThreshold()\nX_train = v.fit_transform(X_train)\nX_test = v.fit_transform(X_test)"
    assert len(find("NB301", IMPORTS, SPLIT, refit, FIT, SCORE)) == 1


def test_kinds_are_named() -> None:
    text = "from sklearn.feature_extraction.text import CountVectorizer"
    (finding,) = find("NB302", IMPORTS, text, "X = CountVectorizer().fit_transform(df['t'])", SPLIT, FIT)
    assert "learns a vocabulary" in finding.message
    (finding,) = find("NB302", IMPORTS, "X['q'] = pd.qcut(X['a'], 4, labels=False)", SPLIT, FIT)
    assert "learns bin edges" in finding.message
