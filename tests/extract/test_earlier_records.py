"""What `extract --verify` recorded stays with its package, and goes where the code is no longer the one that ran."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.errors import VerifyError
from nb2pkg.extract import package
from nb2pkg.extract.command import run_extract
from nb2pkg.extract.handover import Recorded
from nb2pkg.extract.plan import plan
from nb2pkg.extract.recalled import as_before
from nb2pkg.verify import sample, verdict
from nb2pkg.verify.conditions import AS_USUAL
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, people, write

CELLS = (HEAD, LOAD + "\n" + FILL, SPLIT, MODEL)
RECORDED = ["tests/data/golden.json", "tests/data/people.csv", "tests/data/sample.csv", "verify.json"]
VERDICT: dict[str, object] = {"verdict": "equal", "reason": "", "seconds": 1.5}
ROWS = Recorded({"people.csv": people().encode(), "sample.csv": b"age\n1\n"}, {"scores": [0.1]}, "few rows")


def extract(folder: Path, *, verify: bool = False, diff: bool = False) -> int:
    """Extract the folder's notebook over its package."""
    options: dict[str, Any] = {"output": str(folder / "made"), "name": "people", "model": None, "conditions": AS_USUAL}
    return run_extract(str(folder / "people.ipynb"), **options, verify=verify, dry_run=False, force=True, diff=diff)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a notebook and its package, as --verify leaves it."""
    found = plan(str(write(tmp_path, *CELLS)), name="people", model=None)
    package.write(package.assemble(replace(found.modules, recorded=ROWS, verdict=VERDICT)), tmp_path / "made")
    return tmp_path


def recorded(folder: Path) -> list[str]:
    """Which of the recorded files are there."""
    return [path for path in RECORDED if (folder / "made" / path).is_file()]


def test_without_verify_the_same_code_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert recorded(folder) == RECORDED
    assert extract(folder, diff=True) == 0
    assert capsys.readouterr().out == ""


def test_new_words_between_the_cells_keep_what_was_recorded(folder: Path) -> None:
    book = json.loads((folder / "people.ipynb").read_text())
    book["cells"].append({"cell_type": "markdown", "source": "Done.", "metadata": {}, "id": "words"})
    (folder / "people.ipynb").write_text(json.dumps(book))
    assert extract(folder, diff=True) == 1
    assert extract(folder) == 0
    assert recorded(folder) == RECORDED
    assert extract(folder, diff=True) == 0


def test_the_last_verdict_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(folder) == 0
    told = "not run again (--verify does): the code is that of the last verdict, equal"
    assert told in capsys.readouterr().out.splitlines()


def test_other_code_removes_what_was_recorded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, *CELLS[:-1], MODEL.replace("max_depth=3", "max_depth=2"))
    assert extract(folder) == 0
    assert recorded(folder) == []
    assert not (folder / "made" / "tests" / "test_parity.py").exists()
    assert "removed the rows and values that --verify had recorded" in capsys.readouterr().out
    assert "Nothing: the package was extracted without" in (folder / "made" / "README.md").read_text()


def test_edited_rows_are_kept_and_are_not_what_was_recorded(folder: Path) -> None:
    rows = folder / "made" / "tests" / "data" / "people.csv"
    rows.write_text(mine := rows.read_text() + "30,4000,Rome,a,0\n")
    assert extract(folder) == 0
    assert rows.read_text() == mine
    assert recorded(folder) == ["tests/data/people.csv", "verify.json"]


def test_what_is_verified_is_what_will_stand_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = folder / "made" / "src" / "people"
    (source / "config.py").write_text((source / "config.py").read_text() + "# mine\n")
    (source / "mine.py").write_text("mine = 1\n")
    seen: list[str] = []

    def judge(_: Path, made: Path, **__: object) -> verdict.Verdict:
        seen.extend(
            (made / "src" / "people" / name).read_text().splitlines(keepends=True)[-1]
            for name in ("config.py", "mine.py")
        )
        return verdict.Verdict("", "", 3, "different", "seen", 0, {})

    monkeypatch.setattr(verdict, "verify", judge)
    monkeypatch.setattr(sample, "record_sample", lambda *_, **__: ROWS)
    assert extract(folder, verify=True) == 1
    assert seen == ["# mine\n", "mine = 1\n"]
    assert "config.py: edited since nb2pkg wrote it\n" in capsys.readouterr().out
    assert json.loads((folder / "made" / "verify.json").read_text())["verdict"] == "different"


def missing_data(*_: object, **__: object) -> Recorded:
    raise VerifyError("people.csv is missing")


@pytest.mark.parametrize(
    "record", [missing_data, lambda *_, **__: Recorded({}, None, "no sample: people.csv is missing")]
)
def test_what_was_recorded_stays_where_nothing_can_be_recorded_now(
    folder: Path, monkeypatch: pytest.MonkeyPatch, record: Callable[..., Recorded]
) -> None:
    found = verdict.Verdict("", "", 3, "not-verified", "people.csv is missing", 0, {})
    monkeypatch.setattr(verdict, "verify", lambda *_, **__: found)
    monkeypatch.setattr(sample, "record_sample", record)
    rows = (folder / "made" / "tests" / "data" / "people.csv").read_bytes()
    assert extract(folder, verify=True) == 1
    assert recorded(folder) == RECORDED
    assert (folder / "made" / "tests" / "data" / "people.csv").read_bytes() == rows
    assert json.loads((folder / "made" / "verify.json").read_text())["verdict"] == "not-verified"
    assert "Verdict: not-verified. people.csv is missing" in (folder / "made" / "README.md").read_text()


def test_a_verdict_that_differs_in_its_time_only_is_the_same(folder: Path) -> None:
    assert as_before({**VERDICT, "seconds": 9.0}, folder / "made") == VERDICT
    other = {**VERDICT, "reason": "other"}
    assert as_before(other, folder / "made") == other


def test_rows_outside_the_package_are_not_kept() -> None:
    above = Recorded({"../../../people.csv": b"age\n"}, {})
    assert package.inside_package(above).files == {}
    assert "too far above" in package.inside_package(above).why
    beside = Recorded({"../people.csv": b"age\n"}, {})
    assert package.inside_package(beside) is beside
    assert package.place_of_rows("../people.csv") == "tests/people.csv"
