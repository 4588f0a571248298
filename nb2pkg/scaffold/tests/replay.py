"""Fit step by step on the rows the notebook's own steps learned from, leaks and all, to compare with its run."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.config import Config, load_config
from nb2pkg.scaffold.data import ingestion, preprocessing
from nb2pkg.scaffold.data.preprocessing import select_rows, target_of
from nb2pkg.scaffold.model.evaluate import plain
from nb2pkg.scaffold.model.labels import encoded
from nb2pkg.scaffold.model.pipeline import build_pipeline
from nb2pkg.scaffold.model.probing import resamples
from nb2pkg.scaffold.model.scores import SCORES
from nb2pkg.scaffold.model.train import fitted_encoder, split

BETWEEN = ("learning", "held_out")
READER = "reader:"
WITH = "with:"
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Replayed:
    """The rows by part, what the model receives for each, and the pipeline fitted step by step.

    ``apart``: a step learned from each part anew, so scores are taken of the model on its features.
    """

    rows: Mapping[str, pd.DataFrame]
    features: Mapping[str, Any]
    target: Callable[[str], pd.Series | None]
    pipeline: Pipeline
    apart: bool


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
    every = {"raw": raw, "all": select_rows(raw, config), **split(raw, config)}
    named = parts_of(plan)
    rows = {part: table for part, table in every.items() if part in named}
    for part in further_parts(named):
        rows[part] = further_rows(part, every["all"], config)
    encoder = fitted_encoder(raw, config)

    made_targets: dict[str, pd.Series | None] = {}

    def target(part: str) -> pd.Series | None:
        if part in made_targets:
            return made_targets[part]
        if part == "raw" or part.startswith(WITH):
            return None  # rows that the model is not fitted on need no target
        return encoded(target_of(rows[part], config), encoder)

    pipeline, features = build_pipeline(config), dict[str, Any](rows)
    known = {how["step"]: how for how in plan["steps"]}
    fitted_on = plan["fit"]["part"]
    for name, step in pipeline.steps[:-1]:
        if resamples(step):
            features["resampled"], made_targets["resampled"] = step.fit_resample(features[fitted_on], target(fitted_on))
            fitted_on = "resampled"
            continue
        how = known.get(name, {"rows": plan["fit"]["part"], "verb": "fit"})
        features |= fit_step(step, features, target, rows=how["rows"], verb=how["verb"])
    pipeline[-1].fit(features[fitted_on], target(fitted_on))
    return Replayed(rows, features, target, pipeline, apart=any(how["rows"] == "each" for how in known.values()))


def parts_of(plan: Mapping[str, Any]) -> set[str]:
    """Name the rows that something was fitted on or asked about; no step need be able to prepare any others."""
    named = {str(entry.get("part") or "all") for entry in [plan["fit"], *plan["frames"], *plan["scores"]]}
    return named | {str(how["rows"]) for how in plan["steps"]}


def further_parts(named: set[str]) -> set[str]:
    """Name those that only readers of their own give, and those between two splits."""
    return {part for part in named if part.startswith((READER, WITH)) or part in BETWEEN}


def further_rows(part: str, rows: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Give rows that are no part of their own: of another file, with it, or those that a second split parts anew."""
    if part in BETWEEN:
        first_parts: Callable[..., tuple[pd.DataFrame, pd.DataFrame]] = vars(preprocessing)["first_parts"]
        return first_parts(rows, config)[BETWEEN.index(part)]
    found: pd.DataFrame = getattr(ingestion, part.removeprefix(READER).removeprefix(WITH))(config)
    return pd.concat([rows, found], ignore_index=True) if part.startswith(WITH) else found


def fit_step(
    step: Any, features: Mapping[str, Any], target: Callable[[str], pd.Series | None], *, rows: str, verb: str
) -> dict[str, Any]:
    """Fit a step on its rows and give every part as it comes out; ``each``: fitted anew on every part."""
    if step is None or step == "passthrough":
        return {}
    if rows == "each":
        return {part: clone(step).fit_transform(table, target(part)) for part, table in features.items()}
    if verb != "fit_transform":
        step.fit(features[rows], target(rows))
        return {part: step.transform(table) for part, table in features.items()}
    made = step.fit_transform(features[rows], target(rows))
    return {part: step.transform(table) for part, table in features.items() if part != rows} | {rows: made}


def score_of(replayed: Replayed, entry: Mapping[str, Any]) -> Any:
    """Give one score of the replayed pipeline, as plain values."""
    part = entry.get("part") or "all"
    match entry["kind"]:
        case "attribute":
            return plain(timeless(getattr(replayed.pipeline[-1], entry["attribute"])))
        case "demonstration":
            return plain(getattr(replayed.pipeline[-1], entry["method"])(np.array(entry["input"])))
        case _:
            apart = replayed.apart or part == "resampled"
            pipeline = replayed.pipeline[-1:] if apart else replayed.pipeline
            rows = replayed.features[part] if apart else replayed.rows[part]
            return plain(SCORES[entry["name"]](pipeline, taken(rows, entry), taken(replayed.target(part), entry)))


def timeless(value: object) -> object:
    """Give what a search found without how long it took, which is another time each time."""
    if not isinstance(value, dict) or "mean_fit_time" not in value:
        return value
    return {key: item for key, item in value.items() if not key.endswith("_time")}


def can_be_replayed(entry: Mapping[str, Any]) -> bool:
    """Tell whether a score was kept with all it takes: of a demonstration, its rows as the model received them."""
    return entry["kind"] != "demonstration" or ("input" in entry and entry.get("space") != "raw")


def taken(table: Any, entry: Mapping[str, Any]) -> Any:
    """Give the slice of a part that a call of the notebook received."""
    start, stop = entry.get("slice") or (None, None)
    return table.iloc[start:stop] if hasattr(table, "iloc") else table[start:stop]
