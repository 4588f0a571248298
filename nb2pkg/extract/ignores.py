"""What ruff is to ignore in a package of level 3: by file, each code with its reason, and none that nothing there needs."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TypeAlias

from nb2pkg.extract.handover import Modules
from nb2pkg.extract.hooks import REPORTS

Ignores: TypeAlias = Mapping[str, Mapping[str, str]]
MOST_IGNORES = 12
FEW_FILES = 2
CHECK = ("check", "--isolated", "--line-length", "120", "--select", "ALL", "--ignore", "D203,D213,COM812,CPY001", "--no-cache", "--exit-zero")  # fmt: skip
LONG_LINE = "E501"
NOTEBOOK_TEXTS = "the notebook's own texts are not broken"
NOTEBOOK_NAMES = "the notebook's own names for matrices are kept"
SAME_SIGNATURE = "functions and steps of one kind are called with the same arguments, needed or not"
OF_LOGGING = {"A005": "imports are absolute, the standard module stays reachable"}
OF_NOTEBOOK = {"ARG001": SAME_SIGNATURE, "ARG002": SAME_SIGNATURE, "N803": NOTEBOOK_NAMES, "N806": NOTEBOOK_NAMES}
OF_TESTS = {
    "ANN401": "rows and steps of any kind are compared",
    "D103": "a test's name says what it is about",
    "PLR2004": "a test may name the number it expects",
    "S101": "pytest tests by assert",
    "S603": "a test starts this Python",
}


def possible_ignores(modules: Modules) -> dict[str, dict[str, str]]:
    """Give all that a package of this kind may have to ignore."""
    source = f"src/{modules.name}"
    folders = "{data/*,model/*,reports}" if REPORTS in modules.files else "{data,model}/*"
    table = {
        f"{source}/logging.py": dict(OF_LOGGING),
        f"{source}/{folders}.py": dict(OF_NOTEBOOK),
        f"{source}/**": {LONG_LINE: NOTEBOOK_TEXTS},
    }
    for path, codes in modules.extra_ignores.items():
        table.setdefault(path, {}).update(codes)
    return {**dict(_at_most(table, MOST_IGNORES)), "tests/**": dict(OF_TESTS)}


def needed_ignores(modules: Modules, folder: Path) -> dict[str, dict[str, str]]:
    """Give of these what the formatted package in a folder needs; long lines by file, where few files have one."""
    found = _found(folder)
    needed: dict[str, dict[str, str]] = {}
    for pattern, codes in possible_ignores(modules).items():
        below = "tests/" if pattern.startswith("tests/") else "src/"
        kept = {code: why for code, why in codes.items() if any(path.startswith(below) for path in found.get(code, ()))}
        files = sorted(path for path in found.get(LONG_LINE, ()) if path.startswith(below))
        patterns = files if [*kept] == [LONG_LINE] and len(files) <= FEW_FILES else [pattern]
        for one in patterns if kept else ():
            needed.setdefault(one, {}).update(kept)
    return needed


def ignore_lines(ignores: Ignores) -> Iterator[str]:
    """Give the lines of pyproject.toml."""
    for path, codes in ignores.items():
        yield f"{json.dumps(path)} = ["
        yield from (f"    {json.dumps(code)}, # {reason}" for code, reason in codes.items())
        yield "]"


def _found(folder: Path) -> dict[str, AbstractSet[str]]:
    """Give the files, relative to the package, in which ruff finds each code."""
    command = [sys.executable, "-m", "ruff", *CHECK, "--output-format", "json", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found: dict[str, set[str]] = {}
    for one in json.loads(done.stdout or "[]"):
        path = Path(one["filename"]).resolve().relative_to(folder.resolve()).as_posix()
        found.setdefault(str(one["code"]), set()).add(path)
    return {**found}


def _at_most(table: Ignores, most: int) -> Iterator[tuple[str, dict[str, str]]]:
    left = most
    for path, codes in table.items():
        kept = dict(list(codes.items())[:left])
        left -= len(kept)
        if kept:
            yield path, kept
