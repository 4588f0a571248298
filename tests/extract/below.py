"""Notebooks that end below level 3, for tests: written, planned, extracted, their packages imported and run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nb2pkg.extract.command import run_extract
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.levels import LowerPlan, best_plan
from nb2pkg.extract.sections.package import texts_of
from nb2pkg.verify.conditions import AS_USUAL
from tests.extract.small import people


def notebook(folder: Path, *cells: str, name: str = "work.ipynb") -> str:
    """Write a notebook; a cell of one line that begins with `#` is Markdown."""
    code: dict[str, object] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    markdown: dict[str, object] = {"cell_type": "markdown", "metadata": {}}
    content = {
        "cells": [(markdown if is_markdown(cell) else code) | {"source": cell} for cell in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def is_markdown(cell: str) -> bool:
    """Whether a cell of these tests is Markdown."""
    return cell.startswith("#") and "\n" not in cell


def planned_at(path: str, *, name: str) -> LowerPlan:
    """The plan of the notebook there, which must be one below level 3."""
    found = best_plan(path, name=name, model=None)
    assert isinstance(found, LowerPlan)
    return found


def lower_plan(folder: Path, *cells: str, name: str = "work") -> LowerPlan:
    """The plan of a notebook with these cells, the table of sixty rows beside it."""
    (folder / "people.csv").write_text(people(), encoding="utf-8")
    return planned_at(notebook(folder, *cells), name=name)


def lower(folder: Path, *cells: str, name: str = "work") -> Modules:
    """The modules of the package below level 3 that these cells become."""
    return planned_at(notebook(folder, *cells), name=name).modules


def put_on_path(modules: Modules, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the source of a package below ``folder``, from where a test imports it."""
    for path, text in texts_of(modules).items():
        if path.startswith("src/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder / "src"))


def extracted(folder: Path, *cells: str, data: str = "age\n1\n5\n9\n", verify: bool = False) -> tuple[Path, Path]:
    """Extract a notebook with these cells, two tables beside it: its path and the package."""
    path = Path(notebook(folder, *cells))
    (folder / "people.csv").write_text(data, encoding="utf-8")
    rows = "".join(f"{i},{3 * i + i % 4}\n" for i in range(1, 30))
    (folder / "prices.csv").write_text(f"size,price\n{rows}", encoding="utf-8")
    options = {"output": str(folder / "out"), "name": "work", "model": None, "conditions": AS_USUAL, "force": False}
    run_extract(str(path), verify=verify, dry_run=False, **options)  # type: ignore[arg-type]
    return path, folder / "out"


def command(package: Path, folder: Path, *words: str) -> str:
    """What ``python -m`` with these words prints; it must end with 0."""
    environment = {**os.environ, "PYTHONPATH": str(package / "src")}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout
