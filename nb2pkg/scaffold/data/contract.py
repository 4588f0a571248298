"""What rows must look like to be answered: columns, types, ranges and categories learned from the training rows."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from pandas.api import types

LARGEST = float(np.iinfo(np.int64).max)
LOOKS_MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "None", "<NA>", "#N/A", "#NA")
BOOLEANS = {"True": True, "true": True, "TRUE": True, "False": False, "false": False, "FALSE": False}


class ContractError(ValueError):
    """The rows as a whole cannot be answered: a column is missing, or their file cannot be read."""


class Kind(StrEnum):
    """How the values of a column are read."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Column:
    """One column that rows need.

    ``accepts_missing``: a missing value is answered. ``missing_answered_as``: the category whose answer it gets, with a
    warning. ``categories``: the training values, where they are few or where others cannot be answered.
    ``accepts_unseen``: another category is answered, with a warning. ``kept_as_text``: values that look like a missing
    value but are text in this data; where training had no missing value (``missing_in_training`` is false), only an
    empty cell of a text column is read as missing.
    """

    name: str
    kind: Kind
    dtype: str
    accepts_missing: bool
    missing_in_training: bool
    accepts_unseen: bool = True
    low: float | None = None
    high: float | None = None
    categories: tuple[object, ...] | None = None
    missing_answered_as: str | None = None
    kept_as_text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns in the order of the training rows."""

    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with some values of a column; ``rows`` are positions from 0."""

    column: str
    message: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Errors refuse their rows, warnings do not."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def kind_of(values: pd.Series) -> Kind:
    """Tell how the values of a training column are to be read."""
    inferred = types.infer_dtype(values, skipna=True)
    if inferred == "boolean":
        return Kind.BOOLEAN
    if types.is_integer_dtype(values.dtype) or inferred == "integer":
        return Kind.INTEGER if types.is_numeric_dtype(values.dtype) else Kind.OTHER
    if types.is_numeric_dtype(values.dtype):
        return Kind.NUMBER
    if types.is_datetime64_any_dtype(values.dtype):
        return Kind.DATE
    return Kind.TEXT if inferred in ("string", "empty") else Kind.OTHER


def describe_column(values: pd.Series) -> Column:
    """Give what a training column shows by itself: kind, type, missing values, range."""
    kind = kind_of(values)
    known = values.dropna()
    numeric = kind in (Kind.INTEGER, Kind.NUMBER) and len(known) > 0
    has_missing = bool(values.isna().any())
    return Column(
        name=str(values.name),
        kind=kind,
        dtype=str(values.dtype),
        accepts_missing=has_missing,
        missing_in_training=has_missing,
        low=float(known.min()) if numeric else None,
        high=float(known.max()) if numeric else None,
        kept_as_text=texts_that_look_missing(values),
    )


def texts_that_look_missing(values: pd.Series) -> tuple[str, ...]:
    """Give the texts that look like a missing value and yet were read as text."""
    if kind_of(values) is not Kind.TEXT:
        return ()
    return tuple(text for text in LOOKS_MISSING if (values == text).any())


def read_rows(texts: pd.DataFrame, contract: Contract) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Give rows of the contract's types from a table of text, and what could not be read (missing in the rows).

    Types come from the contract, never from the values: one row of a file is read as a thousand are. Columns the
    contract does not name stay text. Raises ContractError where a column is missing.
    """
    require_columns(texts, contract)
    rows = texts.copy()
    problems: list[Problem] = []
    for column in contract.columns:
        values = texts[column.name]
        given = values.mask(values.isin(missing_markers(column)))
        rows[column.name] = _converted(given, column)
        unread = given.notna() & rows[column.name].isna()
        problems.extend(_problems(column, f"cannot be read as {column.kind}", unread))
    return rows, tuple(problems)


def missing_markers(column: Column) -> set[str]:
    """Give the texts that are read as a missing value of a column."""
    any_marker = column.missing_in_training or column.kind is not Kind.TEXT
    return set(LOOKS_MISSING if any_marker else ("",)) - set(column.kept_as_text)


def _converted(values: pd.Series, column: Column) -> pd.Series:
    match column.kind:
        case Kind.INTEGER | Kind.NUMBER:  # a fraction among whole numbers is for ``check`` to refuse
            return pd.to_numeric(values, errors="coerce")
        case Kind.BOOLEAN:
            return values.map(BOOLEANS)
        case Kind.DATE:
            return pd.to_datetime(values, errors="coerce", format="ISO8601")
        case _:
            return values


def settle_types(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Give rows that passed the check exactly the training types, where their values allow it."""
    wanted = {column.name: column.dtype for column in contract.columns if _fits(rows[column.name], column)}
    return rows.astype(wanted)


