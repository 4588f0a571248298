"""What is shown, and how a run starts."""

import random

import numpy as np
import pytest

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
