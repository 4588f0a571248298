"""What a target must be to be learned from, and which raw columns it is made of."""

from collections.abc import Mapping
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.preprocessing import target_of
from nb2pkg.scaffold.logging import logger_of
from nb2pkg.scaffold.model.refusals import RowsError

LOGGER = logger_of(__name__)
FEW_LABELS = 50
UNUSABLE = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)


def require_target(target: pd.Series) -> None:
    """Raise RowsError where a row that is to be learned from has no target."""
    missing = missing_targets(target)
    if missing.any():
        name = target.name if isinstance(target, pd.Series) else None
        first = int(missing.index[missing.to_numpy()].min()) + 1
        of = f"{int(missing.sum())} of {len(missing)} training rows"
        message = f"the target{'' if name is None else f' {name}'} is missing in {of}, the first is row {first}"
        raise RowsError(message)


def missing_targets(target: pd.Series) -> pd.Series:
    """Tell of each row whether its target, or one of several, is missing."""
    return pd.DataFrame(target).isna().any(axis=1)


def require_labels(pipeline: Pipeline) -> None:
    """Raise RowsError where a classifier was fitted on rows that all have the same label."""
    labels = getattr(pipeline, "classes_", None)
    if isinstance(labels, np.ndarray) and len(labels) == 1:
        message = f"the target is {labels[0]} in all training rows, so there is nothing to tell apart"
        raise RowsError(message)


def source_labels(rows: pd.DataFrame, config: Config) -> dict[str, list[str]]:
    """Give the values of each raw column of text that the target is made of, and warn where one is missing.

    A target that is computed, as ``spam == "yes"`` is, has a value where its column has none.
    """
    found = {}
    for name in source_columns(rows, config):
        missing = int(rows[name].isna().sum())
        if missing:
            LOGGER.warning("%s, which the target is made of, is missing in %s of %s rows", name, missing, len(rows))
        labels = rows[name].dropna().unique()
        if not pd.api.types.is_numeric_dtype(rows[name].dtype) and len(labels) <= FEW_LABELS:
            found[str(name)] = sorted(map(str, labels))
    return found


def source_columns(rows: pd.DataFrame, config: Config) -> list[str]:
    """Name the raw columns that the target is made of: it is another one, or none, where they are missing."""
    target = target_of(rows, config)
    first = ~pd.DataFrame(target).astype(str).duplicated().to_numpy()
    some = rows[first].head(FEW_LABELS)
    made = target_of(some, config)
    return [name for name in rows.columns if not same_target(without_values(some, name), made, config)]


def without_values(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give rows with nothing in one of their columns."""
    emptied = rows.copy()
    emptied[name] = None
    return emptied


def same_target(rows: pd.DataFrame, wanted: pd.Series, config: Config) -> bool:
    """Tell whether rows have this target."""
    try:
        with catch_warnings():
            simplefilter("ignore")  # rows without values are asked, not answered
            return bool(target_of(rows, config).equals(wanted))
    except UNUSABLE:
        return False


def warn_of_new_labels(labels: object, earlier: object) -> None:
    """Warn of values that the target is made of and that the model before did not meet, by column."""
    if not isinstance(labels, Mapping) or not isinstance(earlier, Mapping):
        return
    for name in sorted(labels.keys() & earlier.keys()):
        new = sorted(set(labels[name]) - set(earlier[name]))
        if new:
            values = ", ".join(new)
            LOGGER.warning(
                "%s, which the target is made of, has values that the model before did not meet: %s", name, values
            )