def _fits(values: pd.Series, column: Column) -> bool:
    if column.kind is Kind.OTHER:
        return False
    if column.kind in (Kind.INTEGER, Kind.BOOLEAN):
        return not values.isna().any() or column.dtype == "object"
    return True


def require_columns(rows: pd.DataFrame, contract: Contract) -> None:
    """Raise ContractError, naming every missing column."""
    missing = [column.name for column in contract.columns if column.name not in rows.columns]
    if missing:
        message = f"missing column{'s' if missing[1:] else ''}: {', '.join(missing)}"
        raise ContractError(message)


def check(rows: pd.DataFrame, contract: Contract, *, strict_ranges: bool = False) -> Report:
    """Tell which rows cannot be answered (errors) and which differ from the training rows (warnings).

    ``strict_ranges`` makes errors of the warnings. Raises ContractError where a column is missing.
    """
    require_columns(rows, contract)
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for column in contract.columns:
        values = rows[column.name]
        errors.extend(_refused(values, column))
        warnings.extend(_unusual(values, column))
    if strict_ranges:
        errors, warnings = errors + warnings, []
    return Report(tuple(errors), tuple(warnings))


def _refused(values: pd.Series, column: Column) -> Iterator[Problem]:
    if column.kind in (Kind.INTEGER, Kind.NUMBER) and not types.is_numeric_dtype(values.dtype):
        numbers = pd.to_numeric(values, errors="coerce")
        yield from _problems(column, f"cannot be read as {column.kind}", numbers.isna() & values.notna())
    if column.kind is Kind.INTEGER:
        numbers = pd.to_numeric(values, errors="coerce")
        broken = numbers.notna() & (numbers.abs() < math.inf) & (numbers.round() != numbers)
        yield from _problems(column, "a fraction, where training has whole numbers alone", broken)
    if column.high is not None and math.isfinite(column.high):
        yield from _unfit(values, column)
    if not column.accepts_missing:
        yield from _problems(column, "missing, as in no training row, and no step is known to fill it", values.isna())
    if not column.accepts_unseen:
        yield from _problems(column, "a category that was not in training and no step encodes", _new(values, column))


def _unfit(values: pd.Series, column: Column) -> Iterator[Problem]:
    size = pd.to_numeric(values, errors="coerce").abs()
    yield from _problems(column, "not a finite number", (size == math.inf).fillna(value=False))
    if column.kind is Kind.INTEGER:
        large = (size >= LARGEST) & (size < math.inf)
        yield from _problems(column, f"too large for {column.dtype}", large.fillna(value=False))


def _unusual(values: pd.Series, column: Column) -> Iterator[Problem]:
    if column.missing_answered_as is not None:
        yield from _problems(column, f"missing, answered as {column.missing_answered_as}", values.isna())
    elif column.accepts_missing and not column.missing_in_training:
        yield from _problems(column, "missing, as in no training row, and filled in", values.isna())
    if column.accepts_unseen:
        yield from _problems(column, "a category that was not in training", _new(values, column))
    if column.low is not None and column.high is not None:
        numbers = pd.to_numeric(values, errors="coerce")
        outside = (numbers < column.low) | (numbers > column.high)
        yield from _problems(column, f"outside the training range {column.low:g} to {column.high:g}", outside)


def _new(values: pd.Series, column: Column) -> pd.Series:
    if column.categories is None:
        return pd.Series(data=False, index=values.index)
    return values.notna() & ~values.isin(list(column.categories))


def _problems(column: Column, message: str, where: pd.Series) -> Iterator[Problem]:
    rows = tuple(position for position, wrong in enumerate(where.tolist()) if wrong)
    if rows:
        yield Problem(column.name, message, rows)


def to_json(contract: Contract) -> str:
    """Write the contract as text."""
    return json.dumps({"columns": [asdict(column) for column in contract.columns]}, indent=True)


def from_json(text: str) -> Contract:
    """Read a contract back from its text."""
    return Contract(tuple(_column(values) for values in json.loads(text)["columns"]))


def _column(values: Mapping[str, object]) -> Column:
    read = dict(values)
    read["kind"] = Kind(str(read["kind"]))
    for name in ("categories", "kept_as_text"):
        items = read[name]
        read[name] = tuple(items) if isinstance(items, list) else None
    return Column(**read)  # type: ignore[arg-type]
