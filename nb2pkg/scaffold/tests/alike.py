"""Whether values are those that were recorded: numbers to a small part of themselves, everything else exactly."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

RELATIVE = 1e-9
OF_LARGEST = 1e-12


def cells(table: Any, entry: Mapping[str, Any]) -> Any:
    """Give the kept rows as plain values; a sparse row as pairs of column and value."""
    positions = entry.get("positions")
    if hasattr(table, "tocsr"):
        rows = table.tocsr() if positions is None else table.tocsr()[positions]
        return [sparse_cells(rows, row) for row in range(rows.shape[0])]
    values = np.asarray(table, dtype=object)
    return plain_cells((values if positions is None else values[positions]).tolist())


def sparse_cells(table: Any, row: int) -> list[list[float]]:
    """Give a row of a sparse table as pairs of column and value, by column."""
    here = slice(table.indptr[row], table.indptr[row + 1])
    pairs = zip(table.indices[here].tolist(), table.data[here].tolist(), strict=True)
    return sorted([column, value] for column, value in pairs)


def plain_cells(value: Any) -> Any:
    """Give cells as JSON holds them: what is missing as None, what is neither number, truth nor text as text."""
    if isinstance(value, list):
        return [plain_cells(item) for item in value]
    if pd.isna(value):
        return None
    return value if isinstance(value, (bool, int, float, str)) else plain_scalar(value)


def plain_scalar(value: object) -> Any:
    """Give a NumPy scalar as its plain value, and anything else as text."""
    return value.item() if isinstance(value, np.generic) else str(value)


def alike(first: Any, second: Any, *, largest: float = 0.0) -> bool:
    """Tell whether values are equal: numbers to a relative 1e-9, or 1e-12 of the largest; everything else exactly."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(alike(first[key], second[key]) for key in first)
    if is_list(first) and is_list(second):
        return len(first) == len(second) and all(
            alike(a, b, largest=largest) for a, b in zip(first, second, strict=True)
        )
    if is_number(first) and is_number(second):
        return bool(abs(first - second) <= max(RELATIVE * max(abs(first), abs(second)), OF_LARGEST * largest))
    return bool(first == second)


def alike_tables(first: Sequence[Any], second: Sequence[Any]) -> bool:
    """Tell whether tables of plain cells are equal, a column's largest value deciding what counts as zero."""
    if len(first) != len(second) or not all(is_list(row) for row in [*first, *second]):
        return alike(first, second, largest=largest_of(second))
    if len({len(row) for row in [*first, *second]}) > 1 or any(is_list(cell) for row in first for cell in row):
        return alike(first, second)
    columns = zip(zip(*first, strict=True), zip(*second, strict=True), strict=True)
    return all(alike(list(a), list(b), largest=largest_of(b)) for a, b in columns)


def largest_of(values: Sequence[Any]) -> float:
    """Give the largest magnitude among the numbers."""
    return max((abs(value) for value in values if is_number(value)), default=0.0)


def is_number(value: object) -> bool:
    """Tell whether a plain value is a number; truth values count as 0 and 1."""
    return isinstance(value, (int, float))


def is_list(value: object) -> bool:
    """Tell whether a plain value is a list."""
    return isinstance(value, (list, tuple))
