"""Feature rows as a table, and in the form that the model's fit received: only a run of the notebook tells which."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, issparse


class Kind(StrEnum):
    """What the features are held by."""

    FRAME = "frame"
    ARRAY = "array"
    SERIES = "series"
    SPARSE = "sparse"


@dataclass(frozen=True, slots=True)
class Form:
    """What a fit received; ``shape`` is that of one row where it has several axes: an image, a stretch of time."""

    kind: Kind
    shape: tuple[int, ...] = ()


def in_form(rows: pd.DataFrame, form: Form) -> Any:
    """Give feature rows in the form that the model knows."""
    match form.kind:
        case Kind.FRAME:
            return rows
        case Kind.ARRAY:
            return rows.to_numpy().reshape(-1, *form.shape) if form.shape else rows.to_numpy()
        case Kind.SERIES:
            return rows.iloc[:, 0]
        case Kind.SPARSE:
            return csr_matrix(rows.to_numpy())


def form_of(features: Any) -> Form:
    """Tell the form of what a fit received."""
    if isinstance(features, pd.DataFrame):
        return Form(Kind.FRAME)
    if issparse(features):
        return Form(Kind.SPARSE)
    shape = tuple(int(one) for one in np.shape(features)[1:])
    if isinstance(features, pd.Series) or not shape:
        return Form(Kind.SERIES)
    return Form(Kind.ARRAY, shape if shape[1:] else ())


def as_rows(features: Any) -> pd.DataFrame:
    """Give what a fit received as a table; the columns of an array are numbered."""
    if isinstance(features, pd.DataFrame):
        return features
    if isinstance(features, pd.Series):
        return features.rename(str(features.name or "feature")).to_frame()
    if hasattr(features, "detach"):  # a tensor, which may lie on another device
        features = features.detach().cpu()
    array = features.toarray() if issparse(features) else np.asarray(features)
    if array.ndim == 1:
        return pd.DataFrame({"feature": array})
    table = array.reshape(len(array), -1)
    return pd.DataFrame(table, columns=[f"feature_{number}" for number in range(table.shape[1])])
