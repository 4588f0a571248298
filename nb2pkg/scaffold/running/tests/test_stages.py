"""The bundle of fitted objects, and predictions from feature rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix, issparse
from sklearn.linear_model import LinearRegression

from nb2pkg.scaffold.model.artifacts import Artifact, load, newest, save
from nb2pkg.scaffold.model.predict import predict_file
from nb2pkg.scaffold.running.stages.bundle import Bundle, Form, as_rows, contract_of, in_form
from nb2pkg.scaffold.running.stages.cli import main

FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.5, 0.0, 0.5]})


@pytest.mark.parametrize(
    ("features", "form"),
    [(FRAME, Form.FRAME), (FRAME.to_numpy(), Form.ARRAY), (FRAME["a"], Form.SERIES), (csr_matrix(FRAME), Form.SPARSE)],
)
def test_features_come_back_in_their_form(features: Any, form: Form) -> None:
    rows, found = as_rows(features)
    again = in_form(rows, found)
    assert found is form
    assert type(again) is type(features)
    values = again.toarray() if issparse(again) else np.asarray(again)
    assert values.tolist() == (FRAME["a"] if form is Form.SERIES else FRAME).to_numpy().tolist()


def test_a_kept_model_answers_feature_rows(tmp_path: Path) -> None:
    model = LinearRegression().fit(FRAME, FRAME["a"] * 2)
    bundle = Bundle(model, {}, Form.FRAME)
    kept = save(Artifact(pipeline=bundle, encoder=None, contract=contract_of(FRAME), metadata={}), tmp_path / "kept")
    (tmp_path / "rows.csv").write_text("b,a\n0.5,2\n", encoding="utf-8")
    artifact = load(newest(tmp_path / "kept"))
    assert kept == newest(tmp_path / "kept")
    assert predict_file(artifact, tmp_path / "rows.csv").predictions == (pytest.approx(4.0),)


def test_predicting_before_training_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n", encoding="utf-8")
    assert main(["predict", str(tmp_path / "rows.csv"), "--artifacts-dir", str(tmp_path / "none")]) == 2
    assert "run `train` first" in capsys.readouterr().err


@pytest.fixture
def kept(tmp_path: Path) -> list[str]:
    """Keep a model and write rows, of which one is outside the training range and one has a gap; give the options."""
    bundle = Bundle(LinearRegression().fit(FRAME, FRAME["a"] * 2), {}, Form.FRAME)
    save(Artifact(pipeline=bundle, encoder=None, contract=contract_of(FRAME), metadata={}), tmp_path / "kept")
    (tmp_path / "rows.csv").write_text("a,b\n2,0.5\n9,0.5\n,0.5\n", encoding="utf-8")
    return ["predict", str(tmp_path / "rows.csv"), "--artifacts-dir", str(tmp_path / "kept")]


def test_answers_are_written_to_a_file(kept: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*kept, "--output", str(tmp_path / "answers.csv")]) == 0
    shown = capsys.readouterr()
    lines = (tmp_path / "answers.csv").read_text(encoding="utf-8").splitlines()
    assert ([bool(line.partition(",")[0]) for line in lines[1:]], shown.out) == ([True, True, False], "")
    assert "a: outside the training range 1 to 3 in 1 rows, the first is row 2" in shown.err
    assert "1 of 3 rows refused" in shown.err


def test_strict_ranges_refuse_what_is_only_warned_of(kept: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*kept, "--strict-ranges"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == ",a: outside the training range 1 to 3"


def test_where_every_row_is_refused_the_exit_code_is_one(kept: list[str], tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n,0.5\n", encoding="utf-8")
    assert main(kept) == 1


@pytest.mark.parametrize("command", ["run", "train", "evaluate", "predict"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert "--artifacts-dir" in capsys.readouterr().out
