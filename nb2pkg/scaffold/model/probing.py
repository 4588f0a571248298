"""Learn the contract: what training rows show, and what the fitted pipeline says when it is asked.

A row without a column, with a missing value, with a category that never occurred: what the steps before the model make
of it tells whether the pipeline needs the column, fills the gap, encodes the category. A new category that comes out
exactly as one known category does is refused, since it would be answered in that category's name.
"""

from collections.abc import Sequence
from dataclasses import replace
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.data.contract import Column, Contract, Kind, describe

FEW_CATEGORIES = 50
ASKED_CATEGORIES = 1000
REFUSALS = (KeyError, ValueError, TypeError, IndexError, AttributeError)
UNSEEN = "a text that was never seen"


def learn_contract(pipeline: Pipeline, rows: pd.DataFrame) -> Contract:
    """Give the contract of a fitted pipeline and the raw rows it was fitted on."""
    with catch_warnings():
        simplefilter("ignore")
        needed = [name for name in rows.columns if _is_needed(pipeline, rows, name)]
        return Contract(tuple(_learn_column(pipeline, rows, name) for name in needed))


def prepared(pipeline: Pipeline, rows: pd.DataFrame) -> list[tuple[object, ...]] | None:
    """Give what the model would receive for each row, comparable cell by cell, or None where a step refuses."""
    try:
        made = pipeline[:-1].transform(rows) if pipeline.steps[1:] else pipeline[-1].predict(rows)
    except REFUSALS:
        return None
    dense = made.toarray() if sparse.issparse(made) else np.asarray(made)
    table = dense.reshape(len(rows), -1).tolist() if len(dense) == len(rows) else []
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in table]


def _is_needed(pipeline: Pipeline, rows: pd.DataFrame, name: str) -> bool:
    some = rows.head(2)
    return prepared(pipeline, some.drop(columns=name)) != prepared(pipeline, some)


def _learn_column(pipeline: Pipeline, rows: pd.DataFrame, name: str) -> Column:
    column = describe(rows[name])
    missing = column.missing or _is_filled(pipeline, rows, column)
    known = _levels(rows[name], column)
    encoded = _encodes_unseen(pipeline, rows, column, known=known)
    few = column.kind in (Kind.TEXT, Kind.BOOLEAN) and len(known) <= FEW_CATEGORIES and 2 * len(known) <= len(rows)
    return replace(column, missing=missing, unseen=encoded, categories=known if few or not encoded else None)


def _levels(values: pd.Series, column: Column) -> tuple[object, ...]:
    if column.kind is Kind.OTHER or column.kind is Kind.DATE:
        return ()
    return tuple(sorted(values.dropna().unique().tolist()))


def _with_values(rows: pd.DataFrame, name: str, values: Sequence[object]) -> pd.DataFrame:
    """Repeat the first complete row, once for each value of the column."""
    complete = rows.dropna()
    base = complete if len(complete) else rows
    asked = base.iloc[[0] * len(values)].reset_index(drop=True)
    asked[name] = pd.Series(list(values), dtype=None if any(v is None for v in values) else rows[name].dtype)
    return asked


def _is_filled(pipeline: Pipeline, rows: pd.DataFrame, column: Column) -> bool:
    """Tell whether a missing value comes out as a value, and not as an unknown category does."""
    whole = prepared(pipeline, _with_values(rows, column.name, rows[column.name].head(1).tolist()))
    asked = _with_values(rows, column.name, rows[column.name].head(1).tolist())
    blank = asked[column.name].astype(float if column.kind in (Kind.INTEGER, Kind.NUMBER) else object)
    gap = prepared(pipeline, asked.assign(**{column.name: blank.mask(blank.notna())}))
    if not gap or not whole or (None in gap[0] and None not in whole[0]):
        return False
    if column.kind is not Kind.TEXT:
        return None not in gap[0]
    return gap != prepared(pipeline, asked.assign(**{column.name: UNSEEN}))


def _encodes_unseen(pipeline: Pipeline, rows: pd.DataFrame, column: Column, *, known: tuple[object, ...]) -> bool:
    """Tell whether a value that never occurred is answered as what it is."""
    if column.kind not in (Kind.TEXT, Kind.INTEGER, Kind.NUMBER) or not known:
        return True
    numeric = column.kind is not Kind.TEXT
    if numeric and (len(known) > FEW_CATEGORIES or 2 * len(known) > len(rows)):
        return True
    levels = known[:ASKED_CATEGORIES]
    answers = prepared(pipeline, _with_values(rows, column.name, levels))
    new = np.asarray(known).max() + 1 if numeric else UNSEEN
    answer = prepared(pipeline, _with_values(rows, column.name, [new]))
    if not answers or not answer:
        return answers is None
    distinct = len(set(answers)) == len(answers) > 1
    blank = None in answer[0] and not any(None in known_answer for known_answer in answers)
    return not (distinct and (answer[0] in answers or blank)) and not (blank and not numeric)
