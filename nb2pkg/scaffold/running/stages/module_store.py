"""Where the fitted network is kept: whole, in the bundle, for only the notebook's own lines can make it again."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nb2pkg.scaffold.model.artifacts import Artifact, load, save
from nb2pkg.scaffold.running.stages.tensors import answers

__all__ = ["answers", "kept", "load_version", "save_version"]


class Network:
    """A trained network that answers rows."""

    def __init__(self, network: Any) -> None:
        self.network = network

    def predict(self, rows: Any) -> Any:
        """Answer rows."""
        return answers(self.network, rows)


def kept(model: Any) -> Network:
    """Give what the bundle holds of a network."""
    return Network(model)


def save_version(artifact: Artifact, folder: Path, *, beside: Callable[[Path], Iterable[str]]) -> Path:
    """Write a new version below ``folder`` and give its directory."""
    return save(artifact, folder, beside=beside)


def load_version(path: Path) -> Artifact:
    """Read one version. Raises ArtifactError where a file is not the one that was written."""
    return load(path)
