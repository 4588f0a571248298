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


WHOLE = 'X = df[["age", "income"]]\ny = df["left"]'
FIT_WHOLE = FIT.replace("_train", "")


def readme(modules: Modules) -> str:
    return " ".join(pages(modules)["README.md"].split())


def planned(folder: Path, *cells: str) -> Modules:
    return lower_plan(folder, *READ, *cells).modules


def test_what_a_notebook_learns_before_its_split_is_told_as_kept(tmp_path: Path) -> None:
    told = readme(planned(tmp_path, SCALED, FIT, SCORE))
    fault = "- `fit-before-split` (cell 4, line 1): `StandardScaler().fit_transform` learns from rows that the fit holds out"
    assert fault in told


def test_a_feature_of_neighbouring_rows_is_a_fault_where_rows_are_split_at_random(tmp_path: Path) -> None:
    told = readme(planned(tmp_path, SPLIT, FIT, SCORE))
    fault = (
        "- `shuffled-time-series` (cell 3, line 2): `income` is made of neighbouring rows (`df['income'].shift`), and the split in cell "
        "4 then deals rows out at random: of rows that are held out, values stand in rows that the model learns from, and later ones in "
        "earlier ones"
    )
    assert fault in told


def test_what_a_notebook_does_wrong_with_its_model_is_told(tmp_path: Path) -> None:
    saved = "import joblib\njoblib.dump(model, 'model.joblib')"
    told = readme(planned(tmp_path, WHOLE, FIT_WHOLE, saved))
    fault = "`no-held-out-evaluation` (cell 5, line 2): the model is saved in cell 6 and never scored on rows that it was not fitted on"
    assert fault in told


def test_a_notebook_without_faults_is_told_of_none(tmp_path: Path) -> None:
    told = readme(planned(tmp_path, SPLIT.replace("X, y, ", "X, y, shuffle=False, "), FIT, SCORE))
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


def test_readme_and_card_begin_with_what_is_predicted(tmp_path: Path) -> None:
    modules = planned(tmp_path, SPLIT, FIT, SCORE)
    by = "`left` (as the fit gets it in `y_train`)"
    model = "`sklearn.tree.DecisionTreeClassifier`"
    assert f"## What it predicts Predicts {by} by {model}. Each row gets one answer. ## Use" in readme(modules)
    column = {
        "name": "age",
        "kind": "number",
        "low": 18.0,
        "high": 60.5,
        "accepts_missing": False,
        "accepts_unseen": True,
    }
    known = {"verdict": "equal", "model": {"training_rows": 45, "classes": [0, 1], "columns": [column]}}
    told = readme(replace(modules, verdict=known))
    assert f"Predicts {by} by {model}. Each row gets one of `0`, `1`. To be answered, rows need these columns" in told
    assert "| `age` | number | 18 to 60.5 | numbers answered with a warning | refused |" in told
    assert "a CSV file with the columns above." in told
    array = Recorded({"sample.csv": b"feature_0,feature_1\n1,2\n"}, {}, "")
    of_array = "a CSV file with the columns above (the fit got an array; these are its columns in their order)."
    assert of_array in readme(replace(modules, verdict=known, recorded=array))
    card = " ".join(pages(replace(modules, verdict=known))["MODEL_CARD.md"].split())
    assert f"- Model: {model} - Predicts: {by}. Each row gets one of `0`, `1`." in card
    assert "- Trained on: 45 feature rows, as the fit gets them in `X_train` (when the package was verified)" in card
    assert "`shuffled-time-series` (cell 3, line 2)" in card


def test_settings_are_those_that_a_statement_reads(tmp_path: Path) -> None:
    told = readme(planned(tmp_path, SPLIT, FIT, SCORE))
    assert "below `--data-dir`" in told
    assert "- `data_dir`, .: Where" in told
