"""Which model it is: of a list, of a loop's turns, of a condition's arms; level 3 where it is shown, else never another in silence."""

from pathlib import Path

import pytest

from nb2pkg.extract.plan import Plan
from tests.extract.small import HEAD, LOAD, SPLIT, planned, refusal

BEFORE = (HEAD, LOAD, SPLIT)
LIST = "models = [LogisticRegression(C=0.5), DecisionTreeClassifier(max_depth=4)]"
NAMED = 'models = {"tree": DecisionTreeClassifier(max_depth=4), "line": LogisticRegression(C=0.5)}'
FIT = "    {0}.fit(X_train, y_train)\n    print({0}.score(X_test, y_test))"
SEARCH = "from sklearn.model_selection import GridSearchCV\ngrid = {'max_depth': [1, 2, 3]}\nsearch = GridSearchCV(DecisionTreeClassifier(random_state=0), grid, cv=3)"
PIPE = "from sklearn.pipeline import Pipeline\ntree = DecisionTreeClassifier(max_depth=4)\nm = Pipeline([('scale', StandardScaler()), ('tree', tree)])"
TREE = "DecisionTreeClassifier(max_depth=config.max_depth, random_state=config.seed)"
LINE = "LogisticRegression(C=config.c)"

SHOWN = {
    "the last of a list": ((LIST, "for m in models:\n" + FIT.format("m")), TREE),
    "a list turned round": ((LIST, "for m in models[::-1]:\n" + FIT.format("m")), LINE),
    "reversed": ((LIST, "for m in reversed(models):\n" + FIT.format("m")), LINE),
    "a part of a list": ((LIST, "for m in models[:1]:\n" + FIT.format("m")), LINE),
    "by number": ((LIST, "for i in range(len(models)):\n" + FIT.format("models[i]")), TREE),
    "by the number of a name": (
        (LIST, "for i, name in enumerate(['a', 'b']):\n" + FIT.format("models[i]")),
        TREE,
    ),
    "a dictionary's items": ((NAMED, "for name, m in models.items():\n" + FIT.format("m")), LINE),
    "a dictionary's items, sorted": ((NAMED, "for name, m in sorted(models.items()):\n" + FIT.format("m")), TREE),
    "by name": ((NAMED, "for name in models:\n" + FIT.format("models[name]")), LINE),
    "pairs put into a list": (
        (
            'models = []\nmodels.append(("line", LogisticRegression(C=0.5)))\nmodels.append(("tree", DecisionTreeClassifier(max_depth=4)))',
            "for name, m in models:\n" + FIT.format("m"),
        ),
        TREE,
    ),
    "a loop over a parameter": (
        ("for depth in range(2, 5):\n    m = DecisionTreeClassifier(max_depth=depth)\n" + FIT.format("m"),),
        TREE,
    ),
    "a parameter computed in the loop": (
        ("for i in range(3):\n    depth = i + 2\n    m = DecisionTreeClassifier(max_depth=depth)\n" + FIT.format("m"),),
        TREE,
    ),
    "loops in loops": (
        (
            "depth = 9",
            "for c in [1, 2]:\n    for depth in [3, 4]:\n        m = DecisionTreeClassifier(max_depth=depth)\n        m.fit(X_train, y_train)",
            "m.score(X_test, y_test)",
        ),
        TREE,
    ),
    "the last of a loop, scored after it": (
        (
            "for depth in [3, 4]:\n    m = DecisionTreeClassifier(max_depth=depth).fit(X_train, y_train)",
            "m.score(X_test, y_test)",
        ),
        TREE,
    ),
    "one of a dictionary, after the loop": (
        (NAMED, "for name, m in models.items():\n" + FIT.format("m"), 'print(models["line"].score(X_test, y_test))'),
        LINE,
    ),
    "parameters in a dictionary": (
        (
            "params = {'max_depth': 3}\nparams['max_depth'] = 4",
            "m = DecisionTreeClassifier(**params)\nm.fit(X_train, y_train)",
        ),
        TREE,
    ),
    "a model made in a list, fitted before": (
        (
            LIST,
            "models[0].fit(X_train, y_train)\nmodels[1].fit(X_train, y_train)",
            "for m in models:\n" + FIT.format("m"),
        ),
        TREE,
    ),
    "if main": (
        ('if __name__ == "__main__":\n    m = DecisionTreeClassifier(max_depth=4)\n' + FIT.format("m"),),
        TREE,
    ),
}


def trained(plan: Plan) -> str:
    """The expression that makes the model which `train` fits: among candidates the one that is set."""
    pipeline = plan.modules.files["model/pipeline.py"]
    wanted = next((one.default.strip("'") for one in plan.modules.config if one.name == "model"), "")
    before = f'"{wanted}": ' if wanted else '("model", '
    line = next(one for one in pipeline.splitlines() if one.strip().startswith(before))
    return line.strip().removeprefix(before).removesuffix(",").removesuffix("" if wanted else ")")


