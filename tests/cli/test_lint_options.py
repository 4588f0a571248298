"""The options and the configuration of `nb2pkg lint`, as users give them."""

import json
import subprocess
from pathlib import Path

import pytest

from nb2pkg.errors import Nb2pkgError
from nb2pkg.linting import LintOptions, run_lint
from nb2pkg.parallel import CHUNK
from tests.cli.notebooks import BAD, GOOD, write
from tests.cli.notebooks import run as run_apart
from tests.cli.notebooks import run_here as run

NOTE = "x = 1  # noqa: NB201"


def configure(folder: Path, text: str, *, name: str = "nb2pkg.toml") -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def shown(*arguments: str, folder: Path) -> list[tuple[str, str]]:
    """Path and code of what is found."""
    done = run("lint", "--output-format", "json", *arguments, folder=folder)
    assert done.stderr == ""
    return [(row["path"], row["code"]) for row in json.loads(done.stdout)]


def test_extend_select_adds_a_rule_of_notes(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", NOTE, BAD)
    assert shown(folder=tmp_path) == [("a.ipynb", "NB201")]
    assert shown("--extend-select", "NB003", folder=tmp_path) == [("a.ipynb", "NB003"), ("a.ipynb", "NB201")]
    configure(tmp_path, 'extend-select = ["unused-suppression"]\n')
    assert shown(folder=tmp_path) == [("a.ipynb", "NB003"), ("a.ipynb", "NB201")]
    assert shown("--select", "NB2", folder=tmp_path) == [("a.ipynb", "NB201")]


def test_per_file_ignores(tmp_path: Path) -> None:
    (tmp_path / "lectures").mkdir()
    write(tmp_path / "lectures" / "a.ipynb", BAD)
    write(tmp_path / "b.ipynb", BAD)
    a, b = ("lectures/a.ipynb", "NB201"), ("b.ipynb", "NB201")
    assert shown(folder=tmp_path) == [b, a]
    assert shown("--per-file-ignores", "lectures/*:NB2", folder=tmp_path) == [b]
    assert shown("--per-file-ignores", "!lectures/*:hardcoded-path,x:NB1", folder=tmp_path) == [a]
    assert shown("--per-file-ignores", "lectures:NB2", folder=tmp_path) == [b, a], "a pattern means files"
    configure(tmp_path, '[per-file-ignores]\n"*.ipynb" = ["NB301", "NB201"]\n')
    assert shown(folder=tmp_path) == []
    assert shown("--per-file-ignores", "b.ipynb:ALL", folder=tmp_path) == [a], "the option is instead of the table"


def test_per_file_ignores_start_at_their_configuration(tmp_path: Path) -> None:
    (tmp_path / "inner" / "lectures").mkdir(parents=True)
    write(tmp_path / "inner" / "lectures" / "a.ipynb", BAD)
    configure(tmp_path, '[per-file-ignores]\n"lectures/*" = ["NB201"]\n')
    assert shown(folder=tmp_path) == [("inner/lectures/a.ipynb", "NB201")]
    configure(tmp_path / "inner", '[per-file-ignores]\n"lectures/*" = ["NB201"]\n')
    assert shown(folder=tmp_path) == []
    assert shown("--config", "inner/nb2pkg.toml", folder=tmp_path) == [("inner/lectures/a.ipynb", "NB201")]


def test_each_file_goes_by_the_nearest_configuration(tmp_path: Path) -> None:
    for name in ("strict", "lax"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "a.ipynb", BAD)
    configure(tmp_path, 'output-format = "concise"\nfail-on = "error"\n')
    configure(tmp_path / "lax", 'ignore = ["NB201"]\noutput-format = "json"\n')
    assert shown(folder=tmp_path) == [("strict/a.ipynb", "NB201")]
    done = run("lint", folder=tmp_path)
    assert (done.returncode, done.stdout.count("NB201"), done.stdout[:1]) == (0, 1, "s"), "fail-on and format hold here"
    configure(tmp_path / "strict", 'fail-on = "warning"\n', name="nb2pkg.toml")
    assert run("lint", folder=tmp_path).returncode == 1, "and fail-on of the file's own project"
    assert run("lint", "--fail-on", "error", folder=tmp_path).returncode == 0


def test_config_holds_for_all_files(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", BAD)
    configure(tmp_path, 'select = ["NB3"]\n')
    configure(tmp_path, '[tool.nb2pkg]\nselect = ["NB2"]\n', name="pyproject.toml")
    assert shown(folder=tmp_path) == []
    assert shown("--config", "pyproject.toml", folder=tmp_path) == [("a.ipynb", "NB201")]
    assert shown("--isolated", folder=tmp_path) == [("a.ipynb", "NB201")]


def test_statistics(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", BAD, 'pd.read_csv("/home/ada/b.csv")', "nowhere")
    done = run("lint", "--statistics", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "2\tNB201\thardcoded-path\n1\tNB101\tundefined-name\nFound 1 error and 2 warnings.\n"
    assert run("lint", "--statistics", "--output-format", "concise", folder=tmp_path).stdout == done.stdout
    as_json = run("lint", "--statistics", "--output-format", "json", folder=tmp_path).stdout
    assert json.loads(as_json)[0] == {"code": "NB201", "name": "hardcoded-path", "count": 2}
    write(tmp_path / "a.ipynb", GOOD)
    assert run("lint", "--statistics", folder=tmp_path).stdout == "All checks passed!\n"
    assert run("lint", "--statistics", "--output-format", "json", folder=tmp_path).stdout == "[]\n"


def test_force_exclude_is_for_hooks(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", BAD)
    configure(tmp_path, 'extend-exclude = ["a.*"]\n')
    assert shown("a.ipynb", folder=tmp_path) == [("a.ipynb", "NB201")]
    done = run("lint", "--force-exclude", "a.ipynb", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "All checks passed!\n")
    assert done.stderr == "nb2pkg: warning: no notebooks were found\n"


@pytest.mark.parametrize("text", ["*.ipynb\n", "/a.ipynb"])
def test_what_git_ignores_is_not_met_in_folders(tmp_path: Path, text: str) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text(text, encoding="utf-8")
    write(tmp_path / "a.ipynb", BAD)
    assert run("lint", folder=tmp_path).stdout == "All checks passed!\n"
    assert shown("a.ipynb", folder=tmp_path) == [("a.ipynb", "NB201")]


def test_any_number_of_jobs_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    configure(tmp_path / "inner", 'ignore = ["NB201"]\n')
    for number in range(2 * CHUNK + 3):
        write(tmp_path / f"{number:03}.ipynb", f"x{number} = {number}", BAD if number % 3 else GOOD)
        write(tmp_path / "inner" / f"{number:03}.ipynb", BAD, f"unknown{number}")
    arguments = ("lint", "--output-format", "json", "--select", "ALL")
    one, three = (run_apart(*arguments, "--jobs", jobs, folder=tmp_path) for jobs in ("1", "3"))
    assert one.returncode == three.returncode == 1
    assert one.stdout == three.stdout
    assert len(json.loads(one.stdout)) > 2 * CHUNK
    assert three.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--config", "nowhere.toml"], "nb2pkg: --config: nowhere.toml: no such file\n"),
        (["--config", "nb2pkg.toml", "--isolated"], "nb2pkg: --config: cannot be used with --isolated"),
        (["--extend-select", "NB9"], "nb2pkg: --extend-select: no rule has the code, prefix or name 'NB9'"),
        (["--per-file-ignores", "NB3"], "nb2pkg: --per-file-ignores: 'NB3' is not PATTERN:RULE"),
        (["--per-file-ignores", "a:NB9"], "nb2pkg: --per-file-ignores: a: no rule has the code, prefix or name 'NB9'"),
        (["--jobs", "0"], "Invalid value for '--jobs'"),
        (["--statistics", "--output-format", "github"], "nb2pkg: --statistics: cannot be written in the format github"),
    ],
)
def test_an_option_that_cannot_be_is_2_and_named(tmp_path: Path, arguments: list[str], complaint: str) -> None:
    configure(tmp_path, "")
    done = run("lint", *arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('select = ["NB9"]', "select"),
        ('extend-select = ["NB9"]', "extend-select"),
        ('ignore = ["NB9"]', "ignore"),
        ('per-file-ignores = { "z*" = ["NB9"] }', "per-file-ignores.z*"),
    ],
)
def test_an_unknown_rule_in_a_configuration_names_file_and_key(
    tmp_path: Path, line: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    write(tmp_path / "inner" / "a.ipynb", GOOD)
    monkeypatch.chdir(tmp_path)
    configure(tmp_path / "inner", f"[tool.nb2pkg]\n{line}\n", name="pyproject.toml")
    with pytest.raises(Nb2pkgError) as raised:
        run_lint(["."], LintOptions())
    place = f"{tmp_path}/inner/pyproject.toml: tool.nb2pkg.{key}: "
    assert str(raised.value).startswith(f"{place}no rule has the code, prefix or name 'NB9'")
