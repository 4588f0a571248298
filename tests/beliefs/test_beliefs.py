"""What is believed about variables, in the words that `nb2pkg facts` prints."""

import json

import pytest

from nb2pkg.apis import rules_folder
from nb2pkg.beliefs.belief import Belief
from nb2pkg.beliefs.command import as_json, as_text, followed
from tests.graphs.loans import code

PACKS = [rules_folder()]
START = "import pandas as pd\ndf = pd.read_csv('loans.csv')"
SPLIT = "from sklearn.model_selection import train_test_split\na, b = train_test_split(df, random_state=0)"


def belief(name: str, *sources: str) -> Belief:
    """What is believed about a name after the last cell."""
    _, found = followed(code(*sources), PACKS, cell=len(sources), of=name)
    ((one,),) = (after.beliefs for after in found)
    return one


ROWS = {
    "x = df": "rows of loans.csv",
    "x = df.dropna()": "rows of loans.csv, those that dropna keeps",
    "x = df[df.age > 18]": "rows of loans.csv, where age > 18",
    "x = df[df['age'] >= 18]": "rows of loans.csv, where age >= 18",
    "x = df[df.kind == 'a']": "rows of loans.csv, where kind is 'a'",
    "x = df[df.kind != 'a']": "rows of loans.csv, where kind is not 'a'",
    "x = df[df.age.isnull()]": "rows of loans.csv, where age is missing",
    "x = df[~df.age.isnull()]": "rows of loans.csv, where age is present",
    "x = df[:800]": "rows of loans.csv, rows [:800]",
    "x = df.iloc[800:]": "rows of loans.csv, rows [800:]",
    "n = int(input())\nx = df[:n]": "rows of loans.csv, the rows up to a position",
    "x = df.sample(10)": "rows of loans.csv, the sample drawn in cell 2 line 1",
    f"{SPLIT}\nx = a": "rows of loans.csv, train part of the split in cell 2 line 2",
    f"{SPLIT}\nx = b": "rows of loans.csv, test part of the split in cell 2 line 2",
    f"{SPLIT}\nx = pd.concat([a, b])": (
        "rows of loans.csv, test part of the split in cell 2 line 2"
        " together with rows of loans.csv, train part of the split in cell 2 line 2"
    ),
    "from sklearn.datasets import load_iris\nx = load_iris().data": "rows of load_iris()",
    "from elsewhere import give\nx = give().fillna(0)": "rows of unknown origin",
    "from sklearn.model_selection import train_test_split\nx, y = train_test_split([1, 2])": (
        "values written out in the notebook, train part of the split in cell 2 line 2"
    ),
    "x = df.mean()": "no rows of its own",
    "x = df.groupby('kind').mean()": "one row for each group of (rows of loans.csv)",
}


@pytest.mark.parametrize("source", ROWS)
def test_rows_in_words(source: str) -> None:
    assert belief("x", START, source).rows == ROWS[source]


def test_what_was_learned_from_what_and_where() -> None:
    scaled = "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\nx = scaler.fit_transform(df)"
    assert belief("x", START, scaled).learned == (
        "a statistic by `scaler.fit_transform` in cell 2 line 3, from rows of loans.csv",
    )
    filled = "df['age'] = df['age'].fillna(df['age'].mean())"
    assert belief("df", START, filled).learned == (
        "column age: a statistic by `df['age'].mean()` in cell 2 line 1, from rows of loans.csv",
    )
    assert belief("df", START).learned == ()


MODEL = f"from sklearn.linear_model import Ridge\n{SPLIT}\nmodel = Ridge()\nmodel.fit(a[['x']], a['y'])"
TRAIN = "rows of loans.csv, train part of the split in cell 2 line 3"


def test_what_an_estimator_was_fitted_on() -> None:
    one = belief("model", START, MODEL)
    assert one.kind == "model Ridge (made in cell 2 line 4)"
    assert one.fitted == (f"in cell 2 line 5 on {TRAIN}, target: {TRAIN}",)
    assert one.rows is None
    assert belief("model", START, "from sklearn.linear_model import Ridge\nmodel = Ridge()").kind.endswith(
        ", not fitted"
    )


