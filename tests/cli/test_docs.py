"""The pages on configuration, continuous integration and verification say what the program knows."""

import json
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

from nb2pkg.config import KEYS, NEVER_SEARCHED, Configurations
from nb2pkg.linting import LintOptions, job_of
from nb2pkg.parallel import linter_of
from nb2pkg.verify.environment import ALLOWED
from nb2pkg.verify.verdict import DIFFERENT, EQUAL, NOT_VERIFIED
from tests.cli.notebooks import run_here

ROOT = Path(__file__).parent.parent.parent
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
RECIPES = (ROOT / "docs" / "ci-and-pre-commit.md").read_text(encoding="utf-8")
VERIFICATION = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"^```\n(\$ .*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"\(\d+\.\d s\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def options_of(command: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]+", run_here(command, "--help", folder=ROOT).stdout)) - {"--help"}


def test_the_table_has_every_key_and_option() -> None:
    rows = [line.split("|") for line in CONFIGURATION.split("\n") if line.startswith("|")]
    table = [row for row in rows if len(row) == 6]
    assert {key for row in table for key in re.findall(r"`([a-z-]+)`", row[1])} == set(KEYS)
    assert {option for row in table for option in re.findall(r"--[a-z][a-z-]+", row[2])} == options_of("lint")


def test_no_page_names_an_option_that_is_not_there() -> None:
    known = options_of("lint") | options_of("rule")
    commands = re.findall(r"nb2pkg (?:lint|rule)((?: [^\n`#|>]+)?)", CONFIGURATION + RECIPES)
    assert {option for one in commands for option in re.findall(r"--[a-z][a-z-]+", one)} - known == set()


def test_the_default_of_exclude_is_told() -> None:
    assert json.dumps(NEVER_SEARCHED) in CONFIGURATION


@pytest.mark.parametrize(
    "text", [text for kind, text in FENCE.findall(CONFIGURATION + RECIPES) if kind == "toml" and "acme" not in text]
)
def test_configurations_on_the_pages_can_be_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "tools" / "nb2pkg" / "apis").mkdir(parents=True)
    (tmp_path / "tools" / "nb2pkg" / "apis" / "acme.toml").touch()
    (tmp_path / "nb2pkg.toml").write_text(text, encoding="utf-8")
    config = Configurations().of(str(tmp_path / "a.ipynb"))
    assert linter_of(job_of(config, LintOptions())).chosen
    assert tomllib.loads(text).keys() <= set(KEYS)


def test_the_page_on_verification_tells_every_option_and_variable() -> None:
    told = set(re.findall(r"--[a-z][a-z-]+", VERIFICATION))
    assert told == {*options_of("verify"), "--verify", "--output", "--name"}
    assert set(ALLOWED) <= set(re.findall(r"`([A-Z_]+)`", VERIFICATION))
    assert re.findall(r"^\| (\w[\w ]+) \| \d", VERIFICATION, re.MULTILINE) == [
        word.replace("-", " ") for word in (EQUAL, DIFFERENT, NOT_VERIFIED)
    ]


def test_the_page_on_verification_shows_what_a_terminal_shows(tmp_path: Path) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    typed = []
    for shown in SHOWN.findall(VERIFICATION):
        for part in re.split(r"^\$ ", shown, flags=re.MULTILINE)[1:]:
            line, _, output = part.partition("\n")
            program, *words = shlex.split(line)
            typed.append(program)
            if program == "nb2pkg":
                assert SECONDS.sub("", run_here(*words, folder=tmp_path).stdout) == SECONDS.sub("", output)
            else:
                subprocess.run([program, *words], cwd=tmp_path, check=True)
    assert typed == ["nb2pkg", "nb2pkg", "sed", "nb2pkg"]