@pytest.mark.parametrize("case", SHOWN)
def test_the_model_is_the_one_that_the_notebook_fitted_last(case: str, tmp_path: Path) -> None:
    cells, expected = SHOWN[case]
    plan = planned(tmp_path, *BEFORE, *cells)
    assert trained(plan) == expected
    values = {field.name: field.default for field in plan.modules.config}
    assert values.get("max_depth", "4") == "4"
    assert values.get("c", "0.5") == "0.5"


BEST = "best = 0\nfor name, m in models.items():\n    m.fit(X_train, y_train)\n    s = m.score(X_test, y_test)\n    if s > best:\n        best, found = s, m"
OTHER_TURN = "the model that is used below was fitted in another turn of this loop than the last"
REFUSED = {
    "the best of a loop": ((NAMED, BEST, "print(found.score(X_test, y_test))"), OTHER_TURN),
    "the best of parameters": (
        (
            "best = 0\nfor d in [1, 2, 3]:\n    m = DecisionTreeClassifier(max_depth=d)\n    m.fit(X_train, y_train)\n    s = m.score(X_test, y_test)\n    if s > best:\n        best = s\n        found = m",
            "print(found.score(X_test, y_test))",
        ),
        OTHER_TURN,
    ),
    "an earlier one, after the loop": (
        (NAMED, "for name, m in models.items():\n" + FIT.format("m"), 'print(models["tree"].score(X_test, y_test))'),
        OTHER_TURN,
    ),
    "an earlier one, by number": (
        (LIST, "for i in range(2):\n" + FIT.format("models[i]"), "print(models[0].score(X_test, y_test))"),
        "`models[0]` is another model than the last one that `DecisionTreeClassifier` was fitted as in cell 5",
    ),
    "picked by its score": (
        (
            NAMED,
            "scores = {}\nfor name, m in models.items():\n    m.fit(X_train, y_train)\n    scores[name] = m.score(X_test, y_test)",
            "final = models[max(scores, key=scores.get)]\nfinal.fit(X_train, y_train)\nprint(final.score(X_test, y_test))",
        ),
        "which model `final` is, only running the notebook tells (`max(scores, key=scores.get)`)",
    ),
    "an arm of a condition": (
        ("if y_train.mean() > 0.5:\n    m = LogisticRegression()\nelse:\n    m = DecisionTreeClassifier()", "m.fit(X_train, y_train)\nm.score(X_test, y_test)"),
        "which model `m` is, only running the notebook tells (`m` is bound in a loop or condition)",
    ),
    "bound anew under a condition": (
        ("m = DecisionTreeClassifier()\nm.fit(X_train, y_train)", "if len(df) > 10:\n    m = LogisticRegression().fit(X_train, y_train)", "m.score(X_test, y_test)"),
        "which model `m` is, only running the notebook tells (`m` is bound in a loop or condition)",
    ),
    "fitted under a condition": (("m = DecisionTreeClassifier()\nif len(df) > 10:\n" + FIT.format("m"),), "the model is fitted inside a condition"),
    "fitted in a `try`": (
        ("try:\n    m = LogisticRegression()\n    m.fit(X_train, y_train)\nexcept ValueError:\n    m = DecisionTreeClassifier()\n    m.fit(X_train, y_train)", "m.score(X_test, y_test)"),
        "the model is fitted inside a `try`, which may go another way",
    ),
    "while": (
        ("d = 1\nwhile d < 4:\n    m = DecisionTreeClassifier(max_depth=d)\n    m.fit(X_train, y_train)\n    d += 1", "m.score(X_test, y_test)"),
        "the model is fitted inside a loop that ends when the data say so",
    ),
    "a loop that breaks off": (
        ("for d in [1, 2, 3]:\n    m = DecisionTreeClassifier(max_depth=d)\n    m.fit(X_train, y_train)\n    if m.score(X_test, y_test) > 0.5:\n        break",),
        "the model is fitted inside a loop that may end before it",
    ),
    "in a comprehension": (
        ("scores = [DecisionTreeClassifier(max_depth=d).fit(X_train, y_train).score(X_test, y_test) for d in range(1, 5)]",),
        "the model is fitted inside a comprehension",
    ),
    "models made in a comprehension": (
        ("models = [DecisionTreeClassifier(max_depth=d) for d in range(1, 5)]", "for m in models:\n" + FIT.format("m")),
        "which model `m` is, only running the notebook tells (a loop over nothing that is listed)",
    ),
    "a parameter that grows": (
        ("depth = 1", "for i in range(3):\n    depth = depth + 1\n    m = DecisionTreeClassifier(max_depth=depth)\n" + FIT.format("m")),
        "`depth + 1` is not a constant (whether `depth` is bound here depends on the data)",
    ),
    "a parameter set in the loop": (
        ("for d in [2, 3]:\n    m = DecisionTreeClassifier()\n    m.set_params(max_depth=d)\n" + FIT.format("m"),),
        "`m.set_params(max_depth=d)` changes DecisionTreeClassifier after it was made; give it where it is made",
    ),
    "a list changed by another name": (
        (LIST, "other = models\nother.pop()", "for m in models:\n" + FIT.format("m")),
        "which model `m` is, only running the notebook tells (`models` is changed)",
    ),
    "parameters changed by another name": (
        ("params = {'max_depth': 4}\nother = params\nother['max_depth'] = 1", "m = DecisionTreeClassifier(**params)\nm.fit(X_train, y_train)"),
        "`**` in the arguments of an estimator (`params` is changed)",
    ),
    "parameters made by a call, then changed": (
        ("params = dict(max_depth=4)\nparams['min_samples_leaf'] = 9", "m = DecisionTreeClassifier(**params)\nm.fit(X_train, y_train)"),
        "`**` in the arguments of an estimator (`params` is changed)",
    ),
    "steps of a call, then more": (
        ("from sklearn.pipeline import Pipeline\nsteps = list((('scale', StandardScaler()),))\nsteps += [('tree', DecisionTreeClassifier(max_depth=4))]", "m = Pipeline(sorted(steps, key=str))\nm.fit(X_train, y_train)"),
        "`sorted(steps, key=str)` is not a constant (`sorted(steps, key=str)`)",
    ),
    "a step's parameter set through the pipeline": (
        (PIPE, "m.set_params(tree__max_depth=1)", "m.fit(X_train, y_train)"),
        "`m.set_params(tree__max_depth=1)` changes Pipeline after it was made; give it where it is made",
    ),
    "a step's parameter set by name": (
        (PIPE, "m.named_steps['tree'].max_depth = 1", "m.fit(X_train, y_train)"),
        "`m.named_steps['tree'].max_depth = 1` changes Pipeline after it was made; give it where it is made",
    ),
    "a step's parameter set by number": (
        (PIPE, "m[1].set_params(max_depth=1)", "m.fit(X_train, y_train)"),
        "`m[1].set_params(max_depth=1)` changes Pipeline after it was made; give it where it is made",
    ),
    "a step put in later": (
        (PIPE, "m.steps.insert(0, ('more', StandardScaler()))", "m.fit(X_train, y_train)"),
        "`m.steps.insert(0, ('more', StandardScaler()))` changes Pipeline after it was made; give it where it is made",
    ),
    "a grid changed after the search was made": (
        (SEARCH, "grid['max_depth'] = [5]", "search.fit(X_train, y_train)\nprint(search.score(X_test, y_test))"),
        "`grid` is changed after GridSearchCV was made with it; change it before",
    ),
    "steps changed after the pipeline was made": (
        ("from sklearn.pipeline import Pipeline\nsteps = [('tree', DecisionTreeClassifier(max_depth=4))]\nm = Pipeline(steps)", "steps.insert(0, ('scale', StandardScaler()))", "m.fit(X_train, y_train)"),
        "`steps` is changed after Pipeline was made with it; change it before",
    ),
    "what a search found, fitted again": (
        (SEARCH, "search.fit(X_train, y_train)\nfound = search.best_estimator_", "found.fit(X_test, y_test)\nprint(found.score(X_train, y_train))"),
        "`found` is what a search found; its parameters only running the notebook tells",
    ),
    "what a search found, scored in another way": (
        ("def gain(model, X, y):\n    return -abs(model.predict(X) - y).sum()", SEARCH.replace("cv=3", "cv=3, scoring=gain"), "search.fit(X_train, y_train)\nfound = search.best_estimator_", "print(found.score(X_test, y_test))"),
        "`found.score` scores as the model does, and the search that found it has a scoring of its own",
    ),
    "a part of a vote changed": (
        ("from sklearn.ensemble import VotingClassifier", "tree = DecisionTreeClassifier(max_depth=4)\nm = VotingClassifier([('tree', tree), ('line', LogisticRegression())])", "tree.max_depth = 1", "m.fit(X_train, y_train)"),
        "`tree.max_depth = 1` changes VotingClassifier after it was made; give it where it is made",
    ),
    "a list that something else changes": (
        (LIST, "models.pop()", "for m in models:\n" + FIT.format("m")),
        "which model `m` is, only running the notebook tells (`models` is changed)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_only_a_run_tells_is_refused(case: str, tmp_path: Path) -> None:
    cells, reason = REFUSED[case]
    assert refusal(tmp_path, *BEFORE, *cells).partition(": ")[2] == reason
