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
    scores: dict[str, object] = {}
    undefined: dict[str, str] = {}
    for name, score in SCORES.items():
        try:
            found = score(pipeline, rows, target) if len(rows) else None
        except (ValueError, KeyError) as error:
            found = None
            undefined[name] = f"{type(error).__name__}: {error}".splitlines()[0]
        scores[name] = plain(found)
        if scores[name] is None:
            undefined.setdefault(name, unlike_a_score(found) if len(rows) else "no rows are held out")
    return {"rows": len(rows), "scores": scores, "undefined": undefined}


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
