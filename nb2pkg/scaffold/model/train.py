"""Train the model: read and split the raw rows, fit on the training rows, score the others, keep the artifact."""

from dataclasses import asdict
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.contract import Contract, check
from nb2pkg.scaffold.data.ingestion import read_raw
from nb2pkg.scaffold.data.preprocessing import select_rows, split_rows, target_of
from nb2pkg.scaffold.logging import logger_of
from nb2pkg.scaffold.model.artifacts import Artifact, Description, hash_of, newest_description, save
from nb2pkg.scaffold.model.evaluate import count_learned_rows, evaluate, unscored
from nb2pkg.scaffold.model.labels import encoded
from nb2pkg.scaffold.model.pipeline import build_pipeline, build_target_encoder
from nb2pkg.scaffold.model.probing import learn_contract
from nb2pkg.scaffold.model.refusals import RowsError, raising_rows_error
from nb2pkg.scaffold.model.targets import (
    missing_targets,
    require_labels,
    require_target,
    source_labels,
    warn_of_new_labels,
)

LOGGER = logger_of(__name__)
FEW_ROWS = 30
SEPARATORS = (";", "\t", "|")


def train(config: Config) -> Path:
    """Fit on the training rows and give the directory of the new artifact."""
    artifact = fit(config)
    warn_of_changes(artifact, newest_description(config.artifacts_dir))
    path = save(artifact, config.artifacts_dir)
    LOGGER.info("trained %s on %s rows", path, artifact.metadata["training_rows"])
    return path


def warn_of_changes(artifact: Artifact, earlier: Description | None) -> None:
    """Warn where the data is unlike that of the model before: the file may have new columns."""
    if earlier is None:
        return
    warn_of_other_columns(artifact.contract, earlier.contract)
    warn_of_new_labels(artifact.metadata["target_labels"], earlier.metadata.get("target_labels"))


def warn_of_other_columns(contract: Contract, earlier: Contract) -> None:
    """Warn where other columns are learned from than for the model before."""
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
    training, held_out = parts["train"], parts["test"]
    pipeline = build_pipeline(config)
    with raising_rows_error("the model cannot be fitted", config, rows=raw):
        encoder = fitted_encoder(raw, config)
        target = target_of(training, config)
        require_target(target)
        pipeline.fit(training, encoded(target, encoder))
        require_labels(pipeline)
    with raising_rows_error("the fitted model answers no row", config, rows=raw):
        pipeline.predict(training.head(1))
    learned = count_learned_rows(held_out, training)
    warn_of_few_rows(len(training), len(held_out))
    warn_of_learned_rows(len(held_out), learned)
    metadata = {
        "config": {name: plain_setting(value) for name, value in asdict(config).items()},
        "training_rows": len(training),
        "data": {"rows": len(raw), "sha256": hash_of(raw)},
        "target_labels": source_labels(select_rows(raw, config), config),
        "held_out_rows_learned_from": learned,
        "evaluation": evaluate_rows(pipeline, held_out, config, encoder=encoder),
        "validation": evaluate_rows(pipeline, parts["validation"], config, encoder=encoder),
    }
    contract = learn_contract(pipeline, training, raw=raw)
    warn_of_missing_values(contract, training)
    warn_of_refused_rows(contract, held_out)
    return Artifact(pipeline=pipeline, encoder=encoder, contract=contract, metadata=metadata)


def warn_of_few_rows(training: int, held_out: int) -> None:
    """Warn where so few rows are learned from, or held out, that the model or its scores say little."""
    if training < FEW_ROWS:
        LOGGER.warning("few rows are learned from (%s): others may give quite another model", training)
    if 0 < held_out < FEW_ROWS:
        LOGGER.warning("few rows are held out (%s): another split may give quite other scores", held_out)


def warn_of_learned_rows(held_out: int, learned: int) -> None:
    """Warn of held-out rows that were learned from."""
    if learned:
        LOGGER.warning("%s of %s held-out rows are, value for value, rows that were learned from", learned, held_out)


def warn_of_missing_values(contract: Contract, training: pd.DataFrame) -> None:
    """Warn of missing values that are learned as one of the other categories is."""
    for column in contract.columns:
        count = int(training[column.name].isna().sum())
        if count and column.missing_answered_as is not None:
            LOGGER.warning(
                "%s is missing in %s of %s training rows, which are learned as %s",
                *(column.name, count, len(training), column.missing_answered_as),
            )


def warn_of_refused_rows(contract: Contract, held_out: pd.DataFrame) -> None:
    """Warn of rows that are scored although ``predict`` refuses them."""
    errors = check(held_out, contract).errors
    refused = {row for problem in errors for row in problem.rows}
    if refused:
        LOGGER.warning(
            "%s of %s held-out rows are scored although `predict` refuses them: %s",
            *(len(refused), len(held_out), "; ".join(f"{one.column} {one.message}" for one in errors)),
        )


def read(config: Config) -> pd.DataFrame:
    """Read the raw rows. Raises RowsError where they cannot be read."""
    with raising_rows_error("the rows cannot be read", config):
        raw = read_raw(config)
    if raw.columns.empty:
        message = (
            "the rows cannot be read: they have no column beside the one that names them; is another separator used?"
        )
        raise RowsError(message)
    first = str(raw.columns[0]) if len(raw.columns) == 1 else ""
    if any(separator in first for separator in SEPARATORS):
        message = f"the rows cannot be read: they have a single column, {first!r}; is another separator used?"
        raise RowsError(message)
    if not raw.index.equals(pd.RangeIndex(len(raw))):
        message = (
            "the rows cannot be read: their lines have more fields than the header, or their first column names them"
        )
        raise RowsError(message)
    return raw


def split(raw: pd.DataFrame, config: Config) -> dict[str, pd.DataFrame]:
    """Give the parts of the rows by name. Raises RowsError where they cannot be split."""
    with raising_rows_error("the rows cannot be split into training and held-out rows", config, rows=raw):
        learning, validation, held_out = split_rows(select_rows(raw, config), config)
    return {"train": learning, "validation": validation, "test": held_out}


def evaluate_rows(
    pipeline: Pipeline, rows: pd.DataFrame, config: Config, *, encoder: LabelEncoder | None
) -> dict[str, object]:
    """Give the scores of rows; none, with the reason, where a target is missing."""
    target = target_of(rows, config)
    if missing_targets(target).any():
        return unscored(rows, f"the target is missing in {missing_targets(target).sum()} of {len(rows)} rows")
    return evaluate(pipeline, rows, encoded(target, encoder))


def fitted_encoder(raw: pd.DataFrame, config: Config) -> LabelEncoder | None:
    """Give the target's encoder, which knows every label of the data; held-out labels are only named by it."""
    encoder = build_target_encoder()
    return encoder if encoder is None else encoder.fit(target_of(select_rows(raw, config), config))


def plain_setting(value: object) -> object:
    """Give a configuration value as JSON can hold it."""
    return str(value) if isinstance(value, Path) else value
