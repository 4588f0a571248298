"""`nb2pkg graph` and `nb2pkg facts` as users run them."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.notebooks import GOOD, run, write


def notebook(folder: Path) -> Path:
    return write(folder / "loans.ipynb", GOOD, "data['x'] = 1", "y = data.mean()")


def test_a_picture_is_the_same_in_every_run(tmp_path: Path) -> None:
    cells = [f"a{i} = {' + '.join(f'a{j}' for j in range(max(0, i - 3), i)) or 1}\nb{i} = a{i // 2}" for i in range(24)]
    write(tmp_path / "many.ipynb", *cells)
    drawn = {run("graph", "many.ipynb", "--output-format", "svg", folder=tmp_path).stdout for _ in range(4)}
    assert len(drawn) == 1


STARTS = {
    "text": "loans.ipynb: 3 cells\n",
    "mermaid": "flowchart TD\n",
    "dot": "digraph notebook {\n",
    "json": '{\n "format": "nb2pkg-graph"',
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"',
}


@pytest.mark.parametrize("form", STARTS)
def test_every_format(tmp_path: Path, form: str) -> None:
    notebook(tmp_path)
    done = run("graph", "loans.ipynb", "--output-format", form, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(STARTS[form])


def test_text_is_the_default_and_svg_is_xml(tmp_path: Path) -> None:
    notebook(tmp_path)
    default, text = (
        run("graph", "loans.ipynb", folder=tmp_path),
        run("graph", "loans.ipynb", "--output-format", "text", folder=tmp_path),
    )
    assert default.stdout == text.stdout
    ElementTree.fromstring(run("graph", "loans.ipynb", "--output-format", "svg", folder=tmp_path).stdout)


def test_a_picture_that_nobody_could_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "large.ipynb", *["print(1)"] * 2001)
    done = run("graph", "large.ipynb", "--output-format", "svg", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("nb2pkg: large.ipynb: 2001 boxes and 0 arrows are too many for a picture")


def test_statements_and_a_slice(tmp_path: Path) -> None:
    notebook(tmp_path)
    done = run("graph", "loans.ipynb", "--statements", "--of", "data", "--output-format", "json", folder=tmp_path)
    assert [node["id"] for node in json.loads(done.stdout)["nodes"]] == ["s1", "s2", "s3"]


def test_facts(tmp_path: Path) -> None:
    notebook(tmp_path)
    assert "data: data\n      rows       rows of data.csv\n" in run("facts", "loans.ipynb", folder=tmp_path).stdout
    assert run("facts", "loans.ipynb", "--cell", "2", "--of", "data", folder=tmp_path).stdout == (
        "loans.ipynb\n\nafter cell 2\n  data: data\n      rows       rows of data.csv\n"
        "      bound      cell 1 line 3: data = pd.read_csv('data.csv')\n      changed    cell 2 line 1: data['x'] = 1\n"
    )
    document = json.loads(run("facts", "loans.ipynb", "--cell", "3", "--output-format", "json", folder=tmp_path).stdout)
    assert [one["name"] for one in document["cells"][0]["variables"]] == ["data", "pd", "y"]


WRONG = {
    ("graph", "nowhere.ipynb"): "nb2pkg: nowhere.ipynb",
    ("graph", "page.ipynb"): "nb2pkg: page.ipynb:1:1: ",
    ("facts", "julia.ipynb"): "nb2pkg: julia.ipynb: the notebook's language is julia, not Python\n",
    ("graph", "loans.ipynb", "--of", "dat"): "nb2pkg: loans.ipynb: no statement binds 'dat'; it binds data\n",
    ("facts", "loans.ipynb", "--of", "dat"): "nb2pkg: loans.ipynb: there is no variable 'dat'; there are data\n",
    ("facts", "loans.ipynb", "--cell", "9"): "nb2pkg: loans.ipynb: cell 9 is no code cell; cells count from 1",
    ("facts", "loans.ipynb", "--cell", "0"): "Invalid value for '--cell'",
    ("graph", "loans.ipynb", "--output-format", "png"): "Invalid value for '--output-format'",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_what_cannot_run_is_2_with_a_message(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    notebook(tmp_path)
    write(tmp_path / "julia.ipynb", "println(1)", language="julia")
    (tmp_path / "page.ipynb").write_text("<!DOCTYPE html>\n", encoding="utf-8")
    done = run(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert WRONG[arguments] in done.stderr
    assert "Traceback" not in done.stderr
