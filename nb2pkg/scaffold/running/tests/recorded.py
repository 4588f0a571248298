"""Run the sections on the rows beside these tests, and keep what each prints and holds when it is over."""

import inspect
import io
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nb2pkg.scaffold.config import load_config
from nb2pkg.scaffold.running import run
from nb2pkg.scaffold.tests.alike import alike, plain_cells

DATA = Path(__file__).parent / "data"
NUMBER = re.compile(r"((?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?!\w))")


def read_golden() -> dict[str, Any]:
    """Give what the notebook itself printed and held with these rows."""
    return dict(json.loads((DATA / "golden.json").read_text(encoding="utf-8")))


class Watched:
    """One section, called in its place: what it printed, and of what it held the cells that were recorded."""

    def __init__(self, function: Callable[..., Any], recorded: Mapping[str, Any]) -> None:
        """Watch ``function``, of which ``recorded`` tells what the notebook printed and held."""
        self.function = function
        self.recorded = recorded
        self.printed: str | None = None
        self.held: dict[str, Any] = {}

    def __call__(self, *arguments: object) -> object:
        """Run the section."""
        printed = io.StringIO()
        with redirect_stdout(printed):
            result = self.function(*arguments)
        self.printed = printed.getvalue()
        gives = self.recorded["gives"]
        held = dict(zip(inspect.signature(self.function).parameters, arguments, strict=True))
        held |= dict(zip(gives, result if len(gives) > 1 else (result,), strict=True)) if gives else {}
        self.held = {name: described(held[name], how) for name, how in self.recorded["holds"].items()}
        return result


def run_sections(sections: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, Watched]:
    """Run the notebook's sections in a copy of the rows."""
    found = {str(one["function"]): Watched(getattr(run, one["function"]), one) for one in sections}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(shutil.copytree(DATA, folder / "data"))
        for name, section in found.items():
            patch.setattr(run, name, section)
        run.run(load_config({}))
    return found


def described(value: Any, how: Any) -> Any:
    """Give a value as it was recorded: of a table its size and the kept cells, anything else as it is."""
    if not isinstance(how, dict):
        return plain_cells(list(value) if isinstance(value, tuple) else value)
    table = np.asarray(value, dtype=object)
    grid = table.reshape(len(table), -1)
    names = [*map(str, value.columns)] if hasattr(value, "columns") else None
    shape = list(grid.shape)
    cells = plain_cells(grid[how["positions"]][:, how["kept"]].tolist()) if shape == how["shape"] else []
    return {**how, "columns": names, "shape": shape, "cells": cells}


def alike_texts(first: str, second: str) -> bool:
    """Tell whether texts are equal: words exactly, broken numbers to a relative 1e-9, wherever lines are wrapped."""
    ours, theirs = ([*filter(None, NUMBER.split(" ".join(text.split())))] for text in (first, second))
    return len(ours) == len(theirs) and all(map(alike_words, ours, theirs))


def alike_words(first: str, second: str) -> bool:
    """Tell whether two words are equal, or two numbers with a fraction alike."""
    if first == second:
        return True
    whole = first.lstrip("+-").isdigit() or second.lstrip("+-").isdigit()
    return not whole and all(map(NUMBER.fullmatch, (first, second))) and alike(float(first), float(second))
