"""A package written by hand: passengers of a ship, a mean age learned from all rows, a decision tree."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from nb2pkg.extract.hooks import ENCODER, INGESTION, PIPELINE, PREPROCESSING, SELECTION, cut
from nb2pkg.extract.package import ConfigField, Modules, Recorded
from nb2pkg.extract.runtime import SCAFFOLD, STAND_INS, renamed

SEED = 0
FEATURES = ["Pclass", "Sex", "Age", "Fare"]
VALIDATED = """    learning, test = train_test_split(rows, test_size=config.test_size, random_state=config.seed)
    train, validation = train_test_split(learning, test_size=config.test_size, random_state=config.seed)
    return train, validation, test
"""
HELD_OUT = """    train, test = train_test_split(rows, test_size=config.test_size, random_state=config.seed)
    return train, test
"""
TWO_PARTS = (
    ("tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]", "tuple[pd.DataFrame, pd.DataFrame]"),
    (", and others to choose by (cell 7)", " (cell 7)"),
    (VALIDATED, HELD_OUT),
)


def passengers(count: int = 60) -> pd.DataFrame:
    """Make rows with the troubles of the classic: gaps, texts, columns nobody needs."""
    random = np.random.default_rng(3)
    rows = pd.DataFrame(
        {
            "PassengerId": np.arange(1, count + 1),
            "Name": [f"Passenger {number}" for number in range(count)],
            "Sex": random.choice(["male", "female"], count),
            "Age": random.normal(30, 10, count).round(0),
            "Pclass": random.integers(1, 4, count),
            "Fare": random.exponential(30, count).round(2),
        }
    )
    rows.loc[random.choice(count, count // 6, replace=False), "Age"] = np.nan
    rows["Survived"] = ((rows["Sex"] == "female") ^ (random.random(count) < 0.2)).astype(int)
    return rows


def call(line: int, **more: object) -> dict[str, object]:
    return {"cell": 10, "line": line, "column": 0} | more


def extraction() -> dict[str, object]:
    """Give what the planner would write about the notebook."""
    entry = {"cell": 2, "line": 1, "end_line": 2, "kind": "ingestion", "reason": None}
    frames = [
        call(1, site="cell 10 model.fit X", argument="X", part="train", slice=None, array=False),
        call(1, site="cell 10 model.fit y", argument="y", part="train", slice=None, array=False),
        call(2, site="cell 10 model.score X", argument="X", part="test", slice=None, array=False),
    ]
    scores = [call(2, site="cell 10 model.score", kind="score", part="test", name="accuracy", space="model")]
    steps = [{"step": "features", "rows": "all", "verb": "fit"}]
    replay = {"seed": SEED, "package": "candidate", "repairs": [], "loads": [], "frames": frames, "scores": scores}
    replay |= {"fit": call(1, end_line=1, part="train"), "split": call(0), "steps": steps}
    return {
        "format": 1,
        "level": 3,
        "model": "cell 10 model.fit",
        "entries": [entry | {"file": "src/candidate/data/ingestion.py", "function": "read_raw"}],
        "corrections": [
            {"rule": "fit-before-split", "cell": 6, "line": 1, "what": "the mean age is learned in training"}
        ],
        "candidates": [],
        "replay": replay,
    }


def notebook(rows: pd.DataFrame) -> dict[str, object]:
    """Give the golden values: the notebook's own statements on these rows, not the package's."""
    inputs = rows.drop(["PassengerId", "Name", "Survived"], axis="columns")[FEATURES]
    inputs["Sex"] = inputs["Sex"].map({"male": 1, "female": 2})
    inputs["Age"] = inputs["Age"].fillna(inputs["Age"].mean())
    x_train, x_test, y_train, y_test = train_test_split(inputs, rows["Survived"], test_size=0.2, random_state=SEED)
    model = DecisionTreeClassifier(max_depth=4, random_state=SEED).fit(x_train, y_train)
    tables = {("X", "train"): x_train, ("y", "train"): y_train, ("X", "test"): x_test}
    plan = extraction()["replay"]
    assert isinstance(plan, dict)
    frames = [
        frame
        | {
            "columns": FEATURES if frame["argument"] == "X" else None,
            "rows": len(table),
            "sparse": False,
            "positions": list(range(len(table))),
            "values": table.to_numpy().tolist(),
        }
        for frame in plan["frames"]
        if (table := tables[frame["argument"], frame["part"]]) is not None
    ]
    answers = {"site": "cell 10 model.predict", "part": "test", "slice": None, "method": "predict"}
    return {
        "format": 1,
        "seed": SEED,
        "frames": frames,
        "predictions": [answers | {"values": model.predict(x_test).tolist()}],
        "scores": [plan["scores"][0] | {"value": model.score(x_test, y_test)}],
    }


def recorded(rows: pd.DataFrame) -> Recorded:
    """Give the rows and golden values as verify keeps them."""
    text = rows.to_csv(index=False).encode()
    return Recorded({"passengers.csv": text, "sample.csv": text}, notebook(rows))


def plain(path: str, text: str) -> str:
    """Give a stand-in of the scaffold as a package has it whose notebook chooses no rows, has no labels, and two parts."""
    text = cut(text, (SELECTION, ENCODER)) if path in (PREPROCESSING, PIPELINE) else text
    for before, after in TWO_PARTS if path == PREPROCESSING else ():
        assert before in text
        text = text.replace(before, after)
    return text


def whole(path: str, text: str) -> str:
    """Give a stand-in as a package has it whose notebook needs every hook of the scaffold."""
    changes = {
        PIPELINE: ("from sklearn.pipeline import Pipeline", "from imblearn.pipeline import Pipeline"),
        INGESTION: ("def read_raw(", "def read_other("),
    }
    if path not in changes:
        return text
    before, after = changes[path]
    assert before in text
    start = text.index(before)
    return text.replace(before, after) if path == PIPELINE else f"{text}\n\n{text[start:].replace(before, after)}"


def modules(
    *,
    change: Callable[[str, str], str] = lambda _, text: text,
    rows: Recorded | None = None,
    having: Callable[[str, str], str] = plain,
) -> Modules:
    """Give what the planner would hand over; ``change`` may spoil a module's text, ``having`` gives the stand-ins."""
    files = {
        path: change(path, renamed(having(path, (SCAFFOLD / path).read_text(encoding="utf-8")), "candidate"))
        for path in STAND_INS
        if path != "config.py"
    }
    return Modules(
        name="candidate",
        title="Who survived",
        notebook="passengers.ipynb",
        level=3,
        files=files,
        extraction=extraction(),
        config=(
            ConfigField("test_size", "float", "0.2", "Share of the rows held out (cell 7)."),
            ConfigField("max_depth", "int | None", "4", "Deepest level of the tree (cell 8)."),
        ),
        seed=SEED,
        model="sklearn.tree.DecisionTreeClassifier",
        notes=("The plot of cell 5 was left out.",),
        recorded=rows,
    )


def put_data(folder: Path) -> None:
    """Write the data file the package is trained on."""
    passengers(200).to_csv(folder / "passengers.csv", index=False)


def load_json(path: Path) -> dict[str, object]:
    """Read a JSON object."""
    return dict(json.loads(path.read_text(encoding="utf-8")))
