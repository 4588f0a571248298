"""Show values as the notebook showed them: as text, on standard output."""

import importlib
import io
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import numpy as np
import pandas as pd

COLUMNS_OF_A_NOTEBOOK = 20
LONGEST = 1000


def show_result(value: object) -> None:
    """Show the value of a cell's last expression; None is not shown."""
    if value is not None and not shows_itself(value):
        sys.stdout.write(f"{text_of(value)}\n")


def text_of(value: object) -> str:
    """Give the text of a value: sets in order, and of long collections only the start, as a notebook has it."""
    if type(value) in (set, frozenset) and value:
        return repr(sorted(value, key=repr)).replace("[", "{", 1)[:-1] + "}"  # type: ignore[call-overload]
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple) and len(value) > LONGEST:
        shown = repr(value[:LONGEST])
        return f"{shown[:-1]}, ...{shown[-1]}"
    return repr(value)


def display(*values: object) -> None:
    """Show values as ``display`` does in a notebook."""
    for value in values:
        if not shows_itself(value):
            sys.stdout.write(f"{text_of(value)}\n")


def shows_itself(value: object) -> bool:
    """Tell whether a notebook lets a value show itself, as a picture: there is no text of it then."""
    return callable(getattr(type(value), "_ipython_display_", None))


@contextmanager
def silenced() -> Iterator[None]:
    """Show nothing of what is printed."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        yield


def start_notebook(seed: int) -> None:
    """Set what a fresh notebook has, so that each run gives the same: random streams begin at ``seed``."""
    random.seed(seed)
    np.random.seed(seed)
    if "tensorflow" in sys.modules:
        importlib.import_module("tensorflow").random.set_seed(seed)
    if "torch" in sys.modules:
        importlib.import_module("torch").manual_seed(seed)
    if "matplotlib" in sys.modules:
        importlib.import_module("matplotlib").use("Agg")  # figures without a window
    pd.set_option("display.max_columns", COLUMNS_OF_A_NOTEBOOK)


def close_figures() -> None:
    """Close all figures, as a notebook does below each cell."""
    if "matplotlib.pyplot" in sys.modules:
        importlib.import_module("matplotlib.pyplot").close("all")


def current_figure() -> object:
    """Give the figure that was drawn on last, None where nothing was drawn."""
    if "matplotlib.pyplot" in sys.modules:
        figure: object = importlib.import_module("matplotlib.pyplot").gcf()
        return figure
    return None
