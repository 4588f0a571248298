"""Which calls would draw at random without a seed, and the streams that every run starts alike."""

from __future__ import annotations

import importlib.util
import inspect
import random
from typing import Any

LIBRARIES = ("sklearn", "lightgbm", "xgboost", "catboost", "imblearn")


def module_of(thing: Any) -> str:
    """The library a class or function comes from."""
    module = getattr(thing, "__module__", None)
    return module.partition(".")[0].lstrip("_") if isinstance(module, str) else ""


def signature_of(function: Any) -> inspect.Signature | None:
    """The live signature; None where there is none."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def takes_seed(function: Any) -> bool:
    """Has it a ``random_state`` that is left to chance unless it is given?"""
    if isinstance(function, type) and not (module_of(function) in LIBRARIES or hasattr(function, "get_params")):
        return False
    signature = signature_of(function)
    if signature is None:
        return False
    seed = signature.parameters.get("random_state")
    return seed is not None and seed.default is None


def is_inactive_class(kind: type) -> bool:
    """Classes that name a seed but learn nothing with it."""
    return kind.__module__.startswith("sklearn.metrics")


def lacks_seed(function: Any, args: Any, kwargs: Any) -> bool:
    """Would this call draw without a seed? A splitter or function that has ``shuffle`` draws only with it."""
    signature = signature_of(function)
    if signature is None:
        return False
    try:
        bound = signature.bind_partial(*args, **kwargs)
    except TypeError:
        return False  # the call itself will say what is wrong
    bound.apply_defaults()
    if "random_state" not in bound.arguments or bound.arguments["random_state"] is not None:
        return False
    estimator = isinstance(function, type) and hasattr(function, "get_params")
    return estimator or bool(bound.arguments.get("shuffle", True))


def call_of(function: Any, args: Any, kwargs: Any) -> dict[str, object]:
    """What a class is made with, by its public name: whether it then draws at all is the API table's knowledge."""
    signature = signature_of(function)
    if signature is None or not isinstance(function, type):
        return {}
    bound = signature.bind_partial(*args, **kwargs)
    given = list(bound.arguments)
    bound.apply_defaults()
    plain = {name: value for name, value in bound.arguments.items() if isinstance(value, (bool, int, float, str))}
    public = ".".join(part for part in function.__module__.split(".") if not part.startswith("_"))
    return {"made": f"{public}.{function.__qualname__}", "with": plain, "given": given}


def seed_streams(seed: int) -> None:
    """Start the global streams where every run starts them, so that a run can be repeated."""
    random.seed(seed)
    if importlib.util.find_spec("numpy"):
        importlib.import_module("numpy").random.seed(seed)