def test_who_predicted() -> None:
    one = belief("guess", START, MODEL, "guess = model.predict(b[['x']])")
    assert one.predicted == (
        "Ridge (made in cell 2 line 4), fitted in cell 2 line 5, on rows of loans.csv, test part of the split in cell 2 line 3"
    )
    kept = belief("b", START, MODEL, "b['guess'] = model.predict(b[['x']])")
    assert kept.learned[-1] == f"column guess: predicted by {one.predicted}"


def test_what_a_collection_holds() -> None:
    one = belief("models", START, f"{MODEL}\nmodels = {{'first': model, 'rows': a}}")
    assert one.kind == "dict of 2"
    assert one.holds == (
        f"'first': model Ridge (made in cell 2 line 4); fitted in cell 2 line 5 on {TRAIN}, target: {TRAIN}",
        f"'rows': data; {TRAIN}",
    )
    assert belief("many", f"many = {list(range(10))}").holds[-1] == "and 2 more"


KINDS = {
    "x = 'text'": "constant 'text'",
    "def x(): pass": "function defined in cell 2",
    "class x: pass": "class defined in cell 2 line 1",
    "class A: pass\nx = A()": "object of class A",
    "x = df['age']": "column age",
    "x = df.index": "index of rows",
    "x = df.age > 3": "mask of rows",
    "x = input()": "unknown",
    "import os as x": "from a library: os",
    "x = [1, 2]": "list of 2",
}


@pytest.mark.parametrize("source", KINDS)
def test_kinds(source: str) -> None:
    assert belief("x", START, source).kind == KINDS[source]


def test_why_which_statements_bound_and_changed_it() -> None:
    one = belief("df", START, "other = df\nother['x'] = 1", "df.dropna(inplace=True)")
    assert one.bound == ("cell 1 line 2: df = pd.read_csv('loans.csv')",)
    assert one.changed == ("cell 2 line 2: other['x'] = 1", "cell 3 line 1: df.dropna(inplace=True)")


def test_columns() -> None:
    assert belief("x", START, "x = df[['a', 'b']]").columns == ("a", "b")
    assert belief("df", START).columns is None


def test_after_each_cell_what_it_bound_or_changed_as_it_was_then() -> None:
    _, found = followed(code(START, "df = df[:10]", "print(df)", "df['x'] = 1", "a = 2"), PACKS)
    told = [(after.cell, [(one.name, one.rows) for one in after.beliefs]) for after in found]
    assert told == [
        (1, [("df", "rows of loans.csv"), ("pd", None)]),
        (2, [("df", "rows of loans.csv, rows [:10]")]),
        (3, []),
        (4, [("df", "rows of loans.csv, rows [:10]")]),
        (5, [("a", None)]),
    ]


def test_text_leaves_out_what_is_only_imported() -> None:
    facts, found = followed(code(START, "print(1)"), PACKS)
    assert as_text(facts, found) == (
        "folder/loans.ipynb\n"
        "\n"
        "after cell 1\n"
        "  df: data\n"
        "      rows       rows of loans.csv\n"
        "      bound      cell 1 line 2: df = pd.read_csv('loans.csv')\n"
    )


def test_json() -> None:
    facts, found = followed(code("x = 1", "print(x)"), PACKS)
    assert json.loads(as_json(facts, found)) == {
        "format": "nb2pkg-facts",
        "version": 1,
        "notebook": "folder/loans.ipynb",
        "complete": True,
        "cells": [
            {
                "cell": 1,
                "variables": [
                    {
                        "name": "x",
                        "kind": "constant 1",
                        "rows": None,
                        "columns": None,
                        "learned": [],
                        "fitted": [],
                        "predicted": None,
                        "holds": [],
                        "bound": ["cell 1 line 1: x = 1"],
                        "changed": [],
                        "imported": False,
                    }
                ],
            }
        ],
    }
