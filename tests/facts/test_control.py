"""Branches joined, loops element by element, collections and comprehensions."""

import pytest

from nb2pkg.facts.values import Collection, Constant, Estimator
from tests.facts.abstract_run import missing, run, tables, taught, values

START = """
import sys
import pandas as pd
a, b = pd.read_csv("a.csv"), pd.read_csv("b.csv")
"""

EITHER = {
    "if and else": "if len(a) > 3:\n    r = a\nelse:\n    r = b",
    "if alone": "r = a\nif len(a) > 3:\n    r = b",
    "elif": "r = None\nif len(a) > 3:\n    r = a\nelif len(b) > 3:\n    r = b",
    "nested": "if len(a) > 3:\n    if len(b) > 3:\n        r = a\n    else:\n        r = b\nelse:\n    r = a",
    "try and except": "try:\n    r = a\nexcept ValueError:\n    r = b",
    "try and two handlers": "r = a\ntry:\n    len(a)\nexcept ValueError:\n    r = b\nexcept KeyError:\n    pass",
    "match": "match len(a):\n    case 1:\n        r = a\n    case _:\n        r = b",
    "a conditional expression of tables": "r = a if len(a) else b\nr = pd.concat([r, b])",
    "a list in either arm": "if len(a) > 3:\n    l = [a]\nelse:\n    l = [b]\nr = l[0]",
    "an attribute in either arm": (
        "class A:\n    pass\no = A()\no.t = a\nif len(a) > 3:\n    o.t = b\nr = o.t"
    ),
    "an item in either arm": "d = {'t': a}\nif len(a) > 3:\n    d['t'] = b\nr = d['t']",
}  # fmt: skip


@pytest.mark.parametrize("how", EITHER)
def test_either_branch_may_have_run(how: str) -> None:
    result, one, other = tables(START + EITHER[how], "r", "a", "b")
    assert one.rows
    assert result.rows == one.rows | (other.rows or frozenset())


