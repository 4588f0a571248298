"""What a plan says of a small notebook: the model, the settings, the ledger, the replay, the corrections."""

import json
import subprocess
import sys
from numbers import Integral
from pathlib import Path
from typing import Any

import pytest
from sklearn.utils import all_estimators
from sklearn.utils._param_validation import Interval

from nb2pkg.extract.estimators import REAL
from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.extract.plan import Plan, plan
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal

START = (HEAD, LOAD + "\n" + FILL, SPLIT)
SECOND = """second = LogisticRegression(max_iter=500)
second.fit(X_train, y_train)
second.score(X_test, y_test)"""
SCALED = """scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)"""


def replay(found: Plan) -> Any:
    """The replay plan of extraction.json."""
    return found.modules.extraction["replay"]


# ---- the model


def test_the_last_model_scored_on_other_rows_is_chosen(tmp_path: Path) -> None:
    found = planned(tmp_path, *START, MODEL, SECOND)
    assert (found.chosen.name, found.chosen.cell) == ("second", 5)
    assert [(one.name, one.cell) for one in found.found] == [("model", 4), ("second", 5)]


def test_a_model_that_is_only_fitted_comes_after_one_that_is_scored(tmp_path: Path) -> None:
    only_fitted = "second = LogisticRegression(max_iter=500)\nsecond.fit(X_train, y_train)"
    assert planned(tmp_path, *START, MODEL, only_fitted).chosen.name == "model"


def test_a_score_on_the_rows_of_the_fit_counts_for_nothing(tmp_path: Path) -> None:
    on_train = SECOND.replace("X_test, y_test", "X_train, y_train")
    assert planned(tmp_path, *START, MODEL, on_train).chosen.name == "model"


def test_the_saved_model_comes_before_the_scored_one(tmp_path: Path) -> None:
    saved = 'import joblib\njoblib.dump(model, "model.joblib")'
    assert planned(tmp_path, *START, MODEL, SECOND, saved).chosen.name == "model"


def test_without_scores_the_last_fit_is_chosen(tmp_path: Path) -> None:
    fits = "model = DecisionTreeClassifier(random_state=0).fit(X_train, y_train)"
    more = "second = LogisticRegression().fit(X_train, y_train)"
    assert planned(tmp_path, *START, fits, more).chosen.name == "second"


def test_a_name_asks_for_its_last_fit_and_a_cell_for_another(tmp_path: Path) -> None:
    cells = (*START, MODEL, MODEL.replace("max_depth=3", "max_depth=1"), SECOND)
    assert planned(tmp_path, *cells, model="model").chosen.cell == 5
    found = planned(tmp_path, *cells, model="model@4")
    assert found.chosen.cell == 4
    assert "max_depth: int = 3" in configured(found)


def test_a_model_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    sentence = "no model `other` is fitted here; there are model@4, second@5"
    assert refusal(tmp_path, *START, MODEL, SECOND, model="other") == sentence
    assert refusal(tmp_path, *START, MODEL, SECOND, model="model@5").startswith("no model `model@5` is fitted here")


def test_of_a_loop_the_last_round_is_the_model(tmp_path: Path) -> None:
    loop = (
        "for depth in [1, 2, 5]:\n    model = DecisionTreeClassifier(max_depth=depth, random_state=0)\n"
        "    model.fit(X_train, y_train)\n    print(model.score(X_test, y_test))"
    )
    found = planned(tmp_path, *START, loop)
    assert len(found.found) == 1
    assert "max_depth: int = 5" in configured(found)


def test_cross_validated_copies_are_no_model(tmp_path: Path) -> None:
    crossed = "from sklearn.model_selection import cross_val_score\ncross_val_score(LogisticRegression(), X, y)"
    assert planned(tmp_path, *START, MODEL, crossed).chosen.name == "model"


# ---- settings


def configured(found: Plan) -> str:
    """The lines of the settings."""
    return "\n".join(f"{one.name}: {one.annotation} = {one.default}" for one in found.modules.config)


