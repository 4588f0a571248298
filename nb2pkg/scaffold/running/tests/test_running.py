"""The command line and what is shown."""

import random

import numpy as np
import pytest

from nb2pkg.scaffold.running.cli import main
from nb2pkg.scaffold.running.showing import current_figure, display, show_result, silenced, start_notebook


def test_a_value_is_shown_as_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    show_result([1, "a"])
    assert capsys.readouterr().out == "[1, 'a']\n"


def test_nothing_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_result(None)
    assert not capsys.readouterr().out


def test_every_value_is_displayed(capsys: pytest.CaptureFixture[str]) -> None:
    display(1, None)
    assert capsys.readouterr().out == "1\nNone\n"


def test_silence(capsys: pytest.CaptureFixture[str]) -> None:
    with silenced():
        show_result(1)
    assert not capsys.readouterr().out


def test_a_start_gives_the_same_numbers_again() -> None:
    drawn = []
    for _ in range(2):
        start_notebook(3)
        drawn.append((random.random(), float(np.random.random_sample())))
    assert drawn[0] == drawn[1]


def test_a_figure_can_be_asked_for_at_any_time() -> None:
    assert current_figure() is current_figure()


def test_run_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["run", "--help"])
    assert stopped.value.code == 0
    assert "--data-dir" in capsys.readouterr().out


def test_a_setting_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--seed", "seven"]) == 2
    assert "seed: 'seven' is not int" in capsys.readouterr().err
