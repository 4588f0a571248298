"""A search is a command of its own: what it found is kept, training fits with it, and a changed search makes it stale."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nb2pkg.extract.command import run_extract
from nb2pkg.verify.conditions import AS_USUAL
from nb2pkg.verify.verdict import verify
from tests.extract.below import extracted
from tests.extract.small import HEAD, LOAD, SPLIT, people, planned
from tests.extract.test_levels import PRICES

CLEAN = ("--select", "ALL", "--ignore", "D203,D213,COM812,CPY001", "--no-force-exclude", ".")
STRICT = ("--strict", "--config-file", os.devnull, "--ignore-missing-imports", "--allow-subclassing-any", "src")
IMPORTS = "from sklearn.model_selection import GridSearchCV, RandomizedSearchCV\nfrom sklearn.pipeline import Pipeline"
BEFORE = (f"{HEAD}\n{IMPORTS}", LOAD, SPLIT.replace('["age", "income"]', '["income"]'))
TREE = "DecisionTreeClassifier(random_state=0)"
GRID = f"search = GridSearchCV({TREE}, {{'max_depth': [1, 2, 3]}}, cv=3)"
FIT = "search.fit(X_train, y_train)\nprint(search.best_params_, search.best_score_)"
SCORE = "print(search.score(X_test, y_test))"
F1 = GRID.replace("cv=3", "cv=3, scoring='f1'")
SCALED = "Pipeline([('scale', StandardScaler()), ('model', LogisticRegression())])"
PLANS = (
    'plans = {"line": {"model": LogisticRegression(), "grid": {"C": [1, 5]}},'
    ' "tree": {"model": DecisionTreeClassifier(), "grid": {"max_depth": [1, 2]}}}'
)
LOOP = 'for name, plan in plans.items():\n    search = GridSearchCV(plan["model"], plan["grid"], cv=3)\n    search.fit(X_train, y_train)'

KEPT = {
    "a plain one": ((GRID, FIT, SCORE), ["pipeline.score(rows, target)"]),
    "by another score than the model's": (
        (F1, FIT, SCORE, "found = search.best_estimator_\nprint(found.score(X_test, y_test))"),
        ["get_scorer('f1')(pipeline, rows, target)", "pipeline.score(rows, target)"],
    ),
    "by a score with a name": (
        ("measure = 'f1'", F1.replace("'f1'", "measure"), FIT, SCORE),
        ["get_scorer('f1')(pipeline, rows, target)"],
    ),
    "by one of several scores": (
        (GRID.replace("cv=3", "cv=3, scoring=['accuracy', 'f1'], refit='f1'"), FIT, SCORE),
        ["get_scorer('f1')(pipeline, rows, target)"],
    ),
    "by a score that is made": (
        (
            "from sklearn.metrics import make_scorer, fbeta_score",
            GRID.replace("cv=3", "cv=3, scoring={'a': 'accuracy', 'b': make_scorer(fbeta_score, beta=2)}, refit='b'"),
            FIT,
            SCORE,
        ),
        ["make_scorer(fbeta_score, beta=2)(pipeline, rows, target)"],
    ),
    "over a pipeline": (
        (f"search = GridSearchCV({SCALED}, {{'model__C': [1, 5]}}, cv=3)", FIT, SCORE),
        ["pipeline.score(rows, target)"],
    ),
    "at the end of a pipeline": (
        (f"pipe = Pipeline([('scale', StandardScaler()), ('search', {F1[9:]})])", "pipe.fit(X_train, y_train)", SCORE.replace("search", "pipe")),
        ["get_scorer('f1')(pipeline, rows, target)"],
    ),
    "over a grid made of names": (
        ("depths = [1, 2, 3]\ngrid = dict(max_depth=depths)", GRID.replace("{'max_depth': [1, 2, 3]}", "grid"), FIT),
        ["pipeline.score(rows, target)"],
    ),
    "of each model in a loop": ((PLANS, LOOP, SCORE), ["pipeline.score(rows, target)"]),
    "that fits no model itself": ((GRID.replace("cv=3", "cv=3, refit=False"), FIT), ["pipeline.score(rows, target)"]),
}  # fmt: skip
AS_IT_IS = {
    "by several scores, none of which decides": (
        (GRID.replace("cv=3", "cv=3, scoring=['accuracy', 'f1'], refit=False"), "search.fit(X_train, y_train)"),
        "`train` runs GridSearchCV each time, and there is no command of its own for it: how it scores, or which parameters it takes for the best, cannot be told without it.",
    ),
    "by a function of the notebook": (
        (
            "def gain(model, rows, target):\n    return -abs(model.predict(rows) - target).sum()",
            GRID.replace("cv=3", "cv=3, scoring=gain"),
            FIT,
        ),
        "`train` runs GridSearchCV each time, and there is no command of its own for it: how it scores, or which parameters it takes for the best, cannot be told without it.",
    ),
    "inside another model": (
        (
            "from sklearn.ensemble import VotingClassifier",
            f"vote = VotingClassifier([('a', {GRID[9:]}), ('b', LogisticRegression())])",
            "vote.fit(X_train, y_train)\nprint(vote.score(X_test, y_test))",
        ),
        "`train` runs GridSearchCV each time, and there is no command of its own for it: it is part of another model.",
    ),
}
NONE = {
    "a model": ("model = DecisionTreeClassifier(max_depth=2)", "model.fit(X_train, y_train)"),
    "a search beside the model": (
        GRID,
        FIT,
        "model = DecisionTreeClassifier(max_depth=2)",
        "model.fit(X_train, y_train)\nprint(model.score(X_test, y_test))",
    ),
}


@pytest.mark.parametrize("case", KEPT)
def test_a_search_is_a_command_of_its_own(case: str, tmp_path: Path) -> None:
    cells, scores = KEPT[case]
    modules = planned(tmp_path, *BEFORE, *cells).modules
    assert modules.searches
    assert "return with_best(build_search(config), config)" in modules.files["model/pipeline.py"]
    assert [line.strip().removeprefix("return ") for line in modules.files["model/scores.py"].splitlines() if "return " in line] == scores  # fmt: skip
    entries = modules.extraction["entries"]
    assert isinstance(entries, list)
    one_statement = case == "of each model in a loop"
    places = {"build_search"} if one_statement else {"build_search", "search"}
    assert {one["function"] for one in entries if one["kind"] == "model"} == places


@pytest.mark.parametrize("case", AS_IT_IS)
def test_a_search_that_cannot_be_told_apart_stays_in_training_and_the_readme_says_so(case: str, tmp_path: Path) -> None:
    cells, note = AS_IT_IS[case]
    modules = planned(tmp_path, *BEFORE, *cells).modules
    assert not modules.searches
    assert modules.notes == (note,)
    assert "build_search" not in modules.files["model/pipeline.py"]


@pytest.mark.parametrize("case", NONE)
def test_no_search_no_command(case: str, tmp_path: Path) -> None:
    modules = planned(tmp_path, *BEFORE, *NONE[case]).modules
    assert (modules.searches, modules.notes) == (False, ())


EQUAL = {
    "scored by the search and by what it found": (
        F1,
        FIT,
        SCORE,
        "found = search.best_estimator_\nprint(found.score(X_test, y_test), found.feature_importances_)",
        "pd.DataFrame(search.cv_results_)",
    ),
    "drawn from a distribution": (
        "from scipy.stats import uniform",
        f"search = RandomizedSearchCV({SCALED}, {{'model__C': uniform(0.1, 5), 'scale__with_mean': [True, False]}}, n_iter=4, cv=3)",
        FIT,
        SCORE,
    ),
    "halving": (
        "from sklearn.experimental import enable_halving_search_cv\nfrom sklearn.model_selection import HalvingGridSearchCV",
        GRID.replace("GridSearchCV", "HalvingGridSearchCV").replace("cv=3", "cv=3, min_resources=20"),
        FIT,
        SCORE,
    ),
    "models to choose from": (
        f"grid = [{{'model': [LogisticRegression(), DecisionTreeClassifier(max_depth=2)], 'scale': ['passthrough', StandardScaler()]}}]\nsearch = GridSearchCV({SCALED}, grid, cv=3)",
        FIT,
        SCORE,
    ),
    "that fits no model itself": (GRID.replace("cv=3", "cv=3, refit=False"), FIT),
}


@pytest.mark.parametrize("case", EQUAL)
def test_the_package_is_equal_to_the_notebook(case: str, tmp_path: Path) -> None:
    path, package = extracted(tmp_path, *BEFORE, *EQUAL[case], data=people())
    verdict = verify(path, package)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 3)
    assert verdict.best is not None
    assert [row.equal for row in verdict.frames if row.name == "best parameters"] == [True]


def ask(package: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(package / "src"), "WORK_DATA_DIR": str(package.parent)}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=package, env=environment, capture_output=True, text=True, check=False
    )


LEAKY = (
    BEFORE[0],
    LOAD,
    "scaler = StandardScaler()\ndf[['income']] = scaler.fit_transform(df[['income']])",
    BEFORE[2],
    F1,
    FIT,
    SCORE,
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that was extracted and verified, of a notebook that scales all rows before it splits them."""
    folder = tmp_path_factory.mktemp("searched")
    extracted(folder, *LEAKY, data=people())
    shutil.rmtree(folder / "out")
    done = run_extract(
        str(folder / "work.ipynb"),
        output=str(folder / "out"),
        name="work",
        model=None,
        verify=True,
        conditions=AS_USUAL,
        dry_run=False,
        force=False,
    )
    assert done == 0
    return folder / "out"


