"""Changes in place: seen through every other name of the object, through views, loops, containers and functions."""

import pytest

from tests.facts.abstract_run import run, table, tables, taught

START = """
import pandas as pd
import numpy as np
df = pd.read_csv("rows.csv")
"""
MEAN = "df['x'].mean()"

CHANGES = {
    "an alias": "other = df\nother['x'] = other['x'].fillna(df['x'].mean())",
    "a column assigned": "df['x'] = df['x'] - df['x'].mean()",
    "a column assigned as an attribute": "df.x = df['x'] - df['x'].mean()",
    "loc with a mask": "df.loc[df['x'].isna(), 'x'] = df['x'].mean()",
    "loc with all rows": "df.loc[:, 'x'] = df['x'] - df['x'].mean()",
    "at": "df.at[0, 'x'] = df['x'].mean()",
    "iloc": "df.iloc[0, 1] = df['x'].mean()",
    "in place on the table": "df.fillna(df['x'].mean(), inplace=True)",
    "in place on a column": "df['x'].fillna(df['x'].mean(), inplace=True)",
    "in place on a column as an attribute": "df.x.fillna(df['x'].mean(), inplace=True)",
    "in place on a view that has a name": "view = df['x']\nview.fillna(df['x'].mean(), inplace=True)",
    "replace in place": "df['x'].replace(0, df['x'].mean(), inplace=True)",
    "an augmented column": "df['x'] -= df['x'].mean()",
    "an augmented table": "other = df\nother -= df['x'].mean()",
    "a list of tables": "for part in [df]:\n    part['x'] = df['x'].mean()",
    "a dict of tables": "parts = {'a': df}\nparts['a']['x'] = df['x'].mean()",
    "an item of a list": "parts = [0, df]\nparts[1]['x'] = df['x'].mean()",
    "a tuple unpacked": "pair = (df, 1)\nfirst, _ = pair\nfirst['x'] = df['x'].mean()",
    "insert": "df.insert(0, 'x', df['x'].mean())",
    "assign under the same name": "df = df.assign(x=df['x'].mean())",
    "update": "df.update(df['x'].mean())",
    "a function that assigns a column": (
        "def fill(t):\n    t['x'] = t['x'].fillna(mean)\nmean = df['x'].mean()\nfill(df)"
    ),
    "a function that calls a function": (
        "def inner(t, v):\n    t['x'] = v\ndef outer(t):\n    inner(t, df['x'].mean())\nouter(df)"
    ),
    "a function that changes a global": "def fill():\n    df['x'] = df['x'].mean()\nfill()",
    "a function given by keyword": "def fill(t):\n    t['x'] = df['x'].mean()\nfill(t=df)",
    "a function with stars": "def fill(*ts):\n    ts[0]['x'] = df['x'].mean()\nfill(df)",
    "a function of a list": "def fill(ts):\n    for t in ts:\n        t['x'] = df['x'].mean()\nfill([df])",
    "a lambda": "fill = lambda t: t.fillna(df['x'].mean(), inplace=True)\nfill(df)",
    "an object that keeps the table": (
        "class Box:\n    def __init__(self, t):\n        self.t = t\n"
        "    def fill(self):\n        self.t['x'] = df['x'].mean()\nBox(df).fill()"
    ),
    "a conditional change": "if len(df) > 3:\n    df['x'] = df['x'].mean()",
}


@pytest.mark.parametrize("how", CHANGES)
def test_a_change_in_place_is_seen_in_the_table(how: str) -> None:
    assert taught(f"{START}{CHANGES[how]}", "df['x']") == [MEAN]


NO_CHANGE = {
    "a copy": "other = df.copy()\nother['x'] = df['x'].mean()",
    "a result that is thrown away": "df.fillna(df['x'].mean())",
    "inplace=False": "df['x'].fillna(df['x'].mean(), inplace=False)",
    "a column of another name": "df['z'] = df['x'].mean()",
    "a name that is bound again": "other = df\nother = df['x'].mean()",
    "a function that binds its parameter": "def fill(t):\n    t = t.fillna(df['x'].mean())\n    return t\nfill(df)",
    "a function that works on a copy": "def fill(t):\n    t = t.copy()\n    t['x'] = df['x'].mean()\nfill(df)",
    "a new table": "other = df.drop(columns='z')\nother['x'] = df['x'].mean()",
    "a list of copies": "for part in [df.copy()]:\n    part['x'] = df['x'].mean()",
    "a subset": "other = df[df['x'] > 1].copy()\nother['x'] = df['x'].mean()",
    "a constant test": "if False:\n    df['x'] = df['x'].mean()",
}


@pytest.mark.parametrize("how", NO_CHANGE)
def test_a_table_stays_what_it_is(how: str) -> None:
    assert taught(f"{START}{NO_CHANGE[how]}", "df['x']") == []


