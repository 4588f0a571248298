"""The generated tests ask each step about the rows that it was made for, and use those rows more than once."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import Binarizer, KBinsDiscretizer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from nb2pkg.scaffold.tests import replay as replaying
from nb2pkg.scaffold.tests.test_steps import sparing

AGES = [31.0, None, 47.0, 25.0, 60.0, None, 52.0, 38.0]
RAW = pd.DataFrame({"age": AGES})
LEFT = pd.Series([0, 1, 1, 0, 1, 0, 1, 0])


@pytest.fixture(name="bins")
def made_of_whole_rows(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], replaying.Replayed]:
    """A package whose one step cannot take missing values, which ``select_rows`` leaves out."""

    def build(_config: object) -> Pipeline:
        step = KBinsDiscretizer(n_bins=2, encode="ordinal", quantile_method="averaged_inverted_cdf")
        return Pipeline([("bins", step), ("model", DecisionTreeClassifier())])

    def split(rows: pd.DataFrame, _config: object) -> dict[str, pd.DataFrame]:
        kept = rows.dropna()
        return {"train": kept[:4], "test": kept[4:]}

    monkeypatch.setattr("nb2pkg.scaffold.data.ingestion.read_raw", lambda _config: RAW)
    monkeypatch.setattr(replaying, "select_rows", lambda rows, _config: rows.dropna())
    monkeypatch.setattr(replaying, "split", split)
    monkeypatch.setattr(replaying, "fitted_encoder", lambda *_: None)
    monkeypatch.setattr(replaying, "target_of", lambda rows, _config: LEFT.loc[rows.index])
    monkeypatch.setattr(replaying, "build_pipeline", build)

    def replayed(part: str) -> replaying.Replayed:
        frame = {"part": part}
        plan = {"fit": {"part": "train"}, "steps": [], "frames": [frame], "scores": []}
        return replaying.replay(plan, seed=0)

    return replayed


def test_rows_that_nothing_was_asked_about_are_not_prepared(bins: Callable[[str], replaying.Replayed]) -> None:
    assert bins("test").features.keys() == {"train", "test"}


def test_rows_that_the_notebook_asked_about_are(bins: Callable[[str], replaying.Replayed]) -> None:
    with pytest.raises(ValueError, match="NaN"):
        bins("raw")


def test_a_step_that_may_write_over_its_rows_gets_a_copy_here() -> None:
    step: Any = sparing(Binarizer(threshold=2, copy=False))
    assert step.get_params() == {"threshold": 2, "copy": True}


def test_other_parameters_of_a_step_stay() -> None:
    given = StandardScaler(with_mean=False, copy=True)
    assert sparing(given).get_params() == given.get_params()
