# mypy: disable-error-code="misc"
"""Prepare passengers for the model, in the notebook's own order."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import check_is_fitted

from nb2pkg.scaffold.config import Config

SEX_CODES = {"male": 1, "female": 2}
FEATURES = ["Pclass", "Sex", "Age", "Fare"]


def select_rows(rows: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Keep every row: the notebook drops none."""
    return rows


def target_of(rows: pd.DataFrame, config: Config) -> pd.Series:
    """Give what is to be predicted (cell 4)."""
    return rows["Survived"]


def split_rows(rows: pd.DataFrame, config: Config) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Hold out rows for the score, and others to choose by (cell 7)."""
    learning, test = train_test_split(rows, test_size=config.test_size, random_state=config.seed)
    train, validation = train_test_split(learning, test_size=config.test_size, random_state=config.seed)
    return train, validation, test


class PassengerFeatures(TransformerMixin, BaseEstimator):
    """Choose the columns, code the sex, fill the age with its mean (cells 3 to 6)."""

    def fit(self, rows: pd.DataFrame, target: pd.Series | None = None) -> Self:
        """Learn the mean age."""
        self.age_mean_ = rows["Age"].mean()
        self.feature_names_out_ = list(FEATURES)
        return self

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Give the features of each row."""
        check_is_fitted(self)
        features = rows[FEATURES].copy()
        features["Sex"] = features["Sex"].map(SEX_CODES)
        features["Age"] = features["Age"].fillna(self.age_mean_)
        return features

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Give the names of the columns that ``transform`` makes."""
        check_is_fitted(self)
        return np.asarray(self.feature_names_out_, dtype=object)
