"""The square root of a metric is the score that the notebook shows; the package computes it, and verify compares it."""

from pathlib import Path

import pytest

from nb2pkg.extract.plan import plan
from nb2pkg.verify.verdict import verify
from tests.extract.below import extracted
from tests.extract.small import HEAD, LOAD, SPLIT, people, planned
from tests.extract.test_saved_scores import printed, with_output

IMPORTS = f"{HEAD}\nfrom math import sqrt\nfrom sklearn import metrics\nfrom sklearn.metrics import mean_squared_error"
MODEL = "model = DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel.fit(X_train, y_train)"
BEFORE = (IMPORTS, LOAD, SPLIT.replace('["age", "income"]', '["income"]'), MODEL)
OWN = "mean_squared_error(y_test, model.predict(X_test))"
ROOT = "root_mean_squared_error"

SHOWN = {
    "by numpy": (f"print(np.sqrt(metrics.{OWN}))", [ROOT]),
    "by math": (f"sqrt({OWN})", [ROOT]),
    "of a name": (f"mse = {OWN}\nrmse = np.sqrt(mse)\nprint(mse, rmse)", ["mean_squared_error", ROOT]),
    "twice": (f"np.sqrt({OWN})\nsqrt({OWN})", [ROOT, ROOT]),
    "in a loop": (f"for _ in range(2):\n    print(np.sqrt({OWN}))", [ROOT]),
    "by a function of the notebook's own": (f"def sqrt(x):\n    return x + 1\nsqrt({OWN})", ["mean_squared_error"]),
    "of twice the metric": (f"np.sqrt(2 * {OWN})", ["mean_squared_error"]),
    "of a name that is bound anew": (f"mse = {OWN}\nmse = mse * 2\nnp.sqrt(mse)", ["mean_squared_error"]),
    "of another model": (
        f"other = LogisticRegression().fit(X_train, y_train)\nnp.sqrt({OWN.replace('model', 'other')})\n{OWN}",
        ["mean_squared_error"],
    ),
    "of no metric": (f"np.sqrt(4)\n{OWN}", ["mean_squared_error"]),
}


@pytest.mark.parametrize("case", SHOWN)
def test_the_root_of_a_metric_is_a_score(case: str, tmp_path: Path) -> None:
    cell, expected = SHOWN[case]
    replay = planned(tmp_path, *BEFORE, cell, model="model").modules.extraction["replay"]
    assert isinstance(replay, dict)
    assert [one["name"] for one in replay["scores"] if one["kind"] == "metric"] == expected


def test_the_root_is_said_in_words_and_equal_to_the_notebooks(tmp_path: Path) -> None:
    cells = (*BEFORE, f"print(np.sqrt({OWN}))", f"mse = {OWN}\nprint(mse, sqrt(mse))")
    path, package = extracted(tmp_path, *cells, data=people())
    scores = (package / "src/work/model/scores.py").read_text(encoding="utf-8")
    assert '    """Give the square root of what `mean_squared_error` says about the predictions."""\n' in scores
    assert "    return np.sqrt(mean_squared_error_(target, pipeline.predict(rows)))\n" in scores.replace(
        "metrics.mean_squared_error", "mean_squared_error_"
    )
    verdict = verify(path, package)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 3)
    root, whole, again = (score.notebook for score in verdict.scores)
    assert isinstance(root, float)
    assert isinstance(whole, float)
    assert root == again == pytest.approx(whole**0.5)
    spoilt = package / "src/work/model/scores.py"
    spoilt.write_text(scores.replace("np.sqrt(", "np.square("), encoding="utf-8")
    assert verify(path, package).verdict == "different"


def test_the_saved_root_is_read_and_named_as_such(tmp_path: Path) -> None:
    other = "other = LogisticRegression()\nother.fit(X_train, y_train)"
    cells = (*BEFORE, other, f"print(np.sqrt({OWN.replace('model', 'other')}))")
    path = with_output(tmp_path, *cells, outputs=[printed("0.5164\n")])
    content = plan(str(path), name="work", model="other").modules.extraction
    assert [one["value"] for one in content["saved_scores"]] == [0.5164]  # type: ignore[attr-defined]
    chosen = [one for one in content["candidates"] if one.get("chosen")]  # type: ignore[attr-defined]
    assert [(one["metric"], one["score"]) for one in chosen] == [(ROOT, 0.5164)]
