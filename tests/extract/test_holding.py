"""A fit in a loop, a condition or a function, one level down: the package keeps the very model that the notebook holds, or none."""

import contextlib
import importlib
import io
import itertools
import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nb2pkg.extract.levels import LowerPlan, best_plan
from nb2pkg.verify.verdict import verify
from tests.extract.below import command, extracted, notebook, put_on_path
from tests.extract.small import HEAD, LOAD, people

NUMBERS = itertools.count()
BEFORE = (
    HEAD,
    LOAD + '\ndf["age"] = df["age"].fillna(0)\ndf["before"] = df["income"].shift(1).fillna(0)',
    'X = df[["age", "income", "before"]]\ny = df["left"]\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)',
)
NAMED = 'models = {"tree": DecisionTreeClassifier(max_depth=4, random_state=0), "line": LogisticRegression(C=0.5)}'
LIST = "models = [LogisticRegression(C=0.5), DecisionTreeClassifier(max_depth=4, random_state=0)]"
FIT = "    {0}.fit(X_train, y_train)\n    print({0}.score(X_test, y_test))"
BEST = "best = 0\nfor name, m in models.items():\n    m.fit(X_train, y_train)\n    s = m.score(X_test, y_test)\n    if s > best:\n        best = s\n        found = m"
SCORE = "def score(model, rows, target):\n    model.fit(rows, target)\n    return model.score(X_test, y_test)"

