"""Below level 3 signatures are typed; mypy passes over the notebook's own statements, and over nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

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


HEADS = "import pandas as pd\nfrom sklearn.model_selection import train_test_split\nfrom sklearn.tree import DecisionTreeClassifier as Tree"
READ = "df = pd.read_csv('people.csv')"


def signatures(folder: Path, *cells: str) -> list[str]:
    """The signatures of the sections, each cell below a heading of its own."""
    headed = [part for number, cell in enumerate(cells) for part in (f"# Part {'wxyz'[number]}", cell)]
    text = lower(folder, HEADS, *headed).files["sections.py"]
    return [line for line in text.splitlines() if line.startswith("def ")]


def test_sections_take_and_give_what_the_notebook_binds_in_its_order_and_say_its_kind(tmp_path: Path) -> None:
    split = "y = df['left']\nX = df[['b', 'a']].dropna()\nX_train, X_test, y_train, y_test = train_test_split(X, y)"
    fit = "tree = Tree()\nprint(len(X_test), len(y_test), len(X_train))\nsize = len(y_train)"
    assert signatures(tmp_path, READ, split, fit, "print(size, tree)") == [
        "def part_w(config: Config) -> pd.DataFrame:",
        "def part_x(df: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, pd.Series]:",
        "def part_y(X_train: pd.DataFrame, X_test: pd.DataFrame, y_train: pd.Series, y_test: pd.Series) -> tuple[Tree, Any]:",
        "def part_z(tree: Tree, size: Any) -> None:",
    ]


@pytest.mark.parametrize(
    "bound",
    [
        "rows = df\nrows = rows.to_numpy()",
        "rows = df.drop(columns='a', inplace=True)",
        "rows = pd.read_csv('people.csv', chunksize=2)",
        "for rows in [df]:\n    pass",
        "rows = df\nrows += 1",
        "rows, other = [df, df]",
        "rows = df.loc[0]",
        "rows = df[0]",
        "rows = df['a'].reset_index()",
        "rows = Tree().get_params()",
        "rows = df.sum()",
    ],
)
def test_what_may_hold_another_kind_is_of_any(bound: str, tmp_path: Path) -> None:
    found = signatures(tmp_path, READ, bound, "print(rows)")
    assert found[-1] == "def part_y(rows: Any) -> None:"


def test_a_class_that_is_imported_inside_a_section_is_not_named_outside(tmp_path: Path) -> None:
    made = "from sklearn.svm import SVC as Tree\nrows = Tree()"
    assert signatures(tmp_path, READ, made, "print(rows, df)")[-1] == "def part_y(df: pd.DataFrame, rows: Any) -> None:"
