"""The tables know every public estimator, splitter, metric and data set of scikit-learn."""

import inspect
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from sklearn import base, datasets, metrics, model_selection, preprocessing
from sklearn.utils.discovery import all_estimators

from nb2pkg.apis import Row, load_tables, rules_folder

TABLE = load_tables([rules_folder()])
PREDICTS = {"model", "meta", "outlier", "search", "pipeline"}


def public_name(cls: type) -> str:
    """Where notebooks import a class from: its module up to the first private part."""
    parts = cls.__module__.split(".")
    private = next((i for i, part in enumerate(parts) if part.startswith("_")), len(parts))
    return ".".join([*parts[:private], cls.__name__])


ESTIMATORS = [(public_name(cls), cls) for _, cls in all_estimators()]


def rows_by_class() -> list[tuple[type, Row | None]]:
    """Each estimator with its row."""
    return [(cls, TABLE.get(name)) for name, cls in ESTIMATORS]


def test_every_estimator_has_a_kind() -> None:
    assert [cls.__name__ for cls, row in rows_by_class() if row is None or not row.kind] == []


def test_classifiers_and_regressors_are_models() -> None:
    predicting = (base.ClassifierMixin, base.RegressorMixin)
    wrong = [c.__name__ for c, row in rows_by_class() if row and issubclass(c, predicting) and row.kind not in PREDICTS]
    assert wrong == []


def test_what_predicts_learns_a_model() -> None:
    wrong = [
        c.__name__ for c, row in rows_by_class() if row and row.kind in {"model", "meta"} and row.learns != "model"
    ]
    assert wrong == []


def test_an_embedding_cannot_transform_new_rows() -> None:
    embeddings = [cls for cls, row in rows_by_class() if row and row.kind == "embedding"]
    assert embeddings and [cls.__name__ for cls in embeddings if hasattr(cls, "transform")] == []


def test_a_seed_is_named_where_there_is_one() -> None:
    wrong = [
        cls.__name__
        for cls, row in rows_by_class()
        if row and ("random_state" in inspect.signature(cls).parameters) != (row.seed == "random_state")
    ]
    assert wrong == []


def test_stateless_transformers_learn_nothing() -> None:
    names = ["Normalizer", "Binarizer", "PolynomialFeatures", "FunctionTransformer"]
    rows = [TABLE.get(f"sklearn.preprocessing.{name}") for name in names]
    assert [row.learns for row in rows if row] == ["", "", "", ""]


@pytest.mark.parametrize("module", [metrics, model_selection, datasets, preprocessing])
def test_every_public_name_has_a_row(module: object) -> None:
    names = [f"{module.__name__}.{name}" for name in module.__all__]  # type: ignore[attr-defined]
    assert [name for name in names if TABLE.get(name) is None and name not in {"sklearn.metrics.cluster"}] == []


def test_scorers_agree_on_direction_and_on_what_they_need() -> None:
    wrong = []
    for name in metrics.get_scorer_names():
        scorer = metrics.get_scorer(name)
        row = TABLE.get(f"sklearn.metrics.{scorer._score_func.__name__}")
        if "likelihood" in name:  # both come from one function that returns a pair
            continue
        needs = {"predict"} if row is None or row.needs != "scores" else {"predict_proba", "decision_function"}
        asked = scorer._response_method
        if (
            row is None
            or row.lower != (scorer._sign < 0)
            or not needs >= {*([asked] if isinstance(asked, str) else asked)}
        ):
            wrong.append(name)
    assert wrong == []


def metric_rows() -> list[tuple[str, Callable[..., object], Row]]:
    """The metrics that compare a prediction with the truth, where labels or numbers are compared."""
    found = []
    for name in metrics.__all__:
        row = TABLE.get(f"sklearn.metrics.{name}")
        if (
            row is not None
            and row.role == "metric"
            and row.truth
            and row.needs != "scores"
            and name != "consensus_score"
        ):
            found.append((name, getattr(metrics, name), row))
    return found


@pytest.mark.parametrize(("name", "metric", "row"), [pytest.param(*found, id=found[0]) for found in metric_rows()])
def test_order_matters_where_the_row_says_so(name: str, metric: Callable[..., object], row: Row) -> None:
    more = {"beta": 2.0} if name == "fbeta_score" else {}
    truth, guess = np.array([1, 1, 1, 2, 2, 1, 2, 1]), np.array([1, 2, 1, 2, 2, 2, 2, 2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one, other = metric(truth, guess, **more), metric(guess, truth, **more)
    same = repr(one) == repr(other) or (isinstance(one, float) and one == pytest.approx(other))
    assert same is not row.ordered
