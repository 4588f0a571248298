"""Stand-in: a package's own ``run`` calls its sections in the notebook's order."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from nb2pkg.scaffold.config import Config

DATA_FILES: tuple[str, ...] = ()


class Fitted(NamedTuple):
    """What the notebook held when its model was fitted, and of that: the model, its features, the transformers."""

    held: Mapping[str, Any]
    model: Any
    features: Any
    transformers: Mapping[str, Any]


def run_to_fit(config: Config) -> Fitted:
    """Run the sections up to the fit."""
    return Fitted({}, config, None, {})


def run_from_fit(config: Config, held: Mapping[str, Any]) -> None:
    """Run the sections after the fit."""
    del config, held


def run(config: Config) -> None:
    """Do what the notebook did."""
    run_from_fit(config, run_to_fit(config).held)
