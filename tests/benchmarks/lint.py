"""CPU of `nb2pkg lint` against `ruff check --select ALL` over the same notebooks, in one run; by hand, not a test.

    python tests/benchmarks/lint.py NOTEBOOKS.jsonl --checkouts DIR [--rounds 3]

NOTEBOOKS.jsonl holds {repo, path} of each notebook, DIR the folders owner+name/. Figures are user + system
seconds of the child processes, the least of all rounds, as users get them: default jobs, no cache. The empty
typer command is what any command of ours costs before it does something.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

EMPTY_COMMAND = """
import typer
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
@app.command()
def first(paths: list[str] | None = None): ...
@app.command()
def second(): ...
app()
"""


class Cost(NamedTuple):
    """Seconds of a command: CPU of it and its children, and by the clock."""

    cpu: float
    clock: float


def main() -> None:
    """Measure and print a table and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", type=Path)
    parser.add_argument("--checkouts", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    paths = existing(options.notebooks, options.checkouts)
    binary = Path(sys.executable).parent
    commands = {
        "nb2pkg, all rules": [str(binary / "nb2pkg"), "lint", "--isolated", "--no-cache", "--select", "ALL", *paths],
        "nb2pkg, default": [str(binary / "nb2pkg"), "lint", "--isolated", "--no-cache", *paths],
        "nb2pkg, one notebook": [str(binary / "nb2pkg"), "lint", "--isolated", "--no-cache", smallest(paths)],
        "ruff, all rules": [str(binary / "ruff"), "check", "--isolated", "--no-cache", "--select", "ALL", *paths],
        "empty typer command": [sys.executable, "-c", EMPTY_COMMAND, "first"],
        "empty python": [sys.executable, "-c", "pass"],
    }
    best = least(commands, options.rounds)
    print(f"{len(paths)} notebooks, {os.cpu_count()} cores, least of {options.rounds} rounds\n")
    for name, cost in best.items():
        print(f"{name:22} {cost.cpu:7.3f} s CPU {cost.clock:7.3f} s clock")
    print(f"\nratio nb2pkg / ruff: {best['nb2pkg, all rules'].cpu / best['ruff, all rules'].cpu:.2f}")


def existing(listed: Path, checkouts: Path) -> list[str]:
    """The notebooks of the list that are there."""
    rows = [json.loads(line) for line in listed.read_text(encoding="utf-8").splitlines()]
    paths = [checkouts / row["repo"].replace("/", "+") / row["path"] for row in rows]
    return [str(path) for path in paths if path.is_file()]


def smallest(paths: list[str]) -> str:
    """The smallest file, to see the cost of the start."""
    return min(paths, key=os.path.getsize)


def least(commands: dict[str, list[str]], rounds: int) -> dict[str, Cost]:
    """The least cost of each command; they take turns, so that a busy machine hurts all of them."""
    costs = [{name: measure(command) for name, command in commands.items()} for _ in range(rounds)]
    return {name: min(cost[name] for cost in costs) for name in commands}


def measure(command: list[str]) -> Cost:
    """Run a command with its output in a file, as in a CI log."""
    with tempfile.TemporaryFile() as output:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, stdout=output, stderr=output, check=False)
        after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        if done.returncode not in (0, 1):
            output.seek(0)
            raise SystemExit(f"{command[:3]} ended with {done.returncode}: {output.read()[-2000:].decode()}")
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, end - start)


if __name__ == "__main__":
    main()
