"""Draw every figure of a package on a small data directory, and tell which cannot be drawn there, and why.

Runs in the package's interpreter, with the package on its path.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import warnings
from typing import Any

from . import values


def undrawn(settings: dict[str, Any]) -> dict[str, str]:
    """The reason for each figure that cannot be drawn; for all of them where nothing can be trained or imported."""
    name = settings["package"]
    reporting = importlib.import_module(f"{name}.reporting")
    importlib.import_module("matplotlib").use("Agg")
    figures = importlib.import_module(f"{name}.reports").FIGURES
    load_config = importlib.import_module(f"{name}.config").load_config
    places = {"data_dir": settings["folder"], "artifacts_dir": os.path.join(settings["folder"], "artifacts")}
    config = load_config({}, **{place: path for place, path in places.items() if hasattr(load_config({}), place)})
    if importlib.util.find_spec(f"{name}.model.search") is not None:
        importlib.import_module(f"{name}.model.search").keep_best(config)
    given = reporting.Given(config, importlib.import_module(f"{name}.model.train").fit(config))
    found = {key: _why(reporting, drawing, given) for key, drawing in figures.items()}
    return {key: why for key, why in found.items() if why}


def _why(reporting: Any, drawing: Any, given: Any) -> str:
    try:
        made = reporting.drawn(drawing, given)
    except reporting.FAILURES as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}".rstrip(": ")
    return "" if made and all(one is not None for one in made) else "nothing was drawn"


def main(question: str, answer: str) -> None:
    """Answer the question in one file in another."""
    warnings.simplefilter("ignore")
    found = undrawn(values.load(question))
    os.replace(os.path.join(os.path.dirname(answer), values.store(found, os.path.dirname(answer))), answer)