def test_every_constant_of_the_notebook_is_a_setting(tmp_path: Path) -> None:
    model = MODEL.replace("max_depth=3", "max_depth=3, min_samples_leaf=2, criterion='entropy'")
    assert configured(planned(tmp_path, *START, model)).splitlines() == [
        'people_file: str = "people.csv"'.replace('"', "'"),
        "test_size: float = 0.25",
        "split_seed: int = 3",
        "max_depth: int = 3",
        "min_samples_leaf: int = 2",
        "criterion: str = 'entropy'",
    ]


def test_a_constant_is_followed_through_variables(tmp_path: Path) -> None:
    depth = "levels = [2, 4]\ndepth = levels[1]\n" + MODEL.replace("max_depth=3", "max_depth=depth")
    assert "max_depth: int = 4" in configured(planned(tmp_path, *START, depth))


def test_a_seed_that_is_the_packages_own_is_no_second_setting(tmp_path: Path) -> None:
    found = planned(tmp_path, HEAD + "\nnp.random.seed(3)", *START[1:], MODEL)
    assert found.modules.seed == 3
    assert "split_seed" not in configured(found)


# ---- the ledger


def test_every_code_line_lies_in_one_entry_with_a_file_or_a_reason(tmp_path: Path) -> None:
    cells = (
        "%matplotlib inline\n!pip install pandas\nimport matplotlib.pyplot as plt\n" + HEAD,
        LOAD + "\ndf.head()\n" + FILL + "; print(1)",
        "%%time\ncounts = df['city'].value_counts()\nplt.bar(counts.index, counts)  # how many\n\n# a comment",
        SPLIT,
        SCALED,
        MODEL,
        "df?",
    )
    found = planned(tmp_path, *cells)
    entries: Any = found.modules.extraction["entries"]
    for number, cell in enumerate(cells, 1):
        covered = {line for one in entries if one["cell"] == number for line in range(one["line"], one["end_line"] + 1)}
        wanted = {
            at for at, line in enumerate(cell.splitlines(), 1) if line.strip() and not line.lstrip().startswith("#")
        }
        assert wanted <= covered, number
    assert [one for one in entries if (one["file"] is None) == (one["reason"] is None)] == []


def test_the_ledger_says_where_a_statement_went(tmp_path: Path) -> None:
    entries: Any = planned(tmp_path, *START, SCALED, MODEL).modules.extraction["entries"]
    places = {(one["cell"], one["line"]): (one["kind"], one["file"], one["function"]) for one in entries}
    below = "src/people_model/"
    assert places[2, 1] == ("ingestion", below + "data/ingestion.py", "read_raw")
    assert places[2, 2] == ("feature", below + "data/preprocessing.py", "prepare_age")
    assert places[3, 3] == ("split", below + "data/preprocessing.py", "split_rows")
    assert places[4, 1] == ("transformer", below + "model/pipeline.py", "build_pipeline")
    assert places[5, 1] == ("model", below + "model/pipeline.py", "build_pipeline")
    assert places[5, 3] == ("evaluation", below + "model/scores.py", "score")


ASKED = "asks the model for answers that no score of the package is made of; `verify` compares them"
SCORED = """from sklearn.metrics import accuracy_score
answers = model.predict(X_test)
print(accuracy_score(y_test, answers))
print(model.score(X_test, y_test))"""
NOT_SCORED = """model.predict([[33, 27.0, 65]])
model.predict(X_test[:10])
chances = model.predict_proba(X_test)"""


def test_answers_that_no_score_is_made_of_do_not_stand_among_the_scores(tmp_path: Path) -> None:
    entries: Any = planned(tmp_path, *START, MODEL, SCORED, NOT_SCORED).modules.extraction["entries"]
    told = {(one["cell"], one["line"]): (one["kind"], one["function"], one["reason"]) for one in entries}
    assert [told[5, line] for line in (2, 3, 4)] == [
        ("evaluation", "accuracy_score", None),
        ("evaluation", "accuracy_score", None),
        ("evaluation", "score", None),
    ]
    assert [told[6, line] for line in (1, 2, 3)] == [("evaluation", None, ASKED)] * 3


