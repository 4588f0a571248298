"""Estimators: identity, parts, parameters; saved, loaded, made by unknown code."""

import pytest

from nb2pkg.facts.values import Constant, Data, Estimator
from tests.facts.abstract_run import estimator, run, table, tables, values

START = """
import pandas as pd
import joblib
import pickle
from pathlib import Path
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("rows.csv")
X, y = df[["x"]], df["y"]
"""

FITTED = {
    "an alias": "m = Ridge()\nn = m\nn.fit(X, y)",
    "a chain": "m = Ridge().fit(X, y)",
    "a dict": "d = {'m': Ridge()}\nd['m'].fit(X, y)\nm = d['m']",
    "a loop over a dict": "d = {'m': Ridge()}\nfor k, e in d.items():\n    e.fit(X, y)\nm = d['m']",
    "a function": "def f(e):\n    e.fit(X, y)\nm = Ridge()\nf(m)",
    "a function that makes it": "def f():\n    e = Ridge()\n    e.fit(X, y)\n    return e\nm = f()",
    "an attribute": "class A:\n    def __init__(self):\n        self.e = Ridge()\n    def run(self):\n        self.e.fit(X, y)\na = A()\na.run()\nm = a.e",
    "set_params": "m = Ridge().set_params(alpha=2).fit(X, y)",
    "a list of pairs": "l = [('m', Ridge())]\nfor k, e in l:\n    e.fit(X, y)\nm = l[0][1]",
    "a class in a list": "for c in [Ridge]:\n    m = c(alpha=1)\n    m.fit(X, y)",
    "a class in a name": "c = Ridge\nm = c().fit(X, y)",
    "a part of a pipeline": "p = make_pipeline(StandardScaler(), Ridge()).fit(X, y)\nm = p[-1]",
    "an object given to a pipeline": "m = Ridge()\nmake_pipeline(StandardScaler(), m).fit(X, y)",
    "dumped and loaded": "joblib.dump(Ridge().fit(X, y), 'm.joblib')\nm = joblib.load('m.joblib')",
    "pickled and loaded": (
        "with open('m.pkl', 'wb') as f:\n    pickle.dump(Ridge().fit(X, y), f)\n"
        "with open('m.pkl', 'rb') as f:\n    m = pickle.load(f)"
    ),
    "a conditional expression": "m = Ridge().fit(X, y) if len(X) else None",
    "or": "m = None\nm = m or Ridge().fit(X, y)",
}


@pytest.mark.parametrize("how", FITTED)
def test_a_fit_is_known_of_the_object(how: str) -> None:
    model = estimator(START + FITTED[how], "m")
    assert model.short == "Ridge"
    assert [fit.rows for fit in model.fits] == [table(START, "X").rows]


def test_an_estimator_knows_its_class_and_parameters() -> None:
    model = estimator(f"{START}a = 3\nm = Ridge(alpha=a, solver='svd')", "m")
    assert model.cls == "sklearn.linear_model.Ridge"
    assert (model.kind, model.origin, model.fits) == ("model", "made", ())
    found = {name: value.value for name, value in model.parameters.items() if isinstance(value, Constant)}
    assert found == {"alpha": 3, "solver": "svd"}


def test_an_estimator_knows_its_first_position() -> None:
    model = estimator(f"{START}from sklearn.neighbors import KNeighborsClassifier\nm = KNeighborsClassifier(7)", "m")
    assert [value.value for value in model.parameters.values() if isinstance(value, Constant)] == [7]


def test_a_parameter_that_is_set_is_known() -> None:
    model = estimator(f"{START}m = Ridge()\nm.alpha = 5", "m")
    (value,) = model.parameters.values()
    assert isinstance(value, Constant)
    assert value.value == 5


