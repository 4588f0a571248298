"""Two notebooks of one project: one package that starts from the first's raw data, or the reason, with notebook and cell."""

import json
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.levels import LowerPlan, best_plan
from nb2pkg.extract.package import write as write_package
from nb2pkg.extract.plan import Plan
from nb2pkg.extract.sections.package import assembled
from nb2pkg.extract.telling import plan_lines
from nb2pkg.verify.verdict import Verdict, verify
from tests.extract.small import FILL, LOAD, MODEL, SPLIT, people

PANDAS = "import pandas as pd"
LEARN = """import pickle
import joblib
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier"""
READ = 'df = pd.read_csv("clean.csv")'
WRITE = 'df.to_csv("clean.csv", index=False)'


def notebook(folder: Path, name: str, *cells: str) -> str:
    code: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    content = {
        "cells": [{**code, "source": cell} for cell in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content))
    (folder / "people.csv").write_text(people())
    return str(folder / name)


def two(folder: Path, prepare: tuple[str, ...], train: tuple[str, ...]) -> tuple[str, str]:
    return notebook(folder, "prepare.ipynb", *prepare), notebook(folder, "train.ipynb", *train)


def found_for(paths: tuple[str, str], model: str | None = None) -> Plan | LowerPlan:
    return best_plan(paths[0], name="people_model", model=model, further=paths[1:])


def refusal(paths: tuple[str, str]) -> str:
    with pytest.raises(ExtractError) as caught:
        found_for(paths)
    return str(caught.value)


def verdict_of(paths: tuple[str, str], found: Plan | LowerPlan, folder: Path) -> Verdict:
    write_package(assembled(found.modules), folder / "package")
    return verify(Path(paths[0]), folder / "package", timeout=200, further=(Path(paths[1]),))


SCALED = """scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)"""
WITH_DUMP = (
    'import pickle\nwith open("parts.pkl", "wb") as file:\n    pickle.dump((X_train, X_test, y_train, y_test), file)'
)
WITH_LOAD = 'with open("parts.pkl", "rb") as file:\n    X_train, X_test, y_train, y_test = pickle.load(file)'
SPLIT_THERE = "from sklearn.model_selection import train_test_split\n" + SPLIT

HANDED_OVER = {
    "text without labels": ((PANDAS, LOAD, FILL, WRITE), (LEARN, READ, SPLIT, MODEL)),
    "text with labels": (
        (PANDAS, LOAD, FILL, 'df.to_csv("clean.csv")'),
        (LEARN, 'df = pd.read_csv("./clean.csv", index_col=0)', SPLIT, MODEL),
    ),
    "rows chosen and values learned before": (
        (PANDAS, LOAD, 'df = df[df["income"] > 1500]\ndf["age"] = df["age"].fillna(df["age"].mean())', WRITE),
        (LEARN, READ, 'df["income"] = df["income"] / df["income"].max()', SPLIT, MODEL),
    ),
    "a pickle of a table": (
        (PANDAS, LOAD, FILL, 'df["when"] = pd.to_datetime("2020-01-01")', 'df.to_pickle("clean.pkl")'),
        (LEARN, 'people = pd.read_pickle("clean.pkl")', SPLIT.replace("df", "people"), MODEL),
    ),
    "a pickle of the split": ((PANDAS, LOAD, FILL, SPLIT_THERE, WITH_DUMP), (LEARN, WITH_LOAD, SCALED, MODEL)),
    "a fitted scaler": (
        (
            PANDAS + "\nimport joblib\nfrom sklearn.preprocessing import StandardScaler",
            LOAD,
            FILL,
            SPLIT_THERE,
            "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)",
            'joblib.dump(scaler, "scaler.joblib")',
            'joblib.dump((X_train, X_test, y_train, y_test), "parts.joblib")',
        ),
        (
            LEARN,
            'scaler = joblib.load("scaler.joblib")\nX_train, X_test, y_train, y_test = joblib.load("parts.joblib")',
            "X_test = scaler.transform(X_test)",
            MODEL,
        ),
    ),
    "two files": (
        (
            PANDAS + "\nimport joblib",
            LOAD,
            FILL,
            'joblib.dump(df[["age", "income"]], "X.joblib")',
            'df["left"].to_pickle("y.pkl")',
        ),
        (
            LEARN,
            'X = joblib.load("X.joblib")\ny = pd.read_pickle("y.pkl")',
            SPLIT.splitlines()[2],
            MODEL,
        ),
    ),
    "changed after it was written": (
        (PANDAS, LOAD, FILL, WRITE, 'df["income"] = 0'),
        (LEARN, READ, SPLIT, MODEL),
    ),
    "written twice, the last counts": (
        (PANDAS, LOAD, WRITE, FILL, 'df["income"] = df["income"] / 10', WRITE),
        (LEARN, READ, SPLIT, MODEL),
    ),
    "out of order": ((PANDAS, FILL, LOAD, WRITE), (LEARN, SPLIT, READ, MODEL)),
    "one name, two meanings": (
        (
            PANDAS,
            "k = 10\ndef scaled(value):\n    return value / k",
            LOAD,
            FILL,
            'df["income"] = df["income"].apply(scaled)',
            WRITE,
        ),
        (
            LEARN,
            "k = 3\ndef scaled(value):\n    return value * k",
            READ,
            'df["age"] = df["age"].apply(scaled)',
            SPLIT,
            MODEL,
        ),
    ),
}


