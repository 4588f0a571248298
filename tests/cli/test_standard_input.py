"""Lint what an editor pipes in, by the name it gives."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.notebooks import BAD, write


def piped(data: bytes, *arguments: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """`nb2pkg lint ...` in a folder, with this standard input."""
    command = [sys.executable, "-m", "nb2pkg", "lint", *arguments]
    return subprocess.run(command, input=data, capture_output=True, cwd=folder, check=False)


def test_a_notebook_is_linted_as_the_file_it_is_called(tmp_path: Path) -> None:
    data = write(tmp_path / "kept.ipynb", "x = 1", BAD).read_bytes()
    done = piped(data, "-", "--stdin-filename", "other/name.ipynb", "--output-format", "json", folder=tmp_path)
    (row,) = json.loads(done.stdout)
    assert (done.returncode, row["path"], row["cell"], row["line"], row["code"]) == (
        1,
        "other/name.ipynb",
        2,
        3,
        "NB201",
    )


def test_the_name_tells_the_form(tmp_path: Path) -> None:
    text = f"# %%\nx = 1\n\n# %%\n{BAD}\n".encode()
    done = piped(text, "-", "--stdin-filename", "name.py", "--output-format", "concise", folder=tmp_path)
    assert done.stdout.startswith(b"name.py:cell 2:3:20: NB201 ")


def test_without_a_name_it_is_a_notebook(tmp_path: Path) -> None:
    assert piped(b"<html></html>", "-", "--output-format", "concise", folder=tmp_path).stdout == (
        b"stdin.ipynb:1:1: NB001 an HTML page, saved instead of the notebook\nFound 1 error.\n"
    )


def test_the_place_in_the_raw_file_is_that_of_what_was_piped(tmp_path: Path) -> None:
    write(tmp_path / "name.ipynb", "something else")
    data = write(tmp_path / "kept.ipynb", BAD).read_bytes()
    line = next(number for number, text in enumerate(data.decode().split("\n"), 1) if "/home/ada" in text)
    done = piped(data, "-", "--stdin-filename", "name.ipynb", "--output-format", "github", folder=tmp_path)
    assert f"file=name.ipynb,line={line},".encode() in done.stdout


def test_its_configuration_is_that_of_the_name(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "pyproject.toml").write_text('[tool.nb2pkg]\nignore = ["NB201"]\n', encoding="utf-8")
    data = write(tmp_path / "kept.ipynb", BAD).read_bytes()
    assert piped(data, "-", "--stdin-filename", "old/name.ipynb", folder=tmp_path).returncode == 0
    assert piped(data, "-", "--stdin-filename", "new/name.ipynb", folder=tmp_path).returncode == 1


def test_what_is_excluded_is_so_by_force(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.nb2pkg]\nexclude = ["old"]\n', encoding="utf-8")
    data = write(tmp_path / "kept.ipynb", BAD).read_bytes()
    named = ("-", "--stdin-filename", "old/name.ipynb")
    assert piped(data, *named, folder=tmp_path).returncode == 1
    assert piped(data, *named, "--force-exclude", folder=tmp_path).returncode == 0


def test_other_files_beside_it_are_an_error(tmp_path: Path) -> None:
    write(tmp_path / "bad.ipynb", BAD)
    done = piped(b"{}", "-", "bad.ipynb", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"nb2pkg: standard input is linted alone")


def test_too_much_code_to_follow_is_told(tmp_path: Path) -> None:
    data = write(tmp_path / "large.ipynb", "a = [" + "0, " * 60_000 + "]").read_bytes()
    done = piped(data, "-", "--stdin-filename", "large.ipynb", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"All checks passed!\n")
    assert done.stderr == b"nb2pkg: warning: large.ipynb: too much code to follow it all; not every rule could look\n"
