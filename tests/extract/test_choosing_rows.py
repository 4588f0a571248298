"""Rows that a notebook chooses, and shapes around them: the package is given the same rows, or the notebook is refused."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal, with_column

CHOICES = {
    "dropna": "df = df.dropna()",
    "mask": 'df = df.dropna()\ndf = df[df["income"] < df["income"].quantile(0.9)]',
    "new-numbers": 'df = df.dropna().drop_duplicates().reset_index(drop=True)\ndf["half"] = df["age"] / 2',
    "order": 'df = df.dropna().sort_values("income")',
    "draw": "df = df.dropna().sample(frac=0.8, random_state=5)",
    "query": 'df = df.query("age > 30")',
    "dropped-labels": 'df = df.dropna()\ndf = df.drop(df[df["age"] > 60].index)',
    "function": 'def older(people):\n    people = people.dropna()\n    return people[people["age"] > 30]\ndf = older(df)',
    "groups": (
        "def without_rich(people):\n    kept = pd.DataFrame()\n    for city, some in people.groupby('city'):\n"
        "        kept = pd.concat([kept, some[some['income'] < some['income'].quantile(0.9)]], ignore_index=True)\n"
        "    return kept\ndf = without_rich(df.dropna())"
    ),
}


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
def test_chosen_rows_are_learned_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choice: str) -> None:
    cells = [HEAD, LOAD, choice, SPLIT, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_what_is_learned_before_rows_are_chosen_is_learned_from_all_that_were_read(tmp_path: Path) -> None:
    learns = 'df["age"] = df["age"].fillna(df["age"].mean())\ndf = df[df["income"] > 2000]'
    steps = planned(tmp_path, HEAD, LOAD, learns, SPLIT, MODEL).modules.extraction["replay"]["steps"]  # type: ignore[index]
    found = [(step["step"], step["rows"]) for step in steps]
    assert found == [("select_columns", "all"), ("fill_missing", "raw"), ("in_order", "all")]


REFUSED = {
    'df = df.dropna().set_index("income")\ndf = df[df["age"] > 30]\ndf["income"] = 1': "has given them other labels",
    "np.random.seed(0)\ndf = df.dropna()\ndf = df.iloc[np.random.permutation(len(df))]": "a draw from the notebook's one stream",
    "df = df.dropna().sample(frac=0.9, replace=True, random_state=1)": "rows are drawn more than once",
    'def clean(people):\n    people = people.dropna()\n    people["age"] = people["age"] + 1\n    return people\ndf = clean(df)': (
        "chooses or reorders rows"
    ),
    'df = df.dropna()\ndf["share"] = df["income"] / len(df)': "depends on how many rows there are",
}


@pytest.mark.parametrize(("code", "reason"), REFUSED.items(), ids=REFUSED.values())
def test_choices_that_cannot_be_made_on_raw_rows_are_refused(tmp_path: Path, code: str, reason: str) -> None:
    assert reason in refusal(tmp_path, HEAD, LOAD, code, SPLIT.replace('"income"]', '"income"]'), MODEL)


def test_rows_chosen_after_the_split_are_refused(tmp_path: Path) -> None:
    late = SPLIT + "\nX_train = X_train.dropna()"
    assert "rows are chosen after the split" in refusal(tmp_path, HEAD, LOAD, late, MODEL)


LOOPS = {
    "value": 'for name in ["age", "income"]:\n    df[name] = df[name].fillna(df[name].median())',
    "encoder": FILL + '\nfor name in ["city"]: df[name] = LabelEncoder().fit_transform(df[name])',
    "dummies": FILL
    + '\nfor name in ["city"]:\n    some = pd.get_dummies(df[name], prefix=name)\n    df = df.join(some)',
}


@pytest.mark.parametrize(
    ("loop", "split"),
    [
        (LOOPS["value"], SPLIT),
        (LOOPS["encoder"], with_column("city")),
        (LOOPS["dummies"], with_column("city_Oslo")),
    ],
    ids=LOOPS,
)
def test_what_a_loop_over_columns_learns_is_learned_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop: str, split: str
) -> None:
    cells = [HEAD, LOAD, loop, split, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_a_file_of_the_network_is_looked_for_in_the_data_directory_first(tmp_path: Path) -> None:
    load = LOAD.replace("people.csv", "https://example.org/data/people.csv?raw=1")
    plan = planned(tmp_path, HEAD, load, FILL, SPLIT, MODEL)
    assert "located(config.data_dir / config.people_file, config.people_url)" in plan.modules.files["data/ingestion.py"]
    loads = plan.modules.extraction["replay"]["loads"]  # type: ignore[index]
    assert [(one["path"], one["address"]) for one in loads] == [
        ("people.csv", "https://example.org/data/people.csv?raw=1")
    ]


def test_removed_names_are_put_right_on_both_sides(tmp_path: Path) -> None:
    old = HEAD.replace("sklearn.model_selection", "sklearn.cross_validation")
    plan = planned(tmp_path, old, LOAD, FILL + '\ndf = df.replace({"age": {99: np.NaN}})', SPLIT, MODEL)
    repairs = plan.modules.extraction["replay"]["repairs"]  # type: ignore[index]
    assert [(one["before"], one["after"]) for one in repairs] == [
        ("from sklearn.cross_validation", "from sklearn.model_selection"),
        ("np.NaN", "np.nan"),
    ]


def test_estimators_without_answers_for_later_rows_are_refused(tmp_path: Path) -> None:
    cluster = 'from sklearn.cluster import DBSCAN\nmodel = DBSCAN()\nmodel.fit(df[["age", "income"]])'
    assert "DBSCAN has answers only for the rows it is fitted on" in refusal(tmp_path, HEAD, LOAD, FILL, cluster)


def test_a_test_set_that_is_filled_with_its_own_values_is_refused(tmp_path: Path) -> None:
    own = SPLIT + "\nX_train = X_train.fillna(X_train.mean())\nX_test = X_test.fillna(X_test.mean())"
    assert "prepares rows with values of their own" in refusal(tmp_path, HEAD, LOAD, own, MODEL)
