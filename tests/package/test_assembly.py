"""What a package consists of, and what is refused."""

import ast
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.dependencies import bounded
from nb2pkg.extract.ignores import possible_ignores
from nb2pkg.extract.package import ConfigField, assemble
from tests.scaffold.passengers import modules, passengers, recorded

CODES = ("E501", "N802", "N815", "S311", "C901", "PLR0911", "PLR0912", "PLR0913", "PLR0915", "PLR2004")


@pytest.mark.parametrize("name", ["Passengers", "two words", "tests", "nb2pkg", "class", "json", "sklearn", "06_trees"])
def test_a_name_python_cannot_import_is_refused(name: str) -> None:
    with pytest.raises(ExtractError, match="cannot be the name"):
        assemble(replace(modules(), name=name))


def test_a_setting_with_the_name_of_an_option_is_refused() -> None:
    with pytest.raises(ExtractError, match="setting output "):
        assemble(replace(modules(), config=(ConfigField("output", "str", '"a"'),)))


def test_a_module_that_was_not_handed_over_is_missed() -> None:
    files = {path: text for path, text in modules().files.items() if path != "model/scores.py"}
    with pytest.raises(ExtractError, match=r"no text for model/scores\.py"):
        assemble(replace(modules(), files=files))


def test_code_that_is_no_python_is_named() -> None:
    files = {**modules().files, "model/scores.py": "def broken(:\n"}
    with pytest.raises(ExtractError, match="cannot be formatted"):
        assemble(replace(modules(), files=files))


def test_assembling_twice_gives_the_same() -> None:
    assert assemble(modules()) == assemble(modules())


