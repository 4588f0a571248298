"""The command line."""

import pytest

from nb2pkg.scaffold.running.cli import main


def test_run_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["run", "--help"])
    assert stopped.value.code == 0
    assert "--seed" in capsys.readouterr().out


def test_a_setting_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--seed", "seven"]) == 2
    assert "seed: 'seven' is not int" in capsys.readouterr().err
