"""A package put together from the hand-written modules: clean, tested by itself, and its tests bite."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pkg.extract.hooks import FEATURE_ROWS, unneeded
from nb2pkg.extract.package import Modules, Recorded, assemble, write
from nb2pkg.extract.runtime import SCAFFOLD, renamed
from tests.scaffold.passengers import modules, passengers, put_data, recorded, whole

RUFF = ("-m", "ruff", "check", "--select", "ALL", "--ignore", "D203,D213,COM812,CPY001", "--no-force-exclude", ".")
MYPY = (
    "-m",
    "mypy",
    "--strict",
    "--config-file",
    os.devnull,
    "--ignore-missing-imports",
    "--allow-subclassing-any",
    "src",
)
PYTEST = ("-m", "pytest", "-q", "-x", "--no-header", "-p", "no:randomly", "-p", "no:xdist", "tests")


def run(package: Path, *arguments: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(package / "src"), "CANDIDATE_DATA_DIR": str(data or package)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=package, env=environment, capture_output=True, text=True, check=False)


def passed(done: subprocess.CompletedProcess[str]) -> int:
    found = re.search(r"(\d+) passed", done.stdout)
    assert found is not None, done.stdout
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
    return int(found[1])


def built(folder: Path, parts: Modules) -> Path:
    write(assemble(parts), folder / "package")
    return folder / "package"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("whole"), modules(rows=recorded(passengers())))


def test_the_package_is_clean(package: Path) -> None:
    ruff, mypy = run(package, *RUFF), run(package, *MYPY)
    assert (ruff.returncode, mypy.returncode) == (0, 0), ruff.stdout + mypy.stdout


def test_a_package_that_needs_every_hook_is_clean(tmp_path: Path) -> None:
    handed = modules(rows=recorded(passengers()), having=whole)
    figures = (SCAFFOLD / "reports.py").read_text(encoding="utf-8")
    parts = replace(handed, files={**handed.files, "reports.py": renamed(figures, "candidate")})
    assert unneeded(parts.files) == (FEATURE_ROWS,)
    full = built(tmp_path, parts)
    ruff, mypy = run(full, *RUFF), run(full, *MYPY)
    assert (ruff.returncode, mypy.returncode) == (0, 0), ruff.stdout + mypy.stdout


def test_no_hook_is_left_where_it_does_nothing(package: Path) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    idle = ("select_rows", "encoder", "encoded", "validation_lines", "resampl", "further_rows", "BETWEEN", "REPORTING")
    assert [word for word in idle if word in text] == []


def test_the_package_passes_its_own_tests(package: Path) -> None:
    assert passed(run(package, *PYTEST)) >= 60


def test_the_package_knows_nothing_of_nb2pkg(package: Path) -> None:
    for path in [*package.glob("src/**/*.py"), *package.glob("tests/**/*.py")]:
        imports = re.findall(r"^\s*(?:import|from)\s+nb2pkg", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert not imports, path


def test_without_recorded_rows_only_tests_that_need_none_are_written(tmp_path: Path) -> None:
    bare = built(tmp_path, modules())
    assert not (bare / "tests" / "test_parity.py").exists()
    assert passed(run(bare, *PYTEST)) >= 10
    assert run(bare, *RUFF).returncode == 0
    assert "`test_parity.py`" in (bare / "README.md").read_text(encoding="utf-8")


def test_bundled_rows_need_no_recording(tmp_path: Path) -> None:
    wine = """\"\"\"Read the wine.\"\"\"

import pandas as pd
from sklearn.datasets import load_wine

from candidate.config import Config


