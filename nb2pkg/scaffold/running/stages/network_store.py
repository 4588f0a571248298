"""Where the fitted network is kept: beside the bundle, in the format of the library that made it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import keras

from nb2pkg.scaffold.model.artifacts import Artifact, ArtifactError
from nb2pkg.scaffold.model.artifacts import load as load_bundle
from nb2pkg.scaffold.model.artifacts import save as save_bundle

NETWORK = "network.keras"


class Network:
    """A network that answers without telling its progress; pickled, it is empty."""

    def __init__(self, network: Any = None) -> None:
        """Ask this network."""
        self.network = network

    def __reduce__(self) -> tuple[type, tuple[()]]:
        """Leave the network to its own file."""
        return Network, ()

    def predict(self, rows: Any) -> Any:
        """Answer rows."""
        return self.network.predict(rows, verbose=0)


def kept_model(model: Any) -> Network:
    """Give what the bundle holds of a network."""
    return Network(model)


def save(artifact: Artifact, folder: Path, *, beside: Callable[[Path], Iterable[str]]) -> Path:
    """Write a new version below ``folder`` and give its directory.

    Raises ArtifactError where the network cannot be read back.
    """
    network = artifact.pipeline.model.network

    def with_network(made: Path) -> Iterable[str]:
        network.save(made / NETWORK)
        _read(made / NETWORK)
        return [NETWORK, *beside(made)]

    return save_bundle(artifact, folder, beside=with_network)


def load(path: Path) -> Artifact:
    """Read one version. Raises ArtifactError where a file is not the one that was written."""
    artifact = load_bundle(path)
    artifact.pipeline.model.network = _read(path / NETWORK)
    return artifact


def _read(path: Path) -> Any:
    try:
        return keras.models.load_model(path)
    except (ValueError, TypeError, OSError) as error:
        message = f"{path}: the network cannot be read back ({error})".splitlines()[0]
        raise ArtifactError(message) from error