@pytest.fixture
def fresh(package: Path, tmp_path: Path) -> Path:
    """A copy that nothing was trained in."""
    shutil.copy(package.parent / "people.csv", tmp_path)
    shutil.copy(package.parent / "work.ipynb", tmp_path)
    return Path(shutil.copytree(package, tmp_path / "out"))


def test_what_the_search_found_comes_with_the_package(package: Path) -> None:
    kept = json.loads((package / "src/work/model/best_parameters.json").read_text())
    assert kept["model"]["parameters"] == {"max_depth": 1}
    assert (kept["model"]["search"], kept["model"]["training_rows"]) == ("GridSearchCV", 45)
    readme = (package / "README.md").read_text()
    assert "python -m work search\npython -m work train\n" in readme
    assert "What it found when this package was verified came with the package" in " ".join(readme.split())


def test_extracting_again_keeps_what_was_found_of_the_same_search_alone(fresh: Path) -> None:
    kept, notebook = fresh / "src/work/model/best_parameters.json", fresh.parent / "work.ipynb"
    options = {"output": str(fresh), "name": "work", "model": None, "conditions": AS_USUAL, "force": True}
    before = kept.read_bytes()
    assert run_extract(str(notebook), verify=False, dry_run=False, **options) == 0  # type: ignore[arg-type]
    assert kept.read_bytes() == before
    notebook.write_text(notebook.read_text().replace("[1, 2, 3]", "[1, 2, 3, 4]"))
    assert run_extract(str(notebook), verify=False, dry_run=False, **options) == 0  # type: ignore[arg-type]
    assert not kept.exists()


