"""A target that cannot be learned from is refused, one that hides something of its column is warned of."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.model import train
from nb2pkg.scaffold.model.refusals import RowsError
from nb2pkg.scaffold.model.targets import require_labels, require_target, warn_of_new_labels


def classifier(labels: list[object]) -> Pipeline:
    return Pipeline([("model", DummyClassifier())]).fit(np.zeros((len(labels), 1)), labels)


def test_a_target_with_gaps_is_refused_and_named() -> None:
    require_target(pd.Series([1, 0], name="left"))
    with pytest.raises(RowsError, match="the target left is missing in 2 of 3 training rows, the first is row 2"):
        require_target(pd.Series([1.0, None, None], name="left", index=[0, 5, 1]))


def test_training_needs_a_target_in_every_row(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def gaps(rows: pd.DataFrame, _: Config) -> pd.Series:
        return pd.Series([None] * len(rows), index=rows.index, name="left", dtype="float64")

    monkeypatch.setattr(train, "target_of", gaps)
    with pytest.raises(RowsError, match="the target left is missing in"):
        train.fit(config)


def test_rows_that_are_all_of_one_label_are_refused() -> None:
    require_labels(classifier(["spam", "ham"]))
    with pytest.raises(RowsError, match="the target is ham in all training rows"):
        require_labels(classifier(["ham", "ham"]))


def test_labels_that_the_model_before_did_not_meet_are_told(caplog: pytest.LogCaptureFixture) -> None:
    warn_of_new_labels({"kind": ["ham", "spam"]}, {"kind": ["ham", "spam"]})
    warn_of_new_labels({"kind": ["ham"]}, None)
    assert caplog.messages == []
    warn_of_new_labels({"kind": ["Spam", "ham"]}, {"kind": ["ham", "spam"]})
    assert caplog.messages == ["kind, which the target is made of, has values that the model before did not meet: Spam"]
