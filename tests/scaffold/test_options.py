"""Options are taken before and after the command, and each command says what it does."""

import argparse
from collections.abc import Callable

import pytest

from nb2pkg.scaffold import cli
from nb2pkg.scaffold.running import cli as running
from nb2pkg.scaffold.running.stages import cli as stages

Build = Callable[[], argparse.ArgumentParser]
COMMANDS: dict[str, tuple[Build, str]] = {
    "level 3": (cli.build_parser, "Fit on the training rows and keep the model."),
    "level 2": (stages.build_parser, "Run the notebook up to its fit and keep what was fitted."),
}


@pytest.mark.parametrize("build", [cli.build_parser, stages.build_parser])
def test_a_command_can_be_quiet_wherever_it_is_said(build: Build) -> None:
    for words, quiet in ((["train"], False), (["train", "--quiet"], True), (["--quiet", "train"], True)):
        assert build().parse_args(words).quiet is quiet
    assert running.build_parser().parse_args(["run", "--quiet"]).quiet


@pytest.mark.parametrize("level", COMMANDS)
def test_a_command_says_what_it_does_and_where_its_settings_are_told(
    level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    build, told = COMMANDS[level]
    with pytest.raises(SystemExit):
        build().parse_args(["train", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert told in shown
    assert "What each setting is stands in the README and in config.py." in shown
    assert "--test-size VALUE default: 0.2" in shown
