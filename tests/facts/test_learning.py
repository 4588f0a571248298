"""What is learned from rows: by hand, by estimators, of which kind, and which values it reaches."""

import pytest

from nb2pkg.facts.values import Learning
from tests.facts.abstract_run import run, table, tables, taught

START = """
import numpy as np
import pandas as pd
df, other = pd.read_csv("rows.csv"), pd.read_csv("other.csv")
x = df["x"]
"""

STATISTICS = {
    "a method": "r = x - x.mean()",
    "a method of the table": "r = df / df.std()",
    "a function": "r = x - np.mean(x)",
    "a function of the array": "r = x - np.median(df.values, axis=0)",
    "a quantile": "r = x.clip(upper=x.quantile(0.9))",
    "two names on the way": "m = x.max()\nk = m + 1\nr = x / k",
    "the most frequent": "r = x.fillna(x.mode()[0])",
    "groups given back": "r = df.groupby('g')['x'].transform('mean')",
    "groups merged": "m = df.groupby('g')['x'].mean()\nr = df.merge(m, on='g')",
    "groups mapped": "m = df.groupby('g')['x'].mean()\nr = df['g'].map(m)",
    "a comparison": "r = (x > x.mean()).astype(int)",
    "np.where": "r = np.where(x > x.mean(), 1, 0)",
    "a conditional expression": "r = x if 3 > x.mean() else x + 1",
    "a list of values": "low, high = x.min(), x.max()\nr = [low, high] + x",
    "a dict of values": "s = {'m': x.mean()}\nr = x - s['m']",
    "float": "r = x - float(x.mean())",
    "round": "r = x - round(x.mean(), 2)",
    "Python's max": "r = x / max(x)",
    "Python's sum": "r = x / sum(x)",
    "rows added up in a loop": "t = 0\nfor v in x:\n    t += v\nr = x - t",
    "describe": "r = x - x.describe()['mean']",
    "agg": "r = x - x.agg('mean')",
    "a filled table": "r = df.fillna(df.mean())",
    "in an argument by keyword": "r = df.fillna(value=df.mean())",
    "columns chosen by name": "r = df[['x', 'z']] - df[['x', 'z']].mean()",
    "a correlation": "r = x * df.corr()['y']",
}


@pytest.mark.parametrize("how", STATISTICS)
def test_a_statistic_of_all_rows_is_learned_and_reaches_the_values(how: str) -> None:
    result, given = tables(START + STATISTICS[how], "r", "df")
    learned = [learning for learning in result.learned if learning.kind == "statistic"]
    assert learned
    assert {learning.rows for learning in learned} == {given.rows}
    assert all(learning.by_hand for learning in learned)
    assert result.rows == given.rows


NOTHING = {
    "arithmetic": "r = (x * 2 + 1) ** 2 / 7",
    "row by row": "r = np.log1p(np.sqrt(x.abs()))",
    "a constant": "r = x.fillna(0)",
    "a mapping": "r = x.map({'a': 1, 'b': 2})",
    "a replacement": "r = x.replace({'a': 1})",
    "a sum of columns": "r = df[['x', 'z']].sum(axis=1)",
    "a mean of columns": "r = df.mean(axis=1)",
    "a mean of columns by name": "r = df.mean(axis='columns')",
    "np.sum of columns": "r = np.sum(df.values, axis=1)",
    "fixed bins": "r = pd.cut(x, [0, 10, 100])",
    "fixed bins by keyword": "r = pd.cut(x, bins=[0, 10, 100], labels=False)",
    "text": "r = x.str.lower().str.len()",
    "dates": "r = pd.to_datetime(x).dt.year",
    "the number of rows": "r = x / len(x)",
    "the shape": "r = x / df.shape[0]",
    "a comparison with a constant": "r = (x > 3).astype(int)",
    "a lambda": "r = x.apply(lambda v: v + 1)",
    "astype": "r = x.astype('float32')",
    "reshape": "r = x.values.reshape(-1, 1)",
    "a statistic that is printed": "print(x.mean())\nr = x",
    "a statistic of another table": "other['x'] = other['x'].mean()\nr = x",
    "an if on a statistic": "r = x\nif x.mean() > 3:\n    r = x + 1",
    "dropna": "r = df.dropna()",
    "sorting": "r = df.sort_values('x')",
    "a mean of a list of numbers": "r = x - np.mean([1, 2, 3])",
}


@pytest.mark.parametrize("how", NOTHING)
def test_nothing_is_learned(how: str) -> None:
    assert taught(START + NOTHING[how], "r") == []


KINDS = {
    "pd.get_dummies(df)": "category",
    "pd.factorize(x)[0]": "category",
    "x.map(x.value_counts())": "category",
    "pd.qcut(x, 4)": "bins",
    "pd.cut(x, 4)": "bins",
    "x.rank()": "statistic",
    "x.interpolate()": "statistic",
}


