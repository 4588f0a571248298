"""Predictions followed to where they are scored, and what each score says of which fit and which rows."""

import pytest

from nb2pkg.facts.events import Score
from tests.facts.abstract_run import run, table, tables

START = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score, mean_squared_error
from sklearn.model_selection import train_test_split
df = pd.read_csv("rows.csv")
X, y = df[["x"]], df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LogisticRegression().fit(X_train, y_train)
"""

WAYS = {
    "as it is": "p = model.predict(X_test)",
    "probabilities": "p = model.predict_proba(X_test)[:, 1]",
    "decisions": "p = model.decision_function(X_test)",
    "a threshold": "p = model.predict_proba(X_test)[:, 1] > 0.5",
    "a threshold as a number": "p = (model.predict_proba(X_test)[:, 1] > 0.5).astype(int)",
    "arithmetic": "p = np.exp(model.predict(X_test)) - 1",
    "reshaped": "p = model.predict(X_test).reshape(-1, 1)",
    "rounded": "p = model.predict(X_test).round()",
    "argmax": "p = np.argmax(model.predict_proba(X_test), axis=1)",
    "np.where": "p = np.where(model.predict(X_test) > 0.3, 1, 0)",
    "a series": "p = pd.Series(model.predict(X_test))",
    "a table": "p = pd.DataFrame(model.predict(X_test))",
    "a named column": "t = pd.DataFrame({'truth': y_test, 'guess': model.predict(X_test)})\np = t['guess']",
    "a column as an attribute": "t = pd.DataFrame({'truth': y_test, 'guess': model.predict(X_test)})\np = t.guess",
    "a column added": "X_test['p'] = model.predict(X_test)\np = X_test['p']",
    "a column added to a copy": "t = X_test.copy()\nt['p'] = model.predict(X_test)\np = t['p']",
    "assign": "p = X_test.assign(p=model.predict(X_test))['p']",
    "a list": "p = list(model.predict(X_test))",
    "tolist": "p = model.predict(X_test).tolist()",
    "a list that grew": "p = []\np.extend(model.predict(X_test))",
    "appended in a loop": "p = []\nfor row in X_test.values:\n    p.append(model.predict([row])[0])",
    "a comprehension": "p = [1 if q > 0.5 else 0 for q in model.predict_proba(X_test)[:, 1]]",
    "a comprehension with a call": "p = [round(q) for q in model.predict(X_test)]",
    "map": "p = list(map(int, model.predict(X_test)))",
    "np.array of a list": "p = np.array([q for q in model.predict(X_test)])",
    "a function": "def guess(m, rows):\n    return m.predict(rows)\np = guess(model, X_test)",
    "apply": "p = pd.Series(model.predict(X_test)).apply(lambda v: v > 0.5)",
    "map with a mapping": "p = pd.Series(model.predict(X_test)).map({0: 'no', 1: 'yes'})",
    "an average of two": "other = LogisticRegression().fit(X_train, y_train)\np = (model.predict(X_test) + other.predict(X_test)) / 2",
    "squeezed": "p = np.squeeze(model.predict(X_test))",
    "flattened": "p = model.predict(X_test).ravel()",
    "a slice": "p = model.predict(X_test)[:10]",
    "clipped": "p = np.clip(model.predict(X_test), 0, 1)",
    "an alias of the model": "m = model\np = m.predict(X_test)",
    "the model of a dict": "p = {'m': model}['m'].predict(X_test)",
    "inverse_transform": (
        "from sklearn.preprocessing import LabelEncoder\ne = LabelEncoder().fit(y_train)\n"
        "p = e.inverse_transform(model.predict(X_test))"
    ),
    "concat": "p = pd.concat([pd.Series(model.predict(X_test)), y_test], axis=1)[0]",
    "an array filled": "p = np.zeros(len(X_test))\np[:] = model.predict(X_test)",
}


def scores(source: str) -> list[Score]:
    return [score for score in run(START, source).scores if not score.weak]


@pytest.mark.parametrize("way", WAYS)
def test_a_prediction_is_known_where_it_is_scored(way: str) -> None:
    (score,) = scores(f"{WAYS[way]}\naccuracy_score(y_test, p)")
    test = table(START, "X_test")
    assert score.estimator.short == "LogisticRegression"
    assert score.rows
    assert score.rows <= (test.rows or frozenset()) or way == "a slice"
    assert [fit.rows for fit in score.fits] == [table(START, "X_train").rows]
    assert score.label == "accuracy_score(y_test, p)"


SCORES = {
    "score": "model.score(X_test, y_test)",
    "score by keyword": "model.score(y=y_test, X=X_test)",
    "arguments the wrong way round": "accuracy_score(model.predict(X_test), y_test)",
    "keywords": "accuracy_score(y_pred=model.predict(X_test), y_true=y_test)",
    "a mean of hits": "(model.predict(X_test) == y_test).mean()",
    "np.mean of hits": "np.mean(model.predict(X_test) == y_test)",
    "Python's sum of hits": "sum(model.predict(X_test) == y_test) / len(y_test)",
    "a mean of misses": "np.mean(y_test != model.predict(X_test))",
    "a sum of squares": "((y_test - model.predict(X_test)) ** 2).sum()",
    "a root of a mean of squares": "np.sqrt(np.mean((model.predict(X_test) - y_test) ** 2))",
    "a mean of absolute errors": "np.abs(y_test - model.predict(X_test)).mean()",
    "errors with a name": "errors = y_test - model.predict(X_test)\nabs(errors).mean()",
    "a metric under another name": "from sklearn import metrics as m\nm.r2_score(y_test, model.predict(X_test))",
    "a module's metric": "import sklearn.metrics\nsklearn.metrics.log_loss(y_test, model.predict_proba(X_test))",
    "a metric in a dict": "for name, f in {'f1': f1_score}.items():\n    f(y_test, model.predict(X_test))",
    "a metric given to a function": "def judge(f):\n    return f(y_test, model.predict(X_test))\njudge(f1_score)",
    "a confusion matrix": "from sklearn.metrics import confusion_matrix\nconfusion_matrix(y_test, model.predict(X_test))",
    "a cross-table": "pd.crosstab(y_test, model.predict(X_test))",
    "a display of the model": (
        "from sklearn.metrics import RocCurveDisplay\nRocCurveDisplay.from_estimator(model, X_test, y_test)"
    ),
    "a table of errors": "t = pd.DataFrame({'y': y_test, 'p': model.predict(X_test)})\nmean_squared_error(t['y'], t['p'])",
}


@pytest.mark.parametrize("how", SCORES)
def test_a_score_is_of_the_model_and_the_rows_predicted(how: str) -> None:
    (score,) = scores(SCORES[how])
    assert score.estimator.short == "LogisticRegression"
    assert score.rows == table(START, "X_test").rows


WEAK = {
    "a comparison": "model.predict(X_test) == y_test",
    "a difference": "e = y_test - model.predict(X_test)",
}


@pytest.mark.parametrize("how", WEAK)
def test_a_prediction_merely_held_against_the_truth_is_evidence_and_no_report(how: str) -> None:
    facts = run(START, WEAK[how])
    assert [(score.weak, score.estimator.short) for score in facts.scores] == [(True, "LogisticRegression")]
    assert facts.training_scores() == []


NO_SCORE = {
    "two predictions compared": "(model.predict(X_test) == model.predict(X_test)).mean()",
    "the truth alone": "y_test.mean()",
    "a mean of predictions": "model.predict(X_test).mean()",
    "truth against a constant": "accuracy_score(y_test, np.zeros(len(y_test)))",
}


@pytest.mark.parametrize("how", NO_SCORE)
def test_this_is_no_score(how: str) -> None:
    assert run(START, NO_SCORE[how]).scores == ()


def test_a_score_belongs_to_the_fits_the_model_had_then() -> None:
    facts = run(START, "model.score(X_test, y_test)\nmodel.fit(X_test, y_test)\nmodel.score(X_test, y_test)")
    first, second = facts.scores
    train, test = tables(START, "X_train", "X_test")
    assert [fit.rows for fit in first.fits] == [train.rows]
    assert [fit.rows for fit in second.fits] == [test.rows]


def test_predictions_remember_the_fit_they_were_made_with() -> None:
    facts = run(START, "p = model.predict(X_test)\nmodel.fit(X_test, y_test)\naccuracy_score(y_test, p)")
    (score,) = facts.scores
    assert [fit.rows for fit in score.fits] == [table(START, "X_train").rows]


def test_a_score_in_a_function_stands_where_it_is_written() -> None:
    facts = run(START, "def judge(m):\n    return m.score(X_test, y_test)", "judge(model)")
    (score,) = facts.scores
    assert (score.place.cell, score.place.line, score.place.column) == (2, 2, 12)
    assert [call.cell for call in score.calls] == [3]


def test_every_model_of_a_loop_is_scored_on_its_own() -> None:
    facts = run(
        START,
        "for m in [Ridge(), LogisticRegression()]:\n    m.fit(X_train, y_train)\n    print(m.score(X_test, y_test))",
    )
    assert [score.estimator.short for score in facts.scores] == ["Ridge", "LogisticRegression"]


MARKED = {
    "cross_val_score": "from sklearn.model_selection import cross_val_score\ncross_val_score(model, X, y)",
    "cross_validate": "from sklearn.model_selection import cross_validate\ncross_validate(model, X, y)",
    "cross_val_score by keyword": (
        "from sklearn.model_selection import cross_val_score\ncross_val_score(X=X, y=y, estimator=model)"
    ),
    "cross_val_predict": "from sklearn.model_selection import cross_val_predict\ncross_val_predict(model, X, y)",
    "a search": "from sklearn.model_selection import GridSearchCV\nGridSearchCV(model, {}).fit(X_train, y_train)",
    "a learning curve": "from sklearn.model_selection import learning_curve\nlearning_curve(model, X, y)",
    "an unknown function": "from helpers import judge\njudge(model)",
    "an unknown function of a module": "import helpers\nhelpers.judge(model, y_test)",
    "an unknown function of predictions": "import helpers\nhelpers.judge(y_test, model.predict(X_test))",
    "something unknown called": "judge = input()\njudge(model)",
}


@pytest.mark.parametrize("how", MARKED)
def test_a_model_that_may_be_evaluated_elsewhere_is_marked(how: str) -> None:
    facts = run(START, MARKED[how], "model.score(X_train, y_train)")
    assert facts.scores[-1].estimator.marks
    assert facts.training_scores() == []
    assert facts.evaluated(facts.scores[-1].estimator)


def test_validation_rows_given_to_a_fit_are_evidence() -> None:
    facts = run(
        START,
        "from xgboost import XGBClassifier\nother = XGBClassifier()",
        "other.fit(X_train, y_train, eval_set=[(X_test, y_test)])\nother.score(X_train, y_train)",
    )
    assert facts.training_scores() == []
    assert [score.weak for score in facts.scores] == [True, False]


def test_validation_data_of_a_network_is_evidence() -> None:
    facts = run(
        START,
        "from tensorflow.keras.models import Sequential\nnet = Sequential()",
        "net.fit(X_train, y_train, validation_data=(X_test, y_test))\nnet.evaluate(X_train, y_train)",
    )
    assert facts.training_scores() == []


TRAINING = {
    "the rows of the fit": "model.score(X_train, y_train)",
    "a part of them": "model.score(X_train[:10], y_train[:10])",
    "a sample of them": "s = X_train.sample(10)\naccuracy_score(y_train, model.predict(s))",
    "a metric": "accuracy_score(y_train, model.predict(X_train))",
    "errors by hand": "np.mean((y_train - model.predict(X_train)) ** 2)",
}


@pytest.mark.parametrize("how", TRAINING)
def test_only_scores_on_the_rows_of_the_fit_are_training_scores(how: str) -> None:
    (evaluation,) = run(START, TRAINING[how]).training_scores()
    assert evaluation.estimator.short == "LogisticRegression"


NOT_TRAINING = {
    "the held-out rows": "model.score(X_test, y_test)",
    "both": "model.score(X_train, y_train)\nmodel.score(X_test, y_test)",
    "both, the other way": "model.score(X_test, y_test)\nmodel.score(X_train, y_train)",
    "all rows, of which some were held out": "model.score(X, y)",
    "rows nobody knows": "from helpers import rows\nmodel.score(*rows())",
    "another file": "new = pd.read_csv('new.csv')\nmodel.score(new[['x']], new['y'])",
    "a comparison on held-out rows": "model.score(X_train, y_train)\nprint(model.predict(X_test) == y_test)",
    "a refit": "model.score(X_test, y_test)\nmodel.fit(X, y)\nmodel.score(X, y)",
}


@pytest.mark.parametrize("how", NOT_TRAINING)
def test_these_are_no_training_scores(how: str) -> None:
    assert run(START, NOT_TRAINING[how]).training_scores() == []


def test_a_training_score_is_of_the_object_and_not_of_its_name() -> None:
    facts = run(
        START,
        "m = Ridge().fit(X_train, y_train)\nm.score(X_test, y_test)",
        "m = Ridge().fit(X_train, y_train)\nm.score(X_train, y_train)",
    )
    (evaluation,) = facts.training_scores()
    assert evaluation.scores[0].place.cell == 3


def test_the_fits_of_pipeline_and_parts_are_one() -> None:
    facts = run(
        START,
        "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler",
        "pipe = make_pipeline(StandardScaler(), Ridge())\npipe.fit(X_train, y_train)\npipe.score(X_train, y_train)",
    )
    (evaluation,) = facts.training_scores()
    assert evaluation.estimator.kind == "pipeline"


def test_a_model_that_is_saved_and_never_scored_is_unevaluated() -> None:
    facts = run(START, "import joblib\njoblib.dump(model, 'model.joblib')")
    (use,) = facts.unevaluated()
    assert (use.saved, use.place.cell, use.fit.place.cell) == (True, 2, 1)
    assert (
        run(START, "model.score(X_test, y_test)\nimport joblib\njoblib.dump(model, 'model.joblib')").unevaluated() == []
    )


def test_a_model_that_only_predicts_is_unevaluated_too() -> None:
    (use,) = run(START, "model.predict(X_test)").unevaluated()
    assert not use.saved


def test_a_prediction_is_an_event_with_its_rows_and_verb() -> None:
    facts = run(START, "model.predict(X_test)\nmodel.predict_proba(X_train)")
    assert [(one.verb, one.place.line) for one in facts.predictions] == [("predict", 1), ("predict_proba", 2)]
    test, train = tables(START, "X_test", "X_train")
    assert [one.data.rows for one in facts.predictions] == [test.rows, train.rows]
