"""Rows that only watch a fit are left to the notebook; rows that stop it early are not, and the notebook falls a level."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.verify.verdict import verify
from tests.extract.small import FILL, HEAD, LOAD, SPLIT, planned, refusal

BOOSTED = HEAD + "\nfrom lightgbm import LGBMClassifier, early_stopping\nfrom xgboost import XGBClassifier"
SCORE = "model.score(X_test, y_test)"
WATCHED = {
    "xgboost": "model = XGBClassifier(n_estimators=9, max_depth=2, random_state=0)\n"
    "model.fit(X_train, y_train, eval_set=[(X_train, y_train), (X_test, y_test)], verbose=False)\n" + SCORE,
    "lightgbm": "model = LGBMClassifier(n_estimators=9, random_state=0, verbose=-1)\n"
    'model.fit(X_train, y_train, eval_set=[(X_test, y_test)], eval_metric="logloss")\n' + SCORE,
}


@pytest.mark.parametrize("library", WATCHED)
def test_a_watched_fit_is_equal(tmp_path: Path, library: str) -> None:
    pytest.importorskip(library)
    cell = (
        HEAD
        + "\n"
        + {"xgboost": "from xgboost import XGBClassifier", "lightgbm": "from lightgbm import LGBMClassifier"}[library]
    )
    found = planned(tmp_path, cell, LOAD, FILL, SPLIT, WATCHED[library])
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert "eval_set" in found.modules.notes[0]


STOPPED = {
    "when-made": "model = XGBClassifier(early_stopping_rounds=3, random_state=0)",
    "when-made-from-a-dictionary": "options = dict(early_stopping_rounds=3)\nmodel = XGBClassifier(**options)",
    "by-a-callback": "model = LGBMClassifier(callbacks=[early_stopping(3)], random_state=0)",
}


@pytest.mark.parametrize("made", STOPPED.values(), ids=STOPPED)
def test_a_fit_that_is_stopped_early_falls_a_level(tmp_path: Path, made: str) -> None:
    fit = f"{made}\nmodel.fit(X_train, y_train, eval_set=[(X_test, y_test)])\n{SCORE}"
    assert "`eval_set` of the fit is not carried over" in refusal(tmp_path, BOOSTED, LOAD, FILL, SPLIT, fit)


def test_weights_are_no_watching(tmp_path: Path) -> None:
    fit = f"model = XGBClassifier()\nmodel.fit(X_train, y_train, sample_weight=X_train['income'])\n{SCORE}"
    assert "`sample_weight` of the fit is not carried over" in refusal(tmp_path, BOOSTED, LOAD, FILL, SPLIT, fit)


def test_rows_of_other_libraries_are_not_known_to_only_watch(tmp_path: Path) -> None:
    fit = f"model = DecisionTreeClassifier()\nmodel.fit(X_train, y_train, eval_set=[(X_test, y_test)])\n{SCORE}"
    assert "`eval_set` of the fit is not carried over" in refusal(tmp_path, HEAD, LOAD, FILL, SPLIT, fit)
