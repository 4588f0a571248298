"""Write ``model/scores.py``: what the notebook's metrics say, as functions of the pipeline, rows and their target."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.extract.imports import Imports


@dataclass(frozen=True, slots=True)
class ScoreFunction:
    """A function of ``model/scores.py``: its name, its text."""

    name: str
    text: str


def scores_module(functions: Sequence[ScoreFunction], imported: Imports) -> str:
    """The text of ``model/scores.py``."""
    imports = [
        "from collections.abc import Callable",
        "import pandas as pd",
        "from sklearn.pipeline import Pipeline",
        imported.text(),
    ]
    blocks = [_function(function) for function in functions]
    entries = ", ".join(f'"{function.name}": {function.name}' for function in functions)
    table = f"SCORES: dict[str, Callable[[Pipeline, pd.DataFrame, pd.Series], object]] = {{{entries}}}"
    doc = '"""The scores that the notebook gives its model."""'
    return "\n\n".join([doc, "\n".join(line for line in imports if line), *blocks, table]) + "\n"


OWN = "Give the model's own score: the mean accuracy of a classifier, R^2 of a regressor."


def _function(function: ScoreFunction) -> str:
    head = f"def {function.name}(pipeline: Pipeline, rows: pd.DataFrame, target: pd.Series) -> object:"
    called = function.text.split("(")[0].rpartition(".")[2]
    called = function.name if called == "get_scorer" else called
    said = OWN if called == "score" else f"Give what `{called}` says about the predictions."
    body = f'"""{said}"""\nreturn {function.text}'
    return "\n".join([head, textwrap.indent(body, "    ")])
