"""What happens around the commands: messages for what the user can put right, tracebacks for our own bugs."""

import subprocess
import sys
from pathlib import Path

import pytest

from nb2pkg import cli
from nb2pkg.errors import Nb2pkgError


def test_a_light_installation_says_what_is_missing(tmp_path: Path) -> None:
    probe = "import sys; sys.modules['numpy'] = None; from nb2pkg.cli import main; main()"
    command = [sys.executable, "-c", probe, "verify", "a.ipynb", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "nb2pkg: module numpy is missing: pip install 'nb2pkg[verify]'\n"


def raising(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def app() -> None:
        raise error

    monkeypatch.setattr(cli, "app", app)


def test_what_the_user_can_put_right_is_a_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(Nb2pkgError("a.ipynb: no such file"), monkeypatch)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", "nb2pkg: a.ipynb: no such file\n")


@pytest.mark.parametrize("bug", [ZeroDivisionError(), ModuleNotFoundError("x", name="nb2pkg.nowhere")])
def test_our_own_bug_is_a_traceback(bug: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(bug, monkeypatch)
    with pytest.raises(type(bug)):
        cli.main()