def test_answers_of_a_metric_that_is_not_carried_over_do_not_stand_among_the_scores(tmp_path: Path) -> None:
    weighted = "from sklearn.metrics import accuracy_score\nprint(accuracy_score(y_test, model.predict(X_test), sample_weight=X_test['age']))"
    entries: Any = planned(tmp_path, *START, MODEL, weighted).modules.extraction["entries"]
    told = next(one for one in entries if (one["cell"], one["line"]) == (5, 2))
    assert (told["file"], told["function"]) == (None, None)
    assert told["reason"].startswith("the metric is not carried over: ")


def test_another_candidate_is_left_out_with_the_way_to_it(tmp_path: Path) -> None:
    entries: Any = planned(tmp_path, *START, SECOND, MODEL).modules.extraction["entries"]
    reason = next(one["reason"] for one in entries if (one["cell"], one["line"]) == (4, 2))
    assert reason == "fits another candidate (second, cell 4); nb2pkg extract people.ipynb --model second@4 extracts it"


# ---- replay


def test_the_replay_names_rows_and_verb_of_each_step(tmp_path: Path) -> None:
    learned = LOAD + "\ndf['age'] = df['age'].fillna(df['age'].mean())"
    found = replay(planned(tmp_path, HEAD, learned, SPLIT, SCALED, MODEL))
    assert [(one["step"], one["rows"], one["verb"]) for one in found["steps"]] == [
        ("select_columns", "all", "none"),
        ("fill_missing", "all", "fit"),
        ("in_order", "all", "none"),
        ("scaler", "train", "fit_transform"),
    ]
    assert (found["fit"]["cell"], found["fit"]["line"], found["fit"]["part"], found["fit"]["model_steps"]) == (
        5,
        2,
        "train",
        1,
    )
    assert (found["split"]["cell"], found["split"]["line"]) == (3, 3)


def test_the_frames_are_those_the_model_received(tmp_path: Path) -> None:
    found = replay(planned(tmp_path, *START, MODEL))
    assert [(one["site"], one["part"]) for one in found["frames"]] == [
        ("cell 4 model.fit X", "train"),
        ("cell 4 model.fit y", "train"),
        ("cell 4 model.score X", "test"),
        ("cell 4 model.score y", "test"),
    ]
    assert [(one["site"], one["kind"], one["name"]) for one in found["scores"]] == [
        ("cell 4 model.score", "score", "score")
    ]


# ---- seeds

FITTED = "model.fit(X_train, y_train)\nmodel.score(X_test, y_test)"
MADE = {
    "never": ("LogisticRegression(max_iter=500)", "LogisticRegression(max_iter=config.max_iter)", []),
    "a given argument": (
        'LogisticRegression(solver="saga")',
        "LogisticRegression(solver=config.solver, random_state=config.seed)",
        ["LogisticRegression draws with the seed of the configuration"],
    ),
    "by position": ("SVC(1.0, 'rbf')", "SVC(config.c, config.kernel)", []),
    "in a dictionary": (
        "SVC(**{'probability': True})",
        "SVC(probability=config.probability, random_state=config.seed)",
        ["SVC draws with the seed of the configuration"],
    ),
    "by the data": (
        "LinearSVC()",
        "LinearSVC(random_state=config.seed)",
        ["LinearSVC has the seed of the configuration; whether it draws depends on the data"],
    ),
    "by the data, but not so": ("LinearSVC(dual=False)", "LinearSVC(dual=config.dual)", []),
    "a seed of its own": ("SVC(probability=True, random_state=3)", "random_state=config.model_seed)", []),
}


@pytest.mark.parametrize("name", MADE)
def test_what_draws_gets_a_seed_and_is_listed(name: str, tmp_path: Path) -> None:
    made, written, told = MADE[name]
    head = HEAD + "\nfrom sklearn.svm import SVC, LinearSVC"
    found = planned(tmp_path, head, *START[1:], f"model = {made}\n{FITTED}")
    assert written in found.modules.files["model/pipeline.py"]
    assert [one.what for one in found.corrections] == told
    assert all(one.repair for one in found.corrections)


