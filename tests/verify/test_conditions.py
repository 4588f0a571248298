"""What notebook and package see of the machine while they run, and what they leave behind."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nb2pkg.errors import VerifyError
from nb2pkg.extract.command import run_extract
from nb2pkg.verify.conditions import Conditions, prepare
from nb2pkg.verify.record import Wish, read_notebook, record
from nb2pkg.verify.recording import NotRecorded, Recording
from nb2pkg.verify.replay import Failed, Side
from nb2pkg.verify.replay import run as replay
from nb2pkg.verify.sample import record_sample
from nb2pkg.verify.variables import withheld
from nb2pkg.verify.verdict import Verdict, verify
from tests.cli.notebooks import run_here
from tests.verify import pair

ROOT = Path(__file__).parents[2]
OFFLINE = Conditions(network=False)
OUTSIDE = "192.0.2.1"  # an address that is nobody's
SECRET = "AWS_SECRET_ACCESS_KEY"


def can_cut_off() -> bool:
    """Does this machine let us have a network namespace?"""
    try:
        prepare(OFFLINE)
    except VerifyError:
        return False
    return True


alone = pytest.mark.skipif(not can_cut_off(), reason="this machine allows no network namespaces")


@pytest.fixture
def port() -> Iterator[int]:
    """A server on this machine, which anybody with the machine's network reaches."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of /tmp."""
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def ran(folder: Path, *cells: str, conditions: Conditions) -> Recording:
    path = pair.write_notebook(folder, list(cells))
    found = record(read_notebook(path), Wish(), conditions=conditions, timeout=60)
    assert isinstance(found, Recording)
    return found


def knock(address: str, port: int) -> str:
    return f"import socket\nsocket.create_connection(({address!r}, {port}), timeout=5).close()"


@alone
def test_a_notebook_without_network_reaches_nobody(tmp_path: Path, port: int) -> None:
    assert ran(tmp_path, knock("127.0.0.1", port), conditions=Conditions()).errors == ()
    found = ran(tmp_path, knock(OUTSIDE, 80), knock("127.0.0.1", port), conditions=OFFLINE)
    assert [(one.cell, one.name, one.message) for one in found.errors] == [
        (1, "OSError", "[Errno 101] Network is unreachable"),
        (2, "ConnectionRefusedError", "[Errno 111] Connection refused"),
    ]


@alone
def test_a_notebook_without_network_still_reaches_itself(tmp_path: Path) -> None:
    cells = "import socket\nserver = socket.create_server(('127.0.0.1', 0))", "port = server.getsockname()[1]"
    reaching = "socket.create_connection(('127.0.0.1', port), timeout=5).close()"
    assert ran(tmp_path, *cells, reaching, conditions=OFFLINE).errors == ()


@alone
def test_a_package_without_network_reaches_nobody(notebook: Path, tmp_path: Path, port: int) -> None:
    knocking = f"try:\n    socket.create_connection(('127.0.0.1', {port})).close()\nexcept OSError:\n    pass\n"
    reaching = f"import os, socket\n{knocking}else:\n    raise SystemExit('reached')\n"
    package = pair.write_package(tmp_path / "package", {"config.py": ("import os\n", reaching)})
    side = Side(package, "people", tmp_path, tmp_path, Conditions(), 60)
    assert ask_nothing(side) == Failed("the package failed: reached")
    done = run_here("verify", notebook, package, "--no-network", folder=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].endswith("(level 3, seed 0, without network)")
    assert json.loads((package / "verify.json").read_text())["network"] is False


def ask_nothing(side: Side) -> str | Failed:
    return replay(side.conditions.command("-c", "import people.config"), side)


