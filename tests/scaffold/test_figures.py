"""The figures of a package: drawn by its tests and by ``report``, clean, and needed by nothing else."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pkg.extract.runtime import SCAFFOLD, renamed
from tests.scaffold.passengers import modules, passengers, put_data, recorded
from tests.scaffold.test_generated_package import MYPY, RUFF, built, passed, run


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parts = modules(rows=recorded(passengers()))
    reports = renamed((SCAFFOLD / "reports.py").read_text(encoding="utf-8"), "candidate")
    return built(tmp_path_factory.mktemp("figures"), replace(parts, files={**parts.files, "reports.py": reports}))


def test_a_package_with_figures_is_clean(package: Path) -> None:
    ruff, mypy = run(package, *RUFF), run(package, *MYPY)
    assert (ruff.returncode, mypy.returncode) == (0, 0), ruff.stdout + mypy.stdout
    project = (package / "pyproject.toml").read_text(encoding="utf-8")
    assert 'report = ["matplotlib>=3.8"]' in project
    assert "matplotlib" not in project.partition("[project.optional-dependencies]")[0]


def test_every_figure_is_tested(package: Path) -> None:
    assert passed(run(package, "-m", "pytest", "-q", "-p", "no:randomly", "tests/test_reports.py")) == 4


def test_the_command_writes_pictures_and_says_what_it_cannot_draw(package: Path, tmp_path: Path) -> None:
    put_data(tmp_path)
    command = ("-m", "candidate", "report", "--out", str(tmp_path / "pictures"), "--artifacts-dir", str(tmp_path))
    untrained = run(package, *command, data=tmp_path)
    assert untrained.returncode == 1
    assert re.search(r"survived is left out: ArtifactError: ", untrained.stderr)
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["age.png"]
    assert run(package, "-m", "candidate", "train", "--artifacts-dir", str(tmp_path), data=tmp_path).returncode == 0
    assert run(package, *command, data=tmp_path).returncode == 0
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == ["age.png", "survived.png"]


def test_without_matplotlib_only_the_report_fails_and_names_the_extra(package: Path, tmp_path: Path) -> None:
    put_data(tmp_path)
    (tmp_path / "matplotlib.py").write_text('raise ModuleNotFoundError("No module named", name="matplotlib")\n')
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(package / "src")]),
        "CANDIDATE_DATA_DIR": str(tmp_path),
    }
    places = ["--artifacts-dir", str(tmp_path)]
    done = {
        verb: subprocess.run(
            [sys.executable, "-m", "candidate", verb, *places],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for verb in ("train", "evaluate", "report")
    }
    assert [one.returncode for one in done.values()] == [0, 0, 2], done["train"].stderr
    assert "figures need matplotlib: python -m pip install '.[report]'" in done["report"].stderr
