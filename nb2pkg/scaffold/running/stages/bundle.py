"""What the notebook fitted, kept together: the model, the transformers before it, and the form its features had."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, issparse

from nb2pkg.scaffold.data.contract import Contract, describe_column

MATRIX = 2


class Form(StrEnum):
    """What the model's fit received."""

    FRAME = "frame"
    ARRAY = "array"
    SERIES = "series"
    SPARSE = "sparse"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The fitted objects of the notebook; ``transformers`` by their names in the notebook."""

    model: Any
    transformers: Mapping[str, Any]
    form: Form
    shape: tuple[int, ...] = ()

    def predict(self, rows: pd.DataFrame) -> np.ndarray[Any, Any]:
        """Answer feature rows, handed to the model in the form that its fit received."""
        return np.asarray(self.model.predict(in_form(rows, self.form, self.shape)))


def in_form(rows: pd.DataFrame, form: Form, shape: tuple[int, ...] = ()) -> Any:
    """Give feature rows in the form that the model knows; ``shape`` is that of one row where it is no vector."""
    match form:
        case Form.FRAME:
            return rows
        case Form.ARRAY:
            return rows.to_numpy().reshape(-1, *shape) if shape else rows.to_numpy()
        case Form.SERIES:
            return rows.iloc[:, 0]
        case Form.SPARSE:
            return csr_matrix(rows.to_numpy())


def as_rows(features: Any) -> tuple[pd.DataFrame, Form]:
    """Give what a fit received as a table with text for column names, and the form it had."""
    if hasattr(features, "detach"):  # a tensor, which may lie on another device
        features = features.detach().cpu()
    if isinstance(features, pd.DataFrame):
        return features.rename(columns=str), Form.FRAME
    if issparse(features):
        return _numbered(features.toarray()), Form.SPARSE
    if isinstance(features, pd.Series):
        return features.rename(str(features.name or "feature")).to_frame(), Form.SERIES
    array = np.asarray(features)
    if array.ndim == 1:
        return pd.DataFrame({"feature": array}), Form.SERIES
    return _numbered(array.reshape(len(array), -1)), Form.ARRAY


def shape_of(features: Any) -> tuple[int, ...]:
    """Give the shape of one row where it has several axes: an image, a stretch of time."""
    shape = getattr(features, "shape", ())
    return tuple(int(one) for one in shape[1:]) if len(shape) > MATRIX else ()


def _numbered(array: np.ndarray[Any, Any]) -> pd.DataFrame:
    return pd.DataFrame(array, columns=[f"feature_{number}" for number in range(array.shape[1])])


def contract_of(rows: pd.DataFrame) -> Contract:
    """Give the contract of feature rows: what the training rows show of each column."""
    return Contract(tuple(describe_column(rows.iloc[:, number]) for number in range(rows.shape[1])))
