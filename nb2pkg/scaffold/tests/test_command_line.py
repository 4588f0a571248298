"""The command line where there is nothing to work on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nb2pkg.scaffold.cli import main


def test_predicting_before_training_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a\n1\n", encoding="utf-8")
    assert main(["predict", str(rows), "--artifacts-dir", str(tmp_path / "none")]) == 2
    assert "run `train` first" in capsys.readouterr().err


def test_a_setting_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--seed", "seven"]) == 2
    assert "seed: 'seven' is not int" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "evaluate", "predict"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert "--artifacts-dir" in capsys.readouterr().out


def test_prediction_loads_nothing_of_training() -> None:
    predicting = "nb2pkg.scaffold.model.predict"
    training = "nb2pkg.scaffold.model.train"
    code = f"import sys, {predicting}; print({training!r} in sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}  # found here, found there
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "False"
