"""NB101, NB102 and NB103: places, related places, severity and confidence."""

import pytest

from nb2pkg.rule import Confidence, Severity
from tests.rules.findings import find, related


def test_an_undefined_name_is_one_finding_with_its_later_readings() -> None:
    (finding,) = find("NB101", "import math", "print(gone)\nmath.sin(gone)", "gone.x")
    assert (finding.place.cell, finding.place.line, finding.place.column, finding.place.end_column) == (2, 1, 7, 11)
    assert (finding.severity, finding.confidence) == (Severity.ERROR, Confidence.CERTAIN)
    assert finding.message == "`gone` is defined nowhere in this notebook"
    assert related(finding) == [(2, 2, "`gone` is read again here"), (3, 1, "`gone` is read again here")]


def test_the_cell_that_defined_a_name_is_gone_where_the_reading_one_ran() -> None:
    (finding,) = find("NB101", "a = 1", "print(gone)", counts=(1, 2))
    assert finding.message == "`gone` is defined nowhere in this notebook: the cell that defined it is gone"
    (finding,) = find("NB101", "a = 1", "print(todo)", counts=(1, None))
    assert finding.message == "`todo` is defined nowhere in this notebook"


def test_a_variable_of_the_function_that_is_not_bound_on_the_way_is_told_as_such() -> None:
    branch = "def f(x):\n    if x:\n        low = 1\n        return low\n    else:\n        return low\nf({})"
    for call in ("0", "y"):
        (finding,) = find("NB101", "y = len('a')", branch.format(call), counts=(1, 2))
        assert finding.message == "`low` is a variable of this function, and nothing binds it on the way here"
    for elsewhere in (
        "def g():\n        low = 1",
        "g = lambda low: low",
        "h = [0 for low in [1]]",
    ):
        (finding,) = find("NB101", f"def f(x):\n    print(low)\n    {elsewhere}\nf(1)", counts=(1,))
        assert finding.message.startswith("`low` is defined nowhere in this notebook"), elsewhere


def test_two_undefined_names_are_two_findings() -> None:
    assert [one.message.split("`")[1] for one in find("NB101", "print(one, other, one)")] == ["one", "other"]


def test_a_gap_before_the_reading_is_named() -> None:
    (finding,) = find("NB101", "a = 1", "print(gone)", counts=(1, 7))
    assert finding.message.endswith("; the recorded counts jump from 1 to 7 before this cell")
    (finding,) = find("NB101", "a = 1", "print(gone)", counts=(1, 2))
    assert "jump" not in finding.message


def test_a_name_in_a_function_that_nobody_calls_is_likely_only() -> None:
    (finding,) = find("NB101", "def f():\n    return gone")
    assert finding.confidence is Confidence.LIKELY
    (finding,) = find("NB101", "def f():\n    return gone", "f()")
    assert finding.confidence is Confidence.CERTAIN


def test_a_deleted_name_says_so() -> None:
    (finding,) = find("NB101", "a = 1", "del a", "print(a)")
    assert finding.message == "`a` was deleted before this reading"


def test_a_name_that_is_deleted_and_bound_again_below_is_used_before_its_definition() -> None:
    source = ("a = 1", "del a", "print(a)", "a = 2")
    assert find("NB101", *source) == []
    (finding,) = find("NB102", *source)
    assert finding.place.cell == 3


def test_a_name_defined_below_is_no_undefined_name_and_the_other_way_round() -> None:
    assert find("NB101", "print(late)", "late = 1") == []
    assert find("NB102", "print(gone)") == []


def test_a_use_before_the_definition_names_the_definition() -> None:
    (finding,) = find("NB102", "a = 1", "print(late)", "b = 2\nlate = 1", "late = 2")
    assert (finding.place.cell, finding.place.line, finding.place.column) == (2, 1, 7)
    assert (finding.severity, finding.confidence) == (Severity.ERROR, Confidence.CERTAIN)
    assert finding.message == "`late` is read before its definition in cell 3: Restart and Run All fails here"
    assert related(finding) == [(3, 2, "`late` is defined here")]


def test_within_a_cell_the_line_is_named() -> None:
    (finding,) = find("NB102", "print(late)\n\nlate = 1")
    assert "on line 3" in finding.message


def test_a_reading_in_a_function_names_the_call() -> None:
    (finding,) = find("NB102", "def f():\n    return late", "f()", "late = 1")
    assert (finding.place.cell, finding.place.line) == (1, 2)
    assert related(finding) == [(2, 1, "called from here"), (3, 1, "`late` is defined here")]


