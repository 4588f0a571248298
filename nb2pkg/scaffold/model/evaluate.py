"""Score a fitted pipeline on rows it has not learned from."""

import math

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.model.scores import SCORES


def evaluate(pipeline: Pipeline, rows: pd.DataFrame, target: pd.Series) -> dict[str, object]:
    """Give ``rows`` (how many), ``scores`` by name, and ``undefined``: for each score that is null, the reason.

    ``target`` is in the form that the pipeline was fitted to predict.
    """
    if not len(rows):
        return unscored(rows, "no rows are held out")
    scores: dict[str, object] = {}
    undefined: dict[str, str] = {}
    for name, score in SCORES.items():
        try:
            found = score(pipeline, rows, target)
        except (ValueError, KeyError) as error:
            found = None
            undefined[name] = f"{type(error).__name__}: {error}".splitlines()[0]
        scores[name] = plain(found)
        if scores[name] is None:
            undefined.setdefault(name, unlike_a_score(found))
    return {"rows": len(rows), "scores": scores, "undefined": undefined}


def unscored(rows: pd.DataFrame, reason: str) -> dict[str, object]:
    """Give what ``evaluate`` does of rows that cannot be scored, for this reason."""
    return {"rows": len(rows), "scores": dict.fromkeys(SCORES), "undefined": dict.fromkeys(SCORES, reason)}


def count_learned_rows(rows: pd.DataFrame, training: pd.DataFrame) -> int:
    """Count the rows that are the same, value for value, as a row that was learned from."""
    columns = [name for name in rows.columns if name in training.columns]
    of_rows, of_training = (pd.util.hash_pandas_object(one[columns], index=False) for one in (rows, training))
    return int(of_rows.isin(set(of_training)).sum())


def unlike_a_score(value: object) -> str:
    """Say why a value is no score; R^2 of one row is not a number, for one."""
    is_number = isinstance(value, (float, np.floating))
    return "not a finite number" if is_number else "neither a number nor a table nor text"


def plain(value: object) -> object:
    """Give a score as JSON can hold it: numbers, text, lists and mappings; anything else becomes None."""
    if isinstance(value, pd.DataFrame):
        return {"columns": plain(list(value.columns)), "values": plain(value.to_numpy())}
    if isinstance(value, (np.ndarray, np.generic, pd.Series)):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        return [plain(item) for item in items]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (bool, int, str)) else None
