"""Notebooks that are too large or too deep, calls nobody knows, and what may still be said then."""

import pytest

from nb2pkg.facts.machine import STEP_LIMIT
from nb2pkg.facts.rows import overlap
from nb2pkg.facts.values import Unknown
from tests.facts.abstract_run import apart, run, table, tables, values

TRAINING = """
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC
import joblib
X, y = load_iris(return_X_y=True)
model = SVC().fit(X, y)
model.score(X, y)
other = GaussianNB().fit(X, y)
joblib.dump(other, "model.joblib")
print(gone)
"""
LARGE = "a = [" + "0, " * STEP_LIMIT + "]"
DEEP = "a = " + "+".join(["1"] * 700)


def test_an_ordinary_notebook_is_followed_to_its_end() -> None:
    facts = run(TRAINING)
    assert not facts.limited
    assert len(facts.training_scores()) == 1
    assert len(facts.unevaluated()) == 1
    assert list(facts.unresolved()) == ["gone"]


@pytest.mark.parametrize("source", [LARGE, DEEP], ids=["too large", "too deep"])
@pytest.mark.parametrize("first", [True, False])
def test_where_the_run_was_cut_short_nothing_is_argued_from_absence(source: str, first: bool) -> None:
    facts = run(*((source, TRAINING) if first else (TRAINING, source)))
    assert facts.limited
    assert facts.training_scores() == []
    assert facts.unevaluated() == []
    assert facts.unresolved() == {}
    assert len(facts.effects) == len(facts.program.statements)


def test_what_was_seen_before_the_limit_stays_known() -> None:
    facts = run(TRAINING, LARGE)
    assert len(facts.fits) == 2
    assert [saved.path for saved in facts.saves] == ["model.joblib"]


def test_a_statement_that_is_too_deep_does_not_hide_the_others() -> None:
    facts = run(DEEP, "def f():\n    return [1]\nb = f()", TRAINING)
    assert len(facts.fits) == 2


def test_a_loop_over_a_long_list_is_followed_for_its_beginning() -> None:
    source = "import pandas as pd\ndf = pd.read_csv('a.csv')\nfor i in [" + "1, " * 500 + "]:\n    df.mean()"
    facts = run(source)
    assert not facts.limited
    assert 1 <= len(facts.learnings) <= 100


def test_loops_in_loops_end() -> None:
    ten = ", ".join("abcdefghij")
    names = ", ".join(f"'{letter}'" for letter in ten.split(", "))
    loops = "".join(f"{'    ' * depth}for {letter} in [{names}]:\n" for depth, letter in enumerate("pqrstuv"))
    assert run(f"{loops}{'    ' * 7}print(p)").limited


START = "import pandas as pd\nimport helpers\na, b = pd.read_csv('a.csv'), pd.read_csv('b.csv')\n"

UNKNOWN = {
    "a function of an unknown module": "r = helpers.tidy(a)",
    "a method of something unknown": "r = helpers.Tidier().tidy(a)",
    "a method of a table that nobody knows": "r = a.tidy_up()",
    "something unknown called": "tidy = input()\nr = tidy(a)",
    "an unknown class": "r = helpers.Table(a)",
    "by keyword": "r = helpers.tidy(table=a)",
    "with another table": "r = helpers.join(a, b)",
}


@pytest.mark.parametrize("how", UNKNOWN)
def test_an_unknown_call_keeps_the_rows_of_its_first_argument(how: str) -> None:
    result, given = tables(START + UNKNOWN[how], "r", "a")
    assert result.rows
    assert result.rows == given.rows


@pytest.mark.parametrize("how", UNKNOWN)
def test_an_unknown_call_is_counted(how: str) -> None:
    assert run(START).unknown_calls == 0
    assert run(START, UNKNOWN[how]).unknown_calls >= 1


