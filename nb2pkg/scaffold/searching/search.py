"""Search for the model's parameters on the training rows, and train with what the search found."""

import sys
from pathlib import Path

import pandas as pd

from nb2pkg.scaffold.config import Config, load_config
from nb2pkg.scaffold.data.ingestion import read_raw
from nb2pkg.scaffold.data.preprocessing import target_of
from nb2pkg.scaffold.logging import logger_of
from nb2pkg.scaffold.model import train as training
from nb2pkg.scaffold.model.artifacts import hash_of
from nb2pkg.scaffold.model.labels import encoded
from nb2pkg.scaffold.model.refusals import raising_rows_error
from nb2pkg.scaffold.model.targets import require_target
from nb2pkg.scaffold.searching.best_parameters import (
    SearchError,
    described,
    fingerprint,
    is_search,
    keep,
    kept,
    name_of,
)
from nb2pkg.scaffold.searching.pipeline import build_search

LOGGER = logger_of(__name__)


def search(config: Config) -> dict[str, object]:
    """Search on the training rows, keep what was found below the artifacts, and give it."""
    pipeline = build_search(config)
    tried = pipeline[-1]
    if not is_search(tried):
        message = f"{name_of(config)} is fitted as it is, its parameters are not searched for"
        raise SearchError(message)
    rows = training_rows(config)
    with raising_rows_error("the search cannot be run", config, rows=rows):
        encoder = training.fitted_encoder(read_raw(config), config)
        target = target_of(rows, config)
        require_target(target)
        pipeline.fit(rows, encoded(target, encoder))
    entry = {
        "search": type(tried).__name__,
        "parameters": described(tried.best_params_),
        "score": described(getattr(tried, "best_score_", None)),
        "training_rows": len(rows),
        "data_sha256": hash_of(rows),
        "search_sha256": fingerprint(build_search(config)[-1]),
    }
    LOGGER.info("kept %s", keep(entry, config))
    return entry


def training_rows(config: Config) -> pd.DataFrame:
    """Read the rows that a search may look at; those that are held out are none."""
    return training.split(training.read(config), config)["train"]


def keep_best(config: Config) -> None:
    """Search where nothing is kept yet."""
    if is_search(build_search(config)[-1]) and kept(config) is None:
        LOGGER.info("no best parameters are kept yet: searching")
        search(config)


def train(config: Config) -> Path:
    """Train with the best parameters, searched for where none are kept, and give the directory of the new artifact."""
    keep_best(config)
    path = training.train(config)
    best = kept(config) if is_search(build_search(config)[-1]) else None
    if best is not None and hash_of(training_rows(config)) != best.entry.get("data_sha256"):
        LOGGER.warning("%s: found on other rows than these, some may be held out now; `search` looks again", best.path)
    return path


def run_search(options: dict[str, object]) -> int:
    """Search and print what was found, one parameter per line."""
    entry = search(load_config(None, **options))
    parameters = entry["parameters"]
    lines = [f"{name}: {value}" for name, value in parameters.items()] if isinstance(parameters, dict) else []
    sys.stdout.write("\n".join([*lines, f"score: {entry['score']}"]) + "\n")
    return 0
