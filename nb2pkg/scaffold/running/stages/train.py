"""Train as the notebook did, keep what was fitted, and score a kept model with the notebook's own words."""

import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.model.artifacts import Artifact, hash_of, load, newest, save
from nb2pkg.scaffold.running.stages.bundle import Bundle, as_rows, contract_of
from nb2pkg.scaffold.running.stages.run import MODEL, run_from_fit, run_to_fit


def train(config: Config) -> Path:
    """Run the notebook up to its fit and give the directory of the new version."""
    with redirect_stdout(sys.stderr):
        fitted = run_to_fit(config)
    rows, form = as_rows(fitted.features)
    metadata = {
        "config": {name: str(value) for name, value in asdict(config).items()},
        "training_rows": len(rows),
        "data": {"rows": len(rows), "sha256": hash_of(rows)},
    }
    bundle = Bundle(fitted.model, fitted.transformers, form)
    return save(Artifact(bundle, None, contract_of(rows), metadata), config.artifacts_dir)


def evaluate(config: Config) -> None:
    """Print what the notebook prints after the fit, with the newest kept model in the place of its own."""
    bundle = load(newest(config.artifacts_dir)).pipeline
    with redirect_stdout(sys.stderr):
        fitted = run_to_fit(config)
    run_from_fit(config, {**fitted.held, MODEL: bundle.model})
