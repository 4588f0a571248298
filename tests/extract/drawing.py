"""Run a small notebook's cells and its planned package, and give what the figures of both show, as numbers and texts."""

import contextlib
import importlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from nb2pkg.extract.plan import Plan
from tests.extract.replaying import package

Shown = list[object]


def both(
    folder: Path, cells: list[str], plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Shown], list[Shown]]:
    """The figures of the notebook and those of the package, in their order."""
    monkeypatch.chdir(folder)
    warnings.simplefilter("ignore")
    mpl.use("Agg")
    with mpl.rc_context():
        notebook = list(of_notebook(cells, monkeypatch))
    with package(folder, plan):
        return notebook, list(of_package())


def of_notebook(cells: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """What a notebook shows: at each ``plt.show()`` and below each cell the figures that are open."""
    found: list[Shown] = []

    def show() -> None:
        found.extend(shown(plt.figure(number)) for number in plt.get_fignums() if plt.figure(number).axes)
        plt.close("all")

    names: dict[str, object] = {"__name__": "__main__", "display": print}
    with monkeypatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setattr(plt, "show", show)
        for cell in cells:
            exec(cell, names)  # noqa: S102
            show()
    yield from found


def of_package() -> Iterator[Shown]:
    """What the package's figures show."""
    reporting, reports = (importlib.import_module(f"people_model.{name}") for name in ("reporting", "reports"))
    config = importlib.import_module("people_model.config").load_config()
    artifact = importlib.import_module("people_model.model.train").fit(config)
    given = reporting.Given(config, artifact)
    for drawing in reports.FIGURES.values():
        for figure in reporting.drawn(drawing, given):
            yield shown(figure)


def shown(figure: Any) -> Shown:
    """All that a figure shows: its size, and what stands on each of its axes."""
    return [tuple(figure.get_size_inches()), *(part for axes in figure.axes for part in _on(axes))]


def _on(axes: Any) -> Iterator[object]:
    yield axes.get_title(), axes.get_xlabel(), axes.get_ylabel()
    for line in axes.lines:
        yield numbers(line.get_xydata())
    for patch in axes.patches:
        yield numbers(patch.get_path().vertices), numbers(patch.get_transform().get_matrix())
    for collection in axes.collections:
        yield numbers(collection.get_offsets()), numbers(collection.get_array())
    for image in axes.images:
        yield numbers(image.get_array())
    for text in axes.texts:
        yield text.get_text()


def numbers(values: Any) -> object:
    """Numbers as they are compared; nothing for nothing."""
    return (
        None
        if values is None
        else np.round(np.ma.filled(np.ma.asarray(values, dtype=float), np.nan), 9).astype(str).tolist()
    )
