"""Copies of a notebook's folder, and whether the interpreter has what a run needs."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from nb2pkg.verify.conditions import Conditions

NEVER_COPIED = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints", ".mypy_cache"})
BIG_FILE = 256_000_000
BUDGET = 1_500_000_000
SECONDS = 60


def copy_folder(source: Path, target: Path, *, replaced: Mapping[str, bytes] | None = None) -> Path:
    """Copy a notebook's folder; ``replaced`` files (relative names) take the place of the author's.

    Files beyond the budget are lent by a symbolic link; the recorder never lets a notebook write through one.
    """
    left = BUDGET
    target.mkdir(parents=True)
    for where, folders, names in os.walk(source):
        folders[:] = [name for name in folders if not _stays(Path(where, name))]
        here = target / os.path.relpath(where, source)
        here.mkdir(exist_ok=True)
        for name in names:
            left -= _copy_file(Path(where, name), here / name, left=left)
    for name, content in (replaced or {}).items():
        path = Path(os.path.normpath(target / name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(content)
    return target


def _stays(folder: Path) -> bool:
    return folder.name in NEVER_COPIED or (folder / "pyvenv.cfg").exists() or folder.is_symlink()


def _copy_file(source: Path, target: Path, *, left: int) -> int:
    """Copy or lend one file; returns the bytes copied."""
    if not source.is_file():
        return 0  # a socket, a pipe or a broken link
    size = source.stat().st_size
    if size > min(left, BIG_FILE):
        target.symlink_to(source.resolve())
        return 0
    shutil.copy2(source, target)
    return size


def copy_lent_files(source: Path, target: Path, paths: tuple[str, ...]) -> None:
    """Copy data files that lie outside the notebook's folder (``../data/a.csv``) to the same place beside the copy."""
    for path in paths:
        wanted = Path(os.path.normpath(source / path))
        placed = Path(os.path.normpath(target / path))
        if wanted.is_file() and not placed.exists():
            placed.parent.mkdir(parents=True, exist_ok=True)
            _copy_file(wanted, placed, left=BIG_FILE)


def missing_module(conditions: Conditions, modules: tuple[str, ...]) -> str | None:
    """The first of these modules that the interpreter has not; None where it has all."""
    code = "import importlib.util, sys; print(*[m for m in sys.argv[1:] if not importlib.util.find_spec(m)])"
    command = conditions.command("-c", code, *modules)
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=conditions.environment(), timeout=SECONDS
    )
    return next(iter(done.stdout.split()), None)