def test_the_configuration_holds_every_setting_with_its_words() -> None:
    fields = (ConfigField("columns", "tuple[str, ...]", '("a", "b")', 'The "best"\n columns (cell 3).'),)
    text = assemble(replace(modules(), config=fields, seed=42))["src/candidate/config.py"].decode()
    names = [
        node.target.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    assert names == ["data_dir", "artifacts_dir", "seed", "columns"]
    assert "seed: int = 42" in text
    assert """The 'best' columns (cell 3).""" in text


def test_the_readme_says_that_a_column_only_names_rows() -> None:
    read = {
        path: text.replace('"passengers.csv"', '"passengers.csv", index_col=0')
        for path, text in modules().files.items()
    }
    for files, told in ((modules().files, False), (read, True)):
        readme = assemble(replace(modules(), files=files))["README.md"].decode()
        assert ("takes a column for names of the rows (`index_col`)" in readme) is told


UNSEEDED = {
    "rule": "unseeded-randomness",
    "cell": 7,
    "line": 1,
    "what": "the split draws with the seed",
    "repair": True,
}


@pytest.mark.parametrize(
    ("own", "made", "said"),
    [
        (False, [], "Seed of draws for which the notebook gives none: the package's own."),
        (True, [UNSEEDED], "The notebook's own seed, also of what it draws at random without one."),
        (True, [], "The notebook's own seed."),
    ],
)
def test_the_configuration_says_whose_seed_it_is(*, own: bool, made: list[dict[str, object]], said: str) -> None:
    content = {**modules().extraction, "corrections": made}
    package = assemble(replace(modules(), own_seed=own, extraction=content))
    text = package["src/candidate/config.py"].decode()
    assert (
        f"- Seeds: `seed` 0 ({'the notebook' if own else 'the package'}'s own)\n" in package["MODEL_CARD.md"].decode()
    )
    assert f'{said}"""\n' in text[text.index("    seed: int") :].split("\n\n")[0] + "\n"


def test_a_package_that_draws_nothing_has_no_seed() -> None:
    parts = modules()
    files = {path: text.replace("config.seed", "7") for path, text in parts.files.items()}
    package = assemble(replace(parts, files=files))
    with_seed = [path for path, text in package.items() if path.endswith(".py") and b"seed" in text]
    assert with_seed == []
    assert "nothing is drawn at random by a seed" in package["MODEL_CARD.md"].decode()


def test_a_package_without_figures_speaks_of_no_reporting() -> None:
    package = assemble(replace(modules(), files={k: v for k, v in modules().files.items() if k != "reports.py"}))
    command_line = package["src/candidate/cli.py"].decode()
    assert "src/candidate/reporting.py" not in package
    assert [word for word in ("report", "REPORTING", "find_spec", "import_module") if word in command_line] == []
    assert command_line.startswith('"""Train the model, evaluate it, and predict with it."""')


def test_a_package_with_figures_has_the_command_that_draws_them() -> None:
    drawn = {"reports.py": '"""Figures."""\n\nFIGURES: dict[str, object] = {}\n'}
    package = assemble(replace(modules(), files={**modules().files, **drawn}))
    assert "src/candidate/reporting.py" in package
    assert 'add_command(commands.add_parser, "report"' in package["src/candidate/cli.py"].decode()


def test_the_readme_tells_of_repairs_what_the_saved_notebook_shows() -> None:
    seeded = {
        "rule": "unseeded-randomness",
        "cell": 4,
        "line": 1,
        "what": "the split draws with the seed",
        "repair": True,
    }
    leak = {
        "rule": "fit-before-split",
        "cell": 3,
        "line": 1,
        "what": "the mean age is learned in training",
        "repair": False,
    }
    saved = [{"name": "score", "before": 0.78358, "after": 0.7799}]
    measured = [leak | {"scores": [{"name": "score", "before": 0.7799, "after": 0.7761}]}, seeded | {"scores": saved}]
    equal = {"equal": True, "part": "test"}
    score = equal | {"name": "cell 5 model.score", "saved": 0.78358, "notebook": 0.7799, "package": 0.7799}
    other = equal | {"name": "cell 6 f1_score", "part": "train", "saved": None, "notebook": 0.7, "package": 0.7}
    asked = {
        "name": "cell 7 model.predict",
        "kind": "prediction",
        "saved": [1],
        "notebook": [1],
        "package": [1],
        "equal": True,
    }
    verdict = {"verdict": "equal", "corrections": measured, "replay": {"frames": [], "scores": [score, other, asked]}}
    told = replace(modules(), verdict=verdict, extraction={**modules().extraction, "corrections": [leak, seeded]})
    package = assemble(told)
    readme, card = package["README.md"].decode(), package["MODEL_CARD.md"].decode()
    repaired, _, corrected = readme.partition("Corrected in the package")
    assert "Of score the saved notebook shows 0.7836, its run with all repairs gives 0.7799. Where" in repaired
    assert "(cell 3, line 1): the mean age is learned in training (score: 0.7799 -> 0.7761)" in corrected
    assert (
        "| cell 5 model.score | held out | 0.7836 | 0.7799 | 0.7799 |\n| cell 6 f1_score | training | not read off it | 0.7 | 0.7 |\n\n"
        in card
    )
    assert (
        "| predictions that the notebook makes of rows of its own | saved notebook | its run | package on the same rows |"
        in card
    )
    assert "\n| cell 7 model.predict | [1] | [1] | [1] |\n" in card
    assert "its run with the repairs of the README gives them" in " ".join(card.split())
    assert "equal: 2 of 2 scores; 1 of 1 predictions." in " ".join(readme.split())
    assert "After every correction of the README the package has score 0.7761" in card


def test_the_card_shows_what_the_model_that_train_made_scores() -> None:
    score = {"name": "cell 5 model.coef_", "kind": "attribute", "saved": 1, "notebook": 1, "package": 1, "equal": True}
    model = {"held_out_rows": 2, "scores": {"score": -1.08273, "f1": None}}
    verdict = {"verdict": "equal", "corrections": [], "replay": {"frames": [], "scores": [score]}, "model": model}
    card = " ".join(assemble(replace(modules(), verdict=verdict))["MODEL_CARD.md"].decode().split())
    assert (
        "when the package was verified, on its 2 held-out rows: score -1.083, f1 undefined. `evaluate` prints" in card
    )


def test_the_card_shows_saved_scores_where_nothing_was_run() -> None:
    saved = [{"site": "cell 5 model.score", "value": 0.78358}, {"site": "cell 6 f1_score", "value": None}]
    told = replace(modules(), extraction={**modules().extraction, "saved_scores": saved})
    card = assemble(told)["MODEL_CARD.md"].decode()
    assert "| score, or prediction | saved notebook |\n| --- | --- |\n| cell 5 model.score | 0.7836 |\n" in card
    assert "cell 6 f1_score" not in card
    assert "cross-validat" not in card


def test_the_card_shows_what_the_notebook_cross_validates() -> None:
    call = {"cell": 7, "line": 2, "call": "cross_val_score(model, X, y, cv=3)"}
    calls = [call | {"value": [0.25, 0.5]}, call | {"line": 3, "value": None}]
    score = {"name": "cell 5 model.score", "kind": "score", "saved": 1, "notebook": 1, "package": 1, "equal": True}
    verified = {"verdict": "equal", "corrections": [], "replay": {"frames": [], "scores": [score]}}
    for verdict in (None, verified):
        told = replace(modules(), verdict=verdict, extraction={**modules().extraction, "cross_validated": calls})
        card = assemble(told)["MODEL_CARD.md"].decode()
        assert "| cell 7, line 2 | `cross_val_score(model, X, y, cv=3)` | [0.25, 0.5] |\n" in card
        assert "| cell 7, line 3 | `cross_val_score(model, X, y, cv=3)` | not read off it |\n" in card
        assert "the package does not compute them" in " ".join(card.split())


def test_at_most_twelve_codes_are_ignored_outside_tests() -> None:
    many = {"src/candidate/model/scores.py": dict.fromkeys(CODES, "why")}
    ignores = possible_ignores(replace(modules(), extra_ignores=many))
    assert sum(len(codes) for path, codes in ignores.items() if not path.startswith("tests/")) == 12


NOTHING = '"""Nothing."""\n'
LONG = f'"""A title that the notebook has {"on one line " * 10}."""'


@pytest.mark.parametrize(
    ("long", "ignored"),
    [
        ((), {}),
        (("ingestion",), {"src/candidate/data/ingestion.py": ["E501"]}),
        (("ingestion", "own", "other"), {"src/candidate/**": ["E501"]}),
    ],
    ids=["none", "in one file", "in many"],
)
def test_only_what_a_package_needs_is_ignored(long: tuple[str, ...], ignored: Mapping[str, list[str]]) -> None:
    files = dict(modules().files) | dict.fromkeys(("data/own.py", "data/other.py"), NOTHING)
    files |= {
        f"data/{name}.py": LONG + files[f"data/{name}.py"][files[f"data/{name}.py"].index("\n") :] for name in long
    }
    pyproject = tomllib.loads(assemble(replace(modules(), files=files))["pyproject.toml"].decode())
    found = pyproject["tool"]["ruff"]["lint"]["per-file-ignores"]
    assert found == {
        "src/candidate/{data,model}/*.py": ["ARG001", "ARG002"],
        **ignored,
        "tests/**": ["D103", "PLR2004", "S101", "S603"],
    }


def test_the_readme_tells_what_was_corrected_and_by_how_much() -> None:
    correction = {"rule": "fit-before-split", "what": "the mean age is learned in training"}
    measured = correction | {"scores": [{"name": "accuracy", "before": 0.91234567, "after": 0.9}]}
    verdict: dict[str, object] = {
        "verdict": "equal",
        "reason": None,
        "corrections": [measured],
        "serving": {"rows": 12, "equal": True},
    }
    frame = {"name": "cell 3 model.fit X", "rows": 12, "equal": True, "detail": ""}
    score = {"name": "accuracy", "notebook": 1, "package": 1, "equal": True}
    verdict |= {"replay": {"frames": [frame], "scores": [score]}}
    verdict |= {"repairs": [{"cell": 4, "line": 1, "before": "split(rows)", "after": "split(rows, random_state=0)"}]}
    verdict |= {"environment": {"python": "3.11.7", "platform": "Linux", "pandas": "3.1.1", "scikit-learn": "1.9.1"}}
    package = assemble(replace(modules(), verdict=verdict))
    readme = " ".join(package["README.md"].decode().split())
    assert "in the batch. Both ran with Python 3.11.7, pandas 3.1.1, scikit-learn 1.9.1." in readme
    assert "the mean age is learned in training (accuracy: 0.9123 -> 0.9)" in readme
    assert "Verdict: equal." in readme
    assert "1 of 1 tables and other checks; 1 of 1 scores; each of 12 rows alone" in readme
    assert "- cell 4, line 1: `split(rows, random_state=0)`" in readme
    assert json.loads(package["verify.json"]) == verdict


OTHER_ROWS = "The model that `train` keeps learns from the training rows alone, the notebook's from all rows"


@pytest.mark.parametrize(
    ("count", "said"),
    [(4, " on 4 held-out rows"), (1, " on 1 held-out row"), (None, "")],
    ids=["four", "one", "unknown"],
)
def test_a_score_on_rows_that_the_package_holds_out_says_on_how_many(count: int | None, said: str) -> None:
    correction: dict[str, object] = {"rule": "training-score", "what": "rows are held out", "split": True}
    measured = correction | {"scores": [{"name": "score", "before": 0.9, "after": 0.7}]}
    measured |= {} if count is None else {"held_out": count}
    score = {"name": "cell 9 score", "saved": 0.9, "notebook": 0.9, "package": 0.9, "equal": True}
    verdict = {"verdict": "equal", "corrections": [measured], "replay": {"frames": [], "scores": [score]}}
    told = modules().extraction | {"corrections": [correction]}  # type: ignore[operator]
    package = assemble(replace(modules(), extraction=told, verdict=verdict))
    readme, card = (" ".join(package[name].decode().split()) for name in ("README.md", "MODEL_CARD.md"))
    assert f"rows are held out (score: 0.9 -> 0.7{said})" in readme
    assert f"{OTHER_ROWS}: its answers may differ from the notebook's." in " ".join(readme.split())
    assert f"the package has score 0.7{said};" in card


def test_where_the_notebook_holds_rows_out_both_learn_from_the_same() -> None:
    assert OTHER_ROWS not in " ".join(assemble(modules())["README.md"].decode().split())


def test_the_readme_names_no_versions_where_nothing_ran() -> None:
    verdict = {"verdict": "not-verified", "reason": "people.csv is missing", "environment": {"python": "3.11.7"}}
    readme = assemble(replace(modules(), verdict=verdict))["README.md"].decode()
    assert "Verdict: not-verified. people.csv is missing" in readme
    assert "3.11.7" not in readme


def test_the_model_card_says_plainly_which_model_scored_better() -> None:
    tree = "sklearn.tree.DecisionTreeClassifier"
    chosen = {"name": "tree", "cell": 10, "line": 1, "class": tree, "score": 0.8123456, "chosen": True}
    other = {"name": "forest", "cell": 12, "line": 3, "class": "sklearn.ensemble.RandomForestClassifier", "score": 0.9}
    worse = other | {"name": "line", "score": 0.5}
    told = "`forest` of cell 12 scored better than this model in the saved notebook: accuracy 0.9 against 0.8123."
    found = {}
    for name, rival in (("better", other | {"better": "accuracy"}), ("as good", other)):
        content = dict(modules().extraction) | {"candidates": [chosen, rival, worse]}
        card = assemble(replace(modules(), extraction=content))["MODEL_CARD.md"].decode()
        found[name] = f"{told} `nb2pkg extract passengers.ipynb --model forest@12` extracts it." in " ".join(
            card.split()
        )
        assert "`line`" not in card
    assert found == {"better": True, "as good": False}


BOUNDED = {
    "pandas>=2.2": "pandas>=2.2,<4",
    "scipy": "scipy<2",
    "imbalanced-learn": "imbalanced-learn",
    "numpy>=1.26,<2": "numpy>=1.26,<2",
}


@pytest.mark.parametrize("requirement", BOUNDED)
def test_requirements_end_before_the_next_major_version_of_what_was_verified(requirement: str) -> None:
    verified = {"python": "3.11.7", "platform": "Linux", "pandas": "3.1.1", "scipy": "1.17.1", "numpy": "2.4.6"}
    assert bounded([requirement], verified) == [BOUNDED[requirement]]
    assert bounded([requirement], {}) == [requirement]


def test_what_nothing_was_recorded_of_is_not_compared() -> None:
    parts = modules(rows=recorded(passengers()))
    assert parts.recorded is not None
    assert parts.recorded.golden is not None
    scores = [{"kind": "demonstration"}, {"kind": "demonstration", "input": [], "space": "raw"}]
    written = {}
    for named, golden in (("all", {}), ("none", {"predictions": [], "scores": scores})):
        kept = replace(parts.recorded, golden={**parts.recorded.golden, **golden})
        text = assemble(replace(parts, recorded=kept))["tests/test_parity.py"].decode()
        written[named] = re.findall(r"def test_the_(\w+)|def test_(every_score)", text)
    assert [one[0] or one[1] for one in written["none"]] == ["model_receives_what_it_received_in_the_notebook"]
    assert ("", "every_score") in written["all"]