ONLY = {
    "a true constant": "r = b\nif True:\n    r = a",
    "a false constant": "r = a\nif False:\n    r = b",
    "a zero": "r = a\nif 0:\n    r = b",
    "a switch": "DEBUG = False\nr = a\nif DEBUG:\n    r = b",
    "not a switch": "DEBUG = False\nr = b\nif not DEBUG:\n    r = a",
    "a compared switch": "MODE = 'train'\nr = b\nif MODE == 'train':\n    r = a",
    "a compared switch, otherwise": "MODE = 'train'\nr = a\nif MODE != 'train':\n    r = b",
    "a compared number": "N = 3\nr = b\nif N >= 2:\n    r = a\nelse:\n    r = b",
    "a smaller number": "N = 1\nr = a\nif N > 2:\n    r = b",
    "a number below": "N = 1\nr = b\nif N < 2:\n    r = a",
    "a number not below": "N = 5\nr = a\nif N <= 2:\n    r = b",
    "the version of Python": "if sys.version_info[0] < 3:\n    r = b\nelse:\n    r = a",
    "the version as a tuple": "if sys.version_info >= (3, 0):\n    r = a\nelse:\n    r = b",
    "the version by name": "if sys.version_info.major == 2:\n    r = b\nelse:\n    r = a",
    "a default argument": "def f(which=None):\n    if which is None:\n        return a\n    return b\nr = f()",
    "a default argument, given": "def f(which=None):\n    if which is not None:\n        return a\n    return b\nr = f(1)",
    "a default argument, given a table": (
        "def f(t=None):\n    if t is None:\n        return b\n    return t\nr = f(a)"
    ),
    "a default argument, given a table, the other way": (
        "def f(t=None):\n    if t is not None:\n        return t\n    return b\nr = f(a)"
    ),
    "a default argument, given an estimator": (
        "from sklearn.linear_model import Ridge\ndef f(m=None):\n    if m is None:\n        return b\n    return a\nr = f(Ridge())"
    ),
    "a default argument, given a function": (
        "def f(g=None):\n    if g is None:\n        return b\n    return a\nr = f(lambda: 1)"
    ),
    "a boolean argument": "def f(first=True):\n    if first:\n        return a\n    return b\nr = f()",
    "a conditional expression": "FIRST = True\nr = a if FIRST else b",
    "a branch that raises": "r = a\nif len(a) > 3:\n    r = b\n    raise ValueError",
    "a branch that leaves the function": (
        "def f():\n    r = a\n    if len(a) > 3:\n        r = b\n        return None\n    return r\nr = f()"
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", ONLY)
def test_only_one_branch_can_have_run(how: str) -> None:
    result, one = tables(START + ONLY[how], "r", "a")
    assert one.rows
    assert result.rows == one.rows


def test_an_arm_starts_from_the_state_before_the_other() -> None:
    source = f"{START}if len(a) > 3:\n    a['x'] = b['x'].mean()\nelse:\n    r = a['x'] + 1"
    assert taught(source, "r") == []
    assert taught(source, "a['x']") == ["b['x'].mean()"]


def test_what_either_arm_learned_is_learned() -> None:
    source = f"{START}if len(a) > 3:\n    a['x'] = a['x'].mean()\nelse:\n    a['x'] = a['x'].median()"
    assert taught(source, "a['x']") == ["a['x'].mean()", "a['x'].median()"]


def test_a_model_of_either_arm_stays_a_model() -> None:
    source = """
from sklearn.linear_model import Ridge
if len(input()) > 3:
    model = Ridge()
else:
    model = None
"""
    (model,) = values(source, "model")
    assert isinstance(model, Estimator)


def test_the_fits_of_both_arms_are_kept() -> None:
    source = f"""{START}
from sklearn.linear_model import Ridge
model = Ridge()
if len(a) > 3:
    model.fit(a[["x"]], a["y"])
else:
    model.fit(b[["x"]], b["y"])
"""
    (model,) = values(source, "model")
    assert isinstance(model, Estimator)
    assert len(model.fits) == 2


def test_the_else_of_a_loop_and_of_a_try_and_finally_run() -> None:
    source = f"{START}for i in [1]:\n    pass\nelse:\n    r = a\ntry:\n    pass\nexcept ValueError:\n    pass\nelse:\n    s = a\nfinally:\n    t = b"
    r, s, t, one, other = tables(source, "r", "s", "t", "a", "b")
    assert r.rows == s.rows == one.rows
    assert t.rows == other.rows


def test_a_while_loop_runs() -> None:
    source = f"{START}n = 3\nwhile n:\n    a['x'] = a['x'] - a['x'].mean()\n    n -= 1\nelse:\n    r = a"
    assert taught(source, "r") == ["a['x'].mean()"]


def test_constants_differ_after_branches() -> None:
    (value,) = values("n = 1\nif input():\n    n = 2", "n")
    assert not isinstance(value, Constant)
    (value,) = values("n = 1\nif input():\n    n = 1", "n")
    assert isinstance(value, Constant)


LOOPS = {
    "a list": "for t in [a, b]:\n    seen(t)",
    "a tuple": "for t in (a, b):\n    seen(t)",
    "a set": "for t in {a, b}:\n    seen(t)",
    "a list with a name": "parts = [a, b]\nfor t in parts:\n    seen(t)",
    "a list that grew": "parts = []\nparts.append(a)\nparts.append(b)\nfor t in parts:\n    seen(t)",
    "a list that was extended": "parts = [a]\nparts.extend([b])\nfor t in parts:\n    seen(t)",
    "a list that was added to": "parts = [a]\nparts += [b]\nfor t in parts:\n    seen(t)",
    "two lists": "for t in [a] + [b]:\n    seen(t)",
    "stars": "for t in [a, *[b]]:\n    seen(t)",
    "pairs": "for name, t in [('a', a), ('b', b)]:\n    seen(t)",
    "values of a dict": "for t in {'a': a, 'b': b}.values():\n    seen(t)",
    "items of a dict": "for k, t in {'a': a, 'b': b}.items():\n    seen(t)",
    "keys of a dict": "d = {'a': a, 'b': b}\nfor k in d:\n    seen(d[k])",
    "keys asked for": "d = {'a': a, 'b': b}\nfor k in d.keys():\n    seen(d[k])",
    "sorted keys": "d = {'a': a, 'b': b}\nfor k in sorted(d):\n    seen(d.get(k))",
    "a dict filled": "d = {}\nd['a'] = a\nd['b'] = b\nfor k, t in d.items():\n    seen(t)",
    "a dict updated": "d = {'a': a}\nd.update({'b': b})\nfor k, t in d.items():\n    seen(t)",
    "a dict made": "d = dict(a=a, b=b)\nfor k, t in d.items():\n    seen(t)",
    "a dict of dicts": "d = {**{'a': a}, 'b': b}\nfor k, t in d.items():\n    seen(t)",
    "enumerate": "for i, t in enumerate([a, b]):\n    seen(t)",
    "zip": "for n, t in zip(['a', 'b'], [a, b]):\n    seen(t)",
    "reversed": "for t in reversed([a, b]):\n    seen(t)",
    "list": "for t in list((a, b)):\n    seen(t)",
    "a comprehension": "[seen(t) for t in [a, b]]",
    "a comprehension of a comprehension": "for t in [u + 0 for u in [a, b]]:\n    seen(t)",
    "a dict comprehension": "d = {k: t + 0 for k, t in [('a', a), ('b', b)]}\nfor k, t in d.items():\n    seen(t)",
    "a generator expression": "list(seen(t) for t in [a, b])",
    "map": "list(map(seen, [a, b]))",
    "nested": "for p in [[a], [b]]:\n    for t in p:\n        seen(t)",
    "a function's stars": "def f(*ts):\n    for t in ts:\n        seen(t)\nf(a, b)",
    "a global list": "PARTS = [a, b]\ndef f():\n    for t in PARTS:\n        seen(t)\nf()",
}


@pytest.mark.parametrize("how", LOOPS)
def test_a_loop_sees_each_element(how: str) -> None:
    facts = run(START, "def seen(t):\n    return t.mean()", LOOPS[how])
    found = [atom.source for learning in facts.learnings for atom in learning.rows or ()]
    assert sorted(found, key=str) == [("file", "a.csv"), ("file", "b.csv")]


ONCE = {
    "range": "for i in range(3):\n    a.mean()",
    "a table": "for c in a:\n    a.mean()",
    "columns": "for c in a.columns:\n    a.mean()",
    "something unknown": "for c in input():\n    a.mean()",
    "a comprehension": "[a.mean() for i in range(9)]",
    "while": "while input():\n    a.mean()",
    "groups": "for key, part in a.groupby('k'):\n    part.mean()",
}


@pytest.mark.parametrize("how", ONCE)
def test_other_loops_are_followed_once(how: str) -> None:
    (learning,) = run(START, ONCE[how]).learnings
    assert [atom.source for atom in learning.rows or ()] == [("file", "a.csv")]


ITEMS = {
    "an index": "r = [b, a][1]",
    "an index from the end": "r = [b, a][-1]",
    "a key": "r = {'x': b, 'y': a}['y']",
    "get": "r = {'x': b, 'y': a}.get('y')",
    "pop": "r = {'x': b, 'y': a}.pop('y')",
    "a key in a name": "k = 'y'\nr = {'x': b, 'y': a}[k]",
    "a tuple taken apart": "_, r = b, a",
    "a nested tuple taken apart": "(_, (r, _)) = b, (a, b)",
    "the middle of stars": "_, *m, _ = b, a, b, b\nr = m[0]",
    "after stars": "*_, r = b, b, a",
    "before stars": "r, *_ = a, b, b",
    "a list in a list": "r = [[b], [b, a]][1][1]",
    "a list in a dict": "r = {'x': [b, a]}['x'][1]",
    "replaced in a list": "l = [b, b]\nl[1] = a\nr = l[1]",
    "replaced in a dict": "d = {'x': b}\nd['x'] = a\nr = d['x']",
    "setdefault": "r = {'x': a}.setdefault('x', b)",
    "a list copied": "l = [a]\nr = l.copy()[0]",
    "a chained assignment": "q = r = a",
    "a swap": "x, y = a, b\nx, y = y, x\nr = y",
    "a walrus": "print(r := a)",
    "an annotated assignment": "r: object = a",
    "a set": "for r in {a}:\n    pass",
}


@pytest.mark.parametrize("how", ITEMS)
def test_a_value_is_found_where_it_was_put(how: str) -> None:
    result, one = tables(START + ITEMS[how], "r", "a")
    assert one.rows
    assert result.rows == one.rows


def test_two_names_of_a_list_are_one_list() -> None:
    source = f"{START}one = []\nother = one\nother.append(a)\nr = one[0]"
    result, given = tables(source, "r", "a")
    assert result.rows == given.rows


def test_a_copied_list_grows_alone() -> None:
    for copy in ("list(one)", "one.copy()", "[*one]", "one + []"):
        one, other = values(f"{START}one = [a]\nother = {copy}\nother.append(b)", "one", "other")
        assert isinstance(one, Collection)
        assert isinstance(other, Collection)
        assert (len(one.items or ()), len(other.items or ())) == (1, 2), copy


def test_a_comprehension_keeps_its_variable_to_itself() -> None:
    assert missing("print([i for i in range(3)])\nprint(i)") == ["i"]
    assert missing("print({k: v for k, v in []})\nprint(k)") == ["k"]


def test_the_conditions_and_inner_loops_of_a_comprehension_are_followed() -> None:
    assert missing("print([j for i in [1] if nowhere for j in [i] if elsewhere])") == ["elsewhere", "nowhere"]


def test_numbers_and_text_are_computed() -> None:
    found = values("a, b = 2, 'x'", "a + 3", "a - 3", "a * 3", "b + 'y'", "-a", "not a", "f'{b}{a}'")
    assert [value.value for value in found if isinstance(value, Constant)] == [5, -1, 6, "xy", -2, False, "x2"]
