"""What steps learned, before and after a correction: values by attribute, parts of a step by their names, no more than can be told."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler

from nb2pkg.verify.kernel_side.driver import Fitted, corrected
from nb2pkg.verify.kernel_side.learned import changed, learned

ROWS = pd.DataFrame({"age": [20.0, 40.0, None], "city": ["Rome", "Oslo", "Rome"]})


class Features(TransformerMixin, BaseEstimator):
    """Learns values of every kind."""

    def fit(self, rows: pd.DataFrame, target: object = None) -> "Features":
        self.age_mean_ = rows["age"].mean()
        self.city_categories_ = pd.CategoricalDtype(["Oslo", "Rome"])
        self.by_city_ = rows.groupby("city")["age"].mean()
        self.encoder_ = LabelEncoder().fit(rows["city"])
        self.many_ = np.arange(1000)
        self.nothing_ = float("nan")
        self.feature_names_out_ = ["age"]
        return self

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[["age"]].fillna(self.age_mean_)


def test_what_a_step_learned_is_told_by_attribute() -> None:
    pipeline = Pipeline([("features", Features()), ("model", StandardScaler())]).fit(ROWS)
    assert learned(pipeline, ["features"]) == {
        "features.age_mean_": 30.0,
        "features.city_categories_": ["Oslo", "Rome"],
        "features.by_city_": {"Oslo": 40.0, "Rome": 20.0},
        "features.encoder_.classes_": ["Oslo", "Rome"],
    }


def test_parts_of_a_step_are_told_by_their_names() -> None:
    step = ColumnTransformer([("age", SimpleImputer(), ["age"])], remainder="drop")
    pipeline = Pipeline([("columns", step), ("model", StandardScaler())]).fit(ROWS)
    assert learned(pipeline, ["columns"])["columns.age.statistics_"] == [30.0]


def test_only_what_both_have_is_compared() -> None:
    assert changed({"a": 1, "b": 2}, {"a": 3}) == [{"name": "a", "before": 1, "after": 3}]


def test_where_rows_are_held_out_every_step_learns_from_the_others() -> None:
    parts = {"all": ROWS, "train": ROWS.head(1)}
    package = SimpleNamespace(replayed=lambda: Pipeline([("features", Features()), ("model", StandardScaler())]))
    rows: Any = SimpleNamespace(package=package, of=parts.__getitem__, target=lambda _: None)
    settings = {
        "steps": [{"step": "features", "rows": "all", "verb": "fit"}],
        "corrections": [{"rule": "no-held-out-evaluation", "split": True}],
        "fit": "all",
        "split": False,
        "reported": {},
    }
    first = Fitted(rows, {"features": "all"}, "all", {})
    _, (told,), last = corrected(settings, rows, first)
    assert told[0] == {"name": "features.age_mean_", "before": 30.0, "after": 20.0}
    assert last.pipeline["features"].age_mean_ == 20.0