@pytest.mark.parametrize("case", HANDED_OVER)
def test_files_are_handed_over_and_the_package_is_equal(case: str, tmp_path: Path) -> None:
    paths = two(tmp_path, *HANDED_OVER[case])
    found = found_for(paths)
    assert isinstance(found, Plan), found.reasons
    assert {load["path"] for load in found.modules.extraction["replay"]["loads"]} == {"people.csv"}  # type: ignore[index]
    verdict = verdict_of(paths, found, tmp_path)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert not verdict.notes


@pytest.mark.parametrize("case", ["text without labels"])
def test_everything_names_the_notebook(case: str, tmp_path: Path) -> None:
    found = found_for(two(tmp_path, *HANDED_OVER[case]))
    assert isinstance(found, Plan)
    content = found.modules.extraction
    assert list(plan_lines(found)) == [
        "model: model (DecisionTreeClassifier), fitted in cell 4 of train.ipynb",
        (
            "correction: handed-over-file, cell 2 of train.ipynb line 1: `clean.csv`, written in cell 4 of prepare.ipynb, is "
            "handed over without the file: text gives its columns back as they were"
        ),
    ]
    entries = content["entries"]
    assert isinstance(entries, list)
    assert [(one["notebook"], one["cell"]) for one in entries if one["line"] == 1] == [
        *[("prepare.ipynb", cell) for cell in (1, 2, 3, 4)],
        *[("train.ipynb", cell) for cell in (1, 2, 3, 4)],
    ]
    assert content["notebooks"] == [{"path": "prepare.ipynb", "cells": 4}, {"path": "train.ipynb", "cells": 4}]
    assert [one["site"] for one in content["replay"]["frames"]][:1] == ["cell 4 of train.ipynb model.fit X"]  # type: ignore[index]
    read = next(one for one in entries if (one["notebook"], one["cell"]) == ("train.ipynb", 2))
    assert read["reason"] == (
        "`clean.csv`, written in cell 4 of prepare.ipynb, is handed over without the file: text gives its columns back as "
        "they were"
    )
    text = found.modules.files["data/preprocessing.py"]
    assert '"""Prepare the columns as cell 3 of prepare.ipynb does in the notebook."""' in text
    assert "clean" not in text
    assert found.modules.notebook == "prepare.ipynb and train.ipynb"
    html = assembled(found.modules)["extraction.html"].decode()
    assert "<h3>cell 4 of prepare.ipynb</h3>" in html
    assert html.count("left out: each module") == 8


