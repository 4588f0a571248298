"""The package does to these rows what the notebook itself did to them."""

import pandas as pd
import pytest

from nb2pkg.scaffold.tests.alike import alike, alike_tables, cells
from nb2pkg.scaffold.tests.replay import (
    Replayed,
    can_be_replayed,
    read_golden,
    read_plan,
    replay,
    score_of,
    taken,
)

GOLDEN = read_golden()


@pytest.fixture(scope="module")
def replayed() -> Replayed:
    return replay(read_plan(), seed=GOLDEN["seed"])


def test_the_model_receives_what_it_received_in_the_notebook(replayed: Replayed) -> None:
    assert GOLDEN["frames"]
    for frame in GOLDEN["frames"]:
        part = frame["part"]
        table = taken(replayed.features[part] if frame["argument"] == "X" else replayed.target(part), frame)
        assert table.shape[0] == frame["rows"], frame["site"]
        if frame["columns"] is not None and isinstance(table, pd.DataFrame):
            assert [*map(str, table.columns)] == frame["columns"], frame["site"]
        assert alike_tables(cells(table, frame), frame["values"]), frame["site"]


def test_the_model_answers_as_it_did_in_the_notebook(replayed: Replayed) -> None:
    for entry in GOLDEN["predictions"]:
        table = taken(replayed.features[entry["part"]], entry)
        answers = getattr(replayed.pipeline[-1], entry["method"])(table)
        assert alike_tables(cells(answers, entry), entry["values"]), entry["site"]


def test_every_score_is_what_the_notebook_gets_on_these_rows(replayed: Replayed) -> None:
    for entry in GOLDEN["scores"]:
        if can_be_replayed(entry):
            assert alike(score_of(replayed, entry), entry["value"]), entry["site"]