# ---- corrections


CORRECTED = {
    "a mean of all rows": (
        (HEAD, LOAD + "\ndf['age'] = df['age'].fillna(df['age'].mean())", SPLIT, MODEL),
        [("fit-before-split", 2, 2)],
    ),
    "no seed": ((*START[:2], SPLIT.replace(", random_state=3", ""), MODEL), [("unseeded-randomness", 3, 3)]),
    "an absolute path": (
        (HEAD, LOAD.replace("people.csv", "/home/maria/people.csv") + "\n" + FILL, SPLIT, MODEL),
        [("hardcoded-path", 2, 1)],
    ),
    "a score on the rows of the fit": (
        (
            *START[:2],
            "X = df[['age', 'income']]\ny = df['left']",
            MODEL.replace("X_train, y_train", "X, y").replace("X_test, y_test", "X, y"),
        ),
        [("training-score", 4, 3)],
    ),
    "no score": (
        (
            *START[:2],
            "X = df[['age', 'income']]\ny = df['left']",
            "model = DecisionTreeClassifier(random_state=0)\nmodel.fit(X, y)",
        ),
        [("no-held-out-evaluation", 4, 2)],
    ),
    "a pickle": (
        (*START, MODEL, "import pickle\nwith open('model.pkl', 'wb') as file:\n    pickle.dump(model, file)"),
        [("unversioned-artifact", 5, 3)],
    ),
    "nothing": ((*START, MODEL), []),
}


@pytest.mark.parametrize("defect", CORRECTED)
def test_a_defect_is_corrected_where_it_stands(defect: str, tmp_path: Path) -> None:
    cells, wanted = CORRECTED[defect]
    assert [(one.rule, one.cell, one.line) for one in planned(tmp_path, *cells).corrections] == wanted


# ---- what cannot be extracted


