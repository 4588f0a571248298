"""What the notebook held when its model was fitted, kept so that evaluating needs no second training."""

import importlib
import pickle
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import sklearn

HELD = "held.joblib"
UNKEPT = (pickle.PicklingError, TypeError, AttributeError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Held:
    """The notebook's variables at the end of its fit, where its random streams stood, and how it shows numbers."""

    variables: Mapping[str, Any]
    streams: Mapping[str, Any]
    shown: Mapping[str, Mapping[str, Any]]


def take(variables: Mapping[str, Any]) -> Held:
    """Take hold of the variables as they are now."""
    shown = {"pandas": _display(), "numpy": np.get_printoptions(), "sklearn": sklearn.get_config()}
    streams = with_torch({"python": random.getstate(), "numpy": np.random.get_state()})
    return Held(variables, streams, shown)


def with_torch(streams: dict[str, Any]) -> dict[str, Any]:
    """Add where the stream of torch stands."""
    return streams | {"torch": importlib.import_module("torch").get_rng_state()} if "torch" in sys.modules else streams


def _display() -> dict[str, Any]:
    options = {name: getattr(pd.options.display, name) for name in dir(pd.options.display)}
    return {f"display.{name}": one for name, one in options.items() if not isinstance(one, type(pd.options))}


def keep(held: Held, path: Path) -> str | None:
    """Write what was held; where a variable cannot be kept, write nothing and give its name."""
    try:
        joblib.dump(held, path)
    except UNKEPT:
        path.unlink(missing_ok=True)
        return next((name for name, value in held.variables.items() if not _can_be_kept(value)), "a variable")
    return None


def _can_be_kept(value: object) -> bool:
    try:
        pickle.dumps(value)
    except UNKEPT:
        return False
    return True


def restore(path: Path) -> Mapping[str, Any]:
    """Give the variables, with the random streams where they stood and numbers shown as the notebook shows them."""
    held: Held = joblib.load(path)
    random.setstate(held.streams["python"])
    np.random.set_state(held.streams["numpy"])
    if "torch" in held.streams:
        importlib.import_module("torch").set_rng_state(held.streams["torch"])
    for name, value in held.shown["pandas"].items():
        if pd.get_option(name) != value:
            pd.set_option(name, value)
    np.set_printoptions(**held.shown["numpy"])
    sklearn.set_config(**held.shown["sklearn"])
    return held.variables
