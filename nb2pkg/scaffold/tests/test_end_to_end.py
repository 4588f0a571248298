"""Train, evaluate and predict as a user does, on the rows kept for the tests."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pkg.scaffold import cli
from nb2pkg.scaffold.cli import main
from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.contract import Contract, ContractError
from nb2pkg.scaffold.data.ingestion import read_raw
from nb2pkg.scaffold.model.artifacts import Artifact, load, newest, save
from nb2pkg.scaffold.model.predict import Answers, predict, predict_file
from nb2pkg.scaffold.model.scores import SCORES
from nb2pkg.scaffold.model.train import warn_of_other_columns
from nb2pkg.scaffold.tests.expected_settings import DEFAULTS, PREFIX


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, data_options: list[str]) -> Path:
    folder = tmp_path_factory.mktemp("models")
    assert main(["train", *data_options, "--artifacts-dir", str(folder)]) == 0
    return folder


def write_rows(config: Config, path: Path) -> int:
    rows = read_raw(config).head(30)
    rows.to_csv(path, index=False)
    return len(rows)


def test_training_writes_a_model_that_loads(models: Path) -> None:
    metadata = load(newest(models)).metadata
    assert {"version", "created", "versions", "config", "data", "evaluation"} <= metadata.keys()


def test_evaluation_says_every_score_or_why_not(
    models: Path, data_options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    places = [*data_options, "--artifacts-dir", str(models)]
    assert main(["evaluate", "--output-format", "json", *places]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["scores"].keys() == SCORES.keys()
    assert {name for name, value in result["scores"].items() if value is None} == result["undefined"].keys()
    assert result["scores"] == load(newest(models)).metadata["evaluation"]["scores"]  # type: ignore[index]
    assert main(["evaluate", *places]) == 0
    assert "held-out rows" in capsys.readouterr().out


def test_the_version_that_is_named_is_scored(
    models: Path, config: Config, data_options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = [*data_options, "--artifacts-dir", str(tmp_path)]
    artifact = load(newest(models))
    older, newer = (save(artifact, tmp_path).name for _ in range(2))
    for wanted, version in ((["--version", older], older), ([], newer)):
        assert main(["evaluate", *wanted, *places]) == 0
        assert f"model {version}, " in capsys.readouterr().out
    write_rows(config, tmp_path / "rows.csv")
    assert main(["predict", str(tmp_path / "rows.csv"), "--version", "latest", *places[-2:]]) == 2
    assert f"there are {older}, {newer}" in capsys.readouterr().err


def test_a_model_is_scored_with_the_settings_that_it_was_trained_with(
    models: Path, data_options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in DEFAULTS.items():
        if type(value) in (int, float):
            monkeypatch.setenv(f"{PREFIX}{name.upper()}", repr(type(value)(2 * value + 1)))  # type: ignore[operator,call-arg]
    assert main(["evaluate", "--output-format", "json", *data_options, "--artifacts-dir", str(models)]) == 0
    evaluation = load(newest(models)).metadata["evaluation"]
    assert json.loads(capsys.readouterr().out)["scores"] == evaluation["scores"]  # type: ignore[index]


def test_the_exit_code_says_that_every_row_was_refused(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["predict", str(tmp_path / "rows.csv"), "--artifacts-dir", str(models)]
    monkeypatch.setattr(cli, "predict_file", lambda *_, **__: Answers((None,), {0: "age: missing"}, ()))
    assert main(command) == 1
    assert "1 of 1 rows refused" in capsys.readouterr().err
    strict: list[bool] = []

    def answered(*_: object, strict_ranges: bool) -> Answers:
        strict.append(strict_ranges)
        return Answers((None, 2), {0: "age: missing"}, ())

    monkeypatch.setattr(cli, "predict_file", answered)
    assert [main(command), main([*command, "--strict-ranges"])] == [0, 0]
    assert strict == [False, True]


def test_a_line_with_more_fields_than_the_header_refuses_the_file(trained: Artifact, tmp_path: Path) -> None:
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        names = [column.name for column in trained.contract.columns]
        csv.writer(file).writerows([names, ["1"] * (len(names) + 1)])
    with pytest.raises(ContractError, match="more fields than its header"):
        predict_file(trained, tmp_path / "rows.csv")


def test_rows_that_may_have_been_learned_from_are_scored_only_when_asked_for(
    models: Path, data_options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "hash_of", lambda _: "that of other rows")
    places = [*data_options, "--artifacts-dir", str(models)]
    assert main(["evaluate", *places]) == 2
    shown = capsys.readouterr()
    assert "not the rows the model was trained on" in shown.err
    assert shown.out == ""
    assert main(["evaluate", "--changed-data", *places]) == 0
    assert "rows of changed data" in capsys.readouterr().out


def test_other_columns_than_those_of_the_model_before_are_told(
    trained: Artifact, caplog: pytest.LogCaptureFixture
) -> None:
    first, *others = trained.contract.columns
    renamed = Contract((replace(first, name="another"), *others))
    warn_of_other_columns(trained.contract, trained.contract)
    assert caplog.messages == []
    warn_of_other_columns(renamed, trained.contract)
    assert caplog.messages == [
        "columns learned from, and not for the model before: another",
        f"columns no longer needed: {first.name}",
    ]


def test_prediction_gives_one_line_per_row(models: Path, config: Config, tmp_path: Path) -> None:
    count = write_rows(config, tmp_path / "rows.csv")
    output = tmp_path / "predictions.csv"
    command = ["predict", str(tmp_path / "rows.csv"), "--output", str(output), "--artifacts-dir", str(models)]
    assert main(command) == 0
    lines = list(csv.DictReader(output.read_text(encoding="utf-8").splitlines()))
    assert len(lines) == count
    assert all(line["prediction"] or line["refused"] for line in lines)


def test_a_file_is_answered_as_its_rows_are(config: Config, trained: Artifact, tmp_path: Path) -> None:
    count = write_rows(config, tmp_path / "rows.csv")
    from_file = predict_file(trained, tmp_path / "rows.csv")
    from_rows = predict(trained, read_raw(config).head(count))
    assert from_file.refused.keys() == from_rows.refused.keys()
    for read, given in zip(from_file.predictions, from_rows.predictions, strict=True):
        assert read == given or read == pytest.approx(given, rel=1e-9)


def test_an_empty_line_is_a_row_of_its_own(config: Config, trained: Artifact, tmp_path: Path) -> None:
    write_rows(config, tmp_path / "rows.csv")
    header, first, *_ = (tmp_path / "rows.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "empty_line.csv").write_text(f"{header}\n\n{first}", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    assert len(predict_file(trained, tmp_path / "empty_line.csv").predictions) == 2
    with pytest.raises(ContractError, match="the first line is empty"):
        predict_file(trained, tmp_path / "empty.csv")


def test_one_line_of_a_file_is_read_as_many_are(config: Config, trained: Artifact, tmp_path: Path) -> None:
    count = write_rows(config, tmp_path / "rows.csv")
    together = predict_file(trained, tmp_path / "rows.csv").predictions
    for position in range(min(count, 5)):
        read_raw(config).iloc[[position]].to_csv(tmp_path / "one.csv", index=False)
        (alone,) = predict_file(trained, tmp_path / "one.csv").predictions
        assert alone == together[position] or alone == pytest.approx(together[position], rel=1e-9)


def test_a_trained_model_survives_being_kept(config: Config, trained: Artifact, tmp_path: Path) -> None:
    rows = read_raw(config).head(30)
    kept = load(save(trained, tmp_path))
    assert predict(kept, rows).predictions == predict(trained, rows).predictions
