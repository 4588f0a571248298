"""Several files that are joined: ingestion joins them as the notebook does, or the notebook is refused with the reason."""

import random
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract import documents
from nb2pkg.extract.plan import Plan, plan
from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, MODEL, SPLIT, people, with_column, write

pytestmark = pytest.mark.filterwarnings("ignore")

PEOPLE = 'people = pd.read_csv("people.csv")'
TOWNS = 'towns = pd.read_csv("towns.csv", sep=";")'
VISITS = 'visits = pd.read_csv("visits.csv")'
MORE = 'more = pd.read_csv("more.csv")'
MERGE = 'df = people.merge(towns, on="city", how="left")'


def lay_out(folder: Path, *cells: str) -> Path:
    """Write the notebook and its files: people with a number each, their visits, towns, more people."""
    path = write(folder, *cells)
    draw = random.Random(5)
    head, *rows = people().splitlines()
    numbered = [f"id,{head}", *(f"{number},{row}" for number, row in enumerate(rows))]
    (folder / "people.csv").write_text("\n".join(numbered) + "\n")
    (folder / "more.csv").write_text("\n".join([numbered[0], *(f"9{row}" for row in numbered[31:])]) + "\n")
    (folder / "towns.csv").write_text("city;size\nRome;2.8\nOslo;0.7\nTurin;0.9\n")
    visits = [f"{draw.randint(0, 59)},{draw.randint(1, 90)}" for _ in range(150)]
    (folder / "visits.csv").write_text("\n".join(["person,cost", *visits]) + "\n")
    return path


def planned(folder: Path, *cells: str) -> Plan:
    """The plan of a notebook with these cells."""
    return plan(str(lay_out(folder, *cells)), name="people_model", model=None)


def refusal(folder: Path, *cells: str) -> str:
    """The sentence with which level 3 is refused."""
    with pytest.raises(ExtractError) as caught:
        planned(folder, *cells)
    return str(caught.value)


SIZED = with_column("size")
COST = with_column("cost")
EQUAL = {
    "a merge": ([PEOPLE, TOWNS, MERGE], SIZED),
    "a merge by name of the function": ([PEOPLE, TOWNS, 'df = pd.merge(people, towns, on="city")'], SIZED),
    "the variable of a file is bound again": (
        [PEOPLE.replace("people =", "df ="), TOWNS, 'df = df.merge(towns, on="city")'],
        SIZED,
    ),
    "rows that are multiplied": ([PEOPLE, VISITS, 'df = people.merge(visits, left_on="id", right_on="person")'], COST),
    "all rows of both": ([PEOPLE, TOWNS, 'df = people.merge(towns, how="outer").dropna(subset=["left"])'], SIZED),
    "one value for each key of a second file": (
        [
            PEOPLE,
            VISITS,
            'costs = visits.groupby("person")["cost"].sum().reset_index()',
            'df = people.merge(costs, left_on="id", right_on="person", how="left")',
        ],
        COST,
    ),
    "values by key without a merge": (
        [PEOPLE, VISITS, 'people["cost"] = people["id"].map(visits.groupby("person")["cost"].max())', "df = people"],
        COST,
    ),
    "a join on labels": (
        [PEOPLE, TOWNS.replace('";"', '";", index_col="city"'), 'df = people.join(towns, on="city")'],
        SIZED,
    ),
    "three files": (
        [
            PEOPLE,
            TOWNS,
            VISITS,
            MERGE,
            'df = df.merge(visits.groupby("person").agg(cost=("cost", "mean")), left_on="id", right_index=True, how="left")',
        ],
        with_column("cost").replace('"cost"', '"cost", "size"'),
    ),
    "files on top of each other": ([PEOPLE, MORE, "df = pd.concat([people, more])"], SPLIT),
    "files of a list": (
        ['df = pd.concat([pd.read_csv(f"{name}.csv") for name in ["people", "more"]], ignore_index=True)'],
        SPLIT,
    ),
    "files in a loop": (
        [
            (
                'names = ["people.csv", "more.csv"]\ntables = []\nfor name in names:\n    tables.append(pd.read_csv(name))\n'
                "df = pd.concat(tables)"
            )
        ],
        SPLIT,
    ),
    "files side by side": (
        [PEOPLE, MORE, 'df = pd.concat([people, more[["age"]].add_suffix("_2")], axis=1).dropna()'],
        with_column("age_2"),
    ),
    "a column of another file": ([PEOPLE, VISITS, 'people["cost"] = visits["cost"]', "df = people"], COST),
    "a file prepared by itself": (
        [
            PEOPLE,
            TOWNS,
            (
                'towns = towns.rename(columns={"size": "millions"}).drop_duplicates("city")\n'
                'people["income"] = people["income"] / 100\npeople = people[people["income"] > 12]'
            ),
            MERGE,
        ],
        with_column("millions"),
    ),
    "a function on one file": (
        [
            PEOPLE,
            TOWNS,
            'factor = 3\ndef clean(table):\n    table["size"] = table["size"] * factor\nclean(towns)\nfactor = 4',
            MERGE,
        ],
        SIZED,
    ),
    "a change through an alias": ([PEOPLE, TOWNS, 'other = towns\nother["size"] *= 2', MERGE], SIZED),
    "a change after the join": ([PEOPLE, TOWNS, MERGE, 'towns["size"] = 0\npeople["age"] = 0'], SIZED),
    "what is learned after the join": (
        [PEOPLE, TOWNS, MERGE, 'df["size"] = df["size"].fillna(df["size"].mean())'],
        SIZED,
    ),
    "rows chosen after the join": ([PEOPLE, TOWNS, MERGE, 'df = df[df["income"] > 2000]'], SIZED),
    "rows dropped by label, numbered anew": (
        [
            PEOPLE,
            MORE,
            'df = pd.concat([people, more], ignore_index=True)\ndf = df.drop(df[df["income"] < 2000].index)',
        ],
        SPLIT,
    ),
}