def test_the_order_is_one_warning_that_names_the_variable_and_both_cells() -> None:
    (finding,) = find("NB103", "a = 1", "print(a)", "a = 2", "a = 3", counts=(1, 5, 3, 2))
    assert (finding.place.cell, finding.place.line) == (3, 1)
    assert (finding.severity, finding.confidence) == (Severity.WARNING, Confidence.CERTAIN)
    assert finding.message.startswith("this cell ran as 3, after which cell 2 above it ran as 5; ")
    assert "cell 2 read `a` from cell 3" in finding.message
    assert "from cell 1" in finding.message
    assert related(finding) == [(2, 1, "reads `a`")]


def test_a_harmless_order_is_a_note() -> None:
    (finding,) = find("NB103", "a = 1", "b = 2", "print(a, b)", counts=(2, 1, 3))
    assert finding.severity is Severity.NOTE
    assert finding.message.endswith("Restart and Run All gives every cell the same values")


def test_nothing_is_said_of_values_where_the_counts_give_no_order() -> None:
    for sources, counts in [
        (("a = f()", "print(a)", "b = 1"), (2, 2, 1)),
        (("a = f()", "b = 1", "a = f(b)", "print(a)", "c = 1"), (3, 4, None, 5, 2)),
        (("a = f()", "a = g()", "print(a)", "b = 1", "c = 1"), (1, 4, 3, 4, 2)),
    ]:
        (finding,) = find("NB103", "def f(x=0): ...\ndef g(): ...", *sources, counts=(1, *counts))
        assert finding.severity is Severity.NOTE
        assert finding.message.endswith("so nobody can tell whether Restart and Run All gives the same values"), counts


def test_a_stale_value_names_its_cell_and_a_lost_run_where_there_may_have_been_one() -> None:
    (finding,) = find("NB104", "a = f()", "a = g()", "print(a)", counts=(1, 4, 2))
    assert finding.message.startswith("this cell ran as 2 and read `a` of cell 1; cell 2 above it ran later, as 4")
    (finding,) = find("NB104", "a = f()", "a = g()", "b = 1", "print(a)", counts=(1, 4, 2, 3))
    assert "read `a` of cell 1; " in finding.message
    (finding,) = find("NB104", "a = f()", "a = g()", "print(a)", counts=(1, 4, 3))
    assert "read `a` of cell 1 or of a run whose count was overwritten; cell 2 above" in finding.message


READ = "import pandas as pd\ndf = pd.read_csv('a.csv')"


@pytest.mark.parametrize("away", ["df.drop(columns=['t'], inplace=True)", "del df['t']", "df.drop('t', axis=1, inplace=True)", "df.pop('t')"])  # fmt: skip
def test_a_column_that_its_cell_makes_and_takes_away_can_be_run_again(away: str) -> None:
    assert find("NB105", READ, f"df['t'] = df['y'] > 0\nprint(df['t'])\n{away}") == []
    (finding,) = find("NB105", READ, f"print(df['t'])\n{away}")
    assert finding.message.endswith("running this cell twice fails")


@pytest.mark.parametrize(
    "again",
    [
        "df['t'] = df['t'] * 2\ndf.drop(columns=['t'], inplace=True)",
        "df['t'] = df.t * 2\ndf.drop(columns=['t'], inplace=True)",
        "df['t'] = 2\ndf.drop(columns=['t', 'id'], inplace=True)",
        "df['t'] = 2\ndf.drop(columns=names, inplace=True)",
        "df['t'] = 2\ndf.drop('t', inplace=True)",
    ],
)
def test_a_column_that_was_there_before_its_cell_cannot(again: str) -> None:
    assert find("NB105", READ, "names = ['t']", again)[-1].message.endswith("running this cell twice fails")


def test_a_name_that_only_the_recorded_order_had_is_a_warning() -> None:
    (finding,) = find("NB103", "print(a)", "a = 1", counts=(2, 1))
    assert finding.severity is Severity.WARNING
    assert "cell 1 read `a` from cell 2" in finding.message
    assert "same values" not in finding.message


def test_counts_that_only_rise_are_in_order() -> None:
    for counts in [(1, 2, 3), (5, 9, 30), (1, 1, 2), (None, 1, None), (None, None, None), (4, 0, 5)]:
        assert find("NB103", "a = 1", "print(a)", "a = 2", counts=counts) == [], counts


def test_an_order_changed_twice_is_one_finding() -> None:
    sources = ("a = 1", "b = 2", "print(a)", "print(b)", "a = 3", "b = 4")
    assert len(find("NB103", *sources, counts=(1, 2, 5, 6, 3, 4))) == 1