def test_an_unknown_call_unites_what_its_arguments_learned() -> None:
    source = f"{START}a['x'] = a['x'].mean()\nb['x'] = b['x'].max()\nr = helpers.join(a, b)"
    assert {learning.label for learning in table(source, "r").learned} == {"a['x'].mean()", "b['x'].max()"}


def test_an_unknown_call_keeps_predictions() -> None:
    source = f"{START}from sklearn.linear_model import Ridge\nr = helpers.tidy(Ridge().fit(a, a['y']).predict(b))"
    assert table(source, "r").content.predicted is not None


def test_unpacking_something_unknown_gives_things_of_their_own() -> None:
    source = "from helpers import load\nimport numpy as np\nX_train, X_test, y_train, y_test = load()\n"
    one, other = values(source, "X_train", "X_test")
    assert isinstance(one, Unknown)
    assert one is not other
    facts = run(source, "from sklearn.svm import SVC\nm = SVC().fit(X_train, y_train)\nm.score(X_test, y_test)")
    (fit,), (score,) = facts.fits, facts.scores
    assert fit.rows
    assert score.rows
    assert not overlap(fit.rows, score.rows)
    assert facts.training_scores() == []


def test_something_unknown_is_the_same_each_time_it_is_read() -> None:
    source = "from helpers import load\nt = load()\na, b = t[['x']], t.dropna()"
    a, b = tables(source, "a", "b")
    assert not apart(a, b)


def test_two_calls_of_something_unknown_are_apart() -> None:
    source = "from helpers import load\na, b = load(1), load(2)\np, q = a[['x']], b[['x']]"
    p, q = tables(source, "p", "q")
    assert apart(p, q)


def test_hostile_notebooks_are_survived() -> None:
    sources = [
        "a = " + "(" * 80 + "1" + ")" * 80,
        "a = " + "[" * 80 + "]" * 80,
        "f = lambda: f()\nf()",
        "def f(*a, **k):\n    return f(*a, **k)\nf(f, f=f)",
        "class A(A):\n    pass",
        "class A:\n    pass\nclass A(A):\n    pass\nA().x.y.z",
        "a = []\na.append(a)\nfor b in a:\n    for c in b:\n        print(c)",
        "d = {}\nd['d'] = d\nprint(d['d']['d'])\nimport joblib\njoblib.dump(d, 'd')",
        "x = y = lambda x=1, *y, z=2, **w: (x, y, z, w)\nx(y(x), *[y], **{'z': x})",
        "import pandas as pd\ndf = pd.read_csv()\ndf.drop()\ndf.loc\ndf[...]\ndf.iloc[:, ::-1]\npd.concat([])\ndf.groupby().agg()",
        "from sklearn.model_selection import train_test_split\ntrain_test_split()\na, b = train_test_split(*[])",
        "from sklearn.linear_model import Ridge\nRidge().fit()\nRidge().predict()\nRidge().score()\nRidge.fit",
        "from sklearn.metrics import accuracy_score\naccuracy_score()\naccuracy_score(1, 2)",
        "from sklearn.pipeline import Pipeline\nPipeline()\nPipeline(1)\nPipeline([1, (2,), ('a', 'b')]).fit(1)[0][9]",
        "a, b, *c = {1: 2}\nfor a[0], b.x in c:\n    del a[0], b.x\n(a,) = b = c",
        "import joblib, pickle\njoblib.dump()\njoblib.load()\npickle.dump(1)\npickle.load(open())",
        "zip()\nenumerate()\nmap()\nmap(1)\nlist(zip([], [1]))\nrange()\nsum()\nmax()\nopen()\nsorted()\ndict(1)\ngetattr()\nsuper()\nfloat()\nround()\nnext()\nisinstance()",
        "async def f():\n    async with a as b:\n        async for c in b:\n            yield c\n    return [d async for d in b]",
        "X: 'Y' = 1\nfrom __future__ import annotations",
    ]
    for source in sources:
        facts = run(source)
        assert len(facts.effects) == len(facts.program.statements), source