@pytest.mark.parametrize(("cells", "split"), EQUAL.values(), ids=EQUAL)
def test_the_joined_table_is_where_raw_rows_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str], split: str
) -> None:
    every = [HEAD, *cells, FILL, split, MODEL]
    assert difference(tmp_path, every, planned(tmp_path, *every), monkeypatch) == ""


LEARNED = "not from training rows alone; join the files first"
REFUSED = {
    "a mean before the join": (
        [PEOPLE, TOWNS, 'people["age"] = people["age"].fillna(people["age"].mean())', MERGE],
        LEARNED,
    ),
    "a mean inside the join": (
        [PEOPLE, TOWNS, 'df = people.merge(towns, on="city").fillna({"age": people["age"].mean()})'],
        LEARNED,
    ),
    "a mean by a function": (
        [
            PEOPLE,
            TOWNS,
            'def fill(t):\n    t["age"] = t["age"].fillna(t["age"].mean())\n    return t\npeople = fill(people)',
            MERGE,
        ],
        LEARNED,
    ),
    "rows chosen by a quantile before the join": (
        [PEOPLE, TOWNS, 'people = people[people["income"] < people["income"].quantile(0.9)]', MERGE],
        LEARNED,
    ),
    "a group mean of the rows themselves": (
        [
            PEOPLE,
            TOWNS,
            'means = people.groupby("city")["income"].mean().rename("mean").reset_index()',
            'df = people.merge(towns, on="city").merge(means, on="city")',
        ],
        "is learned from rows of `people.csv`, and those rows are joined themselves",
    ),
    "a group mean of the rows themselves, of a second copy of their file": (
        [
            PEOPLE,
            TOWNS,
            'means = pd.read_csv("people.csv").groupby("city")["income"].mean().rename("mean").reset_index()',
            'df = people.merge(towns, on="city").merge(means, on="city")',
        ],
        "is learned from rows of `people.csv`, and those rows are joined themselves",
    ),
    "a file joined to itself": (
        [
            PEOPLE,
            TOWNS,
            'first = people.drop_duplicates("city")[["city", "income"]]',
            'df = people.merge(towns, on="city").merge(first, on="city", suffixes=("", "_first"))',
        ],
        "rows of `people.csv` are joined to themselves",
    ),
    "rows that stand twice": (
        [PEOPLE, MORE, "df = pd.concat([people, more, people])"],
        "rows of `people.csv` stand twice",
    ),
    "group means in place": (
        [PEOPLE, TOWNS, 'people["age"] = people.groupby("city")["age"].transform("mean")', MERGE],
        LEARNED,
    ),
    "categories before the join": (
        [PEOPLE, TOWNS, 'people = pd.get_dummies(people, columns=["plan"])', MERGE],
        LEARNED,
    ),
    "the row before": ([PEOPLE, TOWNS, 'people["age"] = people["age"].shift(1)', MERGE], "reads neighbouring rows"),
    "a mean in an assign": (
        [PEOPLE, TOWNS, 'people = people.assign(age=lambda t: t["age"] - t["age"].mean())', MERGE],
        LEARNED,
    ),
    "a mean in the text of a query": (
        [PEOPLE, TOWNS, 'people = people.query("income > income.mean()")', MERGE],
        "may look at all rows in its text",
    ),
    "codes of categories": (
        [PEOPLE, TOWNS, 'people["plan"] = people["plan"].astype("category").cat.codes', MERGE],
        "learns categories from all rows before the files are joined",
    ),
    "the first row": (
        [PEOPLE, TOWNS, 'people["income"] = people["income"] - people["income"].iloc[0]', MERGE],
        "is about certain rows",
    ),
    "a running total": (
        [
            PEOPLE,
            TOWNS,
            (
                'total, totals = 0, []\nfor value in people["income"]:\n    total += value\n    totals.append(total)\n'
                'people["income"] = totals'
            ),
            MERGE,
        ],
        LEARNED,
    ),
    "a draw before the join": ([PEOPLE, TOWNS, "people = people.sample(frac=0.9)", MERGE], "draws at random"),
    "a number of all rows": ([PEOPLE, TOWNS, 'people["n"] = len(people)', MERGE], "is a number of all rows"),
    "labels that are doubled": (
        [PEOPLE, MORE, 'df = pd.concat([people, more])\ndf = df.drop(df[df["income"] < 2000].index)'],
        "reads row labels",
    ),
    "labels that become a column": (
        [
            PEOPLE.replace('csv")', 'csv", index_col="id")'),
            TOWNS,
            'df = people.join(towns.set_index("city"), on="city")\ndf = df.reset_index()',
        ],
        "reads row labels",
    ),
    "a path that is computed": (
        [
            'import os\ntables = [pd.read_csv(name) for name in os.listdir() if name.endswith(".csv")]\ndf = pd.concat(tables)'
        ],
        "is only known when the notebook runs",
    ),
}


