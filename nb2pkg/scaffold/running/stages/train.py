"""Train as the notebook did, keep what was fitted, and score a kept model with the notebook's own words."""

import io
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.logging import logger_of
from nb2pkg.scaffold.model.artifacts import Artifact, ArtifactError, chosen, hash_of, holds, load
from nb2pkg.scaffold.running.showing import start_notebook
from nb2pkg.scaffold.running.stages.bundle import Bundle, as_rows, contract_of, shape_of
from nb2pkg.scaffold.running.stages.keeping import HELD, keep, restore, take
from nb2pkg.scaffold.running.stages.run import Fitted, run_from_fit, run_to_fit
from nb2pkg.scaffold.running.stages.store import kept, save_version

LOGGER = logger_of(__name__)


class Counting(io.TextIOBase):
    """Standard output that counts what is written to it."""

    def __init__(self, stream: TextIO) -> None:
        """Write on to ``stream``."""
        self.stream = stream
        self.size = 0

    def write(self, text: str) -> int:
        """Write and count."""
        self.size += len(text)
        return self.stream.write(text)

    def flush(self) -> None:
        """Pass on what was written."""
        self.stream.flush()


def train(config: Config) -> Path:
    """Run the notebook up to its fit and give the directory of the new version."""
    with redirect_stdout(sys.stderr):
        fitted = run_to_fit(config)
    held = take(fitted.held)
    rows, form = as_rows(fitted.features)
    metadata = {
        "config": {name: str(value) for name, value in asdict(config).items()},
        "training_rows": len(rows),
        "data": {"rows": len(rows), "sha256": hash_of(rows)},
    }
    bundle = Bundle(kept(fitted.model), fitted.transformers, form, shape_of(fitted.features))

    def beside(folder: Path) -> Iterable[str]:
        unkept = keep(held, folder / HELD)
        if unkept is not None:
            LOGGER.warning("`%s` cannot be kept in a file: `evaluate` will train again", unkept)
        return [HELD] if unkept is None else []

    artifact = Artifact(pipeline=bundle, encoder=None, contract=contract_of(rows), metadata=metadata)
    return save_version(artifact, config.artifacts_dir, beside=beside)


def evaluate(config: Config, *, version: str | None = None) -> None:
    """Print what the notebook prints after the fit, for a kept model (the newest) and the rows it was kept with.

    Where these could not be kept, the notebook runs again up to its fit. Raises ArtifactError where that gives other rows.
    """
    path = chosen(config.artifacts_dir, version)
    artifact = load(path)  # raises where a file is not the one that was written
    start_notebook(config.seed)
    if holds(path, HELD):
        held = restore(path / HELD)
    else:
        held = _made_again(config, artifact).held
    printed = Counting(sys.stdout)
    with redirect_stdout(printed):
        run_from_fit(config, held)
    if not printed.size:
        LOGGER.warning("the notebook prints nothing after its fit; what it prints before, `train` shows")


def _made_again(config: Config, artifact: Artifact) -> Fitted:
    """Run the notebook up to its fit once more. Raises ArtifactError where the model was fitted on other rows than now."""
    with redirect_stdout(sys.stderr):
        fitted = run_to_fit(config)
    rows, _ = as_rows(fitted.features)
    data = artifact.metadata["data"]
    if isinstance(data, dict) and data["sha256"] != hash_of(rows):
        message = "these are not the rows that the model was fitted on: its variables could not be kept; train again"
        raise ArtifactError(message)
    return fitted
