"""Each codemod over the hazards it can touch: what it writes, what it leaves alone; twice is once."""

import ast
from textwrap import dedent

import libcst
import pytest

from nb2pkg.extract.codemods.aliases import Aliases
from nb2pkg.extract.codemods.arrays import ArrayMethods
from nb2pkg.extract.codemods.inplace import InPlace
from nb2pkg.extract.codemods.lists import LoneTexts
from nb2pkg.extract.codemods.returns import Returns
from nb2pkg.extract.tidy import PASSES, tidy

Codemod = type[libcst.CSTTransformer]

IN_PLACE = {
    "a method in place": ('df.drop("a", axis=1, inplace=True)', 'df = df.drop("a", axis=1)'),
    "a column in place": ('df["a"].fillna(0, inplace=True)', 'df["a"] = df["a"].fillna(0)'),
    "nothing but the option": ("df.dropna(inplace=True)", "df = df.dropna()"),
    "a trailing comma": ("df.dropna(axis=0, inplace=True,)", "df = df.dropna(axis=0)"),
    "the option first": ("df.drop(inplace=True, columns=a)", "df = df.drop(columns=a)"),
    "two statements on one line": ("df.dropna(inplace=True); x = 1", "df = df.dropna(); x = 1"),
    "a comment behind": ("df.dropna(inplace=True)  # gaps", "df = df.dropna()  # gaps"),
    "the only statement of a block": ("if a:\n    df.dropna(inplace=True)", "if a:\n    df = df.dropna()"),
    "a suite of one line": ("if a: df.dropna(inplace=True)", "if a: df = df.dropna()"),
    "an f-string beside it": ('df.drop(f"{a}" "b", inplace=True)', 'df = df.drop(f"{a}" "b")'),
}
IN_PLACE_LEFT = {
    "an option that says no": "df.dropna(inplace=False)",
    "an option that is a variable": "df.dropna(inplace=flag)",
    "arguments that may hold the option": "df.dropna(**options, inplace=True)",
    "positions that may hold anything": "df.dropna(*options, inplace=True)",
    "a value that is used": "x = df.dropna(inplace=True)",
    "a method that is not called": "df.dropna",
    "a function of the same name": "dropna(df, inplace=True)",
    "a table of an object": "self.df.dropna(inplace=True)",
    "a second name": "other = df\nother.drop(columns=a, inplace=True)",
    "the first of two names": "other = df\ndf.drop(columns=a, inplace=True)",
    "a table in a loop": "for one in [df]:\n    one.dropna(inplace=True)",
    "a table in a list": "both = [df, new]\ndf.dropna(inplace=True)",
    "a text": 'x = "df.dropna(inplace=True)"',
}

ALIASES = {
    "a second name": ("def f(a):\n    b = a\n    return b + 1", "def f(a):\n    return a + 1"),
    "a name bound again": (
        "def f(a):\n    b = a\n    b = b + 1\n    return b",
        "def f(a):\n    a = a + 1\n    return a",
    ),
    "a name bound to itself": ("def f(a):\n    a = a\n    return a", "def f(a):\n    return a"),
    "the only statement": ("def f(a):\n    b = a", "def f(a):\n    pass"),
    "attributes and options of that name": (
        "def f(a):\n    b = a\n    return g(b, b=b.b)",
        "def f(a):\n    return g(a, b=a.b)",
    ),
}
ALIASES_LEFT = {
    "a first name that is read later": "def f(a):\n    b = a\n    return b + a",
    "a global": "def f(a):\n    b = c\n    return b",
    "a comment above": "def f(a):\n    # the same\n    b = a\n    return b",
    "a name the function has": "def f(a, b):\n    b = a\n    return b",
    "a lambda's own parameter": "def f(a):\n    b = a\n    return b.apply(lambda a: a + 1)",
    "outside a function": "b = a\nc = b",
    "an unpacking": "def f(a):\n    b, c = a\n    return b",
}

ARRAYS = {
    "values of a table": ("x = df.values", "x = df.to_numpy()"),
    "values in an f-string": ('x = f"{df.values}"', 'x = f"{df.to_numpy()}"'),
    "values in parentheses": ("x = (df.values)[0]", "x = (df.to_numpy())[0]"),
    "an old name of a method": ("x = df.isnull().sum()", "x = df.isna().sum()"),
    "an old name of a function": ("x = pd.notnull(df)", "x = pd.notna(df)"),
}
ARRAYS_LEFT = {
    "values of a dictionary": "x = d.values()",
    "values that are written": "self.values = 1",
    "values that are updated": "self.values += 1",
    "values that are declared": "self.values: int = 1",
    "values that are deleted": "del self.values",
    "a variable of the name": "values = 1\nx = values",
    "an option of the name": "pivot(values=x)",
    "a method that is not called": "x = map(pd.isnull, df)",
    "an import": "from pandas import isnull",
}

