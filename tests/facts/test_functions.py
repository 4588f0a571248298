"""User functions, methods and classes: followed at each call, with the names they see at that time."""

import pytest

from nb2pkg.facts.values import Estimator, Instance, Unknown
from tests.facts.abstract_run import apart, estimator, missing, run, table, tables, taught, values

START = """
import pandas as pd
df, other = pd.read_csv("rows.csv"), pd.read_csv("other.csv")
"""

RETURNS = {
    "positional": "def f(t):\n    return t\nr = f(df)",
    "keyword": "def f(a, t):\n    return t\nr = f(t=df, a=other)",
    "keyword only": "def f(*, t):\n    return t\nr = f(t=df)",
    "positional only": "def f(t, /):\n    return t\nr = f(df)",
    "default": "def f(t=df):\n    return t\nr = f()",
    "keyword-only default": "def f(*, a=other, t=df):\n    return t\nr = f()",
    "second default": "def f(a, b=other, t=df):\n    return t\nr = f(1)",
    "stars taken": "def f(*ts):\n    return ts[1]\nr = f(other, df)",
    "stars given": "def f(a, t):\n    return t\nr = f(*[other, df])",
    "double stars taken": "def f(**ts):\n    return ts['t']\nr = f(a=other, t=df)",
    "double stars given": "def f(a, t):\n    return t\nr = f(**{'t': df, 'a': other})",
    "early": "def f(t):\n    if t is None:\n        return None\n    return t\nr = f(df)",
    "early, of a part that ends": "def f(t):\n    if len(t) > 3:\n        return t\n    raise ValueError(t)\nr = f(df)",
    "a tuple": "def f(t):\n    return 1, t\n_, r = f(df)",
    "a dict": "def f(t):\n    return {'t': t, 'a': other}\nr = f(df)['t']",
    "nested": "def f(t):\n    def g():\n        return t\n    return g()\nr = f(df)",
    "a closure": "def f(t):\n    def g(a):\n        return t\n    return g\nr = f(df)(other)",
    "a lambda": "f = lambda t, a=other: t\nr = f(df)",
    "a lambda called where it stands": "r = (lambda t: t)(df)",
    "a function in a dict": "def f(t):\n    return t\nr = {'f': f}['f'](df)",
    "a function given to a function": "def f(g, t):\n    return g(t)\nr = f(lambda t: t, df)",
    "a global": "def f():\n    return df\nr = f()",
    "a global written": "def f():\n    global r\n    r = df\nf()",
    "a nonlocal": "def f():\n    t = other\n    def g():\n        nonlocal t\n        t = df\n    g()\n    return t\nr = f()",
    "a local of the name of a global": "t = other\ndef f(t):\n    return t\nr = f(df)",
    "map": "r = list(map(lambda t: t, [df, other]))[0]",
    "a generator": "def f():\n    yield df\nfor r in f():\n    pass",
    "a coroutine": "async def f():\n    return df\nr = await f()",
    "a decorated function": "import functools\n@functools.lru_cache\ndef f(t):\n    return t\nr = f(df)",
    "pipe": "def f(t):\n    return t\nr = df.pipe(f)",
    "an expression": "def f(t):\n    return t if len(t) else other[:0]\nr = f(df)",
    "three deep": "def f(t):\n    return t\ndef g(t):\n    return f(t)\ndef h(t):\n    return g(t)\nr = h(df)",
    "a walrus": "def f(t):\n    print(u := t)\n    return u\nr = f(df)",
    "with": "def f(t):\n    with open('x') as file:\n        return t\nr = f(df)",
    "a method": "class A:\n    def f(self, t):\n        return t\nr = A().f(df)",
    "an attribute": "class A:\n    def __init__(self, t):\n        self.t = t\nr = A(df).t",
    "an attribute set later": "class A:\n    def f(self):\n        self.t = df\na = A()\na.f()\nr = a.t",
    "an attribute set from outside": "class A:\n    pass\na = A()\na.t = df\nr = a.t",
    "a class attribute": "class A:\n    t = df\nr = A.t",
    "a class attribute of an object": "class A:\n    t = df\nr = A().t",
    "a method of the base": "class A:\n    def f(self, t):\n        return t\nclass B(A):\n    pass\nr = B().f(df)",
    "a method that calls another": (
        "class A:\n    def f(self, t):\n        return self.g(t)\n    def g(self, t):\n        return t\nr = A().f(df)"
    ),
    "a static method": "class A:\n    @staticmethod\n    def f(t):\n        return t\nr = A.f(df)",
    "a static method of an object": "class A:\n    @staticmethod\n    def f(t):\n        return t\nr = A().f(df)",
    "a class method": "class A:\n    @classmethod\n    def f(cls, t):\n        return t\nr = A.f(df)",
    "a property": "class A:\n    @property\n    def t(self):\n        return df\nr = A().t",
    "a called object": "class A:\n    def __call__(self, t):\n        return t\nr = A()(df)",
    "a method kept in a name": "class A:\n    def f(self, t):\n        return t\ng = A().f\nr = g(df)",
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    t: object\n    n: int = 0\nr = A(t=df).t"
    ),
    "a dataclass by position": (
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    t: object\n    n: int = 0\nr = A(df, 1).t"
    ),
}


