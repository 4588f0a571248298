"""The sentence of a score says what it is about."""

import pytest

from nb2pkg.extract.imports import Imports
from nb2pkg.extract.scoring import ScoreFunction, scores_module

ASKED = "pipeline.predict_proba(rows)[:, 1]"
SAID = {
    "accuracy": (
        "metrics.accuracy_score(target, pipeline.predict(rows))",
        "`accuracy_score` says about the predictions.",
    ),
    "a share": (f"roc_auc_score(target, {ASKED})", "`roc_auc_score` says about the probabilities."),
    "by name": (f"roc_auc_score(y_true=target, y_score={ASKED})", "`roc_auc_score` says about the probabilities."),
    "a threshold": (
        f"confusion_matrix(target, {ASKED} > 0.3)",
        "`confusion_matrix` says about what is made of the probabilities.",
    ),
    "rounded": (
        "r2_score(target, np.exp(pipeline.predict(rows)))",
        "`r2_score` says about what is made of the predictions.",
    ),
    "distances": (
        "roc_auc_score(target, pipeline.decision_function(rows))",
        "`roc_auc_score` says about the distances from the boundary.",
    ),
    "its own": ("pipeline.score(rows, target)", "Give the model's own score: "),
}


@pytest.mark.parametrize(("text", "said"), SAID.values(), ids=SAID)
def test_a_score_says_what_it_is_about(text: str, said: str) -> None:
    assert said in scores_module([ScoreFunction("one", text)], Imports(), supervised=True)
