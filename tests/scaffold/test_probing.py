# mypy: disable-error-code="misc"
"""The contract as the fitted pipeline tells it: what it needs, fills, encodes, and what it must not answer."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from nb2pkg.scaffold.data.contract import Column, check
from nb2pkg.scaffold.model.probing import learn_contract

CARS = pd.DataFrame(
    {
        "brand": ["Audi", "BMW", "Mercedes"] * 8,
        "miles": np.arange(24) * 1000.0,
        "doors": [2, 4, 4] * 8,
        "owner": [f"owner {number}" for number in range(24)],
        "price": np.arange(24) * 10.0,
    }
)


class Dummies(TransformerMixin, BaseEstimator):
    """`get_dummies` with the first level dropped, columns as they were in training; Audi is all zeros."""

    def fit(self, rows: pd.DataFrame, target: pd.Series | None = None) -> "Dummies":
        self.columns_ = pd.get_dummies(rows["brand"]).columns[1:]
        return self

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        return pd.get_dummies(rows["brand"]).reindex(columns=self.columns_, fill_value=False)


class Codes(TransformerMixin, BaseEstimator):
    """The brand by a dictionary of the notebook."""

    def __init__(self, codes: dict[str, int] | None = None) -> None:
        self.codes = codes

    def fit(self, rows: pd.DataFrame, target: pd.Series | None = None) -> "Codes":
        self.fitted_ = True
        return self

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        assert self.codes is not None
        return pd.DataFrame({"brand": rows["brand"].map(self.codes)})


class Luxury(Codes):
    """Is it one brand or any other?"""

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"luxury": np.where(rows["brand"] == "Mercedes", 1, 0)})


def contract_of(step: object, rows: pd.DataFrame = CARS) -> dict[str, Column]:
    pipeline = Pipeline([("prepare", step), ("model", DecisionTreeRegressor(random_state=0))])
    pipeline.fit(rows, rows["price"])
    return {column.name: column for column in learn_contract(pipeline, rows, raw=rows).columns}


def on(column: str, step: object) -> ColumnTransformer:
    return ColumnTransformer([("chosen", step, [column])])


def test_only_columns_the_pipeline_reads_are_needed() -> None:
    assert list(contract_of(on("miles", StandardScaler()))) == ["miles"]


def test_a_category_hidden_behind_the_dropped_level_is_refused() -> None:
    brand = contract_of(Dummies())["brand"]
    assert (brand.accepts_unseen, brand.categories) == (False, ("Audi", "BMW", "Mercedes"))


def test_a_missing_value_hidden_behind_the_dropped_level_is_refused() -> None:
    assert not contract_of(Dummies())["brand"].accepts_missing


class GuardedDummies(Dummies):
    """The same with an error for a brand that was not in training."""

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        if not rows["brand"].dropna().isin(["Audi", "BMW", "Mercedes"]).all():
            raise ValueError("unknown")
        return super().transform(rows)


def test_a_missing_value_hidden_behind_the_dropped_level_is_refused_where_unknown_ones_are_errors() -> None:
    brand = contract_of(GuardedDummies())["brand"]
    assert (brand.accepts_missing, brand.accepts_unseen) == (False, False)


def test_a_missing_value_that_training_had_is_answered_where_unknown_ones_are_errors() -> None:
    rows = CARS.assign(brand=CARS["brand"].where(CARS["miles"] > 0))
    brand = contract_of(GuardedDummies(), rows)["brand"]
    assert (brand.accepts_missing, brand.missing_answered_as) == (True, "Audi")


def test_a_column_without_any_value_has_a_contract() -> None:
    rows = CARS.assign(owner=pd.Series([None] * len(CARS), dtype="str"))
    step = ColumnTransformer([("text", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["owner"])])
    owner = contract_of(step, rows)["owner"]
    assert (owner.accepts_missing, owner.missing_answered_as) == (True, None)


def test_a_missing_value_that_is_answered_as_a_category_is_warned_of() -> None:
    rows = CARS.assign(brand=CARS["brand"].where(CARS["miles"] > 0))
    pipeline = Pipeline([("prepare", GuardedDummies()), ("model", DecisionTreeRegressor(random_state=0))])
    contract = learn_contract(pipeline.fit(rows, rows["price"]), rows, raw=rows)
    (warning,) = check(rows.head(3), contract).warnings
    assert (warning.message, warning.rows) == ("missing, answered as Audi", (0,))


FILLED = SimpleImputer(strategy="most_frequent")
ENCODED = OneHotEncoder(sparse_output=False)
ANSWERED = {
    "filled": (Pipeline([("fill", FILLED), ("encode", ENCODED)]), "BMW"),
    "a column of its own": (ENCODED, None),
    "the only category": (
        Pipeline([("fill", SimpleImputer(strategy="constant", fill_value="none")), ("encode", ENCODED)]),
        None,
    ),
}


@pytest.mark.parametrize("case", ANSWERED)
def test_a_missing_value_is_answered_as_one_category_or_none(case: str) -> None:
    step, category = ANSWERED[case]
    rows = CARS.assign(brand=["BMW", "BMW", float("nan"), "Audi"] * 6)
    assert contract_of(on("brand", step), rows)["brand"].missing_answered_as == category


def test_a_category_an_encoder_refuses_is_refused() -> None:
    assert not contract_of(on("brand", OrdinalEncoder()))["brand"].accepts_unseen


def test_a_category_a_dictionary_lacks_is_refused() -> None:
    assert not contract_of(Codes({"Audi": 1, "BMW": 2, "Mercedes": 5}))["brand"].accepts_unseen


def test_a_category_with_an_encoding_of_its_own_is_answered() -> None:
    brand = contract_of(on("brand", OneHotEncoder(handle_unknown="ignore", sparse_output=False)))["brand"]
    assert (brand.accepts_unseen, brand.categories) == (True, ("Audi", "BMW", "Mercedes"))


def test_a_question_with_two_answers_may_be_asked_of_any_category() -> None:
    assert contract_of(Luxury())["brand"].accepts_unseen


def test_every_level_is_kept_where_no_other_can_be_answered() -> None:
    owner = contract_of(on("owner", OrdinalEncoder()))["owner"]
    assert owner.categories is not None
    assert len(owner.categories) == 24


def test_free_text_has_no_categories() -> None:
    words = ColumnTransformer([("words", CountVectorizer(), "owner")])
    owner = contract_of(words)["owner"]
    assert (owner.accepts_unseen, owner.categories) == (True, None)


@pytest.mark.parametrize(("step", "filled"), [(SimpleImputer(), True), (StandardScaler(), False)])
def test_a_missing_number_is_answered_where_a_step_fills_it(step: object, *, filled: bool) -> None:
    assert contract_of(on("miles", step))["miles"].accepts_missing is filled


def test_a_missing_text_is_answered_where_a_step_fills_it() -> None:
    rows = CARS.assign(brand=CARS["brand"].astype(object))
    steps = Pipeline([("fill", SimpleImputer(strategy="most_frequent")), ("code", OrdinalEncoder())])
    assert contract_of(on("brand", steps), rows)["brand"].accepts_missing


def test_a_missing_value_is_answered_where_training_had_some() -> None:
    rows = CARS.assign(miles=CARS["miles"].where(CARS["miles"] > 1000))
    assert contract_of(on("miles", StandardScaler()), rows)["miles"].accepts_missing


def test_a_number_that_is_a_category_is_known_as_one() -> None:
    doors = contract_of(on("doors", OneHotEncoder(drop="first", handle_unknown="ignore", sparse_output=False)))["doors"]
    assert (doors.accepts_unseen, doors.categories) == (False, (2, 4))


def test_a_number_that_is_a_number_may_be_any() -> None:
    doors = contract_of(on("doors", StandardScaler()))["doors"]
    assert (doors.accepts_unseen, doors.categories, doors.high) == (True, None, 4.0)


def test_a_pipeline_of_only_a_model_is_asked_by_its_predictions() -> None:
    rows = CARS[["miles", "doors"]]
    pipeline = Pipeline([("model", LinearRegression())]).fit(rows, CARS["price"])
    assert [column.name for column in learn_contract(pipeline, rows, raw=rows).columns] == ["miles", "doors"]


def test_one_training_row_is_enough() -> None:
    assert list(contract_of(on("miles", SimpleImputer()), CARS.head(1))) == ["miles"]


def test_a_pipeline_within_the_pipeline_is_asked_for_its_steps() -> None:
    chosen = ColumnTransformer([("columns", "passthrough", ["brand", "miles"])], verbose_feature_names_out=False)
    encoded = ColumnTransformer([("code", OrdinalEncoder(), ["brand"]), ("number", StandardScaler(), ["miles"])])
    inner = Pipeline([("encoded", encoded), ("model", DecisionTreeRegressor(random_state=0))])
    pipeline = Pipeline([("chosen", chosen.set_output(transform="pandas")), ("model", inner)]).fit(CARS, CARS["price"])
    columns = {column.name: column for column in learn_contract(pipeline, CARS, raw=CARS).columns}
    assert (columns["brand"].accepts_unseen, columns["miles"].accepts_missing) == (False, False)
