"""A package is equal to its own notebook, and to nothing else."""

import json
import time
from pathlib import Path

import pytest

from nb2pkg.errors import VerifyError
from nb2pkg.verify.command import run_verify
from nb2pkg.verify.conditions import AS_USUAL
from nb2pkg.verify.plan import hash_of, read_plan
from nb2pkg.verify.record import read_notebook, record
from nb2pkg.verify.recording import Recording
from nb2pkg.verify.replay import Side
from nb2pkg.verify.terminal import table
from nb2pkg.verify.verdict import Verdict, compared, verify, wish_of
from tests.cli.notebooks import run_here
from tests.verify import pair


@pytest.fixture(scope="module")
def recording(notebook: Path, package: Path) -> Recording:
    found = record(read_notebook(notebook), wish_of(read_plan(package)), timeout=100)
    assert isinstance(found, Recording)
    return found


def judged(recording: Recording, notebook: Path, package: Path, scratch: Path) -> Verdict:
    plan = read_plan(package)
    scratch.mkdir(exist_ok=True)
    side = Side(package, plan.package, notebook.parent, scratch, AS_USUAL, 60)
    blank = Verdict(str(notebook), str(package), plan.level, "not-verified", "", plan.seed, {})
    return compared(blank, plan, recording, side, dict, served=5)


