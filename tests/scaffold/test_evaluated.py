"""A score that is not defined is null, with the reason why."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.pipeline import Pipeline, make_pipeline

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.contract import Column, Contract, Kind
from nb2pkg.scaffold.model import evaluate, train
from nb2pkg.scaffold.model.evaluate import count_learned_rows
from nb2pkg.scaffold.model.refusals import RowsError

ROWS, TARGET = pd.DataFrame({"age": [1, 2]}), pd.Series([1.0, 3.0])
UNDEFINED = {
    "not-a-number": (lambda *_: np.nan, "not a finite number"),
    "numpys-own": (lambda *_: np.float64("inf"), "not a finite number"),
    "in-32-bits": (lambda *_: np.float32("nan"), "not a finite number"),
    "nothing": (lambda *_: None, "neither a number nor a table nor text"),
    "an-object": (lambda *_: object(), "neither a number nor a table nor text"),
}


def fitted() -> Pipeline:
    """A pipeline that answers the mean."""
    return make_pipeline(DummyRegressor()).fit(ROWS, TARGET)


@pytest.mark.parametrize("name", UNDEFINED)
def test_a_score_that_is_not_defined_says_why(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    score, why = UNDEFINED[name]
    monkeypatch.setattr(evaluate, "SCORES", {"error": score})
    assert evaluate.evaluate(fitted(), ROWS, TARGET) == {
        "rows": 2,
        "scores": {"error": None},
        "undefined": {"error": why},
    }


def test_the_explained_share_of_one_row_is_not_a_finite_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "SCORES", {"score": lambda pipeline, rows, target: pipeline.score(rows, target)})
    with pytest.warns(UserWarning, match="R\\^2 score is not well-defined"):
        result = evaluate.evaluate(fitted(), ROWS[:1], TARGET[:1])
    assert result["undefined"] == {"score": "not a finite number"}


def test_rows_without_a_target_are_not_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "target_of", lambda rows, _: rows["price"])
    rows = ROWS.assign(price=[1.0, np.nan])
    assert train.evaluate_rows(fitted(), rows, Config(), encoder=None) == {
        "rows": 2,
        "scores": {"accuracy": None},
        "undefined": {"accuracy": "the target is missing in 1 of 2 rows"},
    }


def test_rows_that_were_learned_from_are_counted() -> None:
    training = pd.DataFrame({"age": [1, 2, 3], "city": ["Rome", None, "Oslo"]})
    assert count_learned_rows(training.iloc[[1, 1]], training) == 2
    assert count_learned_rows(pd.DataFrame({"age": [1, 2], "city": ["Oslo", "Rome"]}), training) == 0
    assert count_learned_rows(pd.DataFrame({"age": [3, 4]}), training) == 1


def test_rows_that_their_first_column_names_are_not_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "read_raw", lambda _: ROWS)
    assert train.read(Config()) is ROWS
    monkeypatch.setattr(train, "read_raw", lambda _: ROWS.set_axis(["age;city"], axis=1))
    with pytest.raises(RowsError, match="a single column, 'age;city'; is another separator used"):
        train.read(Config())
    monkeypatch.setattr(train, "read_raw", lambda _: ROWS[[]])
    with pytest.raises(RowsError, match="no column beside the one that names them; is another separator used"):
        train.read(Config())
    monkeypatch.setattr(train, "read_raw", lambda _: ROWS.set_axis(["a", "b"]))
    with pytest.raises(RowsError, match="more fields than the header"):
        train.read(Config())


def test_weak_scores_are_told(caplog: pytest.LogCaptureFixture) -> None:
    train.warn_of_few_rows(training=30, held_out=30)
    train.warn_of_few_rows(training=30, held_out=0)
    train.warn_of_learned_rows(held_out=4, learned=0)
    assert caplog.messages == []
    train.warn_of_few_rows(training=29, held_out=4)
    train.warn_of_learned_rows(held_out=4, learned=2)
    assert caplog.messages == [
        "few rows are learned from (29): others may give quite another model",
        "few rows are held out (4): another split may give quite other scores",
        "2 of 4 held-out rows are, value for value, rows that were learned from",
    ]


def test_missing_values_that_are_learned_as_a_category_are_told(caplog: pytest.LogCaptureFixture) -> None:
    text = Column("city", Kind.TEXT, "str", accepts_missing=True, missing_in_training=True)
    rows = pd.DataFrame({"city": ["Rome", None, "Oslo"]})
    train.warn_of_missing_values(Contract((text,)), rows)
    assert caplog.messages == []
    train.warn_of_missing_values(Contract((replace(text, missing_answered_as="Oslo"),)), rows)
    assert caplog.messages == ["city is missing in 1 of 3 training rows, which are learned as Oslo"]


def test_rows_that_are_scored_although_they_are_refused_are_told(caplog: pytest.LogCaptureFixture) -> None:
    age = Column("age", Kind.NUMBER, "float64", accepts_missing=False, missing_in_training=False)
    train.warn_of_refused_rows(Contract((age,)), pd.DataFrame({"age": [1.0, 2.0]}))
    assert caplog.messages == []
    train.warn_of_refused_rows(Contract((age,)), pd.DataFrame({"age": [1.0, None]}))
    reason = "age missing, as in no training row, and no step is known to fill it"
    assert caplog.messages == [f"1 of 2 held-out rows are scored although `predict` refuses them: {reason}"]


def test_no_rows_have_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "SCORES", {"error": lambda *_: 1.0})
    assert evaluate.evaluate(fitted(), ROWS[:0], TARGET[:0])["undefined"] == {"error": "no rows are held out"}
