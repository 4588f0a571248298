"""Train the model: read and split the raw rows, fit on the training rows, score the others, keep the artifact."""

from dataclasses import asdict
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.contract import Contract
from nb2pkg.scaffold.data.ingestion import read_raw
from nb2pkg.scaffold.data.preprocessing import select_rows, split_rows, target_of
from nb2pkg.scaffold.logging import logger_of
from nb2pkg.scaffold.model.artifacts import Artifact, hash_of, newest_contract, save
from nb2pkg.scaffold.model.evaluate import evaluate
from nb2pkg.scaffold.model.labels import encoded
from nb2pkg.scaffold.model.pipeline import build_pipeline, build_target_encoder
from nb2pkg.scaffold.model.probing import learn_contract
from nb2pkg.scaffold.model.refusals import raising_rows_error, require_target

LOGGER = logger_of(__name__)


def train(config: Config) -> Path:
    """Fit on the training rows and give the directory of the new artifact."""
    artifact = fit(config)
    warn_of_other_columns(artifact.contract, newest_contract(config.artifacts_dir))
    path = save(artifact, config.artifacts_dir)
    LOGGER.info("trained %s on %s rows", path, artifact.metadata["training_rows"])
    return path


def warn_of_other_columns(contract: Contract, earlier: Contract | None) -> None:
    """Warn where other columns are learned from than for the model before: the file may have new ones."""
    if earlier is None:
        return
    now, before = ({column.name for column in one.columns} for one in (contract, earlier))
    for names, change in (
        (now - before, "learned from, and not for the model before"),
        (before - now, "no longer needed"),
    ):
        if names:
            LOGGER.warning("columns %s: %s", change, ", ".join(sorted(names)))


def fit(config: Config) -> Artifact:
    """Fit on the training rows and score on the held-out ones, without writing anything."""
    raw = read(config)
    parts = split(raw, config)
    training = parts["train"]
    pipeline = build_pipeline(config)
    with raising_rows_error("the model cannot be fitted", config, rows=raw):
        encoder = fitted_encoder(raw, config)
        pipeline.fit(training, encoded(known_target(training, config), encoder))
    metadata = {
        "config": {name: plain_setting(value) for name, value in asdict(config).items()},
        "training_rows": len(training),
        "data": {"rows": len(raw), "sha256": hash_of(raw)},
        "evaluation": evaluate_rows(pipeline, parts["test"], config, encoder=encoder),
        "validation": evaluate_rows(pipeline, parts["validation"], config, encoder=encoder),
    }
    contract = learn_contract(pipeline, training, raw=raw)
    return Artifact(pipeline=pipeline, encoder=encoder, contract=contract, metadata=metadata)


def read(config: Config) -> pd.DataFrame:
    """Read the raw rows. Raises RowsError where they cannot be read."""
    with raising_rows_error("the rows cannot be read", config):
        return read_raw(config)


def split(raw: pd.DataFrame, config: Config) -> dict[str, pd.DataFrame]:
    """Give the parts of the rows by name. Raises RowsError where they cannot be split."""
    with raising_rows_error("the rows cannot be split into training and held-out rows", config, rows=raw):
        train, validation, test = split_rows(select_rows(raw, config), config)
    return {"train": train, "validation": validation, "test": test}


def evaluate_rows(
    pipeline: Pipeline, rows: pd.DataFrame, config: Config, *, encoder: LabelEncoder | None
) -> dict[str, object]:
    """Give the scores of rows that nothing was learned from."""
    return evaluate(pipeline, rows, encoded(target_of(rows, config), encoder))


def fitted_encoder(raw: pd.DataFrame, config: Config) -> LabelEncoder | None:
    """Give the target's encoder, which knows every label of the data; held-out labels are only named by it."""
    encoder = build_target_encoder()
    return encoder if encoder is None else encoder.fit(target_of(select_rows(raw, config), config))


def known_target(rows: pd.DataFrame, config: Config) -> pd.Series:
    """Give the target of rows to learn from. Raises RowsError where ``target_of`` gives none for a row."""
    target = target_of(rows, config)
    require_target(target)
    return target


def plain_setting(value: object) -> object:
    """Give a configuration value as JSON can hold it."""
    return str(value) if isinstance(value, Path) else value
