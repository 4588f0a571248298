"""What a target hides of the raw column that it is made of."""

import pandas as pd
import pytest

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.model import targets
from nb2pkg.scaffold.model.targets import source_columns, source_labels

ROWS = pd.DataFrame(
    {"kind": ["ham", "ham", "spam", None], "words": [3, 9, 4, 1], "sender": ["a", "b", "c", "d"], 7: [0, 1, 0, 1]}
)


def spam(rows: pd.DataFrame, _: Config) -> pd.Series:
    return rows["kind"].map(lambda kind: 1 if kind == "spam" else 0)


def mapped(rows: pd.DataFrame, _: Config) -> pd.Series:
    return rows.drop(columns=["sender"])["kind"].map({"ham": 0, "spam": 1})


def long(rows: pd.DataFrame, _: Config) -> pd.Series:
    return (rows["words"] > 3) & (rows[7] == 1)


TARGETS = {
    "a column that has no gaps as a target": (spam, ["kind"], {"kind": ["ham", "spam"]}),
    "a column that another is dropped beside": (mapped, ["kind"], {"kind": ["ham", "spam"]}),
    "two columns of numbers": (long, ["words", 7], {}),
}


@pytest.mark.parametrize("case", TARGETS)
def test_a_target_is_made_of_the_columns_that_it_changes_with(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target, columns, labels = TARGETS[case]
    monkeypatch.setattr(targets, "target_of", target)
    assert source_columns(ROWS, Config()) == columns
    assert source_labels(ROWS, Config()) == labels


def test_a_gap_that_the_target_hides_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(targets, "target_of", spam)
    source_labels(ROWS[:3], Config())
    assert caplog.messages == []
    source_labels(ROWS, Config())
    assert caplog.messages == ["kind, which the target is made of, is missing in 1 of 4 rows"]
