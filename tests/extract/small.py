"""Small training notebooks for tests: cells as text, one table of sixty rows, and what planning them gives."""

import json
import random
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.plan import Plan, plan

HEAD = """import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier"""
LOAD = 'df = pd.read_csv("people.csv")'
FILL = 'df["age"] = df["age"].fillna(0)'
SPLIT = """X = df[["age", "income"]]
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)"""
MODEL = """model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(X_train, y_train)
model.score(X_test, y_test)"""


def with_column(name: str) -> str:
    """The split of a table to which a feature was added."""
    return SPLIT.replace('"income"]', f'"income", "{name}"]')


def write(folder: Path, *cells: str) -> Path:
    """Write the cells as a notebook, its data beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[dict[str, object]] = [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None, "id": f"c{i}"}
        for i, cell in enumerate(cells)
    ]
    path = folder / "people.ipynb"
    path.write_text(json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    (folder / "people.csv").write_text(people())
    return path


def people() -> str:
    """Sixty rows, some without an age."""
    draw = random.Random(11)
    rows = ["age,income,city,plan,left"]
    for number in range(60):
        age = "" if number % 9 == 4 else str(draw.randint(18, 70))
        income = draw.randint(10, 90) * 100
        city, kind = draw.choice(["Rome", "Oslo", "Bern"]), draw.choice(["a", "b"])
        left = int(income + draw.randint(-2000, 2000) + (800 if city == "Rome" else 0) > 5000)
        rows.append(f"{age},{income},{city},{kind},{left}")
    return "\n".join(rows) + "\n"


def planned(folder: Path, *cells: str, model: str | None = None) -> Plan:
    """The plan of a notebook with these cells."""
    return plan(str(write(folder, *cells)), name="people_model", model=model)


def refusal(folder: Path, *cells: str, model: str | None = None) -> str:
    """The sentence with which a notebook is refused."""
    with pytest.raises(ExtractError) as caught:
        planned(folder, *cells, model=model)
    return str(caught.value)
