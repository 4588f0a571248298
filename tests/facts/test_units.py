"""What is computed for each row alone, for each group, from a file of several tables, or over all folds of a loop."""

import pytest

from tests.facts.abstract_run import apart, run, table, tables, taught

LOAD = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, train_test_split
df = pd.read_csv("a.csv")
"""


@pytest.mark.parametrize(
    "statement",
    [
        "x = np.array([image / np.max(image) for image in df['image'].values])",
        "x = []\nfor _, row in df.iterrows():\n    band = np.array(row['band'])\n    x.append(band - band.min())\nx = np.array(x)",
        "x = df['image'].apply(lambda image: image - image.mean())",
        "x = df.apply(lambda row: row - row.mean(), axis=1)",
        "x = df.applymap(lambda value: max(value))",
        "x = df['text'].str.count('!')",
        "x = np.array([max(row) for row in df.values])",
    ],
)
def test_what_is_computed_from_one_row_is_no_statistic(statement: str) -> None:
    assert taught(LOAD + statement, "x") == []


@pytest.mark.parametrize(
    ("statement", "label"),
    [
        ("x = df.apply(lambda column: column - column.mean())", "column.mean()"),
        ("x = df['text'].str.len() / df['text'].str.len().max()", "df['text'].str.len().max()"),
        ("x = np.array([row for row in df.values]) - np.mean([row for row in df.values])", "np.mean([row for row in df.values])"),
        ("x = df\nfor name, column in df.items():\n    x[name] = column.fillna(column.median())", "column.median()"),
    ],
)  # fmt: skip
def test_what_is_computed_from_a_column_is_a_statistic(statement: str, label: str) -> None:
    assert taught(LOAD + statement, "x") == [label]


def test_pairs_of_a_label_and_a_row_are_unpacked() -> None:
    row, whole = tables(LOAD + "for label, row in df.iterrows():\n    pass", "row", "df")
    assert row.rows == whole.rows


AGGREGATED = """
orders = pd.read_csv("orders.csv")
people = orders.groupby("person").size().to_frame("orders")
people["latest"] = orders.groupby("person")["day"].max()
people = people.reset_index().merge(orders.drop_duplicates('person'), on="person")
"""


def test_a_table_of_groups_has_rows_of_its_own() -> None:
    people, orders = tables(LOAD + AGGREGATED, "people", "orders")
    assert apart(people, orders)


def test_splitting_groups_holds_out_none_of_what_was_aggregated() -> None:
    facts = run(
        LOAD + AGGREGATED + "train, test = train_test_split(people)\n"
        "model = LogisticRegression().fit(train[['orders', 'latest']], train['left'])\nmodel.predict(test)"
    )
    assert facts.leaks() == []


def test_group_statistics_given_back_to_their_rows_do_leak() -> None:
    facts = run(
        LOAD + "df['mean'] = df['k'].map(df.groupby('k')['x'].mean())\ntrain, test = train_test_split(df)\n"
        "model = LogisticRegression().fit(train[['mean']], train['y'])"
    )
    assert [leak.learning.label for leak in facts.leaks()] == ["df.groupby('k')['x'].mean"]


SERVED = """
test = pd.read_csv("b.csv")
model = LogisticRegression().fit(df[["x"]], df["y"])
"""


def test_what_other_tables_tell_about_the_rows_predicted_on_is_no_refit() -> None:
    facts = run(LOAD + SERVED + "w = pd.read_csv('w.csv')\ntest['x'] = test['x'] - w['x'].mean()\nmodel.predict(test)")
    assert facts.refits() == []
    facts = run(LOAD + SERVED + "test['x'] = test['x'] - test['x'].mean()\nmodel.predict(test)")
    assert [refit.learning.label for refit in facts.refits()] == ["test['x'].mean()"]


def test_what_another_model_was_trained_on_is_no_refit() -> None:
    again = "test['x'] = test['x'] - test['x'].mean()\n"
    facts = run(LOAD + SERVED + again + "other = LogisticRegression().fit(test[['x']], test['y'])\nmodel.predict(test)")
    assert facts.refits() == []


FOLDS = """
parts = None
for train_index, test_index in KFold(5).split(df):
    part = df.loc[test_index].copy()
    parts = part if parts is None else pd.concat([parts, part])