def test_the_package_is_clean_and_passes_its_own_tests(package: Path) -> None:
    ruff, mypy = ask(package, "ruff", "check", *CLEAN), ask(package, "mypy", *STRICT)
    assert (ruff.returncode, mypy.returncode) == (0, 0), ruff.stdout + mypy.stdout
    tests = ask(package, "pytest", "-q", "-p", "no:randomly", "-p", "no:xdist", "tests")
    assert tests.returncode == 0, tests.stdout
    assert "test_search.py" in ask(package, "pytest", "--collect-only", "-q", "tests").stdout


def test_training_searches_only_where_nothing_is_kept(fresh: Path) -> None:
    packaged = fresh / "src/work/model/best_parameters.json"
    first = ask(fresh, "work", "train")
    assert (first.returncode, "searching" in first.stderr) == (0, False)
    assert not (fresh / "artifacts/best_parameters.json").exists()
    before = packaged.read_bytes()
    packaged.unlink()
    second = ask(fresh, "work", "train")
    assert (second.returncode, "no best parameters are kept yet: searching" in second.stderr) == (0, True)
    assert (fresh / "artifacts/best_parameters.json").read_bytes() == before
    third = ask(fresh, "work", "train")
    assert (third.returncode, "searching" in third.stderr) == (0, False)


