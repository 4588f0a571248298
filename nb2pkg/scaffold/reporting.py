"""Write the notebook's figures as pictures, drawn from the raw rows and from a trained model."""

import importlib
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.cli import DONE, fail, trained_config, version_of
from nb2pkg.scaffold.config import Config, load_config
from nb2pkg.scaffold.data.ingestion import read_raw
from nb2pkg.scaffold.data.preprocessing import select_rows, target_of
from nb2pkg.scaffold.logging import logger_of
from nb2pkg.scaffold.model.artifacts import Artifact, ArtifactError, chosen, load
from nb2pkg.scaffold.model.labels import encoded
from nb2pkg.scaffold.model.train import split
from nb2pkg.scaffold.settings import SettingsError

LOGGER = logger_of(__name__)
PACKAGE = __name__.rpartition(".")[0]
SOME_LEFT_OUT = 1
FAILURES = (
    ArithmeticError,
    ArtifactError,
    AttributeError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    SettingsError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Raw rows, and their target as the model learns it."""

    rows: pd.DataFrame
    target: pd.Series


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A fitted pipeline with the rows it learned from, those held out from it and all of them."""

    pipeline: Pipeline
    training: Part
    held_out: Part
    everything: Part
    validation: Part


class Given:
    """What figures are drawn from, each read when it is first asked for."""

    def __init__(self, config: Config, artifact: Artifact | None = None, *, version: str | None = None) -> None:
        """Read rows by this configuration; without an artifact the one of this version is loaded, or the newest."""
        self._config = config
        self._artifact = artifact
        self._version = version

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The raw rows."""
        return read_raw(self._config)

    @cached_property
    def evaluation(self) -> Evaluation:
        """A copy of the model, which a figure may fit anew, and its rows, split as they were in training."""
        artifact = self._artifact or load(chosen(self._config.artifacts_dir, self._version))
        config = trained_config(artifact.metadata["config"], places=self._config)
        raw = read_raw(config)
        parts = {
            name: Part(rows, encoded(target_of(rows, config), artifact.encoder))
            for name, rows in (*split(raw, config).items(), ("all", select_rows(raw, config)))
        }
        training, held_out = parts["train"], parts["test"]
        return Evaluation(
            deepcopy(artifact.pipeline), training, held_out, everything=parts["all"], validation=parts["validation"]
        )


Drawing = Callable[[Given], object]


def shown() -> list[object]:
    """Give the figures that were drawn so far, and begin anew: what a notebook does when it shows them."""
    pyplot = importlib.import_module("matplotlib.pyplot")
    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    pyplot.close("all")
    return [figure for figure in figures if figure.axes]


def drawn(drawing: Drawing, given: Given) -> list[object]:
    """Draw as in a fresh notebook, without a window; settings that the drawing makes end with it."""
    pyplot = importlib.import_module("matplotlib.pyplot")
    pyplot.close("all")
    with pyplot.rc_context():
        made = drawing(given)
    pyplot.close("all")
    return made if isinstance(made, list) else [made]


def run_report(options: dict[str, object]) -> int:
    """Write a picture of each figure, and say which could not be drawn."""
    folder = Path(str(options.pop("out")))
    version = version_of(options)
    given = Given(load_config(None, **options), version=version)
    try:
        importlib.import_module("matplotlib").use("Agg")
        drawings: dict[str, Drawing] = importlib.import_module(f"{PACKAGE}.reports").FIGURES
    except ModuleNotFoundError as error:
        return fail(
            SettingsError(f"figures need {error.name}: python -m pip install '.[report]' in the package's folder")
        )
    folder.mkdir(parents=True, exist_ok=True)
    complete = [write_pictures(name, drawing, given, folder) for name, drawing in drawings.items()]
    return DONE if all(complete) else SOME_LEFT_OUT


def write_pictures(name: str, drawing: Drawing, given: Given, folder: Path) -> bool:
    """Write the pictures of one drawing; say why where it cannot be drawn."""
    try:
        for path in _pictures(name, drawn(drawing, given), folder):
            sys.stdout.write(f"{path}\n")
    except FAILURES as error:
        LOGGER.warning("%s is left out: %s: %s", name, type(error).__name__, error)
        return False
    return True


def _pictures(name: str, figures: list[object], folder: Path) -> Iterator[Path]:
    for number, figure in enumerate(figures, start=1):
        stem = name if len(figures) == 1 else f"{name}_{number}"
        save, page = getattr(figure, "savefig", None), getattr(figure, "write_html", None)
        if save is not None:
            save(folder / f"{stem}.png", bbox_inches="tight")
            yield folder / f"{stem}.png"
        elif page is not None:
            page(folder / f"{stem}.html")
            yield folder / f"{stem}.html"
