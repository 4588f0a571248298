"""The target as the model learns it: numbers in the place of labels."""

import numpy as np
import pandas as pd
from sklearn.preprocessing import LabelEncoder


def encoded(target: pd.Series, encoder: LabelEncoder | None) -> pd.Series:
    """Give the target as the model learns it."""
    return target if encoder is None else pd.Series(encoder.transform(target), index=target.index, name=target.name)


def decoded(values: np.ndarray, encoder: LabelEncoder | None) -> np.ndarray:
    """Give the labels that the model's answers stand for."""
    return values if encoder is None else np.asarray(encoder.inverse_transform(values))