REMOVED = {
    "del": "del df['x']",
    "drop of columns": "df = df.drop(columns=['x'])",
    "drop along an axis": "df = df.drop('x', axis=1)",
    "drop by two positions": "df = df.drop(['x'], axis='columns')",
    "drop in place": "df.drop(columns='x', inplace=True)",
    "pop": "df.pop('x')",
    "other columns chosen": "df = df[['y', 'z']]",
    "other columns by loc": "df = df.loc[:, ['y', 'z']]",
    "columns kept in a list": "kept = ['y', 'z']\ndf = df[kept]",
    "overwritten": "df['x'] = 0",
    "overwritten row by row": "df['x'] = df['y'] + 1",
    "filter": "df = df.filter(['y', 'z'])",
    "a name in a loop": "for name in ['x']:\n    df = df.drop(columns=name)",
}


@pytest.mark.parametrize("how", REMOVED)
def test_what_a_removed_column_learned_is_gone(how: str) -> None:
    source = f"{START}df['x'] = df['x'].mean()\n{REMOVED[how]}"
    assert taught(source, "df") == []


def test_one_columns_learning_is_not_anothers() -> None:
    source = f"{START}df['x'] = df['x'] - df['x'].mean()\ndf['z'] = df['z'] / df['z'].max()"
    assert taught(source, "df['x']") == ["df['x'].mean()"]
    assert taught(source, "df[['z']]") == ["df['z'].max()"]
    assert taught(source, "df['y']") == []
    assert taught(source, "df") == ["df['x'].mean()", "df['z'].max()"]


def test_a_renamed_column_keeps_what_it_learned() -> None:
    source = f"{START}df['x'] = df['x'].mean()\ndf = df.rename(columns={{'x': 'w'}})"
    assert taught(source, "df['w']") == [MEAN]
    assert taught(source, "df.drop(columns='w')") == []


def test_a_popped_column_keeps_its_history() -> None:
    source = f"{START}df['x'] = df['x'].mean()\ny = df.pop('x')"
    assert taught(source, "y") == [MEAN]


def test_columns_beside_each_other_keep_their_own_history() -> None:
    source = f"""{START}
one, other = df[["a"]], df[["b"]]
one["a"] = one["a"] - df["a"].mean()
both = pd.concat([one, other], axis=1)
"""
    assert taught(source, "both['a']") == ["df['a'].mean()"]
    assert taught(source, "both['b']") == []


def test_a_table_of_columns_keeps_each_columns_history() -> None:
    source = f"{START}new = pd.DataFrame({{'a': df['x'] - df['x'].mean(), 'b': df['y']}})"
    assert taught(source, "new['a']") == [MEAN]
    assert taught(source, "new['b']") == []
    new, old = tables(source, "new", "df")
    assert new.rows == old.rows
    assert new.columns == ("a", "b")


def test_a_loop_over_the_parts_changes_each() -> None:
    source = (
        f"{START}a, b = df[:10], df[10:]\nfor part in [a, b]:\n    part['x'] = part['x'].fillna(part['x'].median())"
    )
    for name, others in (("a", "b"), ("b", "a")):
        one = table(source, name)
        (learning,) = one.learned
        assert learning.rows == one.rows
        assert learning.rows != table(source, others).rows


def test_a_loop_over_column_names_changes_each_column() -> None:
    source = f"{START}for name in ['x', 'z']:\n    df[name] = df[name].fillna(df[name].mean())"
    assert len(table(source, "df['x']").learned) == 1
    assert len(table(source, "df['z']").learned) == 1
    assert taught(source, "df['y']") == []


def test_a_column_whose_name_is_unknown_counts_for_every_column() -> None:
    source = f"{START}for name in df.columns:\n    df[name] = df[name].fillna(df[name].mean())"
    assert len(table(source, "df['x']").learned) == 1


def test_a_write_through_a_column_reaches_the_table_it_is_a_view_of() -> None:
    facts = run(START, "view = df['x']", "view.fillna(0, inplace=True)", "df.head()")
    assert facts.effects[4].mutates == {"df", "view"}
    assert facts.effects[5].reads >= {2, 4}


def test_a_new_column_is_among_the_columns() -> None:
    source = f"{START}t = pd.DataFrame({{'a': df['x']}})\nt['b'] = 1\nt = t.rename(columns={{'a': 'c'}})"
    assert table(source, "t").columns == ("c", "b")
    assert table(f"{source}\nt = t.drop(columns='b')", "t").columns == ("c",)


def test_setting_the_columns_renames_them_in_place() -> None:
    source = f"{START}t = df\nt.columns = ['a', 'b']"
    assert table(source, "df").columns == ("a", "b")
