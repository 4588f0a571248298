"""Every kind of file is read, or said to be what it is."""

import os
import subprocess
import sys

import pytest

from nb2pkg.errors import Nb2pkgError
from nb2pkg.notebook import CellKind, Notebook, Unreadable, find, read, read_bytes, read_text

FIXTURES = os.path.join(os.path.dirname(__file__), "..", "..", "fixtures", "reading")


def notebook(name: str) -> Notebook:
    found = read(os.path.join(FIXTURES, name))
    assert isinstance(found, Notebook), found
    return found


def sources(name: str) -> list[str]:
    return [cell.source for cell in notebook(name).cells]


def test_ordinary_notebook() -> None:
    found = notebook("ordinary.ipynb")
    assert [cell.kind for cell in found.cells] == [CellKind.MARKDOWN, CellKind.CODE, CellKind.CODE]
    assert [cell.number for cell in found.cells] == [1, 2, 3]
    assert [cell.count for cell in found.cells] == [None, 2, 3]
    assert [cell.cell_id for cell in found.cells] == ["cell-1", "cell-2", "cell-3"]
    assert found.cells[1].source == "import math\nx = math.pi"
    assert (found.form, found.language) == ("ipynb", "python")


@pytest.mark.parametrize("name", ["byte_order_mark.ipynb", "utf_16.ipynb"])
def test_unusual_encodings_read_the_same(name: str) -> None:
    assert notebook(name).cells == notebook("ordinary.ipynb").cells


def test_latin_1() -> None:
    assert sources("latin_1.ipynb") == ['city = "Zürich"']


def test_source_as_one_string() -> None:
    assert sources("source_as_one_string.ipynb") == ['a = 1\nb = "é\\n"\nc = a']


def test_lone_surrogate_is_read() -> None:
    assert sources("lone_surrogate.ipynb") == ['x = "\ud83d"', "y = 2"]


def test_nan_in_an_output_is_no_trouble() -> None:
    assert sources("nan_in_output.ipynb") == ["1"]


def test_version_3_is_upgraded() -> None:
    found = notebook("version_3.ipynb")
    assert [(cell.kind.value, cell.count) for cell in found.cells] == [("markdown", None), ("code", 7)]
    assert found.cells[1].source == "print(1)\nx = 2"
    assert found.cells[1].cell_id is None


def test_windows_line_ends_count_as_one() -> None:
    assert sources("windows_line_ends.ipynb") == ["a = 1\nb = 2\n"]


def test_other_kernel_is_told() -> None:
    assert notebook("r_kernel.ipynb").language == "r"


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ("{}", None),
        ('{"kernelspec": {"name": "python3"}}', "python"),
        ('{"kernelspec": {"language": "python"}}', "python"),
        ('{"language_info": {"name": "ipython"}}', "python"),
        ('{"language_info": {"name": "Python 3.8"}}', "python"),
        ('{"kernelspec": {"name": "julia-1.9", "language": "julia"}}', "julia"),
        ('{"kernelspec": {"name": "ir", "display_name": "R"}}', "r"),
        ('{"kernelspec": {"name": "julia-1.10"}}', "julia"),
        ('{"kernelspec": {"name": "irises"}}', None),
        ('{"kernelspec": null}', None),
        ('{"kernelspec": 3}', None),
    ],
)
def test_language(metadata: str, language: str | None) -> None:
    found = read_bytes(f'{{"cells": [], "nbformat": 4, "metadata": {metadata}}}'.encode(), "a.ipynb")
    assert isinstance(found, Notebook)
    assert found.language == language


@pytest.mark.parametrize(
    ("name", "reason", "line", "column"),
    [
        ("truncated.ipynb", "truncated notebook: the JSON stops before it is complete", 19, 5),
        ("trailing_comma.ipynb", "broken JSON: illegal trailing comma before end of object", 0, 0),
        ("html_page.ipynb", "an HTML page, saved instead of the notebook", 1, 1),
        ("lfs_pointer.ipynb", "a git-LFS pointer: the notebook itself is not here (git lfs pull)", 1, 1),
        ("merge_conflict.ipynb", "unresolved merge conflict", 18, 1),
        ("empty.ipynb", "empty file", 1, 1),
        ("json_list.ipynb", "JSON, but no notebook: it holds a list", 1, 1),
        ("json_settings.ipynb", "JSON, but no notebook: it has no cells", 1, 1),
        ("cell_without_type.ipynb", "not a valid notebook: cell 2 has no cell_type", 13, 3),
        ("cell_without_source.ipynb", "not a valid notebook: cell 1 has no source", 3, 3),
        ("cells_no_list.ipynb", "not a valid notebook: cells is an object, no list", 2, 11),
        ("zip_archive.ipynb", "not a notebook: a ZIP archive", 1, 1),
        ("binary.ipynb", "a binary file, no notebook", 1, 1),
        ("prose.ipynb", "plain text, no notebook", 1, 1),
    ],
)
def test_what_it_is_instead(name: str, reason: str, line: int, column: int) -> None:
    found = read(os.path.join(FIXTURES, name))
    assert isinstance(found, Unreadable)
    if name == "trailing_comma.ipynb":  # Python 3.13 words it differently, and points elsewhere
        assert found.reason.startswith("broken JSON: ")
        assert found.line > 1
    else:
        assert (found.reason, found.line, found.column) == (reason, line, column)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("myst_with_broken_options.md", "jupytext cannot read it as md:myst: Code cell 1 at line 13 could not be read"),
        ("kernel_without_display_name.md", "jupytext cannot read it as md: 'display_name' is a required property"),
    ],
)
def test_what_jupytext_refuses_and_why(name: str, reason: str) -> None:
    found = read(os.path.join(FIXTURES, name))
    assert isinstance(found, Unreadable)
    assert found.reason.startswith(reason)


