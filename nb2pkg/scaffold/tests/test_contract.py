"""The contract: what is refused, what is only warned of, and how text becomes typed rows."""

import pandas as pd
import pytest

from nb2pkg.scaffold.data.contract import (
    Column,
    Contract,
    ContractError,
    Kind,
    check,
    describe_column,
    from_json,
    read_rows,
    settle_types,
    to_json,
)

TOWN = Column(
    "town",
    Kind.TEXT,
    "object",
    accepts_missing=False,
    missing_in_training=False,
    accepts_unseen=False,
    categories=("Basle", "Berne"),
)
ROOMS = Column("rooms", Kind.INTEGER, "int64", accepts_missing=False, missing_in_training=False, low=1.0, high=9.0)
AREA = Column("area", Kind.NUMBER, "float64", accepts_missing=True, missing_in_training=True, low=20.0, high=200.0)
HOUSES = Contract((TOWN, ROOMS, AREA))


def house(**values: object) -> pd.DataFrame:
    return pd.DataFrame([{"town": "Basle", "rooms": 3, "area": 80.0} | values])


def test_an_ordinary_row_has_no_problem() -> None:
    report = check(house(), HOUSES)
    assert (report.errors, report.warnings) == ((), ())


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ContractError, match="missing columns: rooms, area"):
        check(house().drop(columns=["rooms", "area"]), HOUSES)


def test_an_additional_column_is_no_problem() -> None:
    assert check(house(colour="red"), HOUSES).errors == ()


def test_a_missing_value_is_refused_where_no_step_fills_it() -> None:
    report = check(house(town=None, area=None), HOUSES)
    assert [problem.column for problem in report.errors] == ["town"]


def test_an_infinite_number_is_refused() -> None:
    report = check(house(area=float("inf")), HOUSES, strict_ranges=True)
    assert [problem.message for problem in report.errors][:1] == ["not a finite number"]
    assert check(house(rooms=float("-inf")), HOUSES).errors[0].column == "rooms"


def test_a_number_that_its_type_cannot_hold_is_refused() -> None:
    (error,) = check(house(rooms=1e20), HOUSES).errors
    assert (error.column, error.message) == ("rooms", "too large for int64")


def test_a_fraction_where_training_had_whole_numbers_is_refused() -> None:
    (error,) = check(house(rooms=2.5), HOUSES).errors
    assert (error.column, error.message) == ("rooms", "a fraction, where training has whole numbers alone")


def test_an_unseen_category_no_step_encodes_is_refused() -> None:
    (error,) = check(house(town="Zurich"), HOUSES).errors
    assert (error.column, error.rows) == ("town", (0,))


def test_a_number_outside_the_training_range_is_a_warning() -> None:
    report = check(house(area=500.0), HOUSES)
    assert (report.errors, [problem.column for problem in report.warnings]) == ((), ["area"])


def test_strict_ranges_refuse_what_was_a_warning() -> None:
    report = check(house(area=500.0), HOUSES, strict_ranges=True)
    assert ([problem.column for problem in report.errors], report.warnings) == (["area"], ())


def test_text_is_read_with_the_types_of_training() -> None:
    texts = pd.DataFrame({"town": ["Basle"], "rooms": ["3"], "area": [""]})
    rows, problems = read_rows(texts, HOUSES)
    rows = settle_types(rows, HOUSES)
    assert problems == ()
    assert [str(rows[name].dtype) for name in ("rooms", "area")] == ["int64", "float64"]
    assert rows["area"].isna().all()


def test_a_cell_that_cannot_be_read_is_named() -> None:
    texts = pd.DataFrame({"town": ["Basle", "Berne"], "rooms": ["3", "three"], "area": ["wide", "80"]})
    _, problems = read_rows(texts, HOUSES)
    assert [(problem.column, problem.rows) for problem in problems] == [("rooms", (1,)), ("area", (0,))]


def test_text_that_looks_missing_stays_text_where_training_had_it() -> None:
    country = describe_column(pd.Series(["NA", "CH", "NA"], name="country", dtype="object"))
    rows, _ = read_rows(pd.DataFrame({"country": ["NA", ""]}), Contract((country,)))
    assert rows["country"].isna().tolist() == [False, True]


def test_digits_stay_text_where_training_had_text() -> None:
    ticket = describe_column(pd.Series(["A5", "113803"], name="ticket", dtype="object"))
    rows, _ = read_rows(pd.DataFrame({"ticket": ["113803"]}), Contract((ticket,)))
    assert rows["ticket"].tolist() == ["113803"]


def test_a_contract_survives_being_written() -> None:
    assert from_json(to_json(HOUSES)) == HOUSES