def test_without_unshare_nothing_runs(
    notebook: Path, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (package / "verify.json").unlink(missing_ok=True)
    done = run_here("verify", notebook, package, "--no-network", folder=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == "nb2pkg: --no-network needs Linux and the program `unshare` (util-linux); neither side was run\n"
    )
    assert not (package / "verify.json").exists()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        pytest.param(
            "echo 'unshare failed: Operation not permitted' >&2; exit 1",
            "unshare failed: Operation not permitted",
            id="forbidden",
        ),
        pytest.param('shift; exec "$@"', "the network is still there", id="an unshare that does nothing"),
    ],
)
def test_where_unshare_does_not_help_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    (tmp_path / "unshare").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    path = pair.write_notebook(tmp_path / "work", pair.NOTEBOOK)
    options = ("--output", tmp_path / "out", "--verify", "--no-network")
    done = run_here("extract", path, *options, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"nb2pkg: --no-network: this machine cannot cut a process off from the network: {said}\n"
    assert not (tmp_path / "out").exists()


@alone
def test_what_fails_without_network_says_that_it_had_none(tmp_path: Path, package: Path) -> None:
    path = pair.write_notebook(tmp_path, [pair.NOTEBOOK[0], knock(OUTSIDE, 80) + "\ndf = 1 / 0"])
    verdict = verify(path, package, conditions=OFFLINE, timeout=60)
    told = "cell 2 raised OSError: [Errno 101] Network is unreachable (it ran without network)"
    assert (verdict.verdict, verdict.reason) == ("not-verified", told)


def test_an_interpreter_that_is_not_there_is_named(notebook: Path, package: Path) -> None:
    done = run_here("verify", notebook, package, "--python", "/nowhere/python", folder=ROOT)
    assert (done.returncode, done.stderr) == (2, "nb2pkg: --python /nowhere/python: no such program\n")


@pytest.mark.parametrize(
    ("python", "found"), [("env/bin/python", "{here}/env/bin/python"), ("python3", "python3"), (None, sys.executable)]
)
def test_an_interpreter_is_found_from_where_one_stands(
    python: str | None, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    conditions = Conditions.of(python, network=True, passed=None, keep=False, packs=())
    assert conditions.python == found.format(here=tmp_path)


def test_a_secret_is_kept_from_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET, "tell nobody")
    looking = f"import os\nassert {SECRET!r} not in os.environ"
    assert ran(tmp_path, looking, conditions=Conditions()).errors == ()
    passed = ran(tmp_path, looking, conditions=Conditions(passed=(SECRET,)))
    assert [one.name for one in passed.errors] == ["AssertionError"]


def test_a_notebook_that_needs_a_variable_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_STORE", "there")
    path = pair.write_notebook(tmp_path, ["import os\nplace = os.environ['FEATURE_STORE']"])
    wish = Wish(sites=pair.SITES)
    assert record(read_notebook(path), wish, timeout=60) == NotRecorded(
        "cell 1 raised KeyError: 'FEATURE_STORE': the environment variable is set, but kept from notebook and package; "
        "--allow-env FEATURE_STORE passes it on"
    )
    monkeypatch.delenv("FEATURE_STORE")
    told = "cell 1 raised KeyError: 'FEATURE_STORE': the environment variable is not set"
    assert record(read_notebook(path), wish, timeout=60) == NotRecorded(told)


def test_a_variable_that_is_only_asked_for_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPTH", "3")
    ways = (
        "import os\nfrom os import environ, getenv",
        "a = os.getenv('DEPTH', 1)\nenviron['SEEN'] = '1'",
        "environ.get('DEPTH')",
    )
    others = (
        "os.getenv('HOME'), os.getenv('NOT_SET_ANYWHERE')\ntable = {}\ntable.get('DEPTH')",
        "int(os.environ['DEPTH'])",
    )
    read = read_notebook(pair.write_notebook(tmp_path, [*ways, *others]))
    told = "asks for the environment variable DEPTH, which is set, but kept from notebook and package; --allow-env DEPTH passes it on"
    assert list(withheld(read, Conditions())) == [f"cell {cell} {told}" for cell in (2, 3, 5)]
    assert list(withheld(read, Conditions(passed=("DEPTH",)))) == []


def test_a_sample_is_recorded_under_the_same_conditions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_STORE", "there")
    needing = "import os\nos.environ['FEATURE_STORE']\n"
    path = pair.write_notebook(tmp_path / "work", [needing + pair.NOTEBOOK[0], *pair.NOTEBOOK[1:]])
    package = pair.write_package(tmp_path / "package", {"config.py": ("import os\n", needing)})
    assert record_sample(path, package, timeout=60).why == "no sample: the package failed: KeyError: 'FEATURE_STORE'"
    passed = record_sample(path, package, conditions=Conditions(passed=("FEATURE_STORE",)), timeout=60)
    assert passed.golden is not None


def test_a_key_that_is_no_variable_is_told_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_STORE", "there")
    path = pair.write_notebook(tmp_path, ["places = {}\nplaces['FEATURE_STORE']"])
    found = record(read_notebook(path), Wish(sites=pair.SITES), timeout=60)
    assert found == NotRecorded("cell 1 raised KeyError: 'FEATURE_STORE'")


def test_below_level_3_a_variable_is_named_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_STORE", "there")
    path = pair.write_notebook(tmp_path, ["import os", "print(os.environ['FEATURE_STORE'].upper())"])
    out = str(tmp_path / "out")
    options = {"name": "work", "model": None, "dry_run": False, "force": False, "conditions": Conditions()}
    assert run_extract(str(path), output=out, verify=False, **options) == 0  # type: ignore[arg-type]
    assert "--allow-env FEATURE_STORE passes it on" in verify(path, Path(out), timeout=60).reason
    passed = Conditions(passed=("FEATURE_STORE",))
    assert verify(path, Path(out), conditions=passed, timeout=60).verdict == "equal"


def test_a_run_that_is_ended_leaves_nothing_behind(tmp_path: Path, temporary: Path) -> None:
    started = tmp_path / "started"
    waits = f"import pathlib, os, time\npathlib.os.mkdir({str(started)!r})\npathlib.os.mkdir(f'{started}/{{os.getpid()}}')\ntime.sleep(60)"
    path = pair.write_notebook(tmp_path / "work", [*pair.NOTEBOOK, waits])
    package = pair.write_package(tmp_path / "package")
    command = [sys.executable, "-m", "nb2pkg", "verify", str(path), str(package)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not (started.is_dir() and list(started.iterdir())):
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert list(temporary.iterdir()) == []
    kernel = int(next(started.iterdir()).name)
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdict, list[Path], list[Path]]:
    """A verification whose two sides write temporary files and look for a secret; what stayed in /tmp, what is new in the package."""
    looking = f"import os\nassert {SECRET!r} not in os.environ, 'seen'\n"
    making = "import tempfile\nopen(tempfile.mkdtemp() + '/left', 'w').close()\nopen('here', 'w').close()\n"
    folder = tmp_path_factory.mktemp("watched")
    (folder / "t").mkdir()
    path = pair.write_notebook(folder / "work", [looking + pair.NOTEBOOK[0], *pair.NOTEBOOK[1:-1], making])
    package = pair.write_package(folder / "package", {"config.py": ("import os\n", looking + making)})
    before = set(package.rglob("*"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET, "tell nobody")
        patch.setenv("TMPDIR", str(folder / "t"))
        patch.setattr(tempfile, "tempdir", None)
        verdict = verify(path, package, timeout=60)
    return verdict, list((folder / "t").iterdir()), sorted(set(package.rglob("*")) - before)


def test_a_secret_is_kept_from_the_package(watched: tuple[Verdict, list[Path], list[Path]]) -> None:
    assert (watched[0].verdict, watched[0].reason) == ("equal", "")


def test_nothing_stays_behind(watched: tuple[Verdict, list[Path], list[Path]]) -> None:
    assert watched[1:] == ([], [])


@pytest.fixture(scope="module")
def shown(notebook: Path, package: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[Path]]:
    """What `verify --keep` tells at a terminal, and what stayed in /tmp."""
    temporary = tmp_path_factory.mktemp("t")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "nb2pkg", "verify", str(notebook), str(package), "--keep"]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=theirs, check=True)
    os.close(theirs)
    lines = os.read(ours, 10_000).decode().splitlines()
    os.close(ours)
    return lines, list(temporary.iterdir())


def test_stages_are_told_at_a_terminal(shown: tuple[list[str], list[Path]]) -> None:
    assert [line for line in shown[0] if line.endswith("...")] == [
        "running the package's `train` and `evaluate` beside the notebook ...",
        "running the notebook ...",
        "fitting the package's pipeline on the rows the notebook learned from ...",
    ]


def test_what_is_kept_is_named(shown: tuple[list[str], list[Path]]) -> None:
    kept = {line.split()[2]: Path(line.split()[-1]) for line in shown[0] if line.startswith("kept ")}
    assert sorted(kept.values()) == sorted(shown[1])
    assert kept.keys() == {"notebook's", "package's"}
    assert list(kept["notebook's"].rglob("people.csv"))
    assert (kept["notebook's"] / "values" / "events.jsonl").exists()
    assert (kept["package's"] / "package" / "extraction.json").exists()
    assert list((kept["package's"] / "scratch").glob("answer-*"))