HELD = {
    "the last of a list": ((LIST, "for m in models:\n" + FIT.format("m")), "m", "X_train"),
    "rows made again in the call": (("m = LogisticRegression()\nm.fit(np.array(X_train), y_train)\nprint(m.coef_)",), "m", "np.array(X_train)"),
    "by number": ((LIST, "for i in range(len(models)):\n" + FIT.format("models[i]")), "models[i]", "X_train"),
    "the best": ((NAMED, BEST, "print(found.score(X_test, y_test))"), "found", "X_train"),
    "picked in a later cell": (
        (NAMED, "scores = {}\nfor name, m in models.items():\n    m.fit(X_train, y_train)\n    scores[name] = m.score(X_test, y_test)", "final = models[max(scores, key=scores.get)]", "print(final.score(X_test, y_test))"),
        "final",
        "X_train",
    ),
    "an arm of a condition": (
        ("if y_train.mean() > 0.5:\n    m = LogisticRegression()\nelse:\n    m = DecisionTreeClassifier(random_state=0)", "m.fit(X_train, y_train)\nprint(m.score(X_test, y_test))"),
        "m",
        "X_train",
    ),
    "what a fit in a condition gives back": (
        ("if len(df) > 3:\n    m = LogisticRegression().fit(X_train, y_train)\n    print(m.score(X_test, y_test))",),
        "m",
        "X_train",
    ),
    "while": (
        ("d = 1\nwhile d < 4:\n    m = DecisionTreeClassifier(max_depth=d, random_state=0)\n    m.fit(X_train, y_train)\n    d += 1", "print(m.score(X_test, y_test))"),
        "m",
        "X_train",
    ),
    "the last fold": (
        ("from sklearn.model_selection import KFold", "for a, b in KFold(3).split(X):\n    m = LogisticRegression()\n    m.fit(X.iloc[a], y.iloc[a])\n    print(m.score(X.iloc[b], y.iloc[b]))"),
        "m",
        "X.iloc[a]",
    ),
    "a function of model and rows": (
        (SCORE, "m = DecisionTreeClassifier(random_state=0)\nprint(score(m, X_train, target=y_train))"),
        "m",
        "X_train",
    ),
    "a function called in a loop": ((SCORE, LIST, "for m in models:\n    print(score(m, X_train, y_train))"), "m", "X_train"),
    "a function that gives the model": (
        ("def train(rows, depth=2):\n    model = DecisionTreeClassifier(max_depth=depth, random_state=0)\n    model.fit(rows[['age', 'before']], y_train)\n    return model, depth", "m, depth = train(X_train)", "print(m.score(X_test[['age', 'before']], y_test))"),
        "m",
        "X_train[['age', 'before']]",
    ),
    "a function that fits the notebook's model": (
        ("m = DecisionTreeClassifier(random_state=0)\ndef train(rows):\n    m.fit(rows, y_train)", "train(X_train)", "print(m.score(X_test, y_test))"),
        "m",
        "X_train",
    ),
    "bound anew under a condition": (
        ("m = DecisionTreeClassifier(random_state=0)\nm.fit(X_train, y_train)", "if len(df) > 10:\n    m = LogisticRegression().fit(X_train, y_train)", "print(m.score(X_test, y_test))"),
        "m",
        "X_train",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", HELD)
def test_the_model_kept_is_the_one_the_notebook_holds(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells, model, features = HELD[case]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(people(), encoding="utf-8")
    scope = ran(*BEFORE, *cells)
    fitted = fitted_by_package(tmp_path, monkeypatch, *BEFORE, *cells)
    wanted = eval(model, scope)
    rows = eval(features, scope)
    assert type(fitted.model) is type(wanted)
    assert fitted.model.get_params() == wanted.get_params()
    assert np.array_equal(np.array(fitted.features), np.array(rows))
    assert fitted.model.predict_proba(fitted.features).tolist() == wanted.predict_proba(rows).tolist()


def ran(*cells: str) -> dict[str, object]:
    """What names hold when the cells have run in one scope."""
    scope: dict[str, object] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(cell, scope)  # noqa: S102 - the cells of these tests
    return scope


def fitted_by_package(folder: Path, monkeypatch: pytest.MonkeyPatch, *cells: str) -> Any:
    name = f"held{next(NUMBERS)}"
    found = best_plan(notebook(folder, *cells), name=name, model=None)
    assert isinstance(found, LowerPlan)
    assert found.modules.level == 2, found.reasons
    put_on_path(found.modules, folder, monkeypatch)
    with contextlib.redirect_stdout(io.StringIO()):
        return importlib.import_module(f"{name}.run").run_to_fit(
            importlib.import_module(f"{name}.config").load_config({})
        )


NOT_HELD = {
    "fitted in some turns": (
        (LIST, "for m in models:\n    if hasattr(m, 'C'):\n        m.fit(X_train, y_train)"),
        "the model is fitted in some turns of a loop only",
    ),
    "a loop left before the fit": (
        (LIST, "for m in models:\n    if hasattr(m, 'max_depth'):\n        continue\n    m.fit(X_train, y_train)"),
        "the loop around the fit may be left before it",
    ),
    "rows bound anew after the fit": (
        ("for c in ['age', 'income']:\n    rows = X_train[[c]]\n    m = LogisticRegression()\n    m.fit(rows, y_train)\n    rows = X_test[[c]]\n    print(m.score(rows, y_test))",),
        "`rows` changes where the model is fitted, so what it was fitted on is not kept",
    ),
    "the best, with rows of its own": (
        ("best = 0\nfor c in ['age', 'income']:\n    rows = X_train[[c]]\n    m = LogisticRegression()\n    m.fit(rows, y_train)\n    s = m.score(X_test[[c]], y_test)\n    if s > best:\n        best = s\n        found = m", "print(found.coef_, found.predict(X_test[['age']]))"),
        "`rows` changes where the model is fitted, so what it was fitted on is not kept",
    ),
    "what a fit gives back, bound anew": (
        ("if len(df) > 3:\n    m = LogisticRegression().fit(X_train, y_train)\n    m = m.score(X_test, y_test)",),
        "`m` changes where the model is fitted, so what it was fitted on is not kept",
    ),
    "rows that stay in a function": (
        ("def train(columns):\n    rows = X_train[columns]\n    model = LogisticRegression()\n    model.fit(rows, y_train)\n    return model", "m = train(['age'])", "print(m.score(X_test[['age']], y_test))"),
        "what the model is fitted on stays inside `train` ('rows'); return it, or fit outside",
    ),
    "a model that stays in a function": (
        ("def score():\n    model = LogisticRegression()\n    model.fit(X_train, y_train)\n    return model.score(X_test, y_test)", "print(score())"),
        "the fitted model has no name of its own",
    ),
    "rows that the function changes": (
        ("def train(model, rows):\n    model.fit(rows, y_train)\n    rows['guess'] = model.predict(rows)\n    return model", "X_train = X_train.copy()", "m = train(LogisticRegression(), X_train)", "print(m.coef_)"),
        "`X_train` changes where the model is fitted, so what it was fitted on is not kept",
    ),
    "a name that is bound anew after a function gave it": (
        ("def train(rows):\n    model = LogisticRegression()\n    model.fit(rows, y_train)\n    return model", "m = train(X_train)\nm = [m.coef_]", "print(m)"),
        "`m` is changed after the fit in cell 5 and before the model is kept",
    ),
    "rows drawn in the call": (
        ("m = LogisticRegression()\nm.fit(np.random.permutation(X_train), y_train)\nprint(m.coef_)",),
        "what the model is fitted on is computed inside the call; give it a name first",
    ),
    "two arms that fit": (
        ("if len(df) > 10:\n    m = LogisticRegression()\n    m.fit(X_train[['age']], y_train)\nelse:\n    m = DecisionTreeClassifier()\n    m.fit(X_train, y_train)", "print(m.predict(X_test[['age']]))"),
        "the model is fitted in one arm of several",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_HELD)
def test_a_model_that_cannot_be_taken_hold_of_is_not_kept(case: str, tmp_path: Path) -> None:
    cells, reason = NOT_HELD[case]
    (tmp_path / "people.csv").write_text(people(), encoding="utf-8")
    found = best_plan(notebook(tmp_path, *BEFORE, *cells), name="work", model=None)
    assert isinstance(found, LowerPlan)
    assert found.modules.level == 1
    assert dict(found.reasons)[2].partition(": ")[2] == reason


def test_the_best_of_a_loop_is_kept_and_evaluated_without_a_second_training(tmp_path: Path) -> None:
    shown = "pd.set_option('display.precision', 2)"
    last = "print(found.score(X_test, y_test), np.random.rand())\nX_test.describe()"
    path, package = extracted(
        tmp_path, BEFORE[0], shown, *BEFORE[1:], NAMED, BEST + "\n    print(name)", last, data=people()
    )
    verdict = verify(path, package)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 2)
    assert command(package, tmp_path, "work", "train").startswith("artifacts")
    evaluated = command(package, tmp_path, "work", "evaluate")
    assert command(package, tmp_path, "work", "run") == "tree\nline\n" + evaluated
    (tmp_path / "people.csv").unlink()
    assert command(package, tmp_path, "work", "evaluate") == evaluated
    (tmp_path / "people.csv").write_text(people(), encoding="utf-8")
    keeping = package / "src" / "work" / "keeping.py"
    keeping.write_text(keeping.read_text().replace('np.random.set_state(held.streams["numpy"])', "np.random.seed(5)"))
    different = verify(path, package)
    assert different.verdict == "different"
    assert "`evaluate` prints" in different.reason


def test_what_cannot_be_kept_is_made_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fit = "numbers = (i for i in range(3))\nm = LogisticRegression()\nm.fit(X_train, y_train)"
    _, package = extracted(tmp_path, *BEFORE, fit, "print(m.coef_.shape, next(numbers))", data=people())
    command(package, tmp_path, "work", "train")
    assert command(package, tmp_path, "work", "evaluate") == "(1, 3) 0\n"
    (tmp_path / "people.csv").write_text("".join(people().splitlines(keepends=True)[:50]), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(package / "src")}
    words = [sys.executable, "-m", "work", "evaluate"]
    refused = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "these are not the rows that the model was fitted on" in refused.stderr
    assert "WARNING: people.csv is not the file that the model was trained with" in refused.stderr
    made = json.loads(next((tmp_path / "artifacts").glob("*/metadata.json")).read_text(encoding="utf-8"))
    told = {"files": {"people.csv": sha256(people().encode()).hexdigest()}}
    assert (made["data"], made["config"]["seed"], made["seed"]) == (told, 0, 0)
