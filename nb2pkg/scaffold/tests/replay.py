"""Fit step by step on the rows the notebook's own steps learned from, leaks and all, to compare with its run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.config import load_config
from nb2pkg.scaffold.data import ingestion
from nb2pkg.scaffold.data.preprocessing import select_rows, split_rows
from nb2pkg.scaffold.model.evaluate import SCORES, plain
from nb2pkg.scaffold.model.pipeline import build_pipeline
from nb2pkg.scaffold.model.train import encoded_target, fitted_encoder

RELATIVE = 1e-9
OF_LARGEST = 1e-12
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Replayed:
    """The rows by part, what the model receives for each, and the pipeline fitted step by step."""

    rows: Mapping[str, pd.DataFrame]
    features: Mapping[str, Any]
    targets: Mapping[str, pd.Series]
    pipeline: Pipeline


def read_plan() -> dict[str, Any]:
    """Give the replay plan of the extraction."""
    text = (HERE.parent / "extraction.json").read_text(encoding="utf-8")
    return dict(json.loads(text)["replay"])


def read_golden() -> dict[str, Any]:
    """Give what the notebook's own statements made of the rows beside these tests."""
    return dict(json.loads((HERE / "data" / "golden.json").read_text(encoding="utf-8")))


def replay(plan: Mapping[str, Any], *, seed: int) -> Replayed:
    """Fit each step on the rows it learned from in the notebook, then the model."""
    config = load_config({}, data_dir=HERE / "data", seed=seed)
    raw = ingestion.read_raw(config)
    selected = select_rows(raw, config)
    training, held_out = split_rows(selected, config)
    rows = {"all": selected, "train": training, "test": held_out}
    encoder = fitted_encoder(raw, config)
    targets = {part: encoded_target(table, config, encoder=encoder) for part, table in rows.items()}
    readers = {str(frame["part"]).removeprefix("reader:") for frame in plan["frames"] if "reader:" in frame["part"]}
    rows |= {f"reader:{name}": getattr(ingestion, name)(config) for name in sorted(readers)}
    features: dict[str, Any] = dict(rows)
    pipeline = build_pipeline(config)
    for (_, step), how in zip(pipeline.steps[:-1], plan["steps"], strict=True):
        fit_step(step, how, features, targets)
    part = plan["fit"]["part"]
    pipeline[-1].fit(features[part], targets[part])
    return Replayed(rows, features, targets, pipeline)


def fit_step(step: Any, how: Mapping[str, str], features: dict[str, Any], targets: Mapping[str, Any]) -> None:
    """Fit a step on its part and take every part through it."""
    learned_from = how["rows"]
    step.fit(features[learned_from], targets[learned_from])
    for part, table in features.items():
        fitting = how["verb"] == "fit_transform" and part == learned_from
        features[part] = step.fit_transform(table, targets[part]) if fitting else step.transform(table)


def score_of(replayed: Replayed, entry: Mapping[str, Any]) -> Any:
    """Give one score of the replayed pipeline, as plain values."""
    part = entry.get("part") or "all"
    match entry["kind"]:
        case "attribute":
            return plain(getattr(replayed.pipeline[-1], entry["attribute"]))
        case "demonstration":
            return plain(getattr(replayed.pipeline[-1], entry["method"])(np.array(entry["input"])))
        case _:
            return plain(SCORES[entry["name"]](replayed.pipeline, replayed.rows[part], replayed.targets[part]))


def taken(table: Any, entry: Mapping[str, Any]) -> Any:
    """Give the slice of a part that a call of the notebook received."""
    start, stop = entry.get("slice") or (None, None)
    return table[start:stop]


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
