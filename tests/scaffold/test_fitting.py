"""What cannot be fitted is told in one sentence; what is fitted and weak is warned of."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from nb2pkg.extract import described
from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.model import train
from nb2pkg.scaffold.model.artifacts import Artifact
from nb2pkg.scaffold.model.refusals import RowsError
from tests.scaffold.passengers import passengers

Change = Callable[[pd.DataFrame], pd.DataFrame]


def without(column: str) -> Change:
    return lambda rows: rows.drop(columns=column)


def as_they_are(rows: pd.DataFrame) -> pd.DataFrame:
    return rows


FIT = "the model cannot be fitted: "
REFUSED: dict[str, tuple[dict[str, object], Change, list[str]]] = {
    "a share that cannot be held out": ({"test_size": 2.0}, as_they_are, ["'test_size'", "test_size=2.0", "200 rows"]),
    "no such feature": ({}, without("Age"), [FIT, "missing column: Age; the rows have neither"]),
    "no such target": ({}, without("Survived"), [FIT, "missing column: Survived"]),
    "one row": ({}, lambda rows: rows.head(1), ["n_samples=1", "1 rows"]),
    "no row": ({}, lambda rows: rows.head(0), ["n_samples=0", "0 rows"]),
    "targets missing": (
        {},
        lambda rows: rows.assign(Survived=rows["Survived"].where(rows.index >= 150)),
        ["the target Survived is missing in", "training rows, the first is row 1"],
    ),
    "one label": ({}, lambda rows: rows.assign(Survived=1), ["the target is 1 in all training rows"]),
    "text among numbers": ({}, lambda rows: rows.assign(Age="old"), [FIT]),
}  # fmt: skip


def fitted(rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, **settings: object) -> Artifact:
    monkeypatch.setattr(train, "read_raw", lambda _: rows)
    return train.fit(Config(**settings))  # type: ignore[arg-type]


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_fitted_is_refused_with_the_reason(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, spoilt, told = REFUSED[case]
    with pytest.raises(RowsError) as refused:
        fitted(spoilt(passengers(200)), monkeypatch, **settings)
    assert [words for words in told if words not in str(refused.value)] == []


def test_a_model_that_answers_no_row_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = make_pipeline(SimpleImputer(), KNeighborsClassifier(n_neighbors=500))
    rows = passengers(200)[["Age", "Fare", "Survived"]]
    monkeypatch.setattr(train, "build_pipeline", lambda _: many)
    with pytest.raises(RowsError, match="the fitted model answers no row: .*n_neighbors"):
        fitted(rows, monkeypatch)


def test_a_file_that_is_not_there_is_named_with_the_option_that_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "passengers.csv"
    told = f"the rows cannot be read: there is no file {path}; --data-dir says where the data files are"
    with pytest.raises(RowsError, match=re.escape(told)):
        train.read(Config(data_dir=tmp_path))


def by_port(_: Config) -> Pipeline:
    """A model of one column of text, whose missing values are answered as its most frequent one."""
    filled = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    return make_pipeline(ColumnTransformer([("port", filled, ["Port"])]), KNeighborsClassifier())


def with_ports(rows: pd.DataFrame) -> pd.DataFrame:
    ports = np.array(["Cork", "Cork", "Oslo", None], dtype=object)
    return rows.assign(Port=np.resize(ports, len(rows)))


def test_missing_values_that_are_learned_as_a_category_are_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(train, "build_pipeline", by_port)
    fitted(with_ports(passengers(200)), monkeypatch)
    (told,) = caplog.messages
    assert re.fullmatch(r"Port is missing in \d+ of 128 training rows, which are learned as Cork", told)


def test_held_out_rows_that_predict_refuses_are_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rows = with_ports(passengers(200))
    rows.loc[train.split(rows, Config())["test"].index[:3], "Port"] = "Rome"
    monkeypatch.setattr(train, "build_pipeline", by_port)
    artifact = fitted(rows, monkeypatch)
    assert caplog.messages[1:] == [
        "3 of 40 held-out rows are scored although `predict` refuses them: Port a category that was not in training and no step encodes"
    ]
    evaluation = artifact.metadata["evaluation"]
    assert isinstance(evaluation, dict)
    assert evaluation["scores"] == {"accuracy": None}


def test_held_out_rows_that_were_learned_from_are_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    artifact = fitted(pd.concat([passengers(100)] * 2, ignore_index=True), monkeypatch)
    count = artifact.metadata["held_out_rows_learned_from"]
    assert count
    assert caplog.messages == [f"{count} of 40 held-out rows are, value for value, rows that were learned from"]


def test_the_labels_of_the_target_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = passengers(200)
    answers = fitted(rows.assign(Survived=np.where(rows["Survived"], "yes", "no")), monkeypatch)
    assert answers.metadata["target_labels"] == {"Survived": ["no", "yes"]}


def test_the_card_and_the_command_call_as_few_rows_few() -> None:
    assert described.FEW_ROWS == train.FEW_ROWS
