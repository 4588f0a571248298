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


@pytest.mark.parametrize("command", ["run", "train", "evaluate", "predict"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert "--artifacts-dir" in capsys.readouterr().out