LISTS = {
    "one text": ('x = a in ["b"]', 'x = a == "b"'),
    "not one text": ('x = a not in ["b"]', 'x = a != "b"'),
    "a condition": ('y = [c for c in d if c not in ["b"]]', 'y = [c for c in d if c != "b"]'),
}
LISTS_LEFT = {
    "a chain": 'x = a in ["b"] == c',
    "several texts, which a type may equal without their hash": 'x = [c for c in d if d[c].dtype in ["int64", "float64"]]',
    "a number": "x = a in [1]",
    "stars": "x = a in [*b]",
    "texts in two pieces": 'x = a in ["b" "c"]',
    "an f-string": 'x = a in [f"{b}"]',
    "an empty list": "x = a in []",
    "a loop": 'for a in ["b", "c"]:\n    pass',
    "a variable": "x = a in b",
    "a comment in the list": 'x = a in [  # this\n    "b"\n]',
}

RETURNS = {
    "a name for nothing": ("def f(a):\n    b = a.drop()\n    return b", "def f(a):\n    return a.drop()"),
    "several in a row": ("def f(a):\n    b = a + 1\n    c = b\n    return c", "def f(a):\n    return a + 1"),
    "a name bound again": ("def f(a):\n    a = a.drop()\n    return a", "def f(a):\n    return a.drop()"),
    "a comment above": (
        "def f(a):\n    # gone\n    b = a.drop()\n    return b",
        "def f(a):\n    # gone\n    return a.drop()",
    ),
    "a comment behind the answer": (
        "def f(a):\n    b = a.drop()\n    return b  # kept",
        "def f(a):\n    return a.drop()  # kept",
    ),
    "brackets": (
        "def f(a):\n    b = (a\n         .drop())\n    return(b)",
        "def f(a):\n    return (a\n         .drop())",
    ),
    "texts in pieces": ('def f(a):\n    b = f"{a}" "c"\n    return b', 'def f(a):\n    return f"{a}" "c"'),
    "a method": (
        "class A:\n    def f(self):\n        b = 1\n        return b",
        "class A:\n    def f(self):\n        return 1",
    ),
}
RETURNS_LEFT = {
    "another name": "def f(a):\n    b = a\n    return a",
    "a statement between": "def f(a):\n    b = a\n    g()\n    return b",
    "a comment between": "def f(a):\n    b = a\n    # now\n    return b",
    "a comment behind": "def f(a):\n    b = a  # now\n    return b",
    "two names": "def f(a):\n    b = c = a\n    return b",
    "an unpacking": "def f(a):\n    b, c = a\n    return b",
    "an update": "def f(a):\n    a += 1\n    return a",
    "a column": "def f(a):\n    a.b = 1\n    return a",
    "a global": "def f(a):\n    global b\n    b = a\n    return b",
    "a function that reads it later": "def f(a):\n    g = lambda: b\n    b = a + g\n    return b",
    "two statements on one line": "def f(a):\n    b = a; return b",
    "a suite of one line": "def f(a): b = a; return b",
    "outside a function": "b = a",
    "an answer inside a condition": "def f(a):\n    if a:\n        b = a\n        return b",
}

CHANGED = {InPlace: IN_PLACE, Aliases: ALIASES, ArrayMethods: ARRAYS, LoneTexts: LISTS, Returns: RETURNS}
LEFT = {
    InPlace: IN_PLACE_LEFT,
    Aliases: ALIASES_LEFT,
    ArrayMethods: ARRAYS_LEFT,
    LoneTexts: LISTS_LEFT,
    Returns: RETURNS_LEFT,
}


def through(codemod: Codemod, text: str) -> str:
    """The text after one pass."""
    after = libcst.parse_module(text).visit(codemod()).code
    ast.parse(after)
    return after


@pytest.mark.parametrize(
    ("codemod", "hazard"), [(codemod, hazard) for codemod, cases in CHANGED.items() for hazard in cases]
)
def test_what_a_codemod_writes(codemod: Codemod, hazard: str) -> None:
    before, after = CHANGED[codemod][hazard]
    assert through(codemod, before) == after
    assert through(codemod, after) == after


@pytest.mark.parametrize(
    ("codemod", "hazard"), [(codemod, hazard) for codemod, cases in LEFT.items() for hazard in cases]
)
def test_what_a_codemod_leaves_alone(codemod: Codemod, hazard: str) -> None:
    assert through(codemod, LEFT[codemod][hazard]) == LEFT[codemod][hazard]


def test_every_pass_is_tested() -> None:
    assert set(PASSES) == set(CHANGED) == set(LEFT)


def test_all_passes_twice_are_all_passes_once() -> None:
    text = dedent('''
        """Prepare."""


        def prepare(df):
            """Prepare."""
            table = df
            table["a"].fillna(0, inplace=True)  # gaps
            table.drop("b", axis=1, inplace=True); table.dropna(inplace=True)
            keep = [name for name in table.columns if name not in ["c"]]
            return table[keep].values
    ''')
    once = tidy(text)
    assert once != text
    assert tidy(once) == once