KEPT = {
    "a date": (
        'df["day"] = pd.to_datetime("2020-01-01")',
        WRITE,
        READ,
        (
            "cell 3 of prepare.ipynb line 2: `clean.csv` stands between the notebooks, and what `pd.to_datetime('2020-01-01')` "
            "makes may be read back as another type"
        ),
    ),
    "text that looks like a number": (
        'df["city"] = df["city"].map({"Rome": "1", "Oslo": "2", "Bern": "3"})',
        WRITE,
        READ,
        "the text '1' would be read back as something else",
    ),
    "text that looks missing": (
        'df["plan"] = df["plan"].map({"a": "None", "b": "some"})',
        WRITE,
        READ,
        "the text 'None' would be read back as something else",
    ),
    "a text that is sorted out": (
        'df = df[df["plan"] != "a"]',
        WRITE,
        READ,
        "what is left after `df['plan'] != 'a'` may be read back as numbers",
    ),
    "a category": (
        'df["plan"] = df["plan"].astype("category")',
        WRITE,
        READ,
        "what `df['plan'].astype('category')` makes is read back by what it looks like",
    ),
    "row numbers become a column": (
        "",
        'df.to_csv("clean.csv")',
        READ,
        "the row numbers become a column of it; write it with `index=False`",
    ),
    "another separator": (
        "",
        'df.to_csv("clean.csv", index=False, sep=",")',
        'df = pd.read_csv("clean.csv", sep=";", engine="python").reset_index() if False else pd.read_csv("clean.csv", sep="[,]", engine="python")',
        "it is written with one separator and read with another",
    ),
    "options by position": (
        "",
        'df.to_csv("clean.csv", ",", index=False)',
        READ,
        "options are given to it by position; name them",
    ),
    "numbers of half the width": (
        'df["income"] = np.float32(df["income"])'.replace("np", "__import__('numpy')"),
        WRITE,
        READ,
        "are read back as wider ones",
    ),
    "text that an encoder gives back": (
        (
            "from sklearn.preprocessing import LabelEncoder\ncoder = LabelEncoder().fit(df['plan'])\n"
            "df['plan'] = coder.inverse_transform(coder.transform(df['plan']))"
        ),
        WRITE,
        READ,
        "makes may be read back as another type",
    ),
    "options of the second reading": (
        "",
        WRITE,
        'df = pd.read_csv("clean.csv", nrows=50)',
        "what `nrows` does to it is not carried over",
    ),
    "another kind of file": (
        "",
        'df.to_json("clean.json")',
        'df = pd.read_json("clean.json")',
        "it is written as ",
    ),
}


@pytest.mark.parametrize("case", KEPT)
def test_a_file_that_may_give_back_something_else_is_kept(case: str, tmp_path: Path) -> None:
    change, write, read, reason = KEPT[case]
    paths = two(tmp_path, (PANDAS, LOAD, FILL + "\n" + change, write), (LEARN, read, SPLIT, MODEL))
    found = found_for(paths)
    assert isinstance(found, LowerPlan)
    assert found.modules.level == 2
    assert reason in "\n".join(plan_lines(found))


@pytest.mark.parametrize("case", ["a date", "row numbers become a column", "a text that is sorted out"])
def test_below_level_3_the_file_is_written_and_read(case: str, tmp_path: Path) -> None:
    change, write, read, _ = KEPT[case]
    paths = two(tmp_path, (PANDAS, LOAD, FILL + "\n" + change, write), (LEARN, read, SPLIT, MODEL))
    found = found_for(paths)
    verdict = verdict_of(paths, found, tmp_path)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 2)


def test_each_notebook_starts_with_fresh_random_streams(tmp_path: Path) -> None:
    prepare = (
        "import numpy as np\nimport pandas as pd",
        "a = np.random.rand(3)\nprint(a)",
        'pd.DataFrame({"a": a}).to_csv("a.csv")',
    )
    train = ("import numpy as np\nimport pandas as pd", 'print(np.random.rand(2))\nprint(len(pd.read_csv("a.csv")))')
    paths = two(tmp_path, prepare, train)
    found = found_for(paths)
    assert isinstance(found, LowerPlan)
    assert found.modules.files["run.py"].count("start_notebook(config.seed)") == 2
    verdict = verdict_of(paths, found, tmp_path)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 1)


