"""Write ``model/scores.py``: what the notebook's metrics say, as functions of the pipeline, rows and their target."""

import ast
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.extract.imports import Imports


@dataclass(frozen=True, slots=True)
class ScoreFunction:
    """A function of ``model/scores.py``: its name, its text."""

    name: str
    text: str


def scores_module(functions: Sequence[ScoreFunction], imported: Imports, *, supervised: bool) -> str:
    """The text of ``model/scores.py``; where the notebook calls no score, it is the model's own one."""
    doc = '"""The scores that the notebook gives its model."""'
    if not functions and supervised:
        functions = [ScoreFunction("score", "pipeline.score(rows, target)")]
        doc = '"""The model\'s own score, for the notebook calls none."""'
    imports = [
        "from collections.abc import Callable",
        "import pandas as pd",
        "from sklearn.pipeline import Pipeline",
        imported.text(),
    ]
    blocks = [_function(function) for function in functions]
    entries = ", ".join(f'"{function.name}": {function.name}' for function in functions)
    table = f"SCORES: dict[str, Callable[[Pipeline, pd.DataFrame, pd.Series], object]] = {{{entries}}}"
    return "\n\n".join([doc, "\n".join(line for line in imports if line), *blocks, table]) + "\n"


ROOT = re.compile(r"\w+\.sqrt\((.*)\)", re.DOTALL)
ANSWERS = {
    "predict": "the predictions",
    "predict_proba": "the probabilities",
    "decision_function": "the distances from the boundary",
}
OWN = "Give the model's own score: the mean accuracy of a classifier, R^2 of a regressor."


def _function(function: ScoreFunction) -> str:
    head = f"def {function.name}(pipeline: Pipeline, rows: pd.DataFrame, target: pd.Series) -> object:"
    body = f'"""{_told(function)}"""\nreturn {function.text}'
    return "\n".join([head, textwrap.indent(body, "    ")])


def _told(function: ScoreFunction) -> str:
    root = ROOT.fullmatch(function.text)
    text = root[1] if root is not None else function.text
    called = text.split("(")[0].rpartition(".")[2]
    called = function.name if called == "get_scorer" else called
    if called == "score":
        return OWN
    return f"Give {'the square root of ' * (root is not None)}what `{called}` says about {_subject(text)}."


def _subject(text: str) -> str:
    """What a score is about: an answer of the pipeline as it stands, or what the notebook makes of it."""
    call = ast.parse(text, mode="eval").body
    given = [*call.args, *(keyword.value for keyword in call.keywords)] if isinstance(call, ast.Call) else []
    said = next((ANSWERS[name] for one in ast.walk(call) if (name := _asked(one))), ANSWERS["predict"])
    plain = any(_asked(one.value if isinstance(one, ast.Subscript) else one) for one in given)
    return said if plain or not any(_asked(one) for one in ast.walk(call)) else f"what is made of {said}"


def _asked(node: ast.AST) -> str:
    """The method by which the pipeline is asked here."""
    match node:
        case ast.Call(func=ast.Attribute(attr=attr)) if attr in ANSWERS:
            return attr
        case _:
            return ""
