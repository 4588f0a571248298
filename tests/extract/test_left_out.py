"""Nothing that is left out may have changed the rows, and nothing unknown prepares them."""

import json
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.dependencies import dependencies
from nb2pkg.extract.plan import plan

LOAD = "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\ndf = pd.read_csv('rows.csv')"
MODEL = "X = df[['a', 'b']]\ny = df['y']\nmodel = LogisticRegression().fit(X, y)\nmodel.score(X, y)"


def notebook(folder: Path, *cells: str) -> str:
    code: dict[str, object] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    path = folder / "train.ipynb"
    content = {
        "cells": [code | {"source": cell} for cell in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


REFUSED = {
    "a variable that is named in a query": (
        "limit = 3",
        "df = df.query('a > @limit')",
        "cell 3 line 1: `df.query('a > @limit')` names a variable in a text; write the condition out",
    ),
    "a function of a module beside the notebook": (
        "from prepare import tidy",
        "tidy(df)",
        "cell 3 line 1: `tidy(df)` may change `df`",
    ),
    "a star import": ("from prepare import *", "tidy(df)", "cell 3 line 1: `tidy(df)` may change `df`"),
    "a module nobody knows": (
        "import prepare",
        "prepare.tidy(df)",
        "cell 3 line 1: `prepare.tidy(df)` may change `df`",
    ),
    "a method of something unknown": (
        "import prepare\ncleaner = prepare.Cleaner()",
        "cleaner.run(df)",
        "cell 3 line 1: `cleaner.run(df)` may change `df`",
    ),
    "its result": (
        "import prepare",
        "df = prepare.tidy(df)",
        "cell 3 line 1: what `prepare.tidy` does to rows is not known; it may learn from all of them",
    ),
    "its result, imported by name": (
        "from prepare import tidy",
        "df = tidy(df)",
        "what `tidy` does to rows is not known",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_unknown_call_on_the_rows_is_refused(case: str, tmp_path: Path) -> None:
    first, second, reason = REFUSED[case]
    with pytest.raises(ExtractError) as caught:
        plan(notebook(tmp_path, LOAD, first, second, MODEL), name="candidate", model=None)
    assert reason in str(caught.value)


HARMLESS = {
    "looking": "df.head()\ndf.describe()\nprint(len(df), df.shape)",
    "plotting": "import matplotlib.pyplot as plt\nplt.plot(df['a'])\nplt.show()",
    "an unknown call on a copy": "import prepare\nother = df.copy()\nprepare.tidy(other)",
    "an unknown call after the model was fitted": "1",
}


@pytest.mark.parametrize("case", HARMLESS)
def test_looking_at_the_rows_is_left_out(case: str, tmp_path: Path) -> None:
    after = "import prepare\nprepare.show(df)" if "after" in case else "1"
    planned = plan(notebook(tmp_path, LOAD, HARMLESS[case], MODEL, after), name="candidate", model=None)
    assert planned.modules.level == 3


def test_statements_that_only_name_rows_are_accounted_for(tmp_path: Path) -> None:
    planned = plan(notebook(tmp_path, LOAD, MODEL), name="candidate", model=None)
    entries = planned.modules.extraction["entries"]
    assert isinstance(entries, list)
    told = {entry["line"]: (entry["kind"], entry["function"]) for entry in entries if entry["cell"] == 2}
    assert told[1][0] == "feature"
    assert told[2] == ("target", "target_of")
    assert all(entry["reason"] is None for entry in entries if entry["cell"] == 2)


def test_what_the_modules_import_is_required() -> None:
    texts = [
        "import xgboost\nimport numpy as np\nfrom sklearn.svm import SVC",
        "import os, imblearn.over_sampling",
        "from mine.x import y",
    ]
    assert dependencies("mine", texts) == ("imbalanced-learn", "xgboost")
