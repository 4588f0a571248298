"""The rows: read, split, each with its target."""

import pandas as pd

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.ingestion import read_raw
from nb2pkg.scaffold.data.preprocessing import select_rows, split_rows, target_of


def test_raw_rows_have_named_columns_and_plain_positions(config: Config) -> None:
    rows = read_raw(config)
    assert len(rows) > 0
    assert all(isinstance(name, str) for name in rows.columns)
    assert rows.index.equals(pd.RangeIndex(len(rows)))


def test_reading_twice_gives_the_same(config: Config) -> None:
    pd.testing.assert_frame_equal(read_raw(config), read_raw(config))


def test_selection_adds_no_row_and_changes_none(config: Config) -> None:
    raw = read_raw(config)
    before = raw.copy()
    selected = select_rows(raw, config)
    pd.testing.assert_frame_equal(raw, before)
    assert selected.index.isin(raw.index).all()


def test_no_row_is_on_both_sides_of_the_split(config: Config) -> None:
    rows = select_rows(read_raw(config), config)
    parts = split_rows(rows, config)
    assert all(len(part) > 0 for part in parts)
    assert sum(len(part) for part in parts) <= len(rows)
    assert sum(len(part) for part in parts) == len(set().union(*(part.index for part in parts)))


def test_the_split_is_the_same_each_time(config: Config) -> None:
    rows = select_rows(read_raw(config), config)
    for first, second in zip(split_rows(rows, config), split_rows(rows, config), strict=True):
        pd.testing.assert_frame_equal(first, second)


def test_the_target_belongs_to_the_rows_and_leaves_them_as_they_were(config: Config) -> None:
    rows = select_rows(read_raw(config), config)
    before = rows.copy()
    target = target_of(rows, config)
    assert target.index.equals(rows.index)
    pd.testing.assert_frame_equal(rows, before)