PARTS = {
    "make_pipeline": "m = make_pipeline(StandardScaler(), Ridge())",
    "Pipeline": "m = Pipeline([('s', StandardScaler()), ('m', Ridge())])",
    "Pipeline by keyword": "m = Pipeline(steps=[('s', StandardScaler()), ('m', Ridge())])",
    "a list with a name": "steps = [('s', StandardScaler())]\nsteps.append(('m', Ridge()))\nm = Pipeline(steps)",
    "names of the parts": "s, r = StandardScaler(), Ridge()\nm = make_pipeline(s, r)",
}


@pytest.mark.parametrize("how", PARTS)
def test_a_pipeline_holds_its_parts_in_order(how: str) -> None:
    model = estimator(START + PARTS[how], "m")
    assert (model.kind, [part.short for part in model.parts]) == ("pipeline", ["StandardScaler", "Ridge"])


def test_a_pipeline_is_a_model_where_its_last_part_is_one() -> None:
    facts = run("a = 1")
    model, scaler, nested = values(
        START,
        "make_pipeline(StandardScaler(), Ridge())",
        "make_pipeline(StandardScaler())",
        "make_pipeline(make_pipeline(StandardScaler(), Ridge()))",
    )
    assert [facts.is_model(value) for value in (model, scaler, nested)] == [True, False, True]


def test_searches_hold_what_they_search() -> None:
    search = estimator(f"{START}m = GridSearchCV(Ridge(), {{'alpha': [1, 2]}})", "m")
    assert [part.short for part in search.parts] == ["Ridge"]
    best = estimator(f"{START}s = GridSearchCV(Ridge(), {{'alpha': [1, 2]}}).fit(X, y)\nm = s.best_estimator_", "m")
    assert best.fits


def test_an_unknown_object_fitted_on_known_rows_and_a_target_is_a_model() -> None:
    facts = run(START, "from helpers import Net\nnet = Net(3)\nnet.fit(X, y)")
    (fit,) = facts.fits
    assert fit.kind == "model"
    assert fit.estimator is not None
    assert facts.is_model(fit.estimator)
    assert fit.estimator.cls == "helpers.Net"
    assert fit.rows == table(START, "X").rows


def test_an_unknown_object_fitted_without_a_target_is_a_transformer() -> None:
    facts = run(START, "from helpers import Scale\ns = Scale()\nZ = s.fit_transform(X)")
    (fit,) = facts.fits
    assert fit.kind == "statistic"
    (Z,) = tables(f"{START}from helpers import Scale\ns = Scale()\nZ = s.fit_transform(X)", "Z")
    assert Z.rows == table(START, "X").rows
    assert len(Z.learned) == 1


def test_an_unknown_object_is_the_same_one_each_time() -> None:
    source = f"{START}from helpers import Net\nnet = Net(3)\nnet.fit(X, y)\np = net.predict(X)"
    guess = table(source, "p")
    assert guess.content.predicted is not None
    assert len(guess.content.predicted.fits) == 1


def test_an_object_made_by_a_module_with_fit_of_something_else_is_no_model() -> None:
    assert run(START, "import helpers\nhelpers.figure().fit(3, 4)").fits == ()


def test_a_model_that_was_loaded_is_known_to_be_loaded() -> None:
    facts = run(START, "m = joblib.load('theirs.joblib')\np = m.predict(X)")
    (prediction,) = facts.predictions
    assert prediction.estimator.origin == "loaded"
    assert [(load.path, load.name) for load in facts.loads[1:]] == [("theirs.joblib", "joblib.load")]


def test_an_estimator_that_is_a_parameter_is_known_to_be_one() -> None:
    facts = run(START, "def serve(model, rows):\n    return model.predict(rows)")
    assert [one.estimator.origin for one in facts.predictions] == ["parameter"]


def test_a_fit_of_another_object_is_not_this_ones() -> None:
    one, other = values(f"{START}m, n = Ridge(), Ridge()\nm.fit(X, y)", "m", "n")
    assert isinstance(one, Estimator)
    assert isinstance(other, Estimator)
    assert (len(one.fits), len(other.fits)) == (1, 0)


def test_a_clone_is_not_fitted() -> None:
    model = estimator(f"{START}from sklearn.base import clone\nm = clone(Ridge(alpha=2).fit(X, y))", "m")
    assert (model.short, model.fits) == ("Ridge", ())