"""


def test_the_held_out_parts_of_all_folds_are_all_rows() -> None:
    parts, whole = tables(LOAD + FOLDS, "parts", "df")
    assert parts.rows is not None and whole.rows is not None and whole.rows <= parts.rows
    assert run(LOAD + FOLDS + "LogisticRegression().fit(parts[['x']], parts['y'])").refits() == []


def test_parts_of_a_file_of_several_tables_are_apart() -> None:
    load = "from scipy.io import loadmat\nfile = loadmat('a.mat')\n"
    one, other = tables(load, "file['X']", "file['Xval']")
    assert apart(one, other)
    one, other = tables(load, "file['X']", "file['X'][:, 0]")
    assert one.rows == other.rows


ONE_HOT = """
train, test = pd.get_dummies(pd.read_csv("a.csv")), pd.get_dummies(pd.read_csv("b.csv"))
"""


@pytest.mark.parametrize(
    "alignment",
    [
        "test = test[train.columns]",
        "test = test.reindex(columns=train.columns, fill_value=0)",
        "train, test = train.align(test, join='left', axis=1)",
        "test = test.reindex(columns=['a', 'b'])",
    ],
)
def test_columns_of_another_table_are_not_learned_from_these_rows(alignment: str) -> None:
    assert taught(LOAD + ONE_HOT, "test") == ["pd.get_dummies(pd.read_csv('b.csv'))"]
    before, after = tables(LOAD + ONE_HOT + "before = test\n" + alignment, "before", "test")
    assert after.rows == before.rows
    assert after.learned == frozenset()


def test_a_list_of_column_names_chooses_no_rows() -> None:
    some, whole = tables(LOAD, "df[df.columns[2:]]", "df")
    assert some.rows == whole.rows
    assert table(LOAD + "x = df[['a', 'b']]", "x[x.columns]").columns == ("a", "b")


def test_a_model_fitted_on_both_parts_of_a_split_holds_out_none() -> None:
    facts = run(
        LOAD + "from sklearn.preprocessing import StandardScaler\ntrain, test = train_test_split(df)\n"
        "both = StandardScaler().fit_transform(pd.concat([train, test])[['x']])\n"
        "model = LogisticRegression().fit(both, pd.concat([train, test])['y'])"
    )
    assert facts.leaks() == []


def test_items_written_from_the_end_and_empty_indexes() -> None:
    assert taught(LOAD + "x = []\nx.append(df)\nx[-2] = 1\nx[-1] = df - df.mean()\ny = x[-1]\nz = y[()]", "z") == [
        "df.mean()"
    ]


def test_a_test_of_what_a_loop_changes_is_not_decided() -> None:
    first = "first = True\nfor path in glob('*.csv'):\n    if first:\n        x = df\n    else:\n        x = df - df.mean()\n    first = False"
    assert taught(LOAD + "from glob import glob\n" + first, "x") == ["df.mean()"]
    fixed = (
        "first = True\nfor path in glob('*.csv'):\n    if first:\n        x = df\n    else:\n        x = df - df.mean()"
    )
    assert taught(LOAD + "from glob import glob\n" + fixed, "x") == []


def test_a_vocabulary_of_distinct_values_is_learned_from_all_their_rows() -> None:
    facts = run(
        LOAD + "from sklearn.feature_extraction.text import CountVectorizer\n"
        "words = CountVectorizer().fit(pd.concat([df['a'], df['b']]).unique())\n"
        "train, test, y, z = train_test_split(words.transform(df['a']), df['y'])\nmodel = LogisticRegression().fit(train, y)"
    )
    assert [leak.learning.label for leak in facts.leaks()] == ["CountVectorizer().fit"]


def test_a_selection_before_cross_validation_saw_the_target_of_every_fold() -> None:
    chosen = "from sklearn.feature_selection import SelectKBest\nfrom sklearn.model_selection import cross_val_score\n"
    select = "X = SelectKBest().fit_transform(df[['a', 'b']], df['y'])\n"
    facts = run(LOAD + chosen + select + "cross_val_score(LogisticRegression(), X, df['y'])")
    assert [leak.learning.label for leak in facts.selection_leaks()] == ["SelectKBest().fit_transform"]
    facts = run(
        LOAD + chosen + "train, test, y, z = train_test_split(df[['a', 'b']], df['y'])\n"
        "X = SelectKBest().fit_transform(train, y)\ncross_val_score(LogisticRegression(), X, y)"
    )
    assert facts.selection_leaks() == []


def test_a_formula_names_the_target_among_the_rows() -> None:
    facts = run(
        LOAD + "import statsmodels.formula.api as smf\nfrom sklearn.metrics import r2_score\n"
        "fitted = smf.ols('y ~ x', data=df).fit()\ntrain, test = train_test_split(df)\nr2_score(test['y'], fitted.predict(test))"
    )
    assert [one.scores[0].label for one in facts.training_scores()] == ["r2_score(test['y'], fitted.predict(test))"]


@pytest.mark.parametrize(
    "columns",
    [
        "df[['a', 'b', 'c']].values[:, selector.get_support()]",
        "df[df.columns[selector.get_support()]]",
        "df.iloc[:, selector.get_support(indices=True)]",
    ],
)
def test_columns_chosen_by_a_fitted_selector_learned_what_it_learned(columns: str) -> None:
    source = "from sklearn.feature_selection import SelectKBest\nselector = SelectKBest().fit(df[['a', 'b', 'c']], df['y'])\n"
    assert taught(LOAD + source, columns) == ["SelectKBest().fit"]
    assert taught(LOAD + source, "df[df.columns[1:]]") == []


@pytest.mark.parametrize(
    ("statement", "again"),
    [
        ("df = pd.get_dummies(df, columns=['a'])", ["fails"]),
        ("df = pd.get_dummies(df)", []),
        ("df = df.reset_index(drop=True)", []),
        ("df = df.reset_index()", ["changes"]),
    ],
)
def test_a_second_run_depends_on_the_arguments(statement: str, again: list[str]) -> None:
    assert [("fails" if one.fails else "changes") for one in run(LOAD, statement).reruns()] == again


def test_a_function_handed_on_may_have_run_while_its_names_were_there() -> None:
    facts = run("rows = [1, 2]", "from tools import go\ngo(lambda x: len(rows) + x + lost)\ndel rows")
    assert sorted(facts.unresolved()) == ["lost"]


def test_a_pipeline_of_the_notebooks_own_steps_needs_no_fit() -> None:
    own = "class Own:\n    def fit(self, X, y=None):\n        return self\n    def transform(self, X):\n        return X\n"
    pipeline = "from sklearn.pipeline import Pipeline\nfrom sklearn.preprocessing import StandardScaler\n"
    assert run(LOAD + own + pipeline + "Pipeline([('own', Own())]).transform(df)").unfitted_transforms() == []
    assert len(run(LOAD + pipeline + "StandardScaler().transform(df)").unfitted_transforms()) == 1


@pytest.mark.parametrize(
    "means",
    [
        "dict(df.groupby('k')['x'].mean())",
        "dict(zip(df['k'], df.groupby('k')['x'].transform('mean')))",
        "dict([('a', df['x'].mean())])",
        "dict(dict(a=df['x'].mean()), b=1)",
    ],
)
def test_a_dict_made_of_statistics_holds_them(means: str) -> None:
    assert len(taught(LOAD + f"means = {means}\nx = df['k'].map(means)", "x")) == 1


def test_a_dict_made_of_pairs_finds_its_values() -> None:
    assert apart(*tables(LOAD + "both = dict(zip(['a', 'b'], train_test_split(df)))", "both['a']", "both['b']"))


def test_a_sum_of_columns_is_a_column() -> None:
    for total in ("sum([df['a'], df['b']])", "sum(df[c] for c in ['a', 'b'])", "np.sum(df[c] for c in ['a', 'b'])"):
        assert taught(LOAD + f"x = {total}", "x") == []
    assert taught(LOAD + "x = df['a'] - sum(v for v in df['a'])", "x") == ["sum((v for v in df['a']))"]


def test_what_is_stored_under_a_condition_learned_what_the_condition_did() -> None:
    assert taught(LOAD + "df.loc[df['x'] > df['x'].mean(), 'x'] = 1", "df['x']") == ["df['x'].mean()"]
    assert taught(LOAD + "df.loc[df['x'] > df['x'].mean(), 'x'] = 1", "df['y']") == []
    assert taught(LOAD + "df.loc[df['x'] > 7, 'x'] = 1", "df['x']") == []
