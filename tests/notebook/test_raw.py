"""A line of a cell is found in the raw file."""

import json
import os

import pytest

from nb2pkg.notebook import Notebook, read
from nb2pkg.notebook.raw import RawFile, open_raw
from nb2pkg.source import Span

FIXTURES = os.path.join(os.path.dirname(__file__), "..", "..", "fixtures", "reading")


def raw_line(file: str | bytes, cell: int, line: int) -> tuple[int, int]:
    raw = open_raw(file) if isinstance(file, str) else RawFile(file, "a.ipynb")
    return raw.place(Span(cell, line, 1, line, 1))


def line_at(name: str, cell: int, line: int) -> str:
    path = os.path.join(FIXTURES, name)
    number, column = raw_line(path, cell, line)
    with open(path, encoding="utf-8") as file:
        return file.read().split("\n")[number - 1][column - 1 :]


@pytest.mark.parametrize("name", ["ordinary.ipynb", "magics.ipynb", "wholly_indented.ipynb", "version_3.ipynb"])
def test_each_line_of_a_list_is_its_own_string(name: str) -> None:
    found = read(os.path.join(FIXTURES, name))
    assert isinstance(found, Notebook)
    for cell in found.cells:
        for number, line in enumerate(cell.source.split("\n"), 1):
            if line and (name != "version_3.ipynb" or cell.kind.value == "code"):
                raw = line_at(name, cell.number, number)
                assert json.loads(raw.removesuffix(",")).removesuffix("\n") == line


def test_one_string_holds_all_lines() -> None:
    assert line_at("source_as_one_string.ipynb", 1, 1) == line_at("source_as_one_string.ipynb", 1, 3)
    assert line_at("source_as_one_string.ipynb", 1, 3).startswith('"a = 1')


def test_one_line_json() -> None:
    data = b'{"cells":[{"outputs":[{"text":"source"}],"source":["a\\n","b"],"cell_type":"code"}],"nbformat":4}'
    number, column = raw_line(data, 1, 2)
    assert number == 1
    assert data[column - 1 :].startswith(b'"b"')


def test_several_lines_in_one_item_of_the_list() -> None:
    data = b'{"cells": [{"source": [\n"a\\nb\\n",\n"c\\r\\n",\n"d"\n]}]}'
    assert [raw_line(data, 1, line)[0] for line in (1, 2, 3, 4, 5)] == [2, 2, 3, 4, 4]


def test_backslash_n_written_by_the_author_is_no_line_end() -> None:
    data = b'{"cells": [{"source": [\n"a = \'\\\\n\'\\n",\n"b"\n]}]}'
    assert [raw_line(data, 1, line)[0] for line in (1, 2)] == [2, 3]


@pytest.mark.parametrize("data", [b"", b"[]", b'{"cells": [', b'{"cells": [{"source": ["a', b'{"cells": []}', b"\xff"])
def test_broken_files_give_the_first_line(data: bytes) -> None:
    assert raw_line(data, 1, 1) == (1, 1)


def test_no_such_cell() -> None:
    assert raw_line(os.path.join(FIXTURES, "ordinary.ipynb"), 99, 1) == (1, 1)


def test_text_notebook() -> None:
    assert line_at("percent.py", 2, 4) == "x = math.pi"
    assert line_at("light.py", 4, 2) == "    return x"
