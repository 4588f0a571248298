"""CPU of `nb2pkg lint` against `ruff check --select ALL` over the same notebooks, in one run; by hand, not a test.

    python tests/benchmarks/lint.py NOTEBOOKS.jsonl --checkouts DIR [--rounds 3] [--mlguard PATH/TO/mlguard-lint]

NOTEBOOKS.jsonl holds {repo, path} of each notebook, DIR the folders owner+name/. Figures are user + system
seconds of the child processes, the least of all rounds, as users get them: default jobs, no cache. The empty
typer command is what any command of ours costs before it does something. Run it with the Python of an environment
where nb2pkg is installed as users install it: pip compiles its modules then, while a checkout under
PYTHONDONTWRITEBYTECODE pays for that (0.06 s and more) at every start.
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


LOAD = """
import json, sys
for path in open(sys.argv[1]).read().split("\\n"):
    with open(path, encoding="utf-8") as file:
        json.load(file)
"""
PARSE = """
import ast, json, sys, warnings
warnings.simplefilter("ignore")
for path in open(sys.argv[1]).read().split("\\n"):
    with open(path, encoding="utf-8") as file:
        for cell in json.load(file)["cells"]:
            try:
                ast.parse("".join(cell["source"])) if cell["cell_type"] == "code" else None
            except SyntaxError:
                pass
"""


class Cost(NamedTuple):
    """Seconds of a command: CPU of it and its children, and by the clock."""

    cpu: float
    clock: float


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", type=Path)
    parser.add_argument("--checkouts", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mlguard", help="mlguard-lint takes one path: it gets a folder of links")
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
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed, tempfile.TemporaryDirectory() as folder:
        listed.write("\n".join(path for path in paths if is_json(path)))
        listed.flush()
        commands["json.load of all"] = [sys.executable, "-c", LOAD, listed.name]
        commands["ast.parse of all"] = [sys.executable, "-c", PARSE, listed.name]
        if options.mlguard:
            commands["mlguard-lint"] = [options.mlguard, linked(paths, Path(folder))]
        report(commands, paths, options.rounds)


def linked(paths: list[str], folder: Path) -> str:
    """A folder of links to the notebooks, for tools that take one path."""
    for number, path in enumerate(paths):
        (folder / f"{number:04}.ipynb").symlink_to(path)
    return str(folder)


def is_json(path: str) -> bool:
    """Can the plain readers read it: JSON with cells?"""
    try:
        return "cells" in json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError:
        return False


def report(commands: dict[str, list[str]], paths: list[str], rounds: int) -> None:
    """Measure, and print the table and the ratio."""
    best = least(commands, rounds)
    print(f"{len(paths)} notebooks, {os.cpu_count()} cores, least of {rounds} rounds\n")
    for name, cost in best.items():
        print(f"{name:22} {cost.cpu:7.3f} s CPU {cost.clock:7.3f} s clock")
    print(f"\nratio nb2pkg / ruff: {best['nb2pkg, all rules'].cpu / best['ruff, all rules'].cpu:.2f}")
    print(
        f"one notebook above an empty command: {best['nb2pkg, one notebook'].cpu - best['empty typer command'].cpu:.3f} s"
    )


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
