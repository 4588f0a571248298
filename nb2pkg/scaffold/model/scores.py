"""The scores the notebook showed, each as a function of the pipeline, rows and their target."""

from collections.abc import Callable

import pandas as pd
from sklearn.pipeline import Pipeline


def accuracy(pipeline: Pipeline, rows: pd.DataFrame, target: pd.Series) -> object:
    """Give the share of rows predicted right (cell 10)."""
    return pipeline.score(rows, target)


SCORES: dict[str, Callable[[Pipeline, pd.DataFrame, pd.Series], object]] = {"accuracy": accuracy}
