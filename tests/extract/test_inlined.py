"""Calls of the notebook's own functions are written out: the model is given the same rows, or the notebook falls a level."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.extract.plan import Plan
from nb2pkg.verify.verdict import verify
from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, SPLIT, planned, refusal

TREE = "DecisionTreeClassifier(max_depth=3, random_state=0)"
METRICS = HEAD + "\nfrom sklearn.metrics import accuracy_score"
TRAIN = """def train(model, X, y):
    \"\"\"Fit.\"\"\"
    model.fit(X, y)
    return model"""
SCORED = """def scored(model):
    model.fit(X_train, y_train)
    predicted = model.predict(X_test)
    return accuracy_score(y_test, predicted)"""

SAME = {
    "a-model-that-is-given": [SPLIT, TRAIN, f"model = train({TREE}, X_train, y_train)\nmodel.score(X_test, y_test)"],
    "a-model-that-is-made": [
        SPLIT,
        ("def train(depth=3):\n    tree = DecisionTreeClassifier(max_depth=depth, random_state=0)\n"
        "    tree.fit(X_train, y_train)\n    return tree"),
        "model = train()\nmodel.score(X_test, y_test)",
    ],
    "the-last-of-two-calls": [SPLIT, SCORED, "scored(LogisticRegression())", f"print(scored({TREE}))"],
    "turn-by-turn": [
        SPLIT,
        SCORED,
        (f'models = {{"line": LogisticRegression(), "tree": {TREE}}}\nresults = {{}}\n'
        "for name, model in models.items():\n    results[name] = scored(model)"),
    ],
    "a-split": [
        ('def parts(table):\n    X = table[["age", "income"]]\n    y = table["left"]\n'
        "    return train_test_split(X, y, test_size=0.25, random_state=3)"),
        f"X_train, X_test, y_train, y_test = parts(df)\nmodel = {TREE}\nmodel.fit(X_train, y_train)\nmodel.score(X_test, y_test)",
    ],
    "a-scaler": [
        SPLIT,
        ("def scale(train, test):\n    scaler = StandardScaler()\n    train = scaler.fit_transform(train)\n"
        "    test = scaler.transform(test)\n    return train, test"),
        f"X_train, X_test = scale(X_train, X_test)\nmodel = {TREE}\nmodel.fit(X_train, y_train)\nmodel.score(X_test, y_test)",
    ],
    "a-parameter-that-is-bound-anew": [
        'def parts(df):\n    df = df[["age", "income", "left"]]\n    return train_test_split(df, test_size=0.25, random_state=3)',
        (f'train, test = parts(df)\nmodel = {TREE}\nmodel.fit(train[["age", "income"]], train["left"])\n'
        'model.score(test[["age", "income"]], test["left"])'),
    ],
    "all-in-one": [f"def main():\n    {line}\n    model = {TREE}\n    model.fit(X_train, y_train)\n"
        "    print(model.score(X_test, y_test))\n\nmain()" for line in [SPLIT.replace("\n", "\n    ")]],
}  # fmt: skip


@pytest.mark.parametrize("cells", SAME.values(), ids=SAME)
def test_the_model_is_given_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str]) -> None:
    notebook = [METRICS, LOAD, FILL, *cells]
    assert difference(tmp_path, notebook, planned(tmp_path, *notebook), monkeypatch) == ""


OTHER = {
    "several-ways-out": (
        f"def train(deep):\n    if deep:\n        return {TREE}.fit(X_train, y_train)\n    return LogisticRegression().fit(X_train, y_train)",
        "model = train(True)\nmodel.score(X_test, y_test)",
        "fitted inside a function",
    ),
    "a-variable-of-the-notebook-that-is-bound": (
        f"def train():\n    global model\n    model = {TREE}\n    model.fit(X_train, y_train)",
        "train()\nmodel.score(X_test, y_test)",
        "fitted inside a function",
    ),
    "arguments-that-cannot-be-seen": (
        TRAIN,
        f"given = ({TREE}, X_train, y_train)\nmodel = train(*given)\nmodel.score(X_test, y_test)",
        "fitted inside a function",
    ),
    "a-refitted-scaler": (
        "def scale(rows):\n    return StandardScaler().fit_transform(rows)",
        f"model = {TREE}\nmodel.fit(scale(X_train), y_train)\nmodel.score(scale(X_test), y_test)",
        "prepared differently",
    ),
    "what-only-training-rows-go-through": (
        f'def train(rows):\n    rows["age"] = rows["age"] * 2\n    tree = {TREE}\n    tree.fit(rows, y_train)\n    return tree',
        "model = train(X_train)\nmodel.score(X_test, y_test)",
        "prepared differently",
    ),
}


@pytest.mark.parametrize(("function", "calls", "reason"), OTHER.values(), ids=OTHER)
def test_other_functions_stay(tmp_path: Path, function: str, calls: str, reason: str) -> None:
    assert reason in refusal(tmp_path, METRICS, LOAD, FILL, SPLIT, function, calls)


SHOWN = """def shown(model, X, y):
    print(f"{model.score(X, y):.3f}")"""
TWICE = [METRICS, LOAD, FILL, SPLIT, TRAIN, SHOWN, f"""tree = train({TREE}, X_train, y_train)
line = train(LogisticRegression(), X_train, y_train)""", "shown(tree, X_train, y_train)\nshown(tree, X_test, y_test)"]  # fmt: skip


def told(plan: Plan, cell: int) -> list[tuple[object, ...]]:
    """The entries of the ledger for one cell."""
    entries = plan.modules.extraction["entries"]
    assert isinstance(entries, list)
    return [(one["line"], one["kind"], one["function"], one["reason"]) for one in entries if one["cell"] == cell]


def test_each_call_of_a_function_is_told_from_the_others(tmp_path: Path) -> None:
    found = planned(tmp_path, *TWICE, model="tree")
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert [score.name for score in verdict.scores] == [
        "cell 8 line 1 > cell 6 tree.score",
        "cell 8 line 2 > cell 6 tree.score",
    ]


def test_the_ledger_tells_of_calls_and_functions(tmp_path: Path) -> None:
    found = planned(tmp_path, *TWICE, model="tree@7")
    assert [(one.name, one.cell, one.line) for one in found.found] == [("tree", 7, 1), ("line", 7, 2)]
    assert told(found, 5) == [(1, "function", None, "its statements are told where it is called")]
    assert told(found, 7) == [
        (1, "model", "build_pipeline", None),
        (2, "candidate", None, "fits another candidate (line, cell 7); --model line@7 extracts it"),
    ]
