"""Where the fitted network is kept: beside the bundle, its state and the values that it was made with."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from nb2pkg.scaffold.model.artifacts import Artifact, ArtifactError
from nb2pkg.scaffold.model.artifacts import load as load_bundle
from nb2pkg.scaffold.model.artifacts import save as save_bundle
from nb2pkg.scaffold.running.stages.network import build_network
from nb2pkg.scaffold.running.stages.tensors import answers, undrawn

STATE = "network.pt"


class Trained(NamedTuple):
    """A network, and the values of the notebook's variables that it was made with."""

    network: Any
    made_with: Mapping[str, Any]


class Network:
    """A trained network that answers rows; pickled, it is empty."""

    def __init__(self, trained: Any = None) -> None:
        """Ask this network."""
        self.trained = trained

    def __reduce__(self) -> tuple[type, tuple[()]]:
        """Leave the network to its own file."""
        return Network, ()

    def predict(self, rows: Any) -> Any:
        """Answer rows."""
        return answers(self.trained.network, rows)


def kept_model(model: Any) -> Network:
    """Give what the bundle holds of a network."""
    return Network(model)


def save(artifact: Artifact, folder: Path, *, beside: Callable[[Path], Iterable[str]]) -> Path:
    """Write a new version below ``folder`` and give its directory.

    Raises ArtifactError where the network cannot be read back.
    """
    trained = artifact.pipeline.model.trained

    def with_network(made: Path) -> Iterable[str]:
        made_with = {name: _plain(value) for name, value in trained.made_with.items()}
        torch.save({"made_with": made_with, "state": trained.network.state_dict()}, made / STATE)
        _read(made / STATE)
        return [STATE, *beside(made)]

    return save_bundle(artifact, folder, beside=with_network)


def load(path: Path) -> Artifact:
    """Read one version. Raises ArtifactError where a file is not the one that was written."""
    artifact = load_bundle(path)
    artifact.pipeline.model.trained = _read(path / STATE)
    return artifact


def _plain(value: Any) -> Any:
    """Give a number of NumPy as Python's own."""
    return value.item() if isinstance(value, np.generic) else value


def _read(path: Path) -> Trained:
    """Make the network anew and give it the state that was kept; nothing in the file can run."""
    try:
        with undrawn():
            found = torch.load(path, map_location="cpu", weights_only=True)
            network = build_network(found["made_with"])
        network.load_state_dict(found["state"])
    except (RuntimeError, ValueError, TypeError, KeyError, OSError) as error:
        message = f"{path}: the network cannot be read back ({error})".splitlines()[0]
        raise ArtifactError(message) from error
    return Trained(network, found["made_with"])