@pytest.mark.parametrize("call", KINDS)
def test_what_a_call_learns_has_a_kind(call: str) -> None:
    assert {learning.kind for learning in table(f"{START}r = {call}", "r").learned} == {KINDS[call]}


FITS = {
    "StandardScaler()": "statistic",
    "SimpleImputer()": "statistic",
    "PCA(2)": "statistic",
    "CountVectorizer()": "vocabulary",
    "TfidfVectorizer()": "vocabulary",
    "OneHotEncoder()": "category",
    "LabelEncoder()": "category",
    "OrdinalEncoder()": "category",
    "KBinsDiscretizer()": "bins",
    "KMeans(3)": "cluster",
    "SelectKBest()": "selection",
    "RandomForestClassifier()": "model",
    "Ridge()": "model",
    "GridSearchCV(Ridge(), {})": "model",
    "make_pipeline(StandardScaler(), Ridge())": "model",
    "make_pipeline(SimpleImputer(), StandardScaler())": "statistic",
    "Pipeline([('s', StandardScaler()), ('m', Ridge())])": "model",
    "ColumnTransformer([('o', OneHotEncoder(), ['g']), ('s', StandardScaler(), ['x'])])": "statistic",
    "ColumnTransformer([('o', OneHotEncoder(), ['g'])])": "category",
    "Normalizer()": "nothing",
    "HashingVectorizer()": "nothing",
}
IMPORTS = """
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, LabelEncoder, Normalizer, OneHotEncoder, OrdinalEncoder, StandardScaler
"""


@pytest.mark.parametrize("made", FITS)
def test_a_fit_has_a_kind(made: str) -> None:
    (fit,) = run(START + IMPORTS, f"e = {made}", "e.fit(df[['x']], df['y'])").fits
    given = table(START, "df")
    assert (fit.kind, fit.rows, fit.verb) == (FITS[made], given.rows, "fit")
    assert not fit.by_hand


def learnings(source: str, expression: str) -> list[Learning]:
    return sorted(table(START + IMPORTS + source, expression).learned, key=lambda learning: learning.place)


REACHED = {
    "fit, then transform": "s = StandardScaler()\ns.fit(df)\nr = s.transform(other)",
    "fit and transform in a chain": "r = StandardScaler().fit(df).transform(other)",
    "fit_transform": "r = StandardScaler().fit_transform(df)",
    "a fit that is bound": "s = StandardScaler().fit(df)\nr = s.transform(other)",
    "an alias": "s = StandardScaler()\nt = s\nt.fit(df)\nr = s.transform(other)",
    "a list": "ss = [StandardScaler()]\nss[0].fit(df)\nr = ss[0].transform(other)",
    "a function": "def f(s):\n    s.fit(df)\ns = StandardScaler()\nf(s)\nr = s.transform(other)",
    "a pipeline of transformers": "p = make_pipeline(SimpleImputer(), StandardScaler())\np.fit(df)\nr = p.transform(other)",
    "a part of a pipeline": "p = make_pipeline(StandardScaler(), Ridge()).fit(df, df['y'])\nr = p[0].transform(other)",
    "a named part of a pipeline": (
        "p = Pipeline([('s', StandardScaler()), ('m', Ridge())]).fit(df, df['y'])\n"
        "r = p.named_steps['s'].transform(other)"
    ),
    "an object put in a pipeline": "s = StandardScaler()\nmake_pipeline(s, Ridge()).fit(df, df['y'])\nr = s.transform(other)",
    "a column transformer": "c = ColumnTransformer([('s', StandardScaler(), ['x'])])\nc.fit(df)\nr = c.transform(other)",
    "a frame around the result": "r = pd.DataFrame(StandardScaler().fit_transform(df), columns=['a'])",
    "columns stored": "df[['x', 'z']] = StandardScaler().fit_transform(df[['x', 'z']])\nr = df",
    "a sparse matrix made dense": "r = CountVectorizer().fit_transform(x).toarray()",
    "stacked": "r = np.hstack([df[['z']], StandardScaler().fit_transform(df[['x']])])",
    "inverse_transform": "r = StandardScaler().fit(df).inverse_transform(other)",
    "a fitted attribute": "s = StandardScaler().fit(df)\nr = other - s.mean_",
    "partial_fit": "s = StandardScaler()\ns.partial_fit(df)\nr = s.transform(other)",
    "set_output": "s = StandardScaler().set_output(transform='pandas')\nr = s.fit(df).transform(other)",
    "in a loop": "for n in ['x', 'z']:\n    df[n] = LabelEncoder().fit_transform(df[n])\nr = df['x']",
}


