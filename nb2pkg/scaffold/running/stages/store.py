"""Where the fitted model is kept: in the bundle, with everything else."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nb2pkg.scaffold.model.artifacts import Artifact, load, save

__all__ = ["answers", "kept", "load_version", "save_version"]


def kept(model: Any) -> Any:
    """Give what the bundle holds of a model: the model itself."""
    return model


def answers(model: Any, rows: Any) -> Any:
    """Give the model's own answers to rows."""
    return model.predict(rows)


def save_version(artifact: Artifact, folder: Path, *, beside: Callable[[Path], Iterable[str]]) -> Path:
    """Write a new version below ``folder`` and give its directory."""
    return save(artifact, folder, beside=beside)


def load_version(path: Path) -> Artifact:
    """Read one version. Raises ArtifactError where a file is not the one that was written."""
    return load(path)
