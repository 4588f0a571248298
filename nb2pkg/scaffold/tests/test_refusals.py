"""What cannot be trained or scored is said in one line that names the setting, the column, the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nb2pkg.scaffold.config import Config, load_config
from nb2pkg.scaffold.model.refusals import RowsError, raising_rows_error, reason_of

ROWS = pd.DataFrame({"age": [30, 40], "fare": [1.0, 2.0], "sex": ["male", "female"]})
NEITHER = "the rows have neither such a column nor such a category"
CODES = {"male": 1}
CODE_TABLE = pd.DataFrame({"male": [1]})
ANYTHING: Any = ROWS
NOTHING: Any = None


def message_of(work: Callable[[], object], config: Config) -> str:
    with pytest.raises(RowsError) as refused, raising_rows_error("not fitted", config, rows=ROWS):
        work()
    return str(refused.value)


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (lambda: ROWS["cabin"], f"missing column: cabin; {NEITHER}"),
        (lambda: ROWS[["age", "cabin"]], f"missing column: ['cabin'] not in index; {NEITHER}"),
        (lambda: ROWS.drop(columns="cabin"), f"missing column: ['cabin'] not found in axis; {NEITHER}"),
        (lambda: ROWS.cabin, "missing column: cabin"),
        (
            lambda: ROWS.drop(columns="age_90"),
            "missing column: ['age_90'] not found in axis; if it is made of age, no row learned from has 90 there",
        ),
        (
            lambda: CODE_TABLE["female"],
            "missing column: female; if it is made of sex, no row learned from has female there",
        ),
        (lambda: CODES["female"], "there is no entry for female"),
        (lambda: ROWS["age"].map(len), "object of type 'int' has no len()"),
        (lambda: int("many\nlines"), "invalid literal for int() with base 10: 'many\\nlines'"),
    ],
)
def test_the_reason_is_one_line_and_names_the_column(work: Callable[[], object], reason: str) -> None:
    assert message_of(work, load_config({})) == f"not fitted: {reason}; 2 rows"


SURVEY = pd.DataFrame(
    {
        "age": [30.0, None],
        "size": ["7", "big"],
        "rooms": ["1", "2"],
        "price": [1.0, float("inf")],
        "colour": ["red", "blue"],
    }
)
UNUSUAL = {
    "Input X contains NaN": "age has missing values, the first in row 2",
    "Input X contains infinity or a value too large": "price is infinite in row 2",
    "could not convert string to float: 'red'": "colour is 'red' in row 1",
    "could not convert string to float: 'big'": "size is 'big' in row 2",
}


@pytest.mark.parametrize("text", UNUSUAL)
def test_the_values_that_an_error_is_about_are_named(text: str) -> None:
    rows = pd.concat([SURVEY, SURVEY.head(1)]).reset_index(drop=True)
    error = ValueError(f"{text}.")
    assert UNUSUAL[text] in reason_of(error, rows).replace(", and a number in most", "")
    assert reason_of(error) == text


def test_a_long_reason_ends_after_its_first_sentence() -> None:
    assert reason_of(ValueError("Input X contains NaN. " + "Advice. " * 50)) == "Input X contains NaN"


def test_a_changed_setting_is_named() -> None:
    assert message_of(lambda: ROWS["cabin"], load_config({}, seed=70)) == (
        f"not fitted: missing column: cabin; {NEITHER}; settings other than the defaults: seed=70; 2 rows"
    )


def test_a_reason_that_was_told_is_not_told_again() -> None:
    config = load_config({})

    def twice() -> None:
        with raising_rows_error("not read", config):
            int("many")

    assert message_of(twice, config) == "not read: invalid literal for int() with base 10: 'many'"


def test_a_file_that_is_not_there_is_named_with_the_option() -> None:
    with pytest.raises(RowsError) as refused, raising_rows_error("not read", load_config({})):
        Path("none.csv").read_text(encoding="utf-8")
    assert str(refused.value) == "not read: there is no file none.csv; --data-dir says where the data files are"


@pytest.mark.parametrize(
    ("work", "error"),
    [
        (lambda: Path().read_text(encoding="utf-8"), OSError),
        (lambda: NOTHING.size, AttributeError),
        (lambda: len(NOTHING), TypeError),
        (lambda: ANYTHING.fillna(way="none"), TypeError),
    ],
)
def test_what_is_no_matter_of_rows_is_not_caught(work: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error), raising_rows_error("not read", load_config({})):
        work()
