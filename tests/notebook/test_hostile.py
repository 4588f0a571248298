"""Mutated and enormous notebooks: a finding or a clear end, never a traceback, never more than a hook may take."""

import json
import os
import subprocess
import sys
from pathlib import Path

import hypothesmith
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pkg.errors import Nb2pkgError
from nb2pkg.lint import Linter, lint_file
from nb2pkg.notebook.raw import RawFile
from nb2pkg.selection import choose
from nb2pkg.source import Span
from tests.notebook.programs import program
from tests.rules.findings import RULES, TABLE

READING = Path(__file__).parents[2] / "fixtures" / "reading"
LINTER = Linter(choose(RULES, select=["ALL"]), TABLE)
SECONDS, MEGABYTES = 10, 1024

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
TEXTS = ["ordinary.ipynb", "version_3.ipynb", "magics.ipynb", "version_2.ipynb"]
FILES = [*TEXTS, "percent.py", "light.py", "markdown.md", "myst.md", "chunks.Rmd", "chunks.qmd"]
VALUES: list[Json] = [None, True, 0, -1, 10**30, 1.5, "", "x", "\ud83d", [], [[]], {}, {"cells": 1}, ["x", 1], [None]]
ODD = st.sampled_from(VALUES)


def lint(data: bytes, name: str) -> None:
    """Lint these bytes, and find each finding's place in them."""
    raw = RawFile(data, name)
    for found in lint_file(name, LINTER, data).diagnostics:
        line, column = raw.place(found.place)
        assert line >= 1
        assert column >= 1


def cells_of(sources: list[str]) -> bytes:
    """A notebook of these cells."""
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


def places(value: Json, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The ways to every value of a JSON document."""
    inner: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [way, *(found for key, one in inner for found in places(one, (*way, key)))]


def changed(value: Json, way: tuple[str | int, ...], new: Json, *, drop: bool) -> Json:
    """The document with another value at the end of the way, or without it."""
    if not way:
        return new
    key, *rest = way
    if isinstance(value, dict) and isinstance(key, str):
        if drop and not rest:
            return {name: one for name, one in value.items() if name != key}
        return {**value, key: changed(value[key], tuple(rest), new, drop=drop)}
    assert isinstance(value, list)
    assert isinstance(key, int)
    if drop and not rest:
        return value[:key] + value[key + 1 :]
    return [*value[:key], changed(value[key], tuple(rest), new, drop=drop), *value[key + 1 :]]


@given(st.sampled_from(TEXTS), st.data())
def test_types_swapped_and_keys_dropped(name: str, data: st.DataObject) -> None:
    document: Json = json.loads((READING / name).read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from(places(document)))
        document = changed(document, way, data.draw(ODD), drop=data.draw(st.booleans()))
    lint(json.dumps(document, indent=data.draw(st.sampled_from([None, 1]))).encode(), "a.ipynb")


@given(st.sampled_from(FILES), st.data())
def test_bytes_flipped_cut_and_doubled(name: str, data: st.DataObject) -> None:
    content = (READING / name).read_bytes()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 8)))
        content = content[:start] + data.draw(st.binary(max_size=4)) + content[end:]
    try:
        lint(content, name)
    except Nb2pkgError as error:
        raise AssertionError(error) from error


@given(st.lists(hypothesmith.from_grammar(), max_size=3))
def test_any_python(sources: list[str]) -> None:
    lint(cells_of(sources), "a.ipynb")


@given(program())
def test_any_words_of_notebooks(sources: list[str]) -> None:
    lint(cells_of(sources), "a.ipynb")


DEEP = {
    "parentheses": "x = " + "(" * 3000 + "1" + ")" * 3000,
    "elif": "if a == 0:\n    x = 0\n" + "".join(f"elif a == {i}:\n    x = {i}\n" for i in range(1, 10_000)),
    "sum": "x = " + " + ".join(f"a{i}" for i in range(4000)),
    "sum that parses": "x = " + " + ".join(["a"] * 980),
    "subscripts": "x = a" + "[0]" * 980,
    "calls": "x = df" + ".a()" * 490,
    "minus": "x = " + "-" * 980 + "1",
    "lambdas": "x = " + "lambda: " * 980 + "1",
    "choices": "x = " + "a if b else " * 980 + "c",
    "itself": "x = x" + " + x" * 980,
    "empty f-strings": 'x = f""\nf"".a = x\nfor f"".b in f"": pass\nopen(f"" "")',
    "target": "x" + "[0]" * 980 + " = x" + "[0]" * 980,
}


@pytest.mark.parametrize("what", DEEP)
def test_deep_code_is_survived(what: str) -> None:
    lint(cells_of([DEEP[what], "print(1)"]), "a.ipynb")


def code(source: str, output: Json = None) -> dict[str, Json]:
    outputs: list[Json] = [] if output is None else [{"output_type": "stream", "name": "stdout", "text": output}]
    return {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": outputs, "source": source}


def large(what: str) -> bytes:
    """A notebook that is too large in one way."""
    cells = {
        "a 100 MB output": lambda: [code("print(gone)", "A" * 100_000_000)],
        "20,000 cells": lambda: [code(f"x = {i}\nprint(x)") for i in range(20_000)],
        "a 2 MB cell": lambda: [code("x = f(x)\n" * 230_000), code("print(gone)")],
        "as much code as is read": lambda: [code("x = 1\n" * 83_000)],
    }[what]()
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


ENDS = {
    "a 100 MB output": (1, "NB101", ""),
    "20,000 cells": (0, "All checks passed!", "too much code to follow it all"),
    "a 2 MB cell": (1, "NB002 this cell does not parse: too large", ""),
    "as much code as is read": (0, "All checks passed!", "too much code to follow it all"),
}


@pytest.mark.parametrize("what", ENDS)
def test_large_notebooks_end_in_time_and_memory(what: str, tmp_path: Path) -> None:
    path = tmp_path / "large.ipynb"
    path.write_bytes(large(what))
    command = [sys.executable, "-m", "nb2pkg", "lint", "--isolated", "--output-format", "concise", str(path)]
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    code_expected, said, warned = ENDS[what]
    assert process.returncode == code_expected
    assert said in (tmp_path / "out").read_text(encoding="utf-8")
    assert warned in (tmp_path / "err").read_text(encoding="utf-8")
    assert usage.ru_utime + usage.ru_stime < SECONDS
    assert usage.ru_maxrss / 1024 < MEGABYTES


def test_the_place_in_a_file_of_many_findings_is_found_once_a_file() -> None:
    data = json.dumps({"cells": [code("print(gone)") for _ in range(1000)], "nbformat": 4}, indent=1).encode()
    raw = RawFile(data, "a.ipynb")
    lines = data.decode().split("\n")
    for cell in range(1, 1001):
        line, _ = raw.place(Span(cell, 1, 1, 1, 2))
        assert "print(gone)" in lines[line - 1]