def test_a_deep_copy_is_fitted_and_another_object() -> None:
    source = f"{START}import copy\na = Ridge().fit(X, y)\nm = copy.deepcopy(a)\na.fit(X[:3], y[:3])"
    model = estimator(source, "m")
    assert [fit.rows for fit in model.fits] == [table(START, "X").rows]


SAVED = {
    "joblib.dump": ("joblib.dump(model, 'm.joblib')", "m.joblib", "joblib"),
    "joblib.dump by keyword": ("joblib.dump(filename='m.joblib', value=model)", "m.joblib", "joblib"),
    "pickle.dump": ("pickle.dump(model, open('m.pkl', 'wb'))", "m.pkl", "pickle"),
    "pickle.dump in with": ("with open('m.pkl', 'wb') as f:\n    pickle.dump(model, f)", "m.pkl", "pickle"),
    "a path": ("joblib.dump(model, Path('out') / 'm.joblib')", "out/m.joblib", "joblib"),
    "a path joined": ("import os\njoblib.dump(model, os.path.join('out', 'm.joblib'))", "out/m.joblib", "joblib"),
    "an f-string": ("n = 'm'\njoblib.dump(model, f'{n}.joblib')", "m.joblib", "joblib"),
    "a path opened": ("with Path('m.pkl').open('wb') as f:\n    pickle.dump(model, f)", "m.pkl", "pickle"),
    "a function": ("def save(m, p):\n    joblib.dump(m, p)\nsave(model, 'm.joblib')", "m.joblib", "joblib"),
    "a name that is only known when it runs": ("joblib.dump(model, input())", None, "joblib"),
    "an f-string with a date": ("import time\njoblib.dump(model, f'{time.time()}.joblib')", None, "joblib"),
}


@pytest.mark.parametrize("how", SAVED)
def test_what_is_saved_where(how: str) -> None:
    source, path, form = SAVED[how]
    facts = run(START, "model = Ridge().fit(X, y)", source)
    (saved,) = facts.saves
    assert (saved.path, saved.format) == (path, form)
    assert [part.short for part in facts.fitted_parts(saved.value)] == ["Ridge"]


def test_the_fitted_parts_of_what_is_saved_are_found_in_containers() -> None:
    facts = run(START, "m, s = Ridge().fit(X, y), StandardScaler()\njoblib.dump({'m': m, 'rest': [s, 3]}, 'a.joblib')")
    (saved,) = facts.saves
    assert [part.short for part in facts.fitted_parts(saved.value)] == ["Ridge"]


def test_tables_and_predictions_are_no_estimators() -> None:
    facts = run(START, "m = Ridge().fit(X, y)\njoblib.dump(m.predict(X), 'p.joblib')\njoblib.dump(m.coef_, 'c.joblib')")
    assert [facts.fitted_parts(saved.value) for saved in facts.saves] == [[], []]


def test_what_a_fitted_attribute_holds_was_learned_by_the_fit() -> None:
    source = f"{START}m = Ridge().fit(X, y)"
    coefficients = table(source, "m.coef_")
    assert [learning.label for learning in coefficients.learned] == ["Ridge().fit"]
    (value,) = values(START, "Ridge().coef_")
    assert not isinstance(value, Data)


def test_a_transformer_of_the_test_part_alone_is_a_refit_and_one_of_the_training_part_is_not() -> None:
    source = """
from sklearn.model_selection import train_test_split
a, b, c, d = train_test_split(X, y, random_state=0)
"""
    assert len(run(START + source, "StandardScaler().fit(b)").refits()) == 1
    assert run(START + source, "StandardScaler().fit(a)").refits() == []
    assert run(START + source, "StandardScaler().fit(X)").refits() == []
    assert len(run(START + source, "Ridge().fit(b, d)").refits()) == 1
    assert run(START + source, "Ridge().fit(a, c)").refits() == []
    assert run(START + source, "Ridge().fit(b, c)").refits() == []