def test_json_nested_too_deep() -> None:
    found = read_bytes(b'{"cells": [], "nbformat": 4, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "a.ipynb")
    assert isinstance(found, Notebook | Unreadable)


def test_bytes_cut_anywhere_never_crash() -> None:
    with open(os.path.join(FIXTURES, "ordinary.ipynb"), "rb") as file:
        data = file.read()
    for end in range(len(data) - 2):
        assert isinstance(read_bytes(data[:end], "a.ipynb"), Unreadable)


def test_missing_file_is_an_error_of_the_user() -> None:
    with pytest.raises(Nb2pkgError, match="No such file"):
        read(os.path.join(FIXTURES, "nowhere.ipynb"))


def test_percent() -> None:
    found = notebook("percent.py")
    assert found.form == "py:percent"
    assert [(cell.kind.value, cell.source) for cell in found.cells] == [
        ("markdown", "# Iris\n\nRead it."),
        ("code", "%matplotlib inline\nimport math\n\nx = math.pi"),
        ("code", "x"),
        ("raw", "as it is"),
    ]


def test_percent_without_header() -> None:
    assert [(cell.kind.value, cell.source) for cell in notebook("percent_without_header.py").cells] == [
        ("code", "import math"),
        ("code", '"""Docstring, no Markdown."""\nmath.pi'),
        ("markdown", "Shown as text."),
    ]


def test_shell_cell_of_a_text_notebook_is_uncommented() -> None:
    found = read_text("# %%\n# %%bash\n# ls -l\n\n# %%\n# !pip install x\n# 5 % of it\ny = 1\n", "a.py")
    assert isinstance(found, Notebook)
    assert [cell.source for cell in found.cells] == ["%%bash\nls -l", "!pip install x\n# 5 % of it\ny = 1"]


def test_percent_sign_in_a_comment_is_no_cell() -> None:
    found = read_text("x = 1\n# %%time is a magic\ny = 2\n", "a.py", "py:percent")
    assert isinstance(found, Notebook)
    assert len(found.cells) == 1


def test_light_form() -> None:
    found = notebook("light.py")
    assert found.form == "py:light"
    assert [(cell.kind.value, cell.source) for cell in found.cells] == [
        ("markdown", "# Iris"),
        ("code", "import math"),
        ("code", "x = math.pi\ny = 2"),
        ("code", "def f():\n    return x\n\n\nf()"),
        ("code", "y"),
    ]


def test_ordinary_script_is_read_only_when_named() -> None:
    path = os.path.join(FIXTURES, "ordinary_script.py")
    assert isinstance(read(path), Notebook)
    assert isinstance(read(path, named=False), Unreadable)


@pytest.mark.parametrize("name", ["percent.py", "percent_without_header.py"])
def test_percent_reads_as_jupytext_does(name: str) -> None:
    import jupytext

    path = os.path.join(FIXTURES, name)
    theirs = [(cell.cell_type, cell.source.strip()) for cell in jupytext.read(path).cells]
    assert [(cell.kind.value, cell.source.strip()) for cell in notebook(name).cells] == theirs


def test_find_takes_notebooks_and_text_with_cells(tmp_path: os.PathLike[str]) -> None:
    root = os.fspath(tmp_path)
    texts = {
        "b.ipynb": "{}",
        "a/c.ipynb": "{}",
        "a/cells.py": "# %%\nx = 1\n",
        "a/ordinary.py": "x = 1  # 5 %% of it\n",
        "a/cells.md": "---\njupyter:\n  jupytext:\n    formats: md\n---\n\n```python\nx = 1\n```\n",
        "a/readme.md": "# A\n\n```python\nx = 1\n```\n",
        "a/chunks.Rmd": "```{python}\nx = 1\n```\n",
        "a/statistics.Rmd": "```{r}\nx <- 1\n```\n",
        "a/chunks.qmd": "```{python}\nx = 1\n```\n",
        "left/out.ipynb": "{}",
        "env/z.ipynb": "{}",
        "env/pyvenv.cfg": "",
        "notes.txt": "# %%",
    }
    for name, text in texts.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    ordinary = os.path.join(root, "a", "ordinary.py")
    left_out = os.path.join(root, "left")
    found = find([root, ordinary, ordinary], left_out=lambda candidate: candidate.path == left_out)
    assert [os.path.relpath(path, root) for path in found] == [
        "b.ipynb",
        "a/c.ipynb",
        "a/cells.md",
        "a/cells.py",
        "a/chunks.Rmd",
        "a/chunks.qmd",
        "a/ordinary.py",
    ]


def test_find_refuses_what_is_not_there(tmp_path: os.PathLike[str]) -> None:
    with pytest.raises(Nb2pkgError, match="no such file"):
        list(find([os.path.join(tmp_path, "nowhere")], left_out=lambda _: False))


def test_an_ordinary_notebook_needs_no_other_library() -> None:
    program = (
        "import sys, nb2pkg.notebook, nb2pkg.syntax, nb2pkg.names\n"
        "nb2pkg.syntax.parse(nb2pkg.notebook.read(sys.argv[1]))\n"
        "print(sorted({'nbformat', 'jupytext', 'IPython', 'pathlib', 'tomllib', 'tokenize_rt'} & set(sys.modules)))\n"
    )
    path = os.path.join(FIXTURES, "magics.ipynb")
    done = subprocess.run([sys.executable, "-I", "-c", program, path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
