"""NB401 and NB402: one finding a model, with the fit and the other scores; silence where nothing can be argued."""

from nb2pkg.rule import Confidence, Severity
from tests.rules.findings import find, related

IMPORTS = """
import joblib
from sklearn.datasets import load_iris
from sklearn.metrics import accuracy_score
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC
X, y = load_iris(return_X_y=True)
"""


def test_a_training_score_names_the_fit_and_the_other_scores() -> None:
    (finding,) = find(
        "NB401",
        IMPORTS,
        "model = SVC()\nmodel.fit(X, y)",
        "print(model.score(X, y))\nprint(accuracy_score(y, model.predict(X)))",
    )
    assert (finding.place.cell, finding.place.line, finding.place.column) == (3, 1, 7)
    assert (finding.severity, finding.confidence) == (Severity.ERROR, Confidence.LIKELY)
    assert "`model.score" in finding.message
    assert "the rows it was fitted on in cell 2" in finding.message
    assert related(finding) == [
        (2, 2, "fitted on the same rows here"),
        (3, 2, "another score on the same rows"),
    ]


def test_scores_in_a_loop_are_one_related_place() -> None:
    loop = "for target in [y, y > 1, y > 0]:\n    model = SVC()\n    model.fit(X, target)\n    print(model.score(X, target))"
    (finding,) = find("NB401", IMPORTS, "model = SVC()", loop.replace("    model = SVC()\n", ""))
    assert related(finding).count((3, 3, "another score on the same rows")) == 1


def test_two_models_are_two_findings() -> None:
    models = "a, b = SVC().fit(X, y), GaussianNB().fit(X, y)"
    assert [one.place.line for one in find("NB401", IMPORTS, models, "a.score(X, y)\nb.score(X, y)")] == [1, 2]


def test_a_finding_in_a_function_stands_where_the_score_is_written() -> None:
    function = "def judge(m):\n    return m.score(X, y)"
    (finding,) = find("NB401", IMPORTS, function, "judge(SVC().fit(X, y))")
    assert (finding.place.cell, finding.place.line) == (2, 2)
    assert (3, 1, "called from here") in related(finding)


def test_a_saved_model_that_was_never_scored_names_the_saving() -> None:
    (finding,) = find("NB402", IMPORTS, "model = SVC()\nmodel.fit(X, y)", "joblib.dump(model, 'model-v1.joblib')")
    assert (finding.place.cell, finding.place.line) == (2, 2)
    assert (finding.severity, finding.confidence) == (Severity.WARNING, Confidence.LIKELY)
    assert "saved in cell 3" in finding.message
    assert related(finding) == [(3, 1, "saved here")]


def test_a_model_that_only_predicts_is_possible() -> None:
    sources = (IMPORTS, "model = SVC()\nmodel.fit(X, y)", "print(model.predict(X[:3]))")
    assert find("NB402", *sources) == []
    (finding,) = find("NB402", *sources, confidence=Confidence.POSSIBLE)
    assert "used to predict in cell 3" in finding.message


def test_a_model_that_is_only_fitted_is_no_finding() -> None:
    assert find("NB402", IMPORTS, "SVC().fit(X, y)", confidence=Confidence.POSSIBLE) == []


def test_the_two_rules_do_not_speak_of_the_same_model() -> None:
    sources = (IMPORTS, "model = SVC().fit(X, y)", "model.score(X, y)\njoblib.dump(model, 'model-v1.joblib')")
    assert len(find("NB401", *sources)) == 1
    assert find("NB402", *sources, confidence=Confidence.POSSIBLE) == []


def test_a_notebook_too_large_to_follow_is_silent() -> None:
    large = "a = [" + "0, " * 60_000 + "]"
    sources = (IMPORTS, "model = SVC().fit(X, y)", "model.score(X, y)", "joblib.dump(SVC().fit(X, y), 'm-v1.joblib')")
    assert find("NB401", *sources, large) == []
    assert find("NB402", *sources, large) == []
