"""The bundle of fitted objects, and predictions from feature rows."""

from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from nb2pkg.scaffold.model.artifacts import Artifact, chosen, load, save
from nb2pkg.scaffold.model.predict import predict_file
from nb2pkg.scaffold.running.stages.bundle import Bundle, contract_of
from nb2pkg.scaffold.running.stages.cli import main
from nb2pkg.scaffold.running.stages.forms import form_of

FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.5, 0.0, 0.5]})


def keep(folder: Path) -> Path:
    """Keep a model of these rows and give its directory."""
    model = LinearRegression().fit(FRAME, FRAME["a"] * 2)
    bundle = Bundle(model, transformers={}, form=form_of(FRAME))
    artifact = Artifact(pipeline=bundle, encoder=None, contract=contract_of(FRAME), metadata={})
    return save(artifact, folder, beside=lambda _: ())


def test_a_kept_model_answers_feature_rows(tmp_path: Path) -> None:
    path = keep(tmp_path / "kept")
    (tmp_path / "rows.csv").write_text("b,a\n0.5,2\n", encoding="utf-8")
    assert path == chosen(tmp_path / "kept", None)
    assert predict_file(load(path), tmp_path / "rows.csv").predictions == (pytest.approx(4.0),)


def test_predicting_before_training_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n", encoding="utf-8")
    assert main(["predict", str(tmp_path / "rows.csv"), "--artifacts-dir", str(tmp_path / "none")]) == 2
    assert "run `train` first" in capsys.readouterr().err


@pytest.fixture
def predicting(tmp_path: Path) -> list[str]:
    """Keep a model and write rows, of which one is outside the training range and one has a gap; give the options."""
    keep(tmp_path / "kept")
    (tmp_path / "rows.csv").write_text("a,b\n2,0.5\n9,0.5\n,0.5\n", encoding="utf-8")
    return ["predict", str(tmp_path / "rows.csv"), "--artifacts-dir", str(tmp_path / "kept")]


def test_answers_are_written_to_a_file(
    predicting: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*predicting, "--output", str(tmp_path / "answers.csv")]) == 0
    shown = capsys.readouterr()
    lines = (tmp_path / "answers.csv").read_text(encoding="utf-8").splitlines()
    assert ([bool(line.partition(",")[0]) for line in lines[1:]], shown.out) == ([True, True, False], "")
    assert "a: outside the training range 1 to 3 in 1 rows, the first is row 2" in shown.err
    assert "1 of 3 rows refused" in shown.err


def test_strict_ranges_refuse_what_is_only_warned_of(predicting: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*predicting, "--strict-ranges"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == ",a: outside the training range 1 to 3,"


def test_where_every_row_is_refused_the_exit_code_is_one(predicting: list[str], tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n,0.5\n", encoding="utf-8")
    assert main(predicting) == 1


@pytest.mark.parametrize(("command", "option"), [("run", "--seed"), ("train", "--seed"), ("evaluate", "--version")])
def test_every_command_explains_itself(command: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert option in capsys.readouterr().out
