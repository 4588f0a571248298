"""Below level 3 signatures are typed; mypy passes over the notebook's own statements, and over nothing else."""

import subprocess
import sys
from pathlib import Path

from nb2pkg.extract.handover import Modules
from nb2pkg.extract.package import put
from nb2pkg.extract.sections.package import assembled
from tests.extract.below import lower

STRICT = ("--strict", "--config-file", "", "--ignore-missing-imports", "--allow-subclassing-any")
LINE = "# mypy: ignore-errors\n"
SHOP = """class Shop:
    def __init__(self, name):
        self.name = name
    @staticmethod
    def twice(x):
        return 2 * x
    def sell(self, x, /):
        return lambda y: cost(x) + y"""
DEFINING = (
    "rate = 2\ndef cost(x, *more, deep=1, **named):\n    return x * 2",
    SHOP,
    "## Sell",
    "def inner(a):\n    def deeper(b):\n        return rate + a + b\n    return deeper(1)",
    "print(inner(1), Shop('a').sell(2)(3))\ndel inner",
)
LOOSE = ("## Tell all", "rows = [1]\nrows = 'now a text'", "print(rows)")


def write(folder: Path, modules: Modules, *, without: str = "") -> dict[str, str]:
    """Write the modules of a package; their texts by name."""
    texts = {path: text for path, text in assembled(modules).items() if path.startswith("src/")}
    put(folder, {path: text.replace(without.encode(), b"") if without else text for path, text in texts.items()})
    return {Path(path).name: text.decode() for path, text in texts.items()}


def mypy(folder: Path) -> str:
    """What mypy finds under the strictest rules, without a configuration."""
    command = [sys.executable, "-m", "mypy", *STRICT, "--cache-dir", str(folder / "cache"), str(folder / "src")]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder).stdout


def test_what_we_write_around_the_statements_is_typed(tmp_path: Path) -> None:
    texts = write(tmp_path, lower(tmp_path, *DEFINING), without=LINE)
    assert "def inner(a: Any) -> Any:" in texts["sections.py"]
    assert "def deeper(b: Any) -> Any:" in texts["sections.py"]
    assert mypy(tmp_path).startswith("Success")


def test_statements_that_no_type_fits_are_passed_over_in_their_modules_alone(tmp_path: Path) -> None:
    texts = write(tmp_path / "with", lower(tmp_path, *LOOSE))
    assert {name for name, text in texts.items() if "mypy:" in text} == {"sections.py"}
    assert mypy(tmp_path / "with").startswith("Success")
    write(tmp_path / "without", lower(tmp_path, *LOOSE), without=LINE)
    run = tmp_path / "without" / "src" / "work" / "run.py"
    run.write_text(run.read_text() + "\n\ntell_all(1, 2, 3)\n")
    found = mypy(tmp_path / "without")
    assert "Incompatible types in assignment" in found
    assert "Too many arguments" in found, "who calls a section is checked"