@pytest.mark.parametrize("how", RETURNS)
def test_a_value_comes_back_from_a_function(how: str) -> None:
    result, given, other = tables(f"{START}{RETURNS[how]}", "r", "df", "other")
    assert result.rows
    assert result.rows == given.rows
    assert apart(result, other)


def test_a_function_reads_globals_when_it_is_called() -> None:
    source = f"""{START}
def pick():
    return current
current = df
a = pick()
current = other
b = pick()
"""
    a, b, first, second = tables(source, "a", "b", "df", "other")
    assert a.rows == first.rows
    assert b.rows == second.rows


def test_a_default_is_what_it_was_at_the_definition() -> None:
    a, first = tables(f"{START}t = df\ndef f(x=t):\n    return x\nt = other\na = f()", "a", "df")
    assert a.rows == first.rows


def test_two_calls_of_one_function_do_not_mix_their_arguments() -> None:
    source = f"{START}def f(t):\n    return t - t.mean()\na, b = f(df), f(other)"
    a, b = tables(source, "a", "b")
    assert a.rows != b.rows
    assert {learning.rows for learning in a.learned} == {a.rows}
    assert {learning.rows for learning in b.learned} == {b.rows}


def test_either_of_two_returns_may_come_back() -> None:
    source = f"{START}def f(flag):\n    if flag:\n        return df\n    return other\nr = f(input())"
    result, one, other = tables(source, "r", "df", "other")
    assert result.rows == (one.rows or frozenset()) | (other.rows or frozenset())


EITHER = {
    "two definitions": "if input():\n    def f():\n        return df\nelse:\n    def f():\n        return other\nr = f()",
    "a second definition": "def f():\n    return df\nif input():\n    def f():\n        return other\nr = f()",
    "three": "def f():\n    return None\nif input():\n    f = lambda: df\nelif input():\n    f = lambda: other\nr = f()",
    "an alias": "def f():\n    return df\ndef g():\n    return other\nif input():\n    f = g\nr = f()",
    "a handler": "try:\n    def f():\n        return df\nexcept OSError:\n    def f():\n        return other\nr = f()",
    "a choice": "f = (lambda: df) if input() else (lambda: other)\nr = f()",
    "called as another": "def f():\n    return df\nif input():\n    def f():\n        return other\ng = f\nr = g()",
    "by pipe": "f = (lambda t: t) if input() else (lambda t: other)\nr = df.pipe(f)",
    "a class": (
        "class A:\n    def f(self):\n        return df\nif input():\n    class A:\n        def f(self):\n            return other\nr = A().f()"
    ),
    "an object": ("class A:\n    t = df\nclass B:\n    t = other\na = A() if input() else B()\nr = a.t"),
    "a function of a library": (
        "try:\n    from pandas import read_csv as f\nexcept ImportError:\n    def f(path):\n        return other\nr = f('rows.csv')"
    ),
}


@pytest.mark.parametrize("how", EITHER)
def test_every_function_that_may_be_meant_is_followed(how: str) -> None:
    result, one, other = tables(f"{START}{EITHER[how]}", "r", "df", "other")
    assert result.rows == (one.rows or frozenset()) | (other.rows or frozenset())


def test_what_any_of_several_functions_learns_is_learned() -> None:
    source = f"{START}low, high = df['a'].min(), df['a'].max()\nf = (lambda v: v - low) if input() else (lambda v: v - high)\nr = df['b'].apply(f)"
    assert taught(source, "r") == ["df['a'].max()", "df['a'].min()"]


def test_one_definition_is_no_choice() -> None:
    source = f"{START}def f():\n    return df\nagain = False\nif again:\n    def f():\n        return other\nr = f()"
    result, one = tables(source, "r", "df")
    assert result.rows == one.rows


def test_a_method_that_is_set_by_name_is_the_method() -> None:
    source = f"{START}class A:\n    def f(self):\n        return other\nsetattr(A, 'f', lambda self: df)\nr = A().f()"
    result, one = tables(source, "r", "df")
    assert result.rows == one.rows


