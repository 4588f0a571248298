"""`nb2pkg lint` as users run it: exit codes, streams, options, configuration."""

import json
from pathlib import Path

import pytest

from nb2pkg.apis import rules_folder
from nb2pkg.packs import Rule, load_rules
from tests.cli.notebooks import BAD, GOOD, run, run_here, write


def test_clean(tmp_path: Path) -> None:
    write(tmp_path / "good.ipynb", GOOD)
    done = run("lint", "good.ipynb", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "All checks passed!\n", "")


def test_a_finding(tmp_path: Path) -> None:
    write(tmp_path / "bad.ipynb", BAD)
    done = run("lint", "--output-format", "concise", folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("bad.ipynb:cell 1:3:20: NB201 ")
    assert done.stdout.endswith("Found 1 warning.\n")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--exit-zero"], 0),
        (["--fail-on", "error"], 0),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "note"], 1),
        (["--ignore", "NB201"], 0),
        (["--ignore", "hardcoded-path"], 0),
        (["--select", "NB3,NB4", "--select", "NB5"], 0),
        (["--select", "NB2"], 1),
        (["--select", "ALL", "--ignore", "NB2"], 0),
        (["--no-cache", "--min-confidence", "certain"], 1),
    ],
)
def test_exit_codes(tmp_path: Path, options: list[str], code: int) -> None:
    write(tmp_path / "bad.ipynb", BAD)
    assert run_here("lint", "bad.ipynb", *options, folder=tmp_path).returncode == code


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere.ipynb"], "nb2pkg: nowhere.ipynb: no such file or folder\n"),
        (["--select", "NB999"], "nb2pkg: --select: no rule has the code, prefix or name 'NB999'; the rules are NB001"),
        (["--output-format", "xml"], "Invalid value for '--output-format'"),
        (["--nonsense"], "No such option"),
    ],
)
def test_what_cannot_run_is_2_with_a_message(tmp_path: Path, arguments: list[str], complaint: str) -> None:
    done = run_here("lint", *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_json_alone_is_on_standard_output(tmp_path: Path) -> None:
    write(tmp_path / "bad.ipynb", BAD)
    write(tmp_path / "other.ipynb", "println(1)", language="julia")
    done = run_here("lint", ".", "--output-format", "json", folder=tmp_path)
    (row,) = json.loads(done.stdout)
    assert (row["path"], row["cell"], row["line"], row["code"], row["name"]) == (
        "bad.ipynb",
        1,
        3,
        "NB201",
        "hardcoded-path",
    )
    assert done.stderr == "Skipped 1 notebook with another kernel than Python: julia\n"


def test_a_file_that_is_no_notebook_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "page.ipynb").write_text("<!DOCTYPE html>\n<html></html>\n", encoding="utf-8")
    done = run_here("lint", "--output-format", "json", folder=tmp_path)
    assert done.returncode == 1
    (row,) = json.loads(done.stdout)
    assert (row["code"], row["cell"], row["cell_id"]) == ("NB001", None, None)


def test_the_project_configures(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.nb2pkg]\nignore = ["NB201"]\noutput-format = "json"\nexclude = ["old"]\n', encoding="utf-8"
    )
    (tmp_path / "old").mkdir()
    write(tmp_path / "old" / "broken.ipynb", "x = (")
    write(tmp_path / "bad.ipynb", BAD)
    assert run_here("lint", folder=tmp_path).stdout == "[]\n"
    assert "NB002" in run_here("lint", "old/broken.ipynb", folder=tmp_path).stdout, "what is named is never excluded"
    assert "NB201" in run_here("lint", "bad.ipynb", "--extend-select", "NB201", folder=tmp_path).stdout, "options win"
    assert "NB002" in run_here("lint", "--isolated", folder=tmp_path).stdout


def test_a_mistake_in_the_configuration_is_2(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.nb2pkg]\nselects = []\n", encoding="utf-8")
    done = run_here("lint", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"nb2pkg: {tmp_path / 'pyproject.toml'}: tool.nb2pkg.selects: unknown key")


@pytest.mark.parametrize("rule", load_rules([rules_folder()]), ids=lambda rule: rule.code)
def test_a_rule_prints_its_card(rule: Rule, tmp_path: Path) -> None:
    by_code, by_name = (run_here("rule", word, folder=tmp_path) for word in (rule.code, rule.name))
    assert by_code.returncode == 0
    assert by_code.stdout.startswith(f"# {rule.code} {rule.name}\n")
    assert by_name.stdout == by_code.stdout


def test_a_rule_as_json(tmp_path: Path) -> None:
    row = json.loads(run_here("rule", "NB003", "--output-format", "json", folder=tmp_path).stdout)
    card = run_here("rule", "NB003", folder=tmp_path).stdout
    assert row.pop("summary").startswith(
        "A `# noqa`, a `# nb2pkg: ignore-cell[...]` or the notebook's metadata silences"
    )
    assert row == {"code": "NB003", "name": "unused-suppression", "severity": "note", "explanation": card}


def test_all_rules(tmp_path: Path) -> None:
    rules = load_rules([rules_folder()])
    rows = json.loads(run_here("rule", "--all", "--output-format", "json", folder=tmp_path).stdout)
    assert [(row["code"], row["name"]) for row in rows] == [(one.code, one.name) for one in rules]
    assert all(row["summary"] and row["explanation"] for row in rows)
    text = run_here("rule", "--all", folder=tmp_path).stdout
    assert [line for line in text.split("\n") if line.startswith("# NB")] == [
        f"# {one.code} {one.name}" for one in rules
    ]


@pytest.mark.parametrize("arguments", [[], ["NB301", "--all"]])
def test_one_rule_or_all(tmp_path: Path, arguments: list[str]) -> None:
    done = run_here("rule", *arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "name one rule, or ask for --all" in done.stderr


def test_an_unknown_rule_is_2(tmp_path: Path) -> None:
    done = run_here("rule", "NB999", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no rule has the code or name 'NB999'" in done.stderr


def test_the_version(tmp_path: Path) -> None:
    assert run_here("--version", folder=tmp_path).stdout == "nb2pkg 0.1.0\n"
