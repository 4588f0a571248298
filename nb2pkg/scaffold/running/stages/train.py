"""Train as the notebook did, keep what was fitted, and score a kept model with the notebook's own words."""

import io
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from nb2pkg.scaffold.config import PLACES, Config, load_config
from nb2pkg.scaffold.logging import logger_of
from nb2pkg.scaffold.model.artifacts import Artifact, ArtifactError, chosen, hash_of, holds, load, save, sha256
from nb2pkg.scaffold.running.showing import start_notebook
from nb2pkg.scaffold.running.stages.bundle import Bundle, contract_of
from nb2pkg.scaffold.running.stages.forms import as_rows, form_of
from nb2pkg.scaffold.running.stages.keeping import HELD, keep, restore, take
from nb2pkg.scaffold.running.stages.run import DATA_FILES, Fitted, run_from_fit, run_to_fit
from nb2pkg.scaffold.running.stages.store import kept_model

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
    return save_fitted(fit(config), config)


def fit(config: Config) -> Fitted:
    """Run the notebook up to its fit; what it prints is no answer to a command."""
    with redirect_stdout(sys.stderr):
        return run_to_fit(config)


def save_fitted(fitted: Fitted, config: Config) -> Path:
    """Keep what was fitted and, beside it, what the rest of the notebook needs; give the new version's directory."""
    held = take(fitted.held)
    rows = as_rows(fitted.features)
    metadata = {
        "config": {name: plain_setting(value) for name, value in asdict(config).items()},
        "seed": config.seed,
        "training_rows": len(rows),
        "data": {"files": hashes_of_files(config)},
        "features": {"sha256": hash_of(rows)},
    }
    bundle = Bundle(kept_model(fitted.model), transformers=fitted.transformers, form=form_of(fitted.features))

    def beside(folder: Path) -> Iterable[str]:
        unkept = keep(held, folder / HELD)
        if unkept is not None:
            LOGGER.warning("`%s` cannot be kept in a file: `evaluate` will train again", unkept)
        return [HELD] if unkept is None else []

    artifact = Artifact(pipeline=bundle, encoder=None, contract=contract_of(rows), metadata=metadata)
    return save(artifact, config.artifacts_dir, beside=beside)


def evaluate(config: Config, *, version: str | None = None) -> None:
    """Print what the notebook prints after the fit, for a kept model (the newest) and the rows it was kept with.

    Where these could not be kept, the notebook runs again up to its fit, with the settings of the model. Raises
    ArtifactError where it then gets other data than the model.
    """
    path = chosen(config.artifacts_dir, version)
    artifact = load(path)  # raises where a file is not the one that was written
    config = trained_config(artifact.metadata["config"], places=config)
    start_notebook(config.seed)
    warn_of_changed_files(config, artifact)
    held = restore(path / HELD) if holds(path, HELD) else fitted_again(config, artifact).held
    printed = Counting(sys.stdout)
    with redirect_stdout(printed):
        run_from_fit(config, held)
    if not printed.size:
        LOGGER.warning("the notebook prints nothing after its fit; what it prints before, `train` shows")


def fitted_again(config: Config, artifact: Artifact) -> Fitted:
    """Run the notebook up to its fit again. Raises ArtifactError where the model was fitted on other rows than now."""
    fitted = fit(config)
    if artifact.metadata["features"] != {"sha256": hash_of(as_rows(fitted.features))}:
        message = "these are not the rows that the model was fitted on: its variables could not be kept; train again"
        raise ArtifactError(message)
    return fitted


def trained_config(recorded: object, *, places: Config) -> Config:
    """Give the configuration a model was trained with, reading and writing in today's places."""
    values = dict(recorded) if isinstance(recorded, Mapping) else {}
    return load_config({}, **values | {name: getattr(places, name) for name in PLACES})


def hashes_of_files(config: Config) -> dict[str, str]:
    """Give the SHA-256 of each data file of the notebook that is there."""
    paths = {name: config.data_dir / name for name in DATA_FILES}
    return {name: sha256(path) for name, path in paths.items() if path.is_file()}


def warn_of_changed_files(config: Config, artifact: Artifact) -> None:
    """Warn where a data file that is there is not the one that the model was trained with."""
    data = artifact.metadata["data"]
    trained = data["files"] if isinstance(data, dict) else {}
    for name, found in hashes_of_files(config).items():
        if trained.get(name) != found:
            LOGGER.warning("%s is not the file that the model was trained with", config.data_dir / name)


def plain_setting(value: object) -> object:
    """Give a configuration value as JSON can hold it."""
    return str(value) if isinstance(value, Path) else value
