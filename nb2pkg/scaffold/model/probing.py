"""Learn the contract: what training rows show, and what the fitted pipeline says when it is asked.

A row without a column, with a missing value, with a category that never occurred: what the steps before the model make
of it tells whether the pipeline needs the column, fills the missing value, encodes the category. A new category that
comes out exactly as one known category does is refused, since it would be answered in that category's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.data.contract import Column, Contract, Kind, describe_column, texts_that_look_missing

FEW_CATEGORIES = 50
ASKED_CATEGORIES = 1000
STEP_ERRORS = (KeyError, ValueError, TypeError, IndexError, AttributeError)
UNSEEN = "a text that was never seen"

Prepared = list[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Probe:
    """A fitted pipeline, one ordinary training row, and what the steps before the model make of that row."""

    pipeline: Pipeline
    row: pd.DataFrame
    made: Prepared | None

    def asked(self, name: str, values: Sequence[object], *, dtype: str) -> Prepared | None:
        """Give what comes of the row when a column has each of these values instead, or None where a step refuses."""
        if not values:
            return []
        try:
            rows = self.row.iloc[[0] * len(values)].reset_index(drop=True)
            rows[name] = pd.Series(list(values), dtype=dtype)
        except STEP_ERRORS:
            return None
        return prepared(self.pipeline, rows)


def learn_contract(pipeline: Pipeline, rows: pd.DataFrame, *, raw: pd.DataFrame) -> Contract:
    """Give the contract of a fitted pipeline and the raw rows it was fitted on.

    ``raw`` is everything that was read: it only shows which texts the reading takes for a missing value.
    """
    with catch_warnings():
        simplefilter("ignore")
        some = rows.head(2)
        made = prepared(pipeline, some)
        needed = [name for name in rows.columns if prepared(pipeline, some.drop(columns=name)) != made]
        if prepared(pipeline, some[needed]) != made:  # columns that can stand in for each other
            needed = list(rows.columns)
        complete = rows[needed].dropna()
        row = (complete if len(complete) else rows[needed]).head(1).reset_index(drop=True)
        probe = Probe(pipeline, row, prepared(pipeline, row))
        columns = [learn_column(probe, rows[name]) for name in needed]
        texts = [texts_that_look_missing(raw[name]) for name in needed]
        return Contract(
            tuple(replace(column, kept_as_text=found) for column, found in zip(columns, texts, strict=True))
        )


def prepared(pipeline: Pipeline, rows: pd.DataFrame) -> Prepared | None:
    """Give what the model would receive for each row, comparable cell by cell, or None where a step refuses."""
    try:
        steps = steps_of(pipeline)
        made = Pipeline(steps).transform(rows) if steps else pipeline.predict(rows)
    except STEP_ERRORS:
        return None
    table = np.array(made.toarray() if hasattr(made, "toarray") else made, dtype=object).reshape(len(rows), -1)
    table[pd.isna(table)] = None
    return [tuple(row) for row in table.tolist()]


def steps_of(pipeline: Pipeline) -> list[tuple[str, object]]:
    """Give the fitted steps that every row goes through before the model, which may be a pipeline itself."""
    *before, (name, last) = pipeline.steps
    inner = steps_of(last) if isinstance(last, Pipeline) else []
    return [*serving(before), *((f"{name}_{step}", fitted) for step, fitted in inner)]


def serving(steps: Sequence[tuple[str, object]]) -> list[tuple[str, object]]:
    """Give the steps without those that resample, which is for training rows alone."""
    return [(name, step) for name, step in steps if not resamples(step)]


def resamples(step: object) -> bool:
    """Tell whether a step gives other rows than it is given."""
    return hasattr(step, "fit_resample")


def learn_column(probe: Probe, values: pd.Series) -> Column:
    """Give what the contract says of one needed column."""
    column = describe_column(values)
    known = levels(values, column)
    few = len(known) <= FEW_CATEGORIES and 2 * len(known) <= len(values)
    accepts_unseen = encodes_unseen(probe, column, known) if column.kind is Kind.TEXT or few else True
    listed = not accepts_unseen or (few and column.kind in (Kind.TEXT, Kind.BOOLEAN))
    accepts_missing = column.accepts_missing or fills_missing(probe, column, known)
    return replace(
        column,
        accepts_missing=accepts_missing,
        missing_answered_as=category_of_missing(probe, column, known) if accepts_missing else None,
        accepts_unseen=accepts_unseen,
        categories=known if listed else None,
    )


def levels(values: pd.Series, column: Column) -> tuple[object, ...]:
    """Give the different values of a column, sorted; none of a column whose values are not compared."""
    if column.kind in (Kind.OTHER, Kind.DATE):
        return ()
    return tuple(sorted(values.dropna().unique().tolist()))


def fills_missing(probe: Probe, column: Column, known: tuple[object, ...]) -> bool:
    """Tell whether a missing value comes out as a value.

    It does not where it comes out as an unknown category does, or as one known category does, as a level that is
    dropped from dummies; but where an imputer is among the steps, that is what it is filled with.
    """
    numeric = column.kind in (Kind.INTEGER, Kind.NUMBER)
    missing = probe.asked(column.name, [np.nan], dtype="float64" if numeric else column.dtype)
    if missing is None or probe.made is None or missing[0].count(None) > probe.made[0].count(None):
        return False
    if numeric or column.kind is not Kind.TEXT:
        return numeric
    answers = probe.asked(column.name, known[:ASKED_CATEGORIES], dtype=column.dtype) or []
    hidden = missing[0] in answers and 1 < len(set(answers)) == len(answers)
    return missing != probe.asked(column.name, [UNSEEN], dtype=column.dtype) and (not hidden or imputes(probe.pipeline))


def category_of_missing(probe: Probe, column: Column, known: tuple[object, ...]) -> str | None:
    """Give the known category that a missing value comes out as; None where it comes out as none, or as several."""
    missing = probe.asked(column.name, [None], dtype=column.dtype) if column.kind is Kind.TEXT else None
    answers = probe.asked(column.name, known[:ASKED_CATEGORIES], dtype=column.dtype)
    if missing is None or answers is None or answers.count(missing[0]) != 1 or len(answers) == 1:
        return None
    return str(known[answers.index(missing[0])])


def imputes(step: object) -> bool:
    """Tell whether an imputer is among the parts of a step."""
    parts = [part for _, part, *_ in (getattr(step, "steps", None) or getattr(step, "transformers_", None) or ())]
    return hasattr(step, "missing_values") or any(map(imputes, parts))


def encodes_unseen(probe: Probe, column: Column, known: tuple[object, ...]) -> bool:
    """Tell whether a value that never occurred is answered as what it is.

    It is not where a step refuses it, where it becomes a missing value, or where it comes out as one known value does
    although the known values all come out differently.
    """
    if column.kind not in (Kind.TEXT, Kind.INTEGER, Kind.NUMBER) or not known:
        return True
    numeric = column.kind is not Kind.TEXT
    answers = probe.asked(column.name, known[:ASKED_CATEGORIES], dtype=column.dtype)
    new = probe.asked(column.name, [np.asarray(known).max() + 1 if numeric else UNSEEN], dtype=column.dtype)
    if answers is None or new is None:
        return answers is None
    distinct = 1 < len(set(answers)) == len(answers)
    lost = new[0].count(None) > max(answer.count(None) for answer in answers)
    return not (new[0] in answers and distinct) and not (lost and (distinct or not numeric))
