"""What the data lacks is told in one line; what is wrong with the package itself goes on as it is."""

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

import pandas as pd
import pytest

from nb2pkg.scaffold.config import load_config
from nb2pkg.scaffold.running import refusals
from nb2pkg.scaffold.running.refusals import DataError, explained, with_files

TABLE = pd.DataFrame({"a": [1.0]})


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (lambda: TABLE["b"], "not in the table: b"),
        (lambda: TABLE[["a", "b"]], "not in the table: ['b'] not in index"),
        (lambda: TABLE.b, "not in the table: b"),
        (lambda: pd.read_csv(Path("empty.csv")), "No columns to parse from file"),
        (lambda: pd.read_csv("wide.csv"), "Error tokenizing data. C error: Expected 1 fields in line 3, saw 2"),
    ],
)
def test_what_the_data_lacks_is_told(
    statement: Callable[[], object], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    (tmp_path / "wide.csv").write_text("a\n1\n2,3\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(refusals, "HERE", Path(__file__).parent)
    with pytest.raises(DataError) as told, explained(load_config({})):
        statement()
    assert str(told.value).startswith("test_refusals.py, line ")
    assert f": {reason}" in str(told.value)


def test_the_files_that_were_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(refusals, "DATA_FILES", ("rows.csv", "other.csv"))
    assert with_files("no such column", load_config({})) == "no such column; read from rows.csv"


@pytest.mark.parametrize(
    "statement",
    [lambda: vars(TABLE)["b"], lambda: int("seven"), lambda: TABLE + object(), lambda: attrgetter("columns")(None)],
)
def test_other_errors_are_not_taken_for_what_the_data_lacks(
    statement: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "HERE", Path(__file__).parent)
    with pytest.raises((KeyError, ValueError, TypeError, AttributeError)) as raised, explained(load_config({})):
        statement()
    assert not isinstance(raised.value, DataError)
