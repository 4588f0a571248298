"""The score that a saved notebook shows is read where its output can say nothing else, and stands beside the run with the repairs."""

import json
from pathlib import Path

import pytest

from nb2pkg.extract.plan import plan
from tests.extract.small import HEAD, LOAD, SPLIT, write

MODEL = "model = DecisionTreeClassifier(max_depth=3)\nmodel.fit(X_train, y_train)"
METRIC = "from sklearn.metrics import accuracy_score"
ACCURACY = "acc = accuracy_score(y_test, model.predict(X_test))"


def printed(text: str) -> dict[str, object]:
    """A saved output of `print`."""
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


def result(text: str) -> dict[str, object]:
    """A saved output of a cell's last expression."""
    data = {"text/plain": [text]}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


def with_output(folder: Path, *cells: str, outputs: list[dict[str, object]]) -> Path:
    """A notebook whose last cell has these saved outputs."""
    path = write(folder, *cells)
    content = json.loads(path.read_text())
    content["cells"][-1] |= {"outputs": outputs, "execution_count": 1}
    path.write_text(json.dumps(content))
    return path


def saved(folder: Path, cell: str, *outputs: dict[str, object]) -> list[object]:
    """What is read of each score, the last cell having these outputs."""
    path = with_output(folder, HEAD, METRIC, LOAD, SPLIT, MODEL, cell, outputs=list(outputs))
    told = plan(str(path), name="people_model", model=None).modules.extraction["saved_scores"]
    assert isinstance(told, list)
    return [one["value"] for one in told]


SURE = {
    "shown": ("model.score(X_test, y_test)", result("0.7333"), 0.7333),
    "shown-by-numpy": ("model.score(X_test, y_test)", result("np.float64(0.7333)"), 0.7333),
    "printed": ("print(model.score(X_test, y_test))", printed("0.7333\n"), 0.7333),
    "named": (f"{ACCURACY}\nacc", result("0.7333"), 0.7333),
    "beside-a-text": (f'{ACCURACY}\nprint("Accuracy:", acc)', printed("Accuracy: 0.7333\n"), 0.7333),
    "among-others": (
        f'{ACCURACY}\nprint("a")\nprint("Accuracy:", acc)\nprint(1)',
        printed("a\nAccuracy: 0.7\n1\n"),
        0.7,
    ),
    "f-string": (f'{ACCURACY}\nprint(f"{{len(X_test)}} rows: {{acc:.3f}}")', printed("15 rows: 0.733\n"), 0.733),
    "per-cent": (f'{ACCURACY}\nprint(f"{{acc:.1%}} right")', printed("73.3% right\n"), 0.733),
    "times-100": (f'{ACCURACY}\nprint("Right: %.2f%%" % (acc * 100))', printed("Right: 73.33%\n"), 0.7333),
    "format": (f'{ACCURACY}\nprint("{{}} of {{:>8.2f}}".format("mean", acc))', printed("mean of     0.73\n"), 0.73),
    "added": (f'{ACCURACY}\nprint("is " + str(round(acc, 2)))', printed("is 0.73\n"), 0.73),
}


