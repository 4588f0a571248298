"""Where the fitted booster is kept: in the bundle, asked by way of the library's own matrix."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import xgboost

from nb2pkg.scaffold.model.artifacts import Artifact, load, save


class Booster:
    """A trained booster that answers rows."""

    def __init__(self, booster: Any) -> None:
        self.booster = booster

    def predict(self, rows: Any) -> Any:
        """Answer rows."""
        return answers(self.booster, rows)


def answers(model: Any, rows: Any) -> Any:
    """Give the booster's own answers to rows."""
    return model.predict(xgboost.DMatrix(rows))


def kept(model: Any) -> Booster:
    """Give what the bundle holds of a booster."""
    return Booster(model)


def save_version(artifact: Artifact, folder: Path, *, beside: Callable[[Path], Iterable[str]]) -> Path:
    """Write a new version below ``folder`` and give its directory."""
    return save(artifact, folder, beside=beside)


def load_version(path: Path) -> Artifact:
    """Read one version. Raises ArtifactError where a file is not the one that was written."""
    return load(path)
