"""A small notebook and the package it becomes, written by hand: text and plain data, so that tests can change either."""

import json
import random
from pathlib import Path
from typing import Any

from nb2pkg.verify.recording import Site

SITES = (Site(2, 1, 0),)

NOTEBOOK = [
    "import pandas as pd\nfrom sklearn.model_selection import train_test_split\n"
    + "from sklearn.preprocessing import StandardScaler\nfrom sklearn.tree import DecisionTreeClassifier\n"
    + "from sklearn.metrics import accuracy_score",
    'df = pd.read_csv("/Users/maria/Desktop/people.csv")\ndf.head()',
    'df.age = df.age.fillna(df.age.mean())\nX = df.drop("left", axis=1)\ny = df.left',
    "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25)",
    "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)",
    "model = DecisionTreeClassifier(max_depth=3)\nmodel.fit(X_train, y_train)",
    "print(model.score(X_test, y_test))",
    "y_pred = model.predict(X_test)\naccuracy_score(y_test, y_pred)",
    "model.feature_importances_",
    "model.predict([[0.5, 0.1, 1.0]])",
    "1 / 0",
]

CONFIG = '''
"""Constants."""
import os
from dataclasses import dataclass
from pathlib import Path

@dataclass(frozen=True)
class Config:
    data_dir: Path = Path()
    artifacts_dir: Path = Path("artifacts")
    seed: int = 0
    test_size: float = 0.25
    max_depth: int = 3

def load_config(environ=None, **overrides):
    folder = Path((environ or os.environ).get("PEOPLE_DATA_DIR", "."))
    return Config(**{"data_dir": folder, **overrides})
'''

INGESTION = '''
"""Read."""
import pandas as pd

def read_raw(config):
    return pd.read_csv(config.data_dir / "people.csv")
'''

PREPROCESSING = '''
"""Prepare."""
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import train_test_split

FEATURES = ["age", "pay", "team"]

def select_rows(rows, config):
    return rows

def target_of(rows, config):
    return rows["left"]

def split_rows(rows, config):
    train, test = train_test_split(rows, test_size=config.test_size, random_state=config.seed)
    return train, test

class PersonFeatures(TransformerMixin, BaseEstimator):
    def fit(self, rows, target=None):
        self.age_mean_ = rows["age"].mean()
        return self

    def transform(self, rows):
        features = rows[FEATURES].copy()
        features["age"] = features["age"].fillna(self.age_mean_)
        return features
'''

PIPELINE = '''
"""Model."""
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from people.data.preprocessing import PersonFeatures

def build_pipeline(config):
    return Pipeline([
        ("features", PersonFeatures()),
        ("scaler", StandardScaler()),
        ("model", DecisionTreeClassifier(max_depth=config.max_depth, random_state=config.seed)),
    ])

def build_target_encoder():
    return None
'''

EVALUATE = '''
"""Scores."""
def score(pipeline, rows, target):
    return pipeline.score(rows, target)

SCORES = {"score": score}
'''

MAIN = '''
"""Command line."""
import json
import sys

from people.config import load_config
from people.data.ingestion import read_raw
from people.data.preprocessing import select_rows, split_rows, target_of
from people.model.evaluate import SCORES
from people.model.pipeline import build_pipeline

config = load_config()
train, test = split_rows(select_rows(read_raw(config), config), config)
if sys.argv[1] == "evaluate":
    pipeline = build_pipeline(config).fit(train, target_of(train, config))
    print(json.dumps({"scores": {name: float(s(pipeline, test, target_of(test, config))) for name, s in SCORES.items()}}))
'''

MODULES = {
    "config.py": CONFIG,
    "data/ingestion.py": INGESTION,
    "data/preprocessing.py": PREPROCESSING,
    "model/pipeline.py": PIPELINE,
    "model/evaluate.py": EVALUATE,
    "__main__.py": MAIN,
    "__init__.py": "",
    "data/__init__.py": "",
    "model/__init__.py": "",
}

TEST_SCORE = {"kind": "score", "part": "test", "name": "score"}
PLAN: dict[str, Any] = {
    "seed": 0,
    "package": "people",
    "constants": {"test_size": "0.25", "max_depth": "3", "data_dir": "Path()"},
    "repairs": [{"cell": 2, "line": 1, "before": '"/Users/maria/Desktop/people.csv"', "after": '"people.csv"'}],
    "loads": [{"cell": 2, "line": 1, "call": "pandas.read_csv", "path": "people.csv"}],
    "fit": {"cell": 6, "line": 2, "end_line": 2, "column": 0, "part": "train"},
    "split": {"cell": 4, "line": 1, "column": 35},
    "steps": [
        {"step": "features", "rows": "all", "verb": "fit"},
        {"step": "scaler", "rows": "train", "verb": "fit_transform"},
    ],
    "frames": [
        {
            "site": "cell 6 model.fit",
            "cell": 6,
            "line": 2,
            "column": 0,
            "argument": "X",
            "part": "train",
            "array": True,
        },
        {"site": "cell 6 model.fit", "cell": 6, "line": 2, "column": 0, "argument": "y", "part": "train"},
        {
            "site": "cell 7 model.score",
            "cell": 7,
            "line": 1,
            "column": 6,
            "argument": "X",
            "part": "test",
            "array": True,
        },
        {
            "site": "cell 8 model.predict",
            "cell": 8,
            "line": 1,
            "column": 9,
            "argument": "X",
            "part": "test",
            "array": True,
        },
    ],
    "scores": [
        {"site": "cell 7 model.score", "cell": 7, "line": 1, "column": 6, **TEST_SCORE},
        {"site": "cell 8 accuracy_score", "cell": 8, "line": 2, "column": 0, **TEST_SCORE, "kind": "metric"},
        {"site": "cell 9", "cell": 9, "line": 1, "column": 0, "kind": "attribute", "attribute": "feature_importances_"},
        {
            "site": "cell 10",
            "cell": 10,
            "line": 1,
            "column": 0,
            "kind": "demonstration",
            "method": "predict",
            "space": "model",
        },
    ],
}
CORRECTIONS = [
    {
        "rule": "NB302",
        "cell": 3,
        "line": 1,
        "what": "the mean age is learned on the training rows",
        "steps": ["features"],
    }
]


def write_notebook(folder: Path, cells: list[str]) -> Path:
    """Write code cells as a notebook, with its data beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[dict[str, object]] = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, "id": f"c{i}"}
        for i, source in enumerate(cells)
    ]
    path = folder / "people.ipynb"
    path.write_text(json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    (folder / "people.csv").write_text(people())
    return path


def people() -> str:
    """Ninety rows, some without an age."""
    draw = random.Random(7)
    rows = ["age,pay,team,left"]
    for i in range(90):
        age = "" if i % 11 == 3 else str(draw.randint(18, 70))
        rows.append(f"{age},{draw.randint(1000, 9000)},{i % 4},{draw.randint(0, 1)}")
    return "\n".join(rows) + "\n"


def write_package(folder: Path, changes: dict[str, tuple[str, str]] | None = None) -> Path:
    """Write the package; ``changes`` replace a text in a module."""
    for name, text in MODULES.items():
        before, after = (changes or {}).get(name, ("", ""))
        assert before in text
        path = folder / "src" / "people" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(before, after) if before else text)
    ledger = {"format": 1, "level": 3, "model": "model", "entries": [], "replay": PLAN, "corrections": CORRECTIONS}
    (folder / "extraction.json").write_text(json.dumps(ledger))
    return folder
