"""The README shows what a user sees."""

import re
import shlex
from pathlib import Path

from tests.cli.notebooks import run

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_finding_is_what_lint_prints() -> None:
    shown = re.search(r"^```\n\$ nb2pkg ([^\n]*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert shown is not None
    command, output = shown.groups()
    assert run(*shlex.split(command), "--isolated", folder=ROOT).stdout == output


def test_every_option_is_there() -> None:
    for command in ("lint", "extract", "verify"):
        known = set(re.findall(r"--[a-z-]+", run(command, "--help", folder=ROOT).stdout)) - {"--help"}
        usage = re.search(rf"^nb2pkg {command} .*?(?=^nb2pkg|^```)", README, re.MULTILINE | re.DOTALL)
        assert usage is not None
        assert set(re.findall(r"--[a-z-]+", usage[0])) == known
