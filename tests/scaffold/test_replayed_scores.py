"""The generated tests compare what a search found, and not how long it took."""

import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.tests.alike import alike
from nb2pkg.scaffold.tests.replay import Replayed, score_of, timeless

ROWS = pd.DataFrame({"age": [1.0, 2.0, 4.0, 3.0, 7.0, 5.0]})
TARGET = pd.Series([1.0, 2.5, 3.0, 3.5, 6.0, 4.0])
ASKED = {"kind": "attribute", "attribute": "cv_results_"}


def searched(*alphas: float) -> Replayed:
    search = GridSearchCV(Ridge(), {"alpha": list(alphas)}, cv=2).fit(ROWS, TARGET)
    pipeline = Pipeline([("model", search)])
    return Replayed(rows={}, features={}, target=lambda _: None, pipeline=pipeline, apart=False)


def test_times_are_no_result_of_a_search() -> None:
    first, second = score_of(searched(0.5, 2.0), ASKED), score_of(searched(0.5, 2.0), ASKED)
    assert alike(first, second)
    assert {"params", "rank_test_score", "mean_test_score"} <= first.keys()
    assert not [key for key in first if key.endswith("_time")]


def test_another_grid_has_another_result() -> None:
    assert not alike(score_of(searched(0.5, 2.0), ASKED), score_of(searched(0.5, 3.0), ASKED))


@pytest.mark.parametrize("value", [{"wait_time": 3.0}, [1.0, 2.0]])
def test_other_values_keep_their_times(value: object) -> None:
    assert timeless(value) == value