@pytest.mark.parametrize(("cells", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_ingestion_is_refused(tmp_path: Path, cells: list[str], reason: str) -> None:
    assert reason in refusal(tmp_path, HEAD, *cells, FILL, SPLIT, MODEL)


def test_a_join_after_the_split_is_refused(tmp_path: Path) -> None:
    late = 'X_train = X_train.merge(towns, on="city")[["age", "size"]]\nX_test = X_test.merge(towns, on="city")[["age", "size"]]'
    split = SPLIT.replace('"income"]', '"city"]')
    load = PEOPLE.replace("people =", "df =")
    assert "is made of several row sets" in refusal(tmp_path, HEAD, load, TOWNS, FILL, split, late, MODEL)


def test_statistics_of_all_rows_joined_after_the_split_are_refused(tmp_path: Path) -> None:
    means = 'means = df.groupby("city")["income"].mean().reset_index()'
    late = 'X_train = X_train.merge(means, on="city")[["age", "income"]]\nX_test = X_test.merge(means, on="city")[["age", "income"]]'
    split = SPLIT.replace('"income"]', '"city"]')
    load = PEOPLE.replace("people =", "df =")
    assert "is made of several row sets" in refusal(tmp_path, HEAD, load, FILL, means, split, late, MODEL)


TOGETHER = "df = pd.concat([people, more], ignore_index=True)"
UNLIKE = "the rows of `model.score(X_test, y_test)` are prepared differently from those"
TAKEN_APART = {
    "by their number": ("", "train, test = df[: len(people)], df[len(people) :]", UNLIKE),
    "by a number that was kept": ("n = people.shape[0]", "train, test = df.iloc[:n], df.iloc[n:]", UNLIKE),
    "by a constant number": ("", "train, test = df[:60], df[60:]", "cannot be told apart; part them by len(people)"),
    "by what is missing": (
        'more["left"] = np.nan',
        'train, test = df[df["left"].notna()], df[df["left"].isna()]',
        "`more` is prepared here before it is put together with the other file",
    ),
    "by a mark": (
        'people["of"] = "a"\nmore["of"] = "b"',
        'train, test = df[df["of"] == "a"], df[df["of"] == "b"]',
        UNLIKE,
    ),
}


@pytest.mark.parametrize(("before", "apart", "reason"), TAKEN_APART.values(), ids=TAKEN_APART)
def test_files_put_together_and_taken_apart_in_one_statement_are_refused(
    tmp_path: Path, before: str, apart: str, reason: str
) -> None:
    mean = 'df["age"] = df["age"].fillna(df["age"].mean())'
    model = 'X_train, y_train = train[["age", "income"]], train["left"]\nX_test, y_test = test[["age", "income"]], test["left"]'
    cells = [HEAD, PEOPLE, MORE, *filter(None, [before]), TOGETHER, mean, apart, model, MODEL]
    assert reason in refusal(tmp_path, *cells)


def test_rows_that_are_only_predicted_on_are_joined_by_a_reader_of_their_own(tmp_path: Path) -> None:
    later = 'later = more.merge(towns, on="city", how="left")\nlater["age"] = later["age"].fillna(0)\nmodel.predict(later[["age", "income"]])'
    found = planned(tmp_path, HEAD, PEOPLE, MORE, TOWNS, MERGE, FILL, SPLIT, MODEL, later)
    text = found.modules.files["data/ingestion.py"]
    assert "def read_later(config: Config)" in text
    assert 'return more.merge(towns, on="city", how="left")' in text
    replay = found.modules.extraction["replay"]
    assert {frame["part"] for frame in replay["frames"]} == {"train", "test", "reader:read_later"}  # type: ignore[index]


def test_raw_rows_are_told_to_be_joined_ones(tmp_path: Path) -> None:
    found = planned(tmp_path, HEAD, PEOPLE, TOWNS, MERGE, FILL, SIZED, MODEL)
    told = "Raw rows are rows of `df`, the table that cells 2 to 4 join from several files; `predict` takes such rows."
    assert (found.modules.served, found.modules.notes) == (told, ())
    use, _, rest = " ".join(documents.pages(found.modules)["README.md"].split()).partition("## Settings")
    assert told in use
    assert told not in rest
    assert [setting.comment for setting in found.modules.config if setting.name.endswith("_file")] == [
        "file that the rows of `people` are read from",
        "file that the rows of `towns` are read from",
    ]
    replay = found.modules.extraction["replay"]
    assert replay["joined"] == {"keys": [[["city"]]]}  # type: ignore[index]
    assert [load["path"] for load in replay["loads"]] == ["people.csv", "towns.csv"]  # type: ignore[index]


def test_append_is_concat_on_both_sides(tmp_path: Path) -> None:
    loop = 'df = pd.DataFrame()\nfor name in ["people.csv", "more.csv"]:\n    df = df.append(pd.read_csv(name), ignore_index=True)'
    found = planned(tmp_path, HEAD, loop, FILL, SPLIT, MODEL)
    text = "df = pd.concat([df, pd.read_csv(config.data_dir / name)], ignore_index=True)"
    assert text in found.modules.files["data/ingestion.py"]
    replay = found.modules.extraction["replay"]
    assert [repair["after"] for repair in replay["repairs"]] == [  # type: ignore[index]
        "pd.concat([df, pd.read_csv(name)], ignore_index=True)"
    ]


def test_append_of_a_single_row_is_refused(tmp_path: Path) -> None:
    one = 'df = people.append(more).append({"age": 3}, ignore_index=True)'
    assert "adds something else than one table" in refusal(tmp_path, HEAD, PEOPLE, MORE, one, FILL, SPLIT, MODEL)


PATHS = {
    "pathlib": ('from pathlib import Path\nfolder = Path() / "data"', 'folder / "people.csv"'),
    "a path of parts": ("import pathlib", 'pathlib.Path("data", "people.csv")'),
    "os": ('import os\nfolder = os.path.join("data", "raw", "..")', 'os.path.join(folder, "people.csv")'),
    "text": ('FOLDER = "data/"', 'f"{FOLDER}people.csv"'),
}


@pytest.mark.parametrize(("made", "path"), PATHS.values(), ids=PATHS)
def test_paths_that_are_put_together_are_known(tmp_path: Path, made: str, path: str) -> None:
    load = f"people = pd.read_csv({path})"
    found = planned(tmp_path, HEAD, made, load, TOWNS, MERGE, FILL, SIZED, MODEL)
    replay = found.modules.extraction["replay"]
    assert [one["path"] for one in replay["loads"]] == ["data/people.csv", "towns.csv"]  # type: ignore[index]


def test_a_path_that_only_a_run_tells_is_refused(tmp_path: Path) -> None:
    load = 'import os\nfrom pathlib import Path\npeople = pd.read_csv(Path(os.environ["DATA"]) / "people.csv")'
    found = refusal(tmp_path, HEAD, load, TOWNS, MERGE, FILL, SIZED, MODEL)
    assert "is only known when the notebook runs" in found


def test_figures_of_the_joined_table_are_drawn_and_those_of_its_files_are_not(tmp_path: Path) -> None:
    head = f"{HEAD}\nimport matplotlib.pyplot as plt"
    before, after = 'people["age"].plot(kind="hist")', 'df["size"].plot(kind="hist")'
    found = planned(tmp_path, head, PEOPLE, TOWNS, before, MERGE, after, FILL, SIZED, MODEL)
    text = found.modules.files["reports.py"]
    assert after in text
    assert before not in text
