"""Models among the values of a notebook: a search with a grid of arrays is compared, and what the tests keep is no model."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nb2pkg.verify.compare import compare_scores
from nb2pkg.verify.golden import holds_models
from nb2pkg.verify.kernel_side.values import encode


def search(*alphas: float) -> GridSearchCV:
    return GridSearchCV(Ridge(), {"alpha": np.array(alphas), "fit_intercept": [True]})


def test_a_grid_of_an_array_is_compared_by_its_numbers() -> None:
    assert compare_scores(encode(search(0.1, 1.0)), encode(search(0.1, 1.0))).equal
    different = compare_scores(encode(search(0.1, 1.0)), encode(search(0.1, 2.0)))
    assert not different.equal
    assert "alpha" in different.detail


def test_a_grid_of_two_dimensions_is_no_grid_of_one() -> None:
    assert not compare_scores(
        encode(Ridge(alpha=np.array([[1.0, 2.0]]))), encode(Ridge(alpha=np.array([1.0, 2.0])))
    ).equal


@pytest.mark.parametrize(
    "value", [Ridge(), make_pipeline(StandardScaler(), Ridge()), {"line": Ridge()}, [1.0, (Ridge(),)]]
)
def test_models_are_no_values_that_tests_keep(value: object) -> None:
    assert holds_models(encode(value))


@pytest.mark.parametrize("value", [0.5, {"class": 1, "steps": 2}, [1.0, 2.0], {"alpha": [None, "text"]}, np.eye(2)])
def test_other_values_are_kept(value: object) -> None:
    assert not holds_models(encode(value))
