"""Each figure of the notebook is drawn, on the rows kept for the tests."""

from pathlib import Path

import pytest

from nb2pkg.scaffold.cli import main
from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.model.artifacts import Artifact, save
from nb2pkg.scaffold.reporting import Given, drawn
from nb2pkg.scaffold.reports import FIGURES


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_figure_is_drawn(name: str, config: Config, trained: Artifact) -> None:
    figures = drawn(FIGURES[name], Given(config, trained))
    assert figures
    assert all(hasattr(figure, "savefig") or hasattr(figure, "write_html") for figure in figures)


def test_the_report_writes_every_picture(
    data_options: list[str], trained: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(trained, tmp_path / "models")
    places = [*data_options, "--artifacts-dir", str(tmp_path / "models")]
    assert main(["report", "--out", str(tmp_path / "pictures"), *places]) == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert len(written) >= len(FIGURES)
    assert all(path.stat().st_size for path in written)


def test_a_figure_that_fits_the_model_anew_leaves_the_trained_one(config: Config, trained: Artifact) -> None:
    assert Given(config, trained).evaluation.pipeline is not trained.pipeline
