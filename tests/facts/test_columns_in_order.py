"""Columns of a table in two orders: a column that is read matters, others that were added or changed meanwhile do not."""

import ast
import time

import pytest

from nb2pkg.columns import Known, columns_read, columns_written, lists_of
from tests.facts.abstract_run import run


def statement(source: str) -> ast.stmt:
    return ast.parse(source).body[0]


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ("x = df['a'] + df['b'].mean()", {"a", "b"}),
        ("x = df[['a', 'b']]", {"a", "b"}),
        ("df['a'] = df['b']", {"b"}),
        ("df['a'].hist()", {"a"}),
        ("df.head()", None),
        ("x = f(df['a'], df)", None),
        ("x = df[df['a'] > 0]", None),
        ("x = df[name]", None),
        ("show()", None),
    ],
)
def test_columns_that_a_statement_reads(source: str, columns: set[str] | None) -> None:
    assert columns_read(statement(source), "df") == columns


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ("df['a'] = 1", {"a"}),
        ("df[['a', 'b']] = 1", {"a", "b"}),
        ("df['a']['x'] = 1", {"a"}),
        ("df['a'] += 1", {"a"}),
        ("df['a'].fillna(0, inplace=True)", {"a"}),
        ("del df['a']", {"a"}),
        ("df.dropna(inplace=True)", None),
        ("df = other", None),
        ("df[name] = 1", None),
        ("change(df)", None),
    ],
)
def test_columns_that_a_statement_writes(source: str, columns: set[str] | None) -> None:
    assert columns_written(statement(source), "df") == columns


KNOWN = Known(
    lambda name: name not in ("shape", "loc", "iloc"),
    lambda name: name in ("loc", "iloc"),
    {"wanted": frozenset({"a", "b"})},
)


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ("x = df.a + df.b.mean()", {"a", "b"}),
        ("x = df[wanted].dropna()", {"a", "b"}),
        ("x = df[df.c > 0]['a']", {"a", "c"}),
        ("x = df[(df.c > 0) & ~df['d'].isna()].a", {"a", "c", "d"}),
        ("x = df.loc[df.c > 0][wanted]", {"a", "b", "c"}),
        ("x = df.loc[df.c > 0, 'a']", {"a", "c"}),
        ("x = df.loc[:, wanted]", {"a", "b"}),
        ("df.a = df.b", {"b"}),
        ("x = df.mean()", None),
        ("x = df.shape", None),
        ("x = df.loc[df.c > 0]", None),
        ("x = df[one + two]['a']", None),
        ("x = df[other]", None),
        ("x = df.iloc[0]['a']", {"a"}),
    ],
)
def test_columns_by_attribute_by_rows_and_by_a_list(source: str, columns: set[str] | None) -> None:
    assert columns_read(statement(source), "df", KNOWN) == columns


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ("df.a = 1", {"a"}),
        ("df.a.fillna(0, inplace=True)", {"a"}),
        ("df.loc[df.c > 0, 'a'] = 1", {"a"}),
        ("df.loc[df.c > 0, wanted] = 1", {"a", "b"}),
        ("df[df.c > 0] = 1", None),
        ("df.loc[3] = 1", None),
        ("df.shape = 1", None),
        ("df.dropna(inplace=True)", None),
    ],
)
def test_columns_written_by_attribute_and_by_rows(source: str, columns: set[str] | None) -> None:
    assert columns_written(statement(source), "df", KNOWN) == columns


def test_lists_of_columns_are_bound_once_and_left_alone() -> None:
    lists = "a = ['x', 'y']\nb = ['x']\nb = ['y']\nc = ['x']\nc.append('y')\nd = ['x']\nd[0] = 'y'\ne = ['x', n]\nf = ['x']\nf += ['y']"
    assert lists_of(iter(ast.parse(lists).body)) == {"a": {"x", "y"}}


LOAD = "import pandas as pd\ndf = pd.read_csv('a.csv')"


def test_a_column_added_later_above_changes_nothing_for_another() -> None:
    assert run(LOAD, "df['b'] = 1", "df['a'].mean()", counts=(1, 4, 3)).order_changes() == []
    assert run(LOAD, "df['b'] = 1", "df['a'].mean()", counts=(1, 4, 3)).stale() == []


def test_columns_named_in_other_ways_are_known_too() -> None:
    reading = "wanted = ['a', 'c']\nprint(df.loc[df.c > 0][wanted].dropna())"
    assert run(LOAD, "df.b = df.b.str.lower()", reading, counts=(1, 4, 3)).order_changes() == []
    for writing in ("df.a = df.a * 2", "df.columns = ['a', 'b', 'c']", "df.loc[0] = 1"):
        assert len(run(LOAD, writing, reading, counts=(1, 4, 3)).order_changes()) == 1, writing


def test_the_column_itself_or_the_whole_table_changed_later_above() -> None:
    for reading in ("df['b'].mean()", "df.describe()"):
        (change,) = run(LOAD, "df['b'] = 1", reading, counts=(1, 4, 3)).order_changes()
        assert (change.cell, change.name, change.document, change.recorded) == (3, "df", 2, 1)
    (change,) = run(LOAD, "df = df.dropna()", "df['b'].mean()", counts=(1, 4, 3)).order_changes()
    assert (change.document, change.recorded) == (2, 1)


def test_what_a_magic_binds_in_two_orders() -> None:
    (change,) = run("x = 1", "%%capture shown\nprint(x)", "print(shown)", counts=(1, 6, 5)).order_changes()
    assert (change.cell, change.name, change.document, change.recorded) == (3, "shown", 2, None)


def test_many_cells_in_any_order_are_compared_in_a_moment() -> None:
    cells = [f"df['c{i % 50}'] = df['a'].mean() + df['c{(i + 1) % 50}']" for i in range(500)]
    backwards = tuple(range(500, -1, -1))
    for counts in (backwards, (2, *[1] * 500), tuple(None if i % 7 == 0 else i // 2 + 1 for i in range(501))):
        facts = run(LOAD, *cells, counts=counts)
        start = time.process_time()
        facts.order_changes()
        facts.stale()
        facts.unexecuted()
        assert time.process_time() - start < 1
