"""The steps before the model: each learns once, from what it is given, and changes nothing else."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.ingestion import read_raw
from nb2pkg.scaffold.data.preprocessing import select_rows, split_rows, target_of
from nb2pkg.scaffold.model.labels import encoded
from nb2pkg.scaffold.model.pipeline import build_pipeline
from nb2pkg.scaffold.model.probing import resamples
from nb2pkg.scaffold.model.train import fitted_encoder

SHAPE = {"n_features_in_", "feature_names_in_"}
COPY = ("copy", "copy_X", "copy_x")


def steps_with_input(config: Config) -> Iterator[tuple[Any, Any, pd.Series]]:
    """Give each step before the model, unfitted, with what it learns from."""
    rows, *_ = split_rows(select_rows(read_raw(config), config), config)
    target = encoded(target_of(rows, config), fitted_encoder(read_raw(config), config))
    made: Any = rows
    for _, built in build_pipeline(config).steps[:-1]:
        if resamples(built):
            return  # what comes after it learns from other rows
        step = sparing(built)
        yield step, made, target
        made = clone(step).fit(made, target).transform(made)


def sparing(step: Any) -> Any:
    """Give a step that leaves its rows alone: they are used again here, which ``copy=False`` does not allow for."""
    writing = [name for name, value in step.get_params().items() if name.endswith(COPY) and value is False]
    return clone(step).set_params(**dict.fromkeys(writing, True))


def dense(table: Any) -> np.ndarray:
    return table.toarray() if hasattr(table, "toarray") else np.asarray(table, dtype=object)


def same(first: Any, second: Any) -> bool:
    return pd.DataFrame(dense(first)).equals(pd.DataFrame(dense(second)))


def learned(step: Any) -> set[str]:
    return {name for name in vars(step) if name.endswith("_") and not name.startswith("_")} - SHAPE


def test_a_step_can_be_cloned_and_says_its_parameters(config: Config) -> None:
    for step, _, _ in steps_with_input(config):
        assert clone(step).get_params().keys() == step.get_params().keys()


def test_fit_gives_the_step_itself(config: Config) -> None:
    for step, made, target in steps_with_input(config):
        assert step.fit(made, target) is step


def test_a_step_that_learns_does_nothing_before_it_has(config: Config) -> None:
    for step, made, target in steps_with_input(config):
        if learned(clone(step).fit(made, target)):
            with pytest.raises(NotFittedError):
                clone(step).transform(made)


def test_fitting_again_forgets_the_first_time(config: Config) -> None:
    for step, made, target in steps_with_input(config):
        some = len(target) // 2
        again = clone(step)
        with suppress(KeyError, ValueError):  # so few rows may not be enough, or lack a category
            again.fit(made[:some], target[:some])
        again.fit(made, target)
        assert same(again.transform(made), clone(step).fit(made, target).transform(made))


def test_a_step_leaves_its_input_as_it_was(config: Config) -> None:
    for step, made, target in steps_with_input(config):
        before = made.copy()
        clone(step).fit(made, target).transform(made)
        assert same(made, before)


def test_rows_come_out_as_many_as_went_in(config: Config) -> None:
    for step, made, target in steps_with_input(config):
        out = clone(step).fit(made, target).transform(made)
        assert out.shape[0] == len(target)


def test_the_names_of_the_features_are_those_of_the_columns(config: Config) -> None:
    for step, made, target in steps_with_input(config):
        fitted = clone(step).fit(made, target)
        out = fitted.transform(made)
        if hasattr(fitted, "feature_names_out_"):  # of the notebook's own, and it gives a table
            assert [*fitted.get_feature_names_out()] == [*out.columns]
            fitted.set_output(transform="pandas")
            pd.testing.assert_frame_equal(fitted.fit(made, target).transform(made), out)