def test_an_event_in_a_function_stands_where_it_is_written_with_the_calls_that_led_there() -> None:
    facts = run(
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        def train(t):
            return Ridge().fit(t[["x"]], t["y"])
        """,
        """
        def both(t):
            return train(t)
        model = both(pd.read_csv("rows.csv"))
        """,
    )
    (fit,) = facts.fits
    assert (fit.place.cell, fit.place.line, fit.place.column) == (1, 4, 12)
    assert [(call.cell, call.line) for call in fit.calls] == [(2, 3), (2, 2)]
    assert facts.program.statements[fit.statement].cell == 2


def test_a_function_that_calls_itself_ends() -> None:
    source = f"{START}def f(t, n):\n    return t if n == 0 else f(t, n - 1)\nr = f(df, 3)"
    result, given = tables(source, "r", "df")
    assert result.rows == given.rows


def test_two_functions_that_call_each_other_end() -> None:
    source = f"{START}def f(t):\n    return g(t)\ndef g(t):\n    return f(t)\nr = f(df)"
    result, given = tables(source, "r", "df")
    assert result.rows == given.rows


def test_functions_are_followed_to_a_depth_and_then_are_unknown() -> None:
    chain = "\n".join(f"def f{n}(t):\n    return f{n + 1}(t)" for n in range(6))
    source = f"{START}{chain}\ndef f6(t):\n    return t - t.mean()\nr = f0(df)"
    result, given = tables(source, "r", "df")
    assert result.rows == given.rows
    assert not result.learned


def test_a_function_that_nobody_calls_is_read_once_with_unknown_arguments() -> None:
    facts = run(
        """
        import joblib
        from sklearn.linear_model import Ridge
        def train(t):
            model = Ridge().fit(t[["x"]], t["y"])
            joblib.dump(model, "model.joblib")
            return nowhere
        """
    )
    (fit,) = facts.fits
    assert fit.static
    assert fit.rows
    assert [saved.path for saved in facts.saves] == ["model.joblib"]
    assert facts.missing[0].static
    assert list(facts.unresolved()) == ["nowhere"]


def test_a_function_that_is_called_is_not_read_again() -> None:
    facts = run("import pandas as pd\ndef f(t):\n    return t.mean()\nf(pd.read_csv('rows.csv'))")
    assert len(facts.learnings) == 1
    assert not facts.learnings[0].static


def test_the_methods_of_a_class_that_nobody_uses_are_read() -> None:
    assert missing("class A:\n    def f(self):\n        return nowhere") == ["nowhere"]


def test_names_of_a_class_body_are_not_names_of_its_methods() -> None:
    assert missing("class A:\n    n = 1\n    def f(self):\n        return n\nA().f()") == ["n"]


def test_a_class_whose_base_is_a_model_is_a_model() -> None:
    source = "from sklearn.linear_model import Ridge\nclass Mine(Ridge):\n    pass\nm = Mine(alpha=2)"
    mine = estimator(source, "m")
    assert (mine.cls, mine.kind) == ("Mine", "model")
    assert list(mine.parameters) in ([], ["alpha"])


def test_a_class_below_a_class_whose_base_is_a_model_is_a_model() -> None:
    source = (
        "from sklearn.linear_model import Ridge\nclass A(Ridge):\n    pass\nclass B(A):\n    def more(self):\n"
        "        return 1\nm = B()"
    )
    assert estimator(source, "m").kind == "model"


def test_a_class_with_a_fit_of_its_own_is_followed() -> None:
    source = f"""{START}
from sklearn.base import BaseEstimator, TransformerMixin
class Centre(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        self.mean_ = X.mean()
        return self
    def transform(self, X):
        return X - self.mean_
c = Centre().fit(df)
a = c.transform(other)
b = Centre().fit_transform(other)
"""
    (centre,) = values(source, "c")
    assert isinstance(centre, Instance)
    one, new, first, second = tables(source, "a", "b", "df", "other")
    assert [learning.rows for learning in one.learned] == [first.rows]
    assert [learning.rows for learning in new.learned] == [second.rows]


def test_apply_follows_the_function_it_is_given() -> None:
    source = f"{START}top = df['x'].max()\na = df['x'].apply(lambda v: v / top)\nb = df['x'].map(lambda v: v / 2)"
    assert taught(source, "a") == ["df['x'].max()"]
    assert taught(source, "b") == []


def test_apply_follows_a_function_that_asks_the_table() -> None:
    source = f"{START}def fill(v):\n    return df['x'].mean() if v < 0 else v\na = df['x'].apply(fill)"
    assert taught(source, "a") == ["df['x'].mean()"]


def test_a_function_defined_twice_is_the_later_one() -> None:
    source = f"{START}def f():\n    return df\ndef f():\n    return other\nr = f()"
    result, second = tables(source, "r", "other")
    assert result.rows == second.rows


def test_an_argument_that_is_not_given_is_unknown() -> None:
    (value,) = values("def f(t):\n    return t\nr = f()", "r")
    assert isinstance(value, Unknown)


def test_an_estimator_made_by_a_function_is_a_new_one_each_time() -> None:
    source = "from sklearn.linear_model import Ridge\ndef make():\n    return Ridge()\na, b = make(), make()"
    one, other = values(source, "a", "b")
    assert isinstance(one, Estimator)
    assert one is not other


def test_values_inside_functions_are_not_kept_for_their_expressions() -> None:
    assert table(f"{START}def f(t):\n    return t\nf(other)\nr = df", "r").rows == table(START, "df").rows
