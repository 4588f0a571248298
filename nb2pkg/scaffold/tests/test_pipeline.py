"""The whole pipeline: raw rows in, predictions out, one row as well as many."""

import pandas as pd
import pytest
from sklearn.base import clone

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.contract import ContractError, Kind
from nb2pkg.scaffold.data.ingestion import read_raw
from nb2pkg.scaffold.data.preprocessing import select_rows, split_rows
from nb2pkg.scaffold.model.artifacts import Artifact
from nb2pkg.scaffold.model.evaluate import count_learned_rows
from nb2pkg.scaffold.model.pipeline import build_pipeline
from nb2pkg.scaffold.model.predict import predict
from nb2pkg.scaffold.model.train import FEW_ROWS, fit

SOME = 20


def held_out_rows(config: Config) -> pd.DataFrame:
    *_, held_out = split_rows(select_rows(read_raw(config), config), config)
    return held_out.head(SOME)


def close(first: object, second: object) -> bool:
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(close, first, second))
    if isinstance(first, float) and isinstance(second, float):
        return first == pytest.approx(second, rel=1e-9, nan_ok=True)
    return first == second


def test_an_unfitted_pipeline_can_be_cloned(config: Config) -> None:
    pipeline = build_pipeline(config)
    assert [name for name, _ in clone(pipeline).steps] == [name for name, _ in pipeline.steps]


def test_every_held_out_row_is_answered_or_refused_with_a_reason(config: Config, trained: Artifact) -> None:
    rows = held_out_rows(config)
    answers = predict(trained, rows)
    assert len(answers.predictions) == len(rows)
    assert {row for row, value in enumerate(answers.predictions) if value is None} == answers.refused.keys()


def test_one_row_alone_gets_what_it_gets_among_others(config: Config, trained: Artifact) -> None:
    rows = held_out_rows(config)
    together = predict(trained, rows)
    for position, value in enumerate(together.predictions):
        alone = predict(trained, rows.iloc[[position]])
        assert close(alone.predictions[0], value)


def test_columns_the_pipeline_does_not_need_change_nothing(config: Config, trained: Artifact) -> None:
    rows = held_out_rows(config)
    needed = [column.name for column in trained.contract.columns]
    assert predict(trained, rows[needed]).predictions == predict(trained, rows).predictions


def test_columns_in_another_order_change_nothing(config: Config, trained: Artifact) -> None:
    rows = held_out_rows(config)
    assert predict(trained, rows[list(rows.columns)[::-1]]).predictions == predict(trained, rows).predictions


def test_each_needed_column_is_missed(config: Config, trained: Artifact) -> None:
    rows = held_out_rows(config)
    for column in trained.contract.columns[:SOME]:
        with pytest.raises(ContractError, match="missing column: "):
            predict(trained, rows.drop(columns=column.name))


def test_each_column_refuses_what_its_contract_refuses(config: Config, trained: Artifact) -> None:
    rows = held_out_rows(config)
    answered = [row for row in range(len(rows)) if row not in predict(trained, rows).refused]
    for column in trained.contract.columns[:SOME] if answered else ():
        numeric = column.kind in (Kind.INTEGER, Kind.NUMBER)
        odd: dict[str, tuple[object, bool]] = {
            "a missing value": (float("nan") if numeric else None, column.accepts_missing)
        }
        if numeric:
            odd["an infinite number"] = float("inf"), False
        if column.kind is Kind.TEXT and column.categories is not None:
            odd["a new category"] = "a text that was never seen", column.accepts_unseen
        for said, (value, allowed) in odd.items():
            row = rows.iloc[answered[:1]].copy()
            row[column.name] = pd.Series([value], dtype="float64" if numeric else column.dtype, index=row.index)
            assert bool(predict(trained, row).refused) is not allowed, f"{said} in {column.name}"


def test_training_twice_gives_the_same_model(
    config: Config, trained: Artifact, caplog: pytest.LogCaptureFixture
) -> None:
    rows = held_out_rows(config)
    again = fit(config)
    count = trained.metadata["evaluation"]["rows"]  # type: ignore[index]
    assert any("few rows are held out" in message for message in caplog.messages) is (0 < count < FEW_ROWS)
    assert again.contract == trained.contract
    assert predict(again, rows).predictions == predict(trained, rows).predictions


def test_the_model_learns_from_the_training_rows_alone(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[pd.DataFrame] = []
    kind = type(build_pipeline(config))
    original = kind.fit

    def fit_and_note(pipeline: object, rows: pd.DataFrame, *target: object, **more: object) -> object:
        learned.append(rows)
        return original(pipeline, rows, *target, **more)

    monkeypatch.setattr(kind, "fit", fit_and_note)
    artifact = fit(config)
    training, *_ = split_rows(select_rows(read_raw(config), config), config)
    pd.testing.assert_frame_equal(learned[0], training)
    assert artifact.metadata["training_rows"] == len(training)


def test_prediction_leaves_the_rows_as_they_were(config: Config, trained: Artifact) -> None:
    rows = held_out_rows(config)
    before = rows.copy()
    predict(trained, rows)
    pd.testing.assert_frame_equal(rows, before)


def test_rows_that_were_learned_from_are_counted(config: Config) -> None:
    rows = held_out_rows(config)
    assert count_learned_rows(rows.head(3), rows) == len(rows.head(3))
    assert count_learned_rows(rows.head(3), rows.head(0)) == 0