REFUSED = {
    "a third split": (
        SPLIT
        + "\nX_train, X_val, y_train, y_val = train_test_split(X_train, y_train, test_size=0.5, random_state=1)" * 2,
        (
            "cell 3 line 3: the rows are parted more often than train, validation and test need; "
            "part them by two calls of train_test_split at most"
        ),
    ),
    "weights": (
        SPLIT,
        "cell 4 line 2: `sample_weight` of the fit is not carried over",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_notebook_is_refused_with_the_reason(case: str, tmp_path: Path) -> None:
    split, sentence = REFUSED[case]
    model = MODEL.replace("y_train)", "y_train, sample_weight=y_train + 1)") if case == "weights" else MODEL
    assert refusal(tmp_path, *START[:2], split, model) == sentence


def test_a_cell_that_does_not_parse_is_named(tmp_path: Path) -> None:
    assert "cell 3 does not parse" in refusal(tmp_path, *START[:2], "X = df[", MODEL)


def test_planning_twice_gives_the_same(tmp_path: Path) -> None:
    first, second = (
        planned(tmp_path, *START, SCALED, MODEL),
        plan(str(tmp_path / "people.ipynb"), name="people_model", model=None),
    )
    assert json.dumps(first.modules.extraction) == json.dumps(second.modules.extraction)
    assert first.modules.files == second.modules.files


def test_where_the_notebook_calls_no_score_the_models_own_one_is_evaluated(tmp_path: Path) -> None:
    by_hand = MODEL.replace("model.score(X_test, y_test)", "print(abs(model.predict(X_test) - y_test).mean())")
    text = planned(tmp_path, HEAD, LOAD, FILL, SPLIT, by_hand).modules.files["model/scores.py"]
    assert text.startswith('"""The model\'s own score, for the notebook calls none."""')
    assert "return pipeline.score(rows, target)" in text


def test_a_model_without_a_target_has_no_score_of_its_own(tmp_path: Path) -> None:
    clusters = 'from sklearn.cluster import KMeans\nmodel = KMeans(2, n_init=2, random_state=0)\nmodel.fit(df[["age", "income"]])'
    modules = planned(tmp_path, HEAD, LOAD, FILL, clusters).modules
    assert modules.files["model/scores.py"].rstrip().endswith("object]] = {}")
    write_package(assemble(modules), tmp_path / "package")
    command = [sys.executable, "-m", modules.name, "train", "--data-dir", str(tmp_path)]
    trained = subprocess.run(command, cwd=tmp_path / "package" / "src", capture_output=True, text=True, check=False)
    assert (trained.returncode, "on 45 rows" in trained.stderr) == (0, True), trained.stderr


METRIC = "from sklearn.metrics import accuracy_score\nprint(accuracy_score(other_y, model.predict(other_X)))"
OTHER_ROWS = {
    "a file": (
        'o = pd.read_csv("others.csv")\no["age"] = o["age"].fillna(0)\nother_X, other_y = o[["age", "income"]], o["left"]',
        "reader:read_o",
    ),
    "rows that are made": (
        "from sklearn.datasets import make_moons\nother_X, other_y = make_moons(30, random_state=0)",
        None,
    ),
    "the rows held out": ("other_X, other_y = X_test, y_test", "test"),
}


@pytest.mark.parametrize("case", OTHER_ROWS)
def test_a_metric_is_about_the_rows_that_it_was_given(case: str, tmp_path: Path) -> None:
    rows, part = OTHER_ROWS[case]
    found = planned(tmp_path, *START, MODEL, rows, METRIC)
    parts = {one["name"]: one["part"] for one in replay(found)["scores"] if one["kind"] == "metric"}
    assert parts == ({"accuracy_score": part} if part else {})
    assert any("the metric is not carried over" in one for one in reasons(found)) is (part is None)


def test_a_metric_of_rows_that_are_made_once_more_is_not_carried_over(tmp_path: Path) -> None:
    made = "from sklearn.datasets import make_moons\nX, y = make_moons({}, random_state=0)"
    other = made.replace("X, y", "other_X, other_y").format(30)
    found = planned(tmp_path, HEAD, other, made.format(100), SPLIT.splitlines()[-1], MODEL, METRIC)
    assert [one["part"] for one in replay(found)["scores"] if one["kind"] == "metric"] == []
    assert any("the metric is about rows of another dataset" in one for one in reasons(found))


def reasons(found: Plan) -> list[str]:
    """Every reason of the ledger."""
    return [str(one["reason"]) for one in found.modules.extraction["entries"]]  # type: ignore[attr-defined]


def test_a_scaler_that_learned_from_another_file_is_refused(tmp_path: Path) -> None:
    fitted = 'other = pd.read_csv("others.csv")\nscaler = StandardScaler()\nscaler.fit({}[["age", "income"]])'
    split = SPLIT.replace('X = df[["age", "income"]]', 'X = scaler.transform(df[["age", "income"]])')
    assert planned(tmp_path, HEAD, LOAD, FILL, fitted.format("df"), split, MODEL).modules.level == 3
    text = "cell 4 line 3: `scaler` is fitted on rows of another dataset than the model"
    assert refusal(tmp_path, HEAD, LOAD, FILL, fitted.format("other"), split, MODEL) == text


def test_a_whole_number_for_a_parameter_that_takes_any_is_a_float(tmp_path: Path) -> None:
    chosen = MODEL.replace("DecisionTreeClassifier(max_depth=3,", "LogisticRegression(C=10, max_iter=200,")
    settings = {one.name: (one.annotation, one.default) for one in planned(tmp_path, *START, chosen).modules.config}
    assert (settings["c"], settings["max_iter"]) == (("float", "10"), ("int", "200"))


def test_parameters_that_take_any_number_do_so_in_every_estimator() -> None:
    found = [made._parameter_constraints for _, made in all_estimators() if hasattr(made, "_parameter_constraints")]
    kinds = {
        (name, one.type is Integral)
        for constraints in found
        for name in REAL & constraints.keys()
        for one in (constraints[name] if isinstance(constraints[name], list) else [])
        if isinstance(one, Interval)
    }
    assert kinds == {(name, False) for name in REAL}
