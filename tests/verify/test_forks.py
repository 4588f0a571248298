"""Commands that one process runs in children do what they do in processes of their own."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pkg.verify import forks
from nb2pkg.verify.conditions import AS_USUAL
from nb2pkg.verify.replay import TOO_LONG, Failed, Side, forking, run_command

COMMANDS = {
    "draw": "import random\nimport numpy as np\nprint(np.random.random(), random.random())",
    "known": "import sys\nprint('sklearn.tree' in sys.modules, 'matplotlib' in sys.modules, __name__, sys.argv[1:])",
    "fail": "print('so far')\nraise ValueError('no such rows')",
    "leave": "import sys\nsys.exit(3)",
    "lack": "import no_such_module",
    "meet": "import os, time\nopen(str(os.getpid()), 'w').close()\nwhile len(os.listdir()) < 2:\n    time.sleep(0.01)\nprint('met')",
    "stay": "import time\ntime.sleep(600)",
    "late": "import atexit\natexit.register(print, 'at the end')\nprint('before')",
    "die": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
}
MODULES = {
    "__init__.py": "",
    "tree.py": "from sklearn.tree import DecisionTreeClassifier\nimport matplotlib\nimport pandas.no_such_module\n",
    "__main__.py": "import runpy\nimport sys\n\nrunpy.run_module(f'work.{sys.argv[1]}', run_name='__main__')\n",
    **{f"{name}.py": f"{text}\n" for name, text in COMMANDS.items()},
}
pytestmark = pytest.mark.skipif(not forks.SAFE, reason="processes are forked on Linux alone")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Side:
    """A package whose commands are processes of their own."""
    folder = tmp_path_factory.mktemp("forks")
    source, scratch = folder / "src" / "work", folder / "scratch"
    source.mkdir(parents=True)
    scratch.mkdir()
    for name, text in MODULES.items():
        (source / name).write_text(text, encoding="utf-8")
    return Side(folder, "work", folder, scratch, AS_USUAL, 60)


@pytest.fixture(scope="module")
def side(alone: Side) -> Iterator[Side]:
    """The same package with one process for all its commands."""
    with forking(alone) as forked:
        yield forked


def ran(side: Side, name: str) -> str | Failed:
    return run_command(("-m", "work", name), side)


def test_libraries_are_imported_once_and_nothing_else_is(side: Side) -> None:
    assert ran(side, "known") == "True False __main__ ['known']\n"


def test_a_command_draws_at_random_as_a_new_process_does(side: Side) -> None:
    drawn = [str(ran(side, "draw")).split() for _ in range(3)]
    assert len({one for one, _ in drawn}) == len({other for _, other in drawn}) == 3


@pytest.mark.parametrize("name", ["fail", "leave", "lack", "late", "die"])
def test_a_command_ends_as_it_does_alone(name: str, side: Side, alone: Side) -> None:
    assert ran(side, name) == ran(alone, name)


def test_what_fails_is_told_by_its_last_line(side: Side) -> None:
    assert ran(side, "fail") == Failed("the package failed: ValueError: no such rows")
    assert ran(side, "lack") == Failed("module no_such_module missing", "no_such_module")
    assert ran(side, "late") == "before\nat the end\n"


def test_commands_run_beside_each_other(side: Side) -> None:
    with ThreadPoolExecutor(2) as beside:
        assert list(beside.map(lambda _: ran(side, "meet"), range(2))) == ["met\n", "met\n"]


def test_a_command_past_the_time_limit_is_ended_with_all_others(alone: Side) -> None:
    with forking(replace(alone, timeout=1)) as side:
        assert ran(side, "stay") == Failed(TOO_LONG)
        assert ran(side, "late") == Failed(TOO_LONG)
        assert side.forks is not None
        assert left_after_a_while(side.forks.process.pid) == []


def left_after_a_while(leader: int) -> list[int]:
    """The processes of a session; those that were killed need a moment to go."""
    for _ in range(1000):
        if not group(leader):
            break
        time.sleep(0.01)
    return group(leader)


def group(leader: int) -> list[int]:
    """The processes of a session that are not at their end."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            _, _, rest = (folder / "stat").read_text(encoding="utf-8").rpartition(") ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, *numbers = rest.split()
        if int(numbers[2]) == leader and state != "Z":
            found.append(int(folder.name))
    return found


def test_where_the_process_is_gone_a_command_runs_alone(alone: Side) -> None:
    with forking(alone) as side:
        assert side.forks is not None
        os.kill(side.forks.process.pid, 9)
        side.forks.process.wait()
        assert ran(side, "late") == "before\nat the end\n"


def test_nothing_is_left_behind(alone: Side) -> None:
    with forking(alone) as side:
        assert side.forks is not None
        leader = side.forks.process.pid
        assert ran(side, "late") == "before\nat the end\n"
    assert left_after_a_while(leader) == []


def test_where_forking_is_not_safe_each_command_is_a_process(alone: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "SAFE", False)
    with forking(alone) as side:
        assert side.forks is None
        assert ran(side, "known") == "False False __main__ ['known']\n"
