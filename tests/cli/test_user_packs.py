"""Packs of a user's own, named in the configuration: rules, API tables, or tables alone."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.notebooks import GOOD, write
from tests.cli.notebooks import run as run_apart
from tests.cli.notebooks import run_here as run

PACKS = Path(__file__).parent.parent / "packs"
LEAK = """
import pandas as pd
from acme.ml import holdout
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler

table = pd.read_csv("prices.csv")
scaled = StandardScaler().fit_transform(table)
train, test = holdout(scaled, share=0.2)
model = LinearRegression().fit(train[:, 1:], train[:, 0])
print(model.score(test[:, 1:], test[:, 0]))
""".strip()


def project(folder: Path, *packs: str) -> Path:
    shutil.copytree(PACKS / "sample", folder / "tools" / "rules")
    shutil.copytree(PACKS / "tables_only", folder / "tools" / "tables")
    (folder / "nb2pkg.toml").write_text(f"packs = {json.dumps(packs)}\n", encoding="utf-8")
    return folder


def codes(*arguments: str, folder: Path) -> list[str]:
    done = run("lint", "--output-format", "json", *arguments, folder=folder)
    assert done.stderr == ""
    return [row["code"] for row in json.loads(done.stdout)]


def test_rules_of_a_pack_run_beside_ours(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", "print(1)", 'open("/home/ada/x.txt")')
    assert codes(folder=tmp_path) == ["NB201"]
    project(tmp_path, "tools/rules")
    assert codes(folder=tmp_path) == ["XY101", "NB201"]
    assert codes("--select", "loud-print", folder=tmp_path) == ["XY101"]
    assert codes("--ignore", "XY", folder=tmp_path) == ["NB201"]
    assert codes("--isolated", folder=tmp_path) == ["NB201"]
    write(tmp_path / "a.ipynb", "print(1)  # noqa: XY101")
    assert codes("--select", "ALL", folder=tmp_path) == []


def test_tables_of_a_pack_tell_our_rules_what_calls_do(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", LEAK)
    assert codes(folder=tmp_path) == []
    project(tmp_path, "tools/rules")
    assert codes("--ignore", "XY", folder=tmp_path) == ["NB302"]


def test_a_pack_of_tables_alone(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", LEAK.replace("acme.ml", "acme.tables"))
    assert codes(folder=tmp_path) == []
    project(tmp_path, "tools/tables")
    assert codes(folder=tmp_path) == ["NB302"]


def test_facts_and_graph_know_what_lint_knows(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", LEAK)
    assert "train part of the split" not in run("facts", "a.ipynb", folder=tmp_path).stdout
    assert run("graph", "a.ipynb", folder=tmp_path).returncode == 0
    project(tmp_path, "tools/rules")
    assert "train part of the split" in run("facts", "a.ipynb", folder=tmp_path).stdout
    (tmp_path / "tools" / "rules" / "apis" / "acme.toml").write_text(
        '"acme.ml.holdout" = { rool = "x" }', encoding="utf-8"
    )
    for command in ("facts", "graph"):
        assert run(command, "a.ipynb", folder=tmp_path).returncode == 2, "the table was read"


def test_packs_lie_beside_the_configuration_wherever_lint_is_started(tmp_path: Path) -> None:
    inner = project(tmp_path / "inner", "tools/rules", "tools/tables")
    write(inner / "a.ipynb", "print(1)", LEAK)
    write(tmp_path / "b.ipynb", "print(1)", LEAK)
    assert codes(folder=tmp_path) == ["XY101", "NB302", "XY101"], "and they hold for their own project"
    assert codes("--config", "inner/nb2pkg.toml", folder=tmp_path) == ["XY101", "NB302", "XY101"] * 2


def test_packs_reach_the_workers(tmp_path: Path) -> None:
    project(tmp_path, "tools/rules")
    for number in range(30):
        write(tmp_path / f"{number:02}.ipynb", "print(1)")
    done = run_apart("lint", "--jobs", "2", "--output-format", "concise", folder=tmp_path)
    assert (done.stdout.count("XY101"), done.stderr) == (30, "")


def test_a_worker_that_dies_is_an_error(tmp_path: Path) -> None:
    deadly = (PACKS / "sample" / "style" / "not_a_notebook.py").read_text(encoding="utf-8")
    deadly = deadly.replace("    if facts", "    __import__('os').kill(__import__('os').getpid(), 9)\n    if facts")
    project(tmp_path, "tools/rules")
    (tmp_path / "tools" / "rules" / "style" / "not_a_notebook.py").write_text(deadly, encoding="utf-8")
    for number in range(30):
        write(tmp_path / f"{number:02}.ipynb", "print(1)")
    done = run_apart("lint", "--jobs", "2", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    told = "nb2pkg: a worker process died, of too little memory perhaps; try --jobs 1"
    assert done.stderr.splitlines().count(told) == 1  # loky's own watcher may have a word after it
    assert "Traceback" not in done.stderr


def test_a_card_of_a_pack_is_printed(tmp_path: Path) -> None:
    project(tmp_path, "tools/rules")
    assert run("rule", "XY101", folder=tmp_path).stdout.startswith("# XY101 loud-print\n")
    rows = json.loads(run("rule", "--all", "--output-format", "json", folder=tmp_path).stdout)
    by_code = {row["code"]: row for row in rows}
    assert by_code["XY101"]["summary"] == "Prints are loud."
    assert (by_code["XY001"]["explanation"], by_code["XY001"]["severity"]) == (None, "error")
    assert "NB301" in by_code


@pytest.mark.parametrize(
    ("pack", "complaint"),
    [
        ("nowhere", "{folder}/nb2pkg.toml: packs: nowhere: no such folder: {folder}/nowhere"),
        ("tools", "{folder}/nb2pkg.toml: packs: {folder}/tools: neither rules nor API tables are there"),
        ("broken", "{folder}/broken/style/loud.py: SyntaxError"),
        ("copy", "{folder}/copy/style/not_a_notebook.py: XY001 is already a rule in "),
        ("odd", "{folder}/odd/apis/acme.toml: acme.f: rool: rows have no such key"),
    ],
)
def test_a_pack_that_does_not_load_is_2_with_its_place(tmp_path: Path, pack: str, complaint: str) -> None:
    project(tmp_path, "tools/rules", pack)
    shutil.copytree(PACKS / "sample", tmp_path / "copy")
    for name, text in {
        "broken/style/loud.py": "def check(:\n",
        "odd/apis/acme.toml": '"acme.f" = { rool = "x" }\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    write(tmp_path / "a.ipynb", GOOD)
    done = run("lint", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("nb2pkg: " + complaint.format(folder=tmp_path))
