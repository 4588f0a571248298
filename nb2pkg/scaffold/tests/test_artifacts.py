"""Artifacts: whole or absent, and refused once changed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.data.contract import Column, Contract, Kind
from nb2pkg.scaffold.model import artifacts
from nb2pkg.scaffold.model.artifacts import (
    Artifact,
    ArtifactError,
    chosen,
    hash_of,
    load,
    newest,
    newest_description,
    save,
)


def constant(value: float) -> Artifact:
    pipeline = Pipeline([("model", DummyRegressor(strategy="constant", constant=value))])
    pipeline.fit(np.zeros((2, 1)), np.array([value, value]))
    column = Column("size", Kind.NUMBER, "float64", accepts_missing=False, missing_in_training=False, low=0.0, high=1.0)
    return Artifact(pipeline=pipeline, encoder=None, contract=Contract((column,)), metadata={"training_rows": 2})


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    saved = constant(5.0)
    loaded = load(save(saved, tmp_path))
    assert loaded.contract == saved.contract
    assert loaded.pipeline.predict(np.zeros((3, 1))).tolist() == [5.0, 5.0, 5.0]
    assert loaded.metadata["training_rows"] == 2


@pytest.mark.parametrize("name", ["model.joblib", "contract.json", "metadata.json"])
def test_a_changed_file_is_refused(tmp_path: Path, name: str) -> None:
    path = save(constant(5.0), tmp_path)
    (path / name).write_bytes((path / name).read_bytes() + b" ")
    with pytest.raises(ArtifactError, match="is not what was written"):
        load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    path = save(constant(5.0), tmp_path)
    (path / "model.joblib").unlink()
    with pytest.raises(ArtifactError, match="not a trained model"):
        load(path)


def test_other_versions_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = save(constant(5.0), tmp_path)
    load(path)
    assert caplog.messages == []
    monkeypatch.setattr(artifacts, "running_versions", lambda: {"pandas": "0.25.3", "joblib": "0.1.0"})
    load(path)
    (warning,) = caplog.messages
    assert "trained with pandas " in warning
    assert "here 0.25.3; joblib" in warning


def test_other_code_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    path = save(constant(5.0), tmp_path)
    monkeypatch.setattr(artifacts, "CODE", ("data/contract.py",))
    load(path)
    (warning,) = caplog.messages
    assert "trained with other code in data/contract.py; it may answer differently" in warning


def test_a_later_patch_of_a_library_is_no_other_version() -> None:
    running = artifacts.running_versions()
    assert artifacts.other_versions(running | {"pandas": f"{running['pandas']}.post1"}) == ""


def test_what_these_libraries_cannot_load_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: Path) -> None:
        message = "No module named 'sklearn.gone'"
        raise ModuleNotFoundError(message)

    path = save(constant(5.0), tmp_path)
    monkeypatch.setattr("joblib.load", gone)
    with pytest.raises(ArtifactError, match=r"cannot be loaded .No module named 'sklearn.gone'.; run `train` again"):
        load(path)


def test_the_newest_is_the_last_one_saved(tmp_path: Path) -> None:
    paths = [save(constant(value), tmp_path) for value in (5.0, 6.0, 7.0)]
    assert newest(tmp_path) == paths[-1]


def test_a_version_is_found_by_its_name(tmp_path: Path) -> None:
    first, second = (save(constant(value), tmp_path) for value in (5.0, 6.0))
    assert [chosen(tmp_path, first.name), chosen(tmp_path, None)] == [first, second]
    with pytest.raises(ArtifactError) as refused:
        chosen(tmp_path, "latest")
    assert str(refused.value) == f"no trained model latest in {tmp_path}; there are {first.name}, {second.name}"


def test_the_newest_model_says_what_it_is_without_being_loaded(tmp_path: Path) -> None:
    assert newest_description(tmp_path) is None
    artifact = constant(5.0)
    path = save(artifact, tmp_path)
    found = newest_description(tmp_path)
    assert found is not None
    assert (found.contract, found.metadata["version"]) == (artifact.contract, path.name)


def test_no_artifact_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="run `train` first"):
        newest(tmp_path)


def test_a_save_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Contract) -> str:
        message = "no space left"
        raise OSError(message)

    monkeypatch.setattr(artifacts, "to_json", full)
    with pytest.raises(OSError, match="no space left"):
        save(constant(5.0), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_rows_are_told_apart_by_their_values_and_the_names_of_their_columns() -> None:
    rows = pd.DataFrame({"width": [1, 2], "height": [3, 4]})
    assert hash_of(rows) == hash_of(rows.copy())
    assert hash_of(rows) != hash_of(rows.iloc[::-1])
    assert hash_of(rows) != hash_of(rows.set_axis(["height", "width"], axis=1))