def test_notebooks_that_do_not_connect_are_refused(tmp_path: Path) -> None:
    paths = two(tmp_path, (PANDAS, LOAD, FILL, WRITE), (LEARN, READ.replace("clean", "cleaned"), SPLIT, MODEL))
    assert refusal(paths) == (
        "prepare.ipynb and train.ipynb do not connect: prepare.ipynb writes `clean.csv`, train.ipynb reads `cleaned.csv`; "
        "extract them one by one, or let one read what the other writes"
    )


def test_the_wrong_way_round_they_do_not_connect(tmp_path: Path) -> None:
    first, second = two(tmp_path, (PANDAS, LOAD, FILL, WRITE), (LEARN, READ, SPLIT, MODEL))
    assert "do not connect: train.ipynb writes nothing that is known, prepare.ipynb reads `people.csv`" in refusal(
        (second, first)
    )


def test_variables_are_not_shared(tmp_path: Path) -> None:
    paths = two(
        tmp_path, (PANDAS, LOAD, FILL, WRITE), (LEARN, READ, "print(pd.__version__)\nlimit = len(df_old)", SPLIT, MODEL)
    )
    assert "`df_old`" not in "\n".join(plan_lines(found_for(paths)))  # bound nowhere: the notebook's own trouble
    paths = two(
        tmp_path, (PANDAS, "size = 0.25", LOAD, FILL, WRITE), (LEARN, READ, SPLIT.replace("0.25", "size"), MODEL)
    )
    assert refusal(paths) == (
        "cell 3 of train.ipynb line 3: `size` is a variable of prepare.ipynb, and notebooks share files only; save it there "
        "and read it here"
    )


def test_notebooks_of_two_folders_are_refused(tmp_path: Path) -> None:
    first = notebook(tmp_path / "one", "prepare.ipynb", PANDAS, LOAD, FILL, WRITE)
    second = notebook(tmp_path / "two", "train.ipynb", LEARN, READ, SPLIT, MODEL)
    assert "prepare.ipynb and train.ipynb lie in different folders" in refusal((first, second))


def test_what_was_pickled_and_changed_after_is_refused(tmp_path: Path) -> None:
    changed = WITH_DUMP + '\nX_train["age"] = 0'
    found = found_for(two(tmp_path, (PANDAS, LOAD, FILL, SPLIT_THERE, changed), (LEARN, WITH_LOAD, MODEL)))
    assert isinstance(found, LowerPlan)
    assert "cell 5 of prepare.ipynb line 4: `X_train` is changed after it was written to `parts.pkl`" in "\n".join(
        plan_lines(found)
    )


def test_a_model_is_named_by_its_cell_in_the_last_notebook(tmp_path: Path) -> None:
    other = MODEL.replace("max_depth=3", "max_depth=2")
    paths = two(tmp_path, (PANDAS, LOAD, FILL, WRITE), (LEARN, READ, SPLIT, MODEL, other))
    found = found_for(paths, model="model@4")
    lines = list(plan_lines(found))
    assert lines[0] == "model: model (DecisionTreeClassifier), fitted in cell 4 of train.ipynb"
    assert lines[1].startswith("candidate: model@5 (DecisionTreeClassifier)")


def test_one_notebook_stays_as_it_was(tmp_path: Path) -> None:
    path = notebook(tmp_path, "train.ipynb", LEARN, LOAD, FILL, SPLIT, MODEL)
    found = best_plan(path, name="people_model", model=None)
    assert "notebooks" not in found.modules.extraction
    assert all("notebook" not in one for one in found.modules.extraction["entries"])  # type: ignore[attr-defined]