def test_the_package_is_equal(notebook: Path, package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = time.monotonic()
    assert run_verify(str(notebook), str(package), conditions=AS_USUAL, timeout=100, output_format="json") == 0
    verdict = json.loads(capsys.readouterr().out)
    assert verdict == json.loads((package / "verify.json").read_text())
    assert (verdict["verdict"], verdict["reason"], verdict["level"], verdict["seed"]) == ("equal", "", 3, 0)
    assert [frame["equal"] for frame in verdict["replay"]["frames"]] == [True] * 9
    assert [score["equal"] for score in verdict["replay"]["scores"]] == [True] * 4
    assert verdict["serving"] == {"rows": 23, "equal": True, "ties": 0}
    assert [(one["rule"], one["scores"][0]["name"]) for one in verdict["corrections"]] == [("NB302", "score")]
    assert [(one["cell"], one["line"]) for one in verdict["repairs"]] == [(2, 1), (4, 1), (6, 1)]
    assert {"python", "numpy", "pandas", "scikit-learn"} <= verdict["environment"].keys()
    assert 0 < verdict["seconds"] <= round(time.monotonic() - start + 0.005, 2)


TAMPERED = {
    "a constant doubled": ({"config.py": ("max_depth: int = 3", "max_depth: int = 6")}, "answer"),
    "a constant that changes the split": ({"config.py": ("0.25", "0.5")}, "67 rows in the notebook, 45 in the package"),
    "another seed": ({"config.py": ("seed: int = 0", "seed: int = 1")}, "cell 6 model.fit X"),
    "a step dropped": ({"model/pipeline.py": ('        ("scaler", StandardScaler()),\n', "")}, "cell 6 model.fit X"),
    "two columns swapped": (
        {"data/preprocessing.py": ('"age", "pay"', '"pay", "age"')},
        "cell 6 model.fit X: column 0",
    ),
    "a harmless parameter": (
        {"model/pipeline.py": ("random_state=config.seed", "random_state=config.seed, min_samples_leaf=1.0e-9")},
        "model parameters: DecisionTreeClassifier(min_samples_leaf) is 1 in the notebook, 1e-09 in the package",
    ),
    "code that breaks": (
        {"model/pipeline.py": ("StandardScaler()", "StandardScaler(3)")},
        "the package failed: TypeError",
    ),
    "a score of its own": ({"model/evaluate.py": ("pipeline.score(rows, target)", "1.0")}, "cell 7 model.score"),
    "a row that needs its neighbours": (
        {
            "data/preprocessing.py": (
                "return features",
                'return features.assign(pay=features["pay"] * (len(rows) > 1))',
            )
        },
        "serving: row",
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_package_is_different(recording: Recording, notebook: Path, tmp_path: Path, name: str) -> None:
    changes, reason = TAMPERED[name]
    package = pair.write_package(tmp_path / "package", changes)
    verdict = judged(recording, notebook, package, tmp_path / "scratch")
    assert verdict.verdict == "different"
    assert reason in verdict.reason


def with_plan(package: Path, **changes: object) -> Path:
    ledger = json.loads((package / "extraction.json").read_text())
    ledger["replay"] |= changes
    (package / "extraction.json").write_text(json.dumps(ledger))
    return package


def test_a_repair_stands_beside_what_the_saved_notebook_shows(
    recording: Recording, notebook: Path, tmp_path: Path
) -> None:
    package = pair.write_package(tmp_path / "package")
    ledger = json.loads((package / "extraction.json").read_text())
    seeded = {"rule": "unseeded-randomness", "what": "the split draws with the seed", "repair": True}
    ledger["corrections"].append(seeded)  # below the leak in the notebook
    shown = [0.5 if score["site"] == "cell 7 model.score" else None for score in ledger["replay"]["scores"]]
    ledger["saved_scores"] = [{"site": "", "value": value} for value in shown]
    (package / "extraction.json").write_text(json.dumps(ledger))
    verdict = judged(recording, notebook, package, tmp_path / "scratch")
    first = next(score for score in verdict.scores if score.name == "cell 7 model.score")
    leak, repair = verdict.corrections
    assert (first.saved, leak.repair, repair.repair) == (0.5, False, True)
    assert leak.scores[0].before == first.notebook
    assert repair.scores == (("score", 0.5, first.notebook),)
    assert f"score: the saved notebook shows 0.5, its run with all repairs gives {first.notebook}" in table(verdict)


def test_a_score_on_rows_held_out_says_on_how_many(recording: Recording, notebook: Path, tmp_path: Path) -> None:
    package = pair.write_package(tmp_path / "package")
    ledger = json.loads((package / "extraction.json").read_text())
    ledger["corrections"].append({"rule": "training-score", "what": "rows are held out", "split": True})
    (package / "extraction.json").write_text(json.dumps(ledger))
    leak, held_out = judged(recording, notebook, package, tmp_path / "scratch").corrections
    assert (leak.held_out, held_out.held_out) == (None, 23)
    assert "held_out" not in leak.as_json()
    assert held_out.as_json()["held_out"] == 23


def test_a_call_the_plan_leaves_out_is_different(recording: Recording, notebook: Path, tmp_path: Path) -> None:
    package = with_plan(pair.write_package(tmp_path / "package"), frames=pair.PLAN["frames"][:3])
    package = with_plan(package, scores=[pair.PLAN["scores"][0]])
    verdict = judged(recording, notebook, package, tmp_path / "scratch")
    assert verdict.reason == "the plan has no entry for predict in cell 8, line 1"


def test_an_entry_nothing_was_recorded_for_is_different(recording: Recording, notebook: Path, tmp_path: Path) -> None:
    extra = {**pair.PLAN["frames"][3], "cell": 9, "site": "cell 9 model.predict"}
    package = with_plan(pair.write_package(tmp_path / "package"), frames=[*pair.PLAN["frames"], extra])
    verdict = judged(recording, notebook, package, tmp_path / "scratch")
    assert verdict.reason == "no call of the chosen model was recorded for cell 9 model.predict X"


def test_another_notebook_is_different(package: Path, tmp_path: Path) -> None:
    other = pair.write_notebook(tmp_path, ["x = 1", "y = 2"])
    verdict = verify(other, package, timeout=60)
    assert verdict.verdict == "different"
    assert verdict.reason.startswith("the fit in cell 6, line 2 never happened")


def test_another_notebook_is_known_by_its_code(notebook: Path, tmp_path: Path) -> None:
    package = with_plan(pair.write_package(tmp_path / "package"), notebook_sha256=hash_of(read_notebook(notebook)))
    other = pair.write_notebook(tmp_path / "other", [*pair.NOTEBOOK[:-1], "1 / 1"])
    (package / "verify.json").write_text("what an earlier run found", encoding="utf-8")
    done = run_here("verify", other, package, folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "the package was extracted from other code than this notebook's" in done.stdout
    assert (package / "verify.json").read_text(encoding="utf-8") == "what an earlier run found"


def test_data_that_is_missing_is_not_verified(package: Path, tmp_path: Path) -> None:
    path = pair.write_notebook(tmp_path, pair.NOTEBOOK)
    (tmp_path / "people.csv").unlink()
    verdict = verify(path, package, timeout=60)
    assert verdict.verdict == "not-verified"
    assert verdict.reason.startswith("cell 2 raised FileNotFoundError")


def test_a_folder_that_is_no_package_cannot_be_verified(notebook: Path, tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match=r"extraction\.json"):
        verify(notebook, tmp_path)
