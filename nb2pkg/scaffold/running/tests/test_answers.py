"""A model that is trained on the rows beside these tests, kept and loaded, answers as the notebook's own did."""

import shutil
from pathlib import Path

import pytest

from nb2pkg.scaffold.config import load_config
from nb2pkg.scaffold.model.artifacts import load
from nb2pkg.scaffold.model.predict import predict_file
from nb2pkg.scaffold.running.stages.train import train
from nb2pkg.scaffold.running.tests.recorded import DATA, read_golden
from nb2pkg.scaffold.tests.alike import alike_tables, plain_cells


def test_feature_rows_get_the_answers_of_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shutil.copytree(DATA, tmp_path / "data"))
    answers = predict_file(load(train(load_config({}))), DATA / "sample.csv")
    assert not answers.refused
    assert alike_tables(plain_cells(list(answers.predictions)), read_golden()["answers"])
