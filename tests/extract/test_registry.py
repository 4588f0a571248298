"""A loop over models becomes candidates by name: the notebook's own is trained, each other one can be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.verify.verdict import verify
from tests.extract.below import extracted
from tests.extract.small import HEAD, LOAD, SPLIT, people, planned

BEFORE = (HEAD, LOAD, SPLIT.replace('["age", "income"]', '["income"]'))
MODELS = (
    'models = []\nmodels.append(("line", LogisticRegression(C=0.5)))\n'
    'models.append(("tree", DecisionTreeClassifier(max_depth=2)))'
)
LOOP = "for name, m in models:\n    m.fit(X_train, y_train)\n    print(name, m.score(X_test, y_test))"
NAMED = 'models = {"line": LogisticRegression(C=0.5), "tree": DecisionTreeClassifier(max_depth=2)}'


def candidates(folder: Path, *cells: str) -> list[str]:
    """The lines between the braces of ``candidates``."""
    pipeline = planned(folder, *BEFORE, *cells).modules.files["model/pipeline.py"]
    if "def candidates" not in pipeline:
        return []
    return pipeline.partition("return {\n")[2].partition("\n    }")[0].replace("    ", "").splitlines()


LINE = '"line": LogisticRegression(C=config.c),'
TREE = '"tree": DecisionTreeClassifier(max_depth=config.max_depth, random_state=config.seed),'
FOUND = {
    "pairs": ((MODELS, LOOP), [LINE, TREE]),
    "a dictionary": ((NAMED, LOOP.replace("models:", "models.items():")), [LINE, TREE]),
    "names of a dictionary": ((NAMED, LOOP.replace("name, m", "name").replace("m.", "models[name].")), [LINE, TREE]),
    "a list": (
        (
            "for m in [LogisticRegression(C=0.5), LogisticRegression(C=3), DecisionTreeClassifier(max_depth=2)]:\n    m.fit(X_train, y_train)",
        ),
        [
            LINE.replace("line", "logistic_regression"),
            LINE.replace("line", "logistic_regression_2").replace("config.c", "config.logistic_regression_2_c"),
            TREE.replace("tree", "decision_tree_classifier"),
        ],
    ),
    "searches": (
        (
            "from sklearn.model_selection import GridSearchCV",
            'plans = {"line": {"model": LogisticRegression(), "grid": {"C": [1, 5]}}, "tree": {"model": DecisionTreeClassifier(), "grid": {"max_depth": [1, 2]}}}',
            'for name, plan in plans.items():\n    search = GridSearchCV(plan["model"], plan["grid"], cv=3)\n    search.fit(X_train, y_train)\n    print(search.best_score_)',
        ),
        [
            '"line": GridSearchCV(LogisticRegression(), {\'C\': [1, 5]}, cv=config.line_cv),',
            '"tree": GridSearchCV(DecisionTreeClassifier(random_state=config.seed), {\'max_depth\': [1, 2]}, cv=config.cv),',
        ],
    ),
}  # fmt: skip
NONE = {
    "a loop over a parameter": (
        "for d in [1, 2]:\n    m = DecisionTreeClassifier(max_depth=d)\n    m.fit(X_train, y_train)",
    ),
    "one model": ("for m in [DecisionTreeClassifier(max_depth=2)]:\n    m.fit(X_train, y_train)",),
    "no loop": (NAMED, 'm = models["tree"]\nm.fit(X_train, y_train)\nprint(m.score(X_test, y_test))'),
    "one model, whatever the list": (
        MODELS + "\ntree = DecisionTreeClassifier(max_depth=2)",
        "for name, m in models:\n    tree.fit(X_train, y_train)\n    print(name, tree.score(X_test, y_test))",
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_the_models_of_a_loop_are_candidates(case: str, tmp_path: Path) -> None:
    cells, expected = FOUND[case]
    assert candidates(tmp_path, *cells) == expected


@pytest.mark.parametrize("case", NONE)
def test_what_is_no_choice_among_models_has_no_candidates(case: str, tmp_path: Path) -> None:
    assert candidates(tmp_path, *NONE[case]) == []


CARDS = {
    "models": (
        (MODELS, LOOP),
        "`sklearn.tree.DecisionTreeClassifier`, as the last turn of the loop `for name, m in models:` fits it (cell 5, line 2)",
        "`train --model NAME` fits another of the same loop: `line`.",
    ),
    "a parameter": (
        ("for depth in [1, 2]:\n    m = DecisionTreeClassifier(max_depth=depth)\n    m.fit(X_train, y_train)",),
        "`sklearn.tree.DecisionTreeClassifier`, as the last turn of the loop `for depth in [1, 2]:` fits it (cell 4, line 3)",
        "None.",
    ),
    "no loop": (
        ("m = DecisionTreeClassifier(max_depth=2)\nm.fit(X_train, y_train)\nfor part in [X_test]:\n    print(m.predict(part))",),
        "`sklearn.tree.DecisionTreeClassifier`",
        "None.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CARDS)
def test_the_card_tells_of_which_turn_of_a_loop_the_model_is(case: str, tmp_path: Path) -> None:
    cells, model, others = CARDS[case]
    card = assemble(planned(tmp_path, *BEFORE, *cells).modules)["MODEL_CARD.md"].decode()
    assert f"- Model: {model}\n" in card
    assert f"## Other models of the notebook\n\n{others}\n" in card


def test_the_notebooks_model_is_equal_and_the_others_can_be_trained(tmp_path: Path) -> None:
    models = MODELS.replace("max_depth=2", "max_depth=9, random_state=0")
    path, package = extracted(tmp_path, *BEFORE, models, LOOP, data=people())
    verdict = verify(path, package)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 3)

    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(package / "src")}
        command = [sys.executable, "-m", "work", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    found = {}
    for model in ("tree", "line"):
        assert ask("train", "--model", model).returncode == 0
        found[model] = ask("evaluate").stdout.splitlines()[1]
    assert found == {"tree": "score: 0.8", "line": "score: 0.8666666666666667"}
    refused = ask("train", "--model", "forest")
    assert refused.returncode == 2
    assert "no model 'forest'; there are line, tree" in refused.stderr


def test_what_a_search_found_is_what_the_package_trains(tmp_path: Path) -> None:
    search = (
        "from sklearn.model_selection import GridSearchCV\n"
        'search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2, 3]}, cv=3)\n'
        "search.fit(X_train, y_train)\nprint(search.best_score_)"
    )
    used = "found = search.best_estimator_\nprint(found.score(X_test, y_test), found.feature_importances_)"
    path, package = extracted(tmp_path, *BEFORE, search, used, data=people())
    verdict = verify(path, package)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 3)
    assert [score.name for score in verdict.scores] == [
        "cell 5 found.score",
        "cell 4 search.best_score_",
        "cell 5 search.best_estimator_",
        "cell 5 found.feature_importances_",
    ]