ASKED = "model.predict([[33, 27.0, 65]])"
PADDED = "array([[ 3.5 ,  0.  ],\n       [ 1.  , -2.25]])"
ARRAYS = {
    "padded": (ASKED, result("array([ 36991.31721061])"), [36991.31721061]),
    "whole": (ASKED, result("array([36991.])"), [36991.0]),
    "classes": (ASKED, result("array([1, 0], dtype=int64)"), [1, 0]),
    "texts": (ASKED, result("array(['no', 'yes'], dtype=object)"), ["no", "yes"]),
    "wrapped": ("model.predict_proba([[33, 27.0, 65]])", result(PADDED), [[3.5, 0.0], [1.0, -2.25]]),
    "learned": ("model.feature_importances_", result("array([0.25, 0.75])"), [0.25, 0.75]),
    "named": (f"answer = {ASKED}\nanswer", result("array([1])"), [1]),
}
NO_ARRAYS = {
    "left-out": (ASKED, result("array([0, 0, 0, ..., 1, 1, 1])")),
    "not-a-number": (ASKED, result("array([ 1., nan])")),
    "one-of-them": (f"{ASKED}[0]", result("array([1])")),
    "times-100": (f"{ASKED} * 100", result("array([ 36.])")),
    "a-list": (ASKED, result("[1]")),
    "cut-off": (ASKED, result("array([1, ")),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_read(name: str, tmp_path: Path) -> None:
    cell, output, value = ARRAYS[name]
    assert repr(saved(tmp_path, cell, output)) == repr([value])


@pytest.mark.parametrize("name", NO_ARRAYS)
def test_what_may_be_another_array_is_not_read(name: str, tmp_path: Path) -> None:
    cell, output = NO_ARRAYS[name]
    assert saved(tmp_path, cell, output) == [None]


@pytest.mark.parametrize("name", SURE)
def test_read(name: str, tmp_path: Path) -> None:
    cell, output, value = SURE[name]
    assert saved(tmp_path, cell, output) == [value]


UNSURE = {
    "nothing-saved": ("model.score(X_test, y_test)", []),
    "another-value": (f"{ACCURACY}\n1 - acc", [result("0.2667")]),
    "the-result-of-a-later-line": (f"{ACCURACY}\nlen(X_test)", [result("15")]),
    "a-name-bound-anew": (f"{ACCURACY}\nacc = 1 - acc\nprint(acc)", [printed("0.2667\n")]),
    "a-line-that-stands-twice": (f"{ACCURACY}\nprint(acc)\nprint(0.5)", [printed("0.7333\n0.5\n")]),
    "not-in-a-line-of-its-own": (f'{ACCURACY}\nprint("Accuracy", acc, end=" ")', [printed("Accuracy 0.7333 ")]),
    "as-a-whole-number": (f'{ACCURACY}\nprint("%d" % acc)', [printed("0\n")]),
    "grown-together": (f'{ACCURACY}\nprint(f"{{len(X_test)}}{{acc}}")', [printed("150.7333\n")]),
    "behind-a-dot": (f'{ACCURACY}\nprint(f"v{{len(X_test)}}.{{acc}}")', [printed("v15.0.7333\n")]),
    "in-a-loop": ("for part in [X_test]:\n    print(model.score(X_test, y_test))", [printed("0.7333\n")]),
    "a-print-of-ones-own": (f"def print(x):\n    display(x + 1)\n{ACCURACY}\nprint(acc)", [printed("0.7333\n")]),
    "a-text": ("model.score(X_test, y_test)", [result("'0.7333'")]),
}


@pytest.mark.parametrize("name", UNSURE)
def test_not_read(name: str, tmp_path: Path) -> None:
    cell, outputs = UNSURE[name]
    assert set(saved(tmp_path, cell, *outputs)) == {None}


BY_HAND = "guesses = [1 for _ in range(len(y_test))]\n"
OTHER_MODEL = "other = LogisticRegression(C=3).fit(X_train, y_train)\n"
OF_GUESSES = "accuracy_score(y_test, guesses)"
OTHER_SCORES = {
    "of guesses": (f"{BY_HAND}{OF_GUESSES}", "0.25", [(OF_GUESSES, 0.25)]),
    "of guesses, not shown": (f"{BY_HAND}other = {OF_GUESSES}", "", [(OF_GUESSES, None)]),
    "of the model": ("accuracy_score(y_test, model.predict(X_test))", "0.25", []),
    "of another model, which is listed with it": (f"{OTHER_MODEL}other.score(X_test, y_test)", "0.5", []),
    "of another model, by another metric, too": (
        f"{OTHER_MODEL}other.score(X_test, y_test)\nf1_score(y_test, other.predict(X_test))",
        "0.5",
        [("other.score(X_test, y_test)", None)],
    ),
}


@pytest.mark.parametrize("name", OTHER_SCORES)
def test_scores_that_are_not_the_models_are_named(name: str, tmp_path: Path) -> None:
    cell, shown, expected = OTHER_SCORES[name]
    head = f"{HEAD}\nfrom sklearn.metrics import accuracy_score, f1_score"
    path = with_output(tmp_path, head, LOAD, SPLIT, MODEL, cell, outputs=[result(shown)] if shown else [])
    found = plan(str(path), name="people_model", model="model").modules.extraction["other_scores"]
    assert isinstance(found, list)
    assert [(one["call"], one["value"]) for one in found] == expected


FOLDS = "from sklearn.model_selection import cross_val_score\n"
CALL = "cross_val_score(model, X_train, y_train, cv=3)"
CROSS_VALIDATED = {
    "shown": (f"{FOLDS}{CALL}", result("array([0.5, 0.75])"), [(CALL, [0.5, 0.75])]),
    "its-mean": (f"{FOLDS}{CALL}.mean()", result("0.625"), [(f"{CALL}.mean()", 0.625)]),
    "something-else-of-it": (
        f"{FOLDS}{CALL}.mean()\n{CALL}.std() * 2",
        result("0.1"),
        [(CALL, None), (f"{CALL}.std() * 2", 0.1)],
    ),
    "of-ones-own": (f"def cross_val_score(*_, cv):\n    return 1\n{CALL}", result("1"), []),
}


@pytest.mark.parametrize("name", CROSS_VALIDATED)
def test_scores_of_cross_validation_are_named(name: str, tmp_path: Path) -> None:
    cell, output, expected = CROSS_VALIDATED[name]
    path = with_output(tmp_path, HEAD, LOAD, SPLIT, MODEL, "model.score(X_test, y_test)", cell, outputs=[output])
    found = plan(str(path), name="people_model", model=None).modules.extraction["cross_validated"]
    assert isinstance(found, list)
    assert [(one["call"], one["value"]) for one in found] == expected
    assert {one["cell"] for one in found} <= {6}
