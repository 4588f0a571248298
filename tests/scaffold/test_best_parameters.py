"""What a search found is read back as the search's own candidate, and known to be of that search and no other."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import uniform
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, RandomizedSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.searching.best_parameters import (
    SearchError,
    candidate,
    described,
    fingerprint,
    keep,
    kept,
    with_best,
)

HERE = Path("best_parameters.json")


def double(value: float) -> float:
    return 2 * value


def half(value: float) -> float:
    return value / 2


def grid(**values: object) -> GridSearchCV:
    return GridSearchCV(DecisionTreeClassifier(random_state=0), values, cv=3)


VALUES = {
    "a number": [1, 2, 3],
    "a number of an array": list(np.array([0.1, 0.2])),
    "truth and one": [True, 1, 1.0],
    "nothing": [None, 4],
    "texts": ["gini", "entropy"],
    "pairs": [(10, 5), (20,)],
    "not a number": [np.nan, -1.0],
    "mappings": [{0: 1, 1: 5}, {0: 1, 1: 9}],
    "estimators": [LogisticRegression(C=1.0), LogisticRegression(C=2.0), "passthrough"],
    "functions": [double, half],
}


@pytest.mark.parametrize("case", VALUES)
def test_each_candidate_is_read_back_as_it_is(case: str) -> None:
    search = grid(part=VALUES[case])
    for one in VALUES[case]:
        assert candidate(search, "part", described(one), HERE) is one


def test_candidates_that_read_alike_are_refused() -> None:
    search = grid(part=[LogisticRegression(random_state=1), LogisticRegression(random_state=2)])
    with pytest.raises(SearchError, match="several candidates of the search read part="):
        candidate(search, "part", described(LogisticRegression(random_state=2)), HERE)


def test_the_same_candidate_in_two_grids_is_one() -> None:
    tried = [{"part": [LogisticRegression()], "a": [1]}, {"part": [LogisticRegression()], "b": [1]}]
    search = GridSearchCV(DecisionTreeClassifier(), tried)
    assert candidate(search, "part", described(LogisticRegression()), HERE) is tried[0]["part"][0]


def test_what_is_drawn_is_taken_as_it_is_and_what_is_listed_is_not() -> None:
    search = RandomizedSearchCV(LogisticRegression(), {"C": uniform(0, 4), "tol": [0.1, 0.2]})
    assert candidate(search, "C", 3.3, HERE) == 3.3
    with pytest.raises(SearchError, match=r"tol=0.3 is no candidate of the search"):
        candidate(search, "tol", 0.3, HERE)
    with pytest.raises(SearchError, match="max_iter=5 is no candidate"):
        candidate(search, "max_iter", 5, HERE)


def pipeline(**model: object) -> Pipeline:
    return Pipeline([("scale", StandardScaler()), ("model", LogisticRegression(**model))])


def searching(model: BaseEstimator | None = None, **changes: object) -> GridSearchCV:
    options = {"cv": KFold(3, shuffle=True, random_state=0), "scoring": {"f1", "accuracy"}, "refit": "f1"} | changes
    values = options.pop("values", [1, 2])
    return GridSearchCV(model or pipeline(), {"model__C": values}, **options)


SAME = {
    "the same": searching(),
    "another seed": searching(pipeline(random_state=7), cv=KFold(3, shuffle=True, random_state=7)),
    "more workers": searching(n_jobs=2, verbose=1),
    "a default given": searching(pipeline(fit_intercept=True)),
}
OTHER = {
    "other candidates": searching(values=[1, 3]),
    "candidates in another order": searching(values=[2, 1]),
    "other folds": searching(cv=KFold(4, shuffle=True, random_state=0)),
    "another score": searching(refit="accuracy"),
    "another model": searching(pipeline(fit_intercept=False)),
    "another class": RandomizedSearchCV(pipeline(), {"model__C": [1, 2]}),
    "another distribution": RandomizedSearchCV(pipeline(), {"model__C": uniform(0, 1)}),
    "and another": RandomizedSearchCV(pipeline(), {"model__C": uniform(0, 2)}),
}


@pytest.mark.parametrize("case", SAME)
def test_seeds_and_speed_make_no_other_search(case: str) -> None:
    assert fingerprint(SAME[case]) == fingerprint(searching())


def test_each_other_search_is_another() -> None:
    found = {fingerprint(search) for search in (searching(), *OTHER.values())}
    assert len(found) == 1 + len(OTHER)


def test_kept_parameters_are_set_and_those_of_another_search_are_refused(tmp_path: Path) -> None:
    config = Config(artifacts_dir=tmp_path)
    assert kept(config) is None
    with pytest.raises(SearchError, match="no best parameters are kept for model: run `search` first"):
        with_best(Pipeline([("model", grid(max_depth=[1, 2]))]), config)
    search = grid(max_depth=[1, 2])
    keep({"parameters": {"max_depth": 2}, "search_sha256": fingerprint(search)}, config)
    built = with_best(Pipeline([("model", search)]), config)
    assert built[-1].get_params() == DecisionTreeClassifier(random_state=0, max_depth=2).get_params()
    with pytest.raises(SearchError, match="of a search with other candidates or settings"):
        with_best(Pipeline([("model", grid(max_depth=[1, 2, 3]))]), config)
    plain = Pipeline([("model", DecisionTreeClassifier())])
    assert with_best(plain, config) is plain