def test_a_changed_search_makes_what_is_kept_stale(fresh: Path) -> None:
    refused = ask(fresh, "work", "train", "--cv", "4")
    assert refused.returncode == 2
    assert "of a search with other candidates or settings: give the same, or run `search` again" in refused.stderr
    found = ask(fresh, "work", "search", "--cv", "4")
    assert (found.returncode, found.stdout.splitlines()[0]) == (0, "max_depth: 1")
    assert ask(fresh, "work", "train", "--cv", "4").returncode == 0
    assert ask(fresh, "work", "train", "--seed", "5", "--cv", "4").returncode == 0
    assert ask(fresh, "work", "train").returncode == 2


OTHER_ROWS = "found on other rows than these, some may be held out now; `search` looks again"


def test_other_rows_keep_the_parameters_and_are_told(fresh: Path) -> None:
    table = fresh.parent / "people.csv"
    table.write_text(table.read_text() + "40,5000,Rome,a,1\n")
    done = ask(fresh, "work", "train")
    assert done.returncode == 0
    assert OTHER_ROWS in done.stderr


def test_another_split_is_told_for_rows_that_chose_the_parameters_may_be_held_out(fresh: Path) -> None:
    assert OTHER_ROWS not in ask(fresh, "work", "train").stderr
    assert OTHER_ROWS in ask(fresh, "work", "train", "--split-seed", "8").stderr


@pytest.mark.parametrize(
    ("value", "reason"),
    [(2, "best parameters"), (7, "max_depth=7 is no candidate of the search")],
)
def test_parameters_that_the_search_does_not_find_are_not_equal(fresh: Path, value: int, reason: str) -> None:
    packaged = fresh / "src/work/model/best_parameters.json"
    kept = json.loads(packaged.read_text())
    kept["model"]["parameters"]["max_depth"] = value
    packaged.write_text(json.dumps(kept))
    verdict = verify(fresh.parent / "work.ipynb", fresh)
    assert verdict.verdict == "different"
    assert reason in verdict.reason


@pytest.fixture
def imported(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(fresh / "src"))
    monkeypatch.chdir(fresh.parent)
    yield fresh
    for name in [name for name in sys.modules if name.partition(".")[0] == "work"]:
        del sys.modules[name]


@pytest.mark.usefixtures("imported")
def test_the_model_answers_as_the_searchs_own_best_estimator() -> None:
    config = importlib.import_module("work.config").load_config({})
    rows, held_out = importlib.import_module("work.data.preprocessing").split_rows(
        importlib.import_module("work.data.ingestion").read_raw(config), config
    )
    pipeline = importlib.import_module("work.model.pipeline")
    search = pipeline.build_search(config).fit(rows, rows["left"])
    model = pipeline.build_pipeline(config).fit(rows, rows["left"])
    assert model[-1].get_params() == search[-1].best_estimator_.get_params()
    assert model.predict_proba(held_out).tolist() == search.predict_proba(held_out).tolist()


def test_another_candidate_is_searched_for_by_its_name(tmp_path: Path) -> None:
    _, package = extracted(tmp_path, *BEFORE, PLANS, LOOP, SCORE, data=people())
    assert ask(package, "work", "train", "--model", "line").returncode == 0
    assert ask(package, "work", "train").returncode == 0
    kept = json.loads((package / "artifacts/best_parameters.json").read_text())
    assert {name: list(one["parameters"]) for name, one in kept.items()} == {"line": ["C"], "tree": ["max_depth"]}


@pytest.mark.parametrize("found", [True, False])
def test_below_level_3_the_readme_says_that_the_search_runs_each_time(tmp_path: Path, *, found: bool) -> None:
    search = ("search.fit(A, y_train)", "print(search.score(B, y_test))")
    searching = (
        *PRICES[:-2],
        f"{IMPORTS}\nmodel = Ridge()\nsearch = GridSearchCV(model, {{'alpha': [1, 2]}}, cv=3)",
        *search,
    )
    _, package = extracted(tmp_path, *(searching if found else PRICES))
    readme = " ".join((package / "README.md").read_text().split())
    told = "`train` runs GridSearchCV of cell 7 each time: at this level the notebook's statements run as they are."
    assert (told in readme) is found