def read_raw(config: Config) -> pd.DataFrame:
    \"\"\"Give features and target of the bundled rows.\"\"\"
    frame = load_wine(as_frame=True).frame
    columns = {"magnesium": "Pclass", "alcohol": "Age", "hue": "Fare", "target": "Survived"}
    return frame.rename(columns=columns).assign(Sex=["male", "female"] * (len(frame) // 2))
"""
    parts = modules(change=lambda path, text: wine if path == "data/ingestion.py" else text)
    assert passed(run(built(tmp_path, replace(parts, bundled=True)), *PYTEST)) >= 60


@pytest.mark.parametrize("count", [6, 12])
def test_few_rows_break_nothing(tmp_path: Path, count: int) -> None:
    assert passed(run(built(tmp_path, modules(rows=recorded(passengers(count)))), *PYTEST)) >= 60


def swapped(path: str, text: str) -> str:
    return text.replace('"Age", "Fare"]', '"Fare", "Age"]') if path.endswith("preprocessing.py") else text


def unfilled(path: str, text: str) -> str:
    return text.replace("fillna(self.age_mean_)", "fillna(0.0)") if path.endswith("preprocessing.py") else text


def doubled_code(path: str, text: str) -> str:
    return text.replace('"female": 2', '"female": 4') if path.endswith("preprocessing.py") else text


def other_seed(path: str, text: str) -> str:
    return text.replace("random_state=config.seed)", "random_state=7)") if path.endswith("preprocessing.py") else text


def other_score(path: str, text: str) -> str:
    return text.replace("return pipeline", "return 0.5 * pipeline") if path.endswith("scores.py") else text


@pytest.mark.parametrize("change", [swapped, unfilled, doubled_code, other_seed, other_score])
def test_the_packages_tests_catch_a_change(tmp_path: Path, change: Callable[[str, str], str]) -> None:
    assert change("data/preprocessing.py", "x") == "x"
    spoilt = built(tmp_path, modules(change=change, rows=recorded(passengers())))
    done = run(spoilt, *PYTEST[:-1], "tests/test_parity.py")
    assert done.returncode == 1, done.stdout


def test_the_packages_tests_catch_a_changed_default(tmp_path: Path) -> None:
    spoilt = built(tmp_path, modules(rows=recorded(passengers())))
    config = spoilt / "src" / "candidate" / "config.py"
    config.write_text(config.read_text(encoding="utf-8").replace("= 0.2", "= 0.4"), encoding="utf-8")
    assert run(spoilt, *PYTEST[:-1], "tests/test_config.py").returncode == 1


def test_only_the_notebooks_own_numbers_stand_in_configuration_and_data(package: Path) -> None:
    contract = (package / "src" / "candidate" / "data" / "contract.py").read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.\"])([2-9]|\d\d+|\d+\.\d+)(?![\w.\"])", re.sub(r'"""(.|\n)*?"""', "", contract))


def test_a_user_trains_evaluates_and_predicts(package: Path, tmp_path: Path) -> None:
    put_data(tmp_path)
    assert run(package, "-m", "candidate", "train", "--max-depth", "2", data=tmp_path).returncode == 0
    evaluated = run(package, "-m", "candidate", "evaluate", "--output-format", "json", data=tmp_path)
    result = json.loads(evaluated.stdout)
    assert (result["rows"], list(result["scores"]), result["undefined"]) == (40, ["accuracy"], {})
    metadata = json.loads((package / "artifacts" / result["version"] / "metadata.json").read_text(encoding="utf-8"))
    assert metadata["config"]["max_depth"] == 2
    assert (metadata["held_out_rows_learned_from"], metadata["target_labels"]) == (0, {})
    rows = passengers(5).drop(columns=["Survived", "Name"])
    rows.loc[1, "Sex"] = "unknown"
    rows.to_csv(tmp_path / "rows.csv", index=False)
    answered = run(package, "-m", "candidate", "predict", str(tmp_path / "rows.csv"), data=tmp_path)
    lines = list(csv.DictReader(answered.stdout.splitlines()))
    assert [line["prediction"] != "" for line in lines] == [True, False, True, True, True]
    assert lines[1]["refused"].startswith("Sex: ")


FILE = "passengers.csv"
REFUSED: dict[str, tuple[tuple[str, ...], int | None, list[str]]] = {
    "a setting of the model": (("--max-depth", "-3"), 200, ["'max_depth'", "max_depth=-3", "200 rows"]),
    "one row": ((), 1, ["n_samples=1", "1 rows"]),
    "an empty file": ((), 0, ["No columns to parse from file"]),
    "no file": ((), None, ["there is no file", "--data-dir"]),
}


@pytest.mark.parametrize(("options", "count", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_trained_is_told_in_one_line(
    package: Path,
    tmp_path: Path,
    options: tuple[str, ...],
    count: int | None,
    told: list[str],
) -> None:
    if count is not None:
        text = passengers(count).to_csv(index=False) if count else ""
        (tmp_path / FILE).write_text(text, encoding="utf-8")
    artifacts = tmp_path / "artifacts"
    done = run(package, "-m", "candidate", "train", "--artifacts-dir", str(artifacts), *options, data=tmp_path)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
    assert [words for words in told if words not in done.stderr] == []
    assert not artifacts.exists()


def test_changed_rows_are_not_scored_as_held_out(package: Path, tmp_path: Path) -> None:
    put_data(tmp_path)
    places = ("--artifacts-dir", str(tmp_path / "artifacts"))
    assert run(package, "-m", "candidate", "train", *places, data=tmp_path).returncode == 0
    passengers(199).to_csv(tmp_path / FILE, index=False)
    refused = run(package, "-m", "candidate", "evaluate", *places, data=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--changed-data" in refused.stderr
    asked = run(package, "-m", "candidate", "evaluate", "--changed-data", *places, data=tmp_path)
    assert asked.stdout.splitlines()[0].endswith(", 40 rows of changed data, split as in training")
    assert "not the rows the model was trained on" in asked.stderr


def test_a_package_without_golden_values_says_why(tmp_path: Path) -> None:
    rows = recorded(passengers())
    parts = modules(rows=Recorded(rows.files, None, "the notebook does not run on 200 rows"))
    texts = assemble(parts)
    assert "tests/test_parity.py" not in texts
    assert "tests/data/sample.csv" in texts
    assert b"the notebook does not run on 200 rows" in texts["README.md"]
