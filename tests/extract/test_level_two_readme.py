"""What the README of a package with feature rows says: what its commands do, its rows, its scores, what stays wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pkg.extract.handover import Modules, Recorded
from nb2pkg.extract.levels import LowerPlan, best_plan
from nb2pkg.extract.sections.pages import pages
from tests.extract.below import lower_plan
from tests.extract.small import FILL, HEAD, LOAD, SPLIT, people

READ = (HEAD, LOAD, FILL + '\ndf["income"] = df["income"].shift(1).fillna(0)')
FIT = "model = DecisionTreeClassifier(max_depth=3, random_state=0)\nmodel.fit(X_train, y_train)"
SCORE = "model.score(X_test, y_test)"
SCALED = SPLIT.replace('X = df[["age", "income"]]', 'X = StandardScaler().fit_transform(df[["age", "income"]])')


def readme(modules: Modules) -> str:
    return " ".join(pages(modules)["README.md"].split())


def planned(folder: Path, *cells: str) -> Modules:
    return lower_plan(folder, *READ, *cells).modules


def test_what_a_notebook_learns_before_its_split_is_told_as_kept(tmp_path: Path) -> None:
    told = readme(planned(tmp_path, SCALED, FIT, SCORE))
    fault = "- `fit-before-split` (cell 4, line 1): `StandardScaler().fit_transform` learns from rows that the fit holds out"
    assert fault in told


def test_a_notebook_without_faults_is_told_of_none(tmp_path: Path) -> None:
    told = readme(planned(tmp_path, SPLIT, FIT, SCORE))
    assert "this package still has" not in told


@pytest.mark.parametrize(
    ("cell", "scored", "last"),
    [
        (FIT, False, True),
        (f"{FIT}\n{SCORE}", False, False),
        (f"{FIT}.score(X_test, y_test)", True, True),
        (f"{FIT}; print({SCORE})\nprint(1)", True, False),
    ],
)
def test_what_evaluate_shows_is_told(cell: str, *, scored: bool, last: bool, tmp_path: Path) -> None:
    told = readme(planned(tmp_path, SPLIT, cell))
    assert ("in the statement that fits it, or on the same line (cell 5)" in told) is scored
    assert ("Nothing stands below the fit in the notebook" in told) is last


def test_feature_rows_are_told_by_their_columns_once_they_are_recorded(tmp_path: Path) -> None:
    modules = planned(tmp_path, SPLIT, FIT, SCORE)
    assert "a CSV file with the columns that `contract.json` beside a trained model names." in readme(modules)
    assert "No test runs the notebook's statements, because the notebook was not run." in readme(modules)
    recorded = Recorded({"sample.csv": b"age,income\n1,2\n"}, None, "it is too long")
    told = readme(replace(modules, recorded=recorded))
    assert "as the fit got them in `X_train`: a CSV file with the columns `age`, `income`. Nothing" in told
    assert "(`load_df`, `prepare_df`, `split_rows`)" in told
    assert "No test runs the notebook's statements, because it is too long." in told
    told = readme(replace(modules, recorded=Recorded({"sample.csv": b"feature_0,feature_1\n1,2\n"}, {}, "")))
    assert "the columns `feature_0`, `feature_1` (the fit got an array; these are its columns in their order)" in told
    assert "The tests run the sections on the rows in `tests/data`" in told


def test_scores_stand_as_saved_as_run_and_as_the_package_prints_them(tmp_path: Path) -> None:
    cells = [*READ, SPLIT, f"{FIT}\n{SCORE}"]
    shown = {"output_type": "execute_result", "data": {"text/plain": "0.8125"}, "metadata": {}, "execution_count": 5}
    code: dict[str, object] = {"cell_type": "code", "metadata": {}, "execution_count": None}
    content = [{**code, "source": cell, "outputs": [shown] if cell is cells[-1] else []} for cell in cells]
    path = tmp_path / "work.ipynb"
    path.write_text(json.dumps({"cells": content, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    (tmp_path / "people.csv").write_text(people())
    found = best_plan(str(path), name="work", model=None)
    assert isinstance(found, LowerPlan)
    assert "| `evaluate_model` | 0.8125 | not run | not run |" in readme(found.modules)
    score = {"name": "evaluate_model prints", "notebook": "0.75", "package": "0.75", "equal": True}
    verdict = {"verdict": "equal", "replay": {"scores": [score]}}
    assert "| `evaluate_model` | 0.8125 | 0.75 | 0.75 |" in readme(replace(found.modules, verdict=verdict))