@pytest.mark.parametrize("how", REACHED)
def test_a_fit_reaches_what_is_transformed(how: str) -> None:
    given = table(START, "df")
    found = learnings(REACHED[how], "r")
    assert found
    assert {learning.rows for learning in found} == {given.rows}
    assert all(not learning.by_hand for learning in found)


def test_a_transform_keeps_the_rows_it_is_given() -> None:
    result, given = tables(f"{START}{IMPORTS}r = StandardScaler().fit(df).transform(other)", "r", "other")
    assert result.rows == given.rows


def test_the_last_fit_is_the_one_that_counts() -> None:
    found = learnings("s = StandardScaler()\ns.fit(df)\ns.fit(other)\nr = s.transform(df)", "r")
    assert [learning.rows for learning in found] == [table(START, "other").rows]


def test_partial_fits_add_up() -> None:
    assert (
        len(learnings("s = StandardScaler()\ns.partial_fit(df)\ns.partial_fit(other)\nr = s.transform(df)", "r")) == 2
    )


def test_a_transform_that_learned_nothing_adds_nothing() -> None:
    assert learnings("r = Normalizer().fit_transform(df)", "r") == []


def test_an_earlier_learning_stays_through_a_transform() -> None:
    found = learnings("df['x'] = df['x'].fillna(df['x'].mean())\nr = StandardScaler().fit_transform(df)", "r")
    assert [learning.label for learning in found] == ["df['x'].mean()", "StandardScaler().fit_transform"]


def test_a_fit_notes_what_it_was_given() -> None:
    source = f"{START}{IMPORTS}df['x'] = df['x'] - df['x'].mean()\nmodel = Ridge()\nmodel.fit(df[['x']], other['y'])"
    fit = run(source).fits[-1]
    assert fit.data is not None
    assert fit.target is not None
    assert [learning.label for learning in fit.data.taught()] == ["df['x'].mean()"]
    given, target = tables(START, "df", "other")
    assert (fit.data.rows, fit.target.rows) == (given.rows, target.rows)


def test_X_and_y_by_keyword_are_X_and_y() -> None:
    fit = run(f"{START}{IMPORTS}Ridge().fit(y=other['y'], X=df)").fits[-1]
    assert fit.target is not None
    assert (fit.rows, fit.target.rows) == tuple(value.rows for value in tables(START, "df", "other"))


def test_resampled_rows_are_learned() -> None:
    source = f"""{START}
from imblearn.over_sampling import SMOTE
X, y = SMOTE(random_state=0).fit_resample(df[["x"]], df["y"])
"""
    X, y, given = tables(source, "X", "y", "df")
    assert [learning.kind for learning in X.learned] == ["resample"]
    assert X.learned == y.learned
    assert X.rows == given.rows


def test_resample_of_scikit_learn_is_learned() -> None:
    source = f"{START}from sklearn.utils import resample\nr = resample(df, n_samples=100, random_state=0)"
    assert [learning.kind for learning in table(source, "r").learned] == ["resample"]


def test_a_leak_is_found_and_names_its_fit() -> None:
    facts = run(
        START + IMPORTS,
        "X = StandardScaler().fit_transform(df[['x']])",
        "a, b, c, d = train_test_split(X, df['y'], random_state=0)",
        "model = Ridge().fit(a, c)",
    )
    (leak,) = facts.leaks()
    assert leak.learning.place.cell == 2
    assert leak.fit.place.cell == 4
    assert leak.prediction is None


def test_a_leak_is_found_by_a_later_prediction() -> None:
    facts = run(
        START + IMPORTS,
        "df['x'] = df['x'] - df['x'].mean()",
        "model = Ridge().fit(df[['x']][:100], df['y'][:100])",
        "guess = model.predict(df[['x']][100:])",
    )
    (leak,) = facts.leaks()
    assert leak.prediction is not None
    assert leak.prediction.place.cell == 4


def test_selection_leaks_are_told_apart() -> None:
    facts = run(
        START + IMPORTS,
        "X = SelectKBest(k=2).fit_transform(df[['x', 'z']], df['y'])",
        "a, b, c, d = train_test_split(X, df['y'], random_state=0)\nmodel = Ridge().fit(a, c)",
    )
    assert facts.leaks() == []
    (leak,) = facts.selection_leaks()
    assert leak.learning.place.cell == 2


def test_a_refit_knows_its_training_twin() -> None:
    facts = run(
        START + IMPORTS,
        "a, b = train_test_split(df, random_state=0)",
        "s = StandardScaler()\np = s.fit_transform(a[['x']])\nq = s.fit_transform(b[['x']])",
        "model = Ridge().fit(p, a['y'])\nmodel.score(q, b['y'])",
    )
    (refit,) = facts.refits()
    assert refit.learning.place.line == 3
    twin = facts.training_twin(refit)
    assert twin is not None
    assert (twin.place.cell, twin.place.line) == (3, 2)
