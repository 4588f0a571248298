"""What does not parse is a value with a place, and hides nothing of the other cells."""

import os
import subprocess
import sys

import pytest

from nb2pkg.notebook import Cell, CellKind, Notebook, read
from nb2pkg.syntax import Unparsed, parse

FIXTURES = os.path.join(os.path.dirname(__file__), "..", "..", "fixtures", "reading")


def error(source: str) -> Unparsed:
    found = parse(Notebook("a.ipynb", (Cell(1, CellKind.CODE, source, None, None),), "ipynb", "python"))
    assert found.statements == ()
    assert found.cells[0].error is not None
    return found.cells[0].error


def test_one_bad_cell_hides_nothing_of_the_others() -> None:
    notebook = read(os.path.join(FIXTURES, "one_bad_cell.ipynb"))
    assert isinstance(notebook, Notebook)
    found = parse(notebook)
    assert [(statement.index, statement.cell) for statement in found.statements] == [(0, 1), (1, 3)]
    assert found.cells[1].error == Unparsed(2, 1, 5, "'(' was never closed", frozenset({"b"}))


@pytest.mark.parametrize(
    ("source", "line", "column", "message"),
    [
        ("x = 1\ny = = 2", 2, 5, "invalid syntax"),
        ("    x = 1\n    y = = 2", 2, 9, "invalid syntax"),
        ("!ls\nx = (", 2, 5, "'(' was never closed"),
        ("%time x = = 1", 1, 11, "invalid syntax"),
        ("if x:\n", 1, 6, "expected an indented block after 'if' statement on line 1"),
        ("x = 'é' 'ü' é", 1, 13, "invalid syntax"),
        ("x = '\ud83d'", 1, 6, "a lone surrogate, which is no character"),
    ],
)
def test_place_of_the_error(source: str, line: int, column: int, message: str) -> None:
    found = error(source)
    assert (found.line, found.column, found.message) == (line, column, message)


@pytest.mark.parametrize(
    "source",
    [
        "print 'a', x",
        "print x",
        "if x:\n    print 'a' % x",
        "try:\n    f()\nexcept E, e:\n    pass",
        "try:\n    f()\nexcept (E, F), e:\n    pass",
        "exec 'x = 1'",
        "mode = 0777",
        "x = 10L",
        "raise E, 'text'",
        "a <> b",
        "x = ur'a'",
        "x = `y`",
    ],
)
def test_python_2_is_named_as_such(source: str) -> None:
    assert error(source).message.startswith("Python 2: ")


@pytest.mark.parametrize("source", ["x = 1 2", "def f(:", "a b", "x = 'it's'", "1) Build a model", "printer x"])
def test_an_ordinary_error_is_not_python_2(source: str) -> None:
    assert "Python 2" not in error(source).message


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000,
        "x = " + "-" * 100_000 + "1",
        "x = " + "[" * 150 + "]" * 150,
        "a\x00b",
        "x = " + "(" * 199 + "1" + ")" * 199,
    ],
)
def test_hostile_source_never_crashes(source: str) -> None:
    notebook = Notebook("a.ipynb", (Cell(1, CellKind.CODE, source, None, None),), "ipynb", "python")
    assert len(parse(notebook).cells) == 1


def test_warnings_of_the_parser_do_not_leak() -> None:
    program = (
        "from nb2pkg.notebook import *\nfrom nb2pkg.syntax import parse\n"
        "source = 'x = \"\\\\d\"\\ny = 1 is 1\\nz = 0x1for x in y'\n"
        "cell = Cell(1, CellKind.CODE, source, None, None)\n"
        "assert len(parse(Notebook('a', (cell,), 'ipynb', None)).statements) in (0, 3)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_all_identifiers_of_a_bad_cell() -> None:
    assert error("import numpy as np\nx = größe 1\n!pip").names == {"import", "numpy", "as", "np", "x", "größe", "pip"}
