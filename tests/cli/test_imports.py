"""A hook starts often: linting an ordinary notebook imports no library it does not need."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.notebooks import BAD, write

HEAVY = {"sklearn", "pandas", "numpy", "libcst", "nbformat", "jupytext", "jinja2", "joblib", "rich", "tomllib"}
PROBE = """
import json, sys
from nb2pkg.cli import main
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def modules_of(*arguments: str, folder: Path) -> set[str]:
    command = [sys.executable, "-c", PROBE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=True)
    loaded: list[str] = json.loads(done.stderr.splitlines()[-1])
    return set(loaded)


def test_lint_imports_nothing_heavy(tmp_path: Path) -> None:
    write(tmp_path / "bad.ipynb", BAD)
    modules_of("lint", "bad.ipynb", folder=tmp_path)  # the tables are compiled once, and that may need tomllib
    loaded = modules_of("lint", "bad.ipynb", folder=tmp_path)
    assert "nb2pkg.lint" in loaded
    assert loaded & HEAVY == set()


def test_a_card_is_printed_without_the_facts_engine(tmp_path: Path) -> None:
    assert "nb2pkg.facts" not in modules_of("--version", folder=tmp_path)
