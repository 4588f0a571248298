"""Which rows a value holds: the parts of splits, slices, masks, folds and samples, and what is put together again."""

import pytest

from nb2pkg.facts.rows import held_out_part, overlap, siblings, within
from tests.facts.abstract_run import apart, run, table, tables

START = """
import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split
df = pd.read_csv("rows.csv")
X, y = df.drop(columns="y"), df["y"]
"""

PARTED = {
    "train_test_split": "a, b = train_test_split(df, random_state=0)",
    "train_test_split without a seed": "a, b = train_test_split(df)",
    "train_test_split of X and y": "a, _, _, b = train_test_split(X, y)",
    "train_test_split, results by position": "parts = train_test_split(X, y)\na, b = parts[0], parts[3]",
    "slices at a number": "a, b = df[:100], df[100:]",
    "iloc at a number": "a, b = df.iloc[:100], df.iloc[100:, 1:]",
    "loc at a number, with columns": "a, b = df.loc[:99, 'x'], df.loc[100:, ['x', 'y']]",
    "slices at a name": "n = int(len(df) * 0.8)\na, b = df[:n], df[n:]",
    "slices at an expression": "a, b = df[:len(df) // 2], df[len(df) // 2:]",
    "slices from the end": "a, b = df[:-50], df[-50:]",
    "slices of the array": "values = df.values\na, b = values[:9, 1:], values[9:, 0]",
    "slices of three": "a, b = df[:10], df[20:30]",
    "a mask and its complement": "m = df['x'] > 3\na, b = df[m], df[~m]",
    "a random mask and its complement": "m = np.random.rand(len(df)) < 0.8\na, b = df[m], df[~m]",
    "a mask in loc": "m = df['x'] > 3\na, b = df.loc[m, 'x'], df.loc[~m]",
    "a comparison and its opposite": "a, b = df[df['year'] < 2020], df[df['year'] >= 2020]",
    "a comparison and its opposite, the other way": "a, b = df[df.year <= 2020], df[df.year > 2020]",
    "two values of a column": "a, b = df[df['part'] == 'train'], df[df['part'] == 'test']",
    "a value of a column and the others": "a, b = df[df.part == 1], df[df.part != 1]",
    "a mask met with another": "m = df['x'] > 3\na, b = df[m & (df['z'] > 1)], df[~m]",
    "null and not null": "a, b = df[df['x'].isnull()], df[df['x'].notnull()]",
    "isin and not": "a, b = df[df['k'].isin([1, 2])], df[~df['k'].isin([1, 2])]",
    "isin of an index": "a = df.sample(frac=0.5)\nb = df[~df.index.isin(a.index)]",
    "sample and drop": "a = df.sample(frac=0.8, random_state=1)\nb = df.drop(a.index)",
    "a split and drop": "a, _ = train_test_split(df)\nb = df.drop(a.index)",
    "drop by keyword": "a = df.sample(frac=0.8)\nb = df.drop(index=a.index)",
    "a permutation cut in two": "i = np.random.permutation(len(df))\na, b = df.iloc[i[:10]], df.iloc[i[10:]]",
    "a split of positions": "i, j = train_test_split(np.arange(len(df)))\na, b = X.iloc[i], y.iloc[j]",
    "a split of the index": "i, j = train_test_split(df.index)\na, b = df.loc[i], df.loc[j]",
    "a fold": "for i, j in KFold(5).split(X):\n    a, b = X.iloc[i], X.iloc[j]",
    "a fold of X and y": "for i, j in StratifiedKFold(5).split(X, y):\n    a, b = X.iloc[i], y.iloc[j]",
    "a fold by enumerate": "for k, (i, j) in enumerate(KFold(5).split(X)):\n    a, b = X.iloc[i], X.iloc[j]",
    "a fold by zip": "for k, (i, j) in zip(range(5), KFold(5).split(X)):\n    a, b = X.iloc[i], X.iloc[j]",
    "a fold by next": "i, j = next(KFold(5).split(X))\na, b = X.iloc[i], X.iloc[j]",
    "folds in a list": "folds = list(KFold(5).split(X))\ni, j = folds[0]\na, b = X.iloc[i], X.iloc[j]",
    "a splitter in old releases": "for i, j in KFold(len(df), 5):\n    a, b = df.iloc[i], df.iloc[j]",
    "rows of one number": "a, b = df.iloc[0], df.iloc[1]",
    "where": "m = df['x'] > 3\na, b = df.iloc[np.where(m)[0]], df[~m]",
    "two files": "a, b = df, pd.read_csv('other.csv')",
    "np.split": "a, b = np.split(df, [100])",
    "head and the rest": "a = df.head(100)\nb = df.drop(a.index)",
}


@pytest.mark.parametrize("how", PARTED)
def test_two_parts_share_no_row(how: str) -> None:
    one, other = tables(f"{START}{PARTED[how]}", "a", "b")
    assert apart(one, other)


SHARED = {
    "overlapping slices": "a, b = df[:100], df[50:]",
    "a slice from the front and one from the back": "a, b = df[:100], df[-100:]",
    "two masks": "a, b = df[df.x > 3], df[df.z > 3]",
    "the whole and a part": "a, b = df, train_test_split(df)[0]",
    "a copy": "a, b = df, df.copy()",
    "the same file read again": "a, b = df, pd.read_csv('rows.csv')",
    "the same file under a name": "name = 'rows' + '.csv'\na, b = df, pd.read_csv(name)",
    "columns": "a, b = df['x'], df[['y']]",
    "two splits without a seed": "a, _ = train_test_split(df)\n_, b = train_test_split(df)",
    "two splits with other seeds": "a = train_test_split(X, random_state=1)[0]\nb = train_test_split(X, random_state=2)[1]",
    "two splits of other sizes": (
        "a = train_test_split(X, test_size=0.2, random_state=1)[0]\n"
        "b = train_test_split(X, test_size=0.3, random_state=1)[1]"
    ),
    "train twice": "a, _ = train_test_split(df)\nb = a.iloc[:10]",
    "concat of the parts": "p, b = train_test_split(df)\na = pd.concat([p, b])",
    "rows written and read": "a, b = df, 0\ndf.to_csv('copy.csv')\nb = pd.read_csv('copy.csv')",
    "samples": "a, b = df.sample(10), df.sample(10)",
    "a filter": "a, b = df, df.query('x > 3')",
    "a merge of columns": "a, b = df, df.merge(pd.read_csv('more.csv'), on='id')",
}


@pytest.mark.parametrize("how", SHARED)
def test_two_values_may_share_rows(how: str) -> None:
    one, other = tables(f"{START}{SHARED[how]}", "a", "b")
    assert not apart(one, other)


SAME = {
    "X and y of one split": "a, _, b, _ = train_test_split(X, y)",
    "two splits with one seed": "a, _ = train_test_split(X, random_state=0)\nb, _ = train_test_split(y, random_state=0)",
    "two splits with one seed in a name": (
        "seed = 3\na, _ = train_test_split(X, random_state=seed)\nb, _ = train_test_split(y, random_state=seed)"
    ),
    "the same file twice": "a, b = df, pd.read_csv('rows.csv')",
    "a table and its array": "a, b = df, df.values",
    "np.array": "a, b = df, np.array(df)",
    "a frame around an array": "a, b = df, pd.DataFrame(df.values)",
    "to_numpy": "a, b = df, df[['x']].to_numpy()",
    "reshape": "a, b = df, df['x'].values.reshape(-1, 1)",
    "arithmetic": "a, b = df, 2 * df['x'] + 1",
    "columns beside each other": "a, b = df, pd.concat([df['x'], df['z']], axis=1)",
    "np.hstack": "a, b = df, np.hstack([df[['x']], df[['z']]])",
    "np.c_": "a, b = df, np.c_[df['x'], df['z']]",
    "drop of columns": "a, b = df, df.drop('x', axis=1).drop(columns=['z'])",
    "rename": "a, b = df, df.rename(columns={'x': 'w'})",
    "one mask on two columns": "m = df.x > 3\na, b = df['y'][m], df['z'][m]",
    "all rows": "a, b = df, df[:]",
    "an equal slice": "a, b = df[:10], df.iloc[:10]",
    "astype": "a, b = df, df['x'].astype(float).abs()",
    "written and read again": "df.to_csv('copy.csv')\na, b = df, pd.read_csv('copy.csv')",
    "np.where": "a, b = df, np.where(df['x'] > 3, 1, 0)",
    "a transposed pair": "a, b = df, df.T.T",
    "a fold's index on X and y": "for i, j in KFold(5).split(X):\n    a, b = X.iloc[i], y.iloc[i]",
    "reset_index": "a, b = df, df.reset_index(drop=True)",
    "sorted": "a, b = df, df.sort_values('x')",
}


@pytest.mark.parametrize("how", SAME)
def test_two_values_hold_the_same_rows(how: str) -> None:
    one, other = tables(f"{START}{SAME[how]}", "a", "b")
    assert one.rows
    assert one.rows == other.rows


WITHIN = {
    "a part": "b = train_test_split(df)[0]",
    "a slice": "b = df[10:20]",
    "a mask": "b = df[df['x'] > 3]",
    "a sample": "b = df.sample(10)",
    "dropna": "b = df.dropna()",
    "query": "b = df.query('x > 3')",
    "head": "b = df.head(3)",
    "drop_duplicates": "b = df.drop_duplicates()",
    "isin": "b = df[df['x'].isin([1, 2])]",
    "nlargest": "b = df.nlargest(5, 'x')",
}


@pytest.mark.parametrize("how", WITHIN)
def test_a_part_lies_within_the_whole(how: str) -> None:
    whole, part = tables(f"{START}{WITHIN[how]}", "df", "b")
    assert within(part.rows or frozenset(), whole.rows or frozenset())
    assert part.rows != whole.rows


def test_the_held_out_rows_are_the_siblings_of_the_outermost_training_part() -> None:
    source = f"{START}rest, test = train_test_split(df)\ntrain, valid = train_test_split(rest)"
    train, valid, rest, test = tables(source, "train", "valid", "rest", "test")
    assert train.rows
    assert valid.rows
    assert siblings(train.rows) == test.rows == siblings(rest.rows or frozenset())
    assert not held_out_part(valid.rows)
    assert held_out_part(test.rows or frozenset())
    assert apart(train, valid)
    assert apart(valid, test)


def test_a_concat_of_two_parts_overlaps_both_and_neither_alone_holds_it() -> None:
    source = f"{START}a, b = train_test_split(df)\nboth = pd.concat([a, b])\nstacked = np.vstack((a.values, b.values))"
    both, stacked, one, other = (value.rows for value in tables(source, "both", "stacked", "a", "b"))
    assert both
    assert both == stacked
    for part in (one, other):
        assert part
        assert overlap(both, part)
        assert within(part, both)
        assert not within(both, part)


def test_train_and_test_files_put_together_are_taken_apart_by_length() -> None:
    source = """
    import pandas as pd
    train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
    everything = pd.concat([train, test])
    n = len(train)
    a, b = everything[:n], everything[n:]
    c, d = everything.iloc[:len(train)], everything.iloc[len(train):]
    """
    a, b, c, d, everything = tables(source, "a", "b", "c", "d", "everything")
    assert apart(a, b)
    assert apart(c, d)
    assert not apart(a, everything)
    assert len(everything.rows or ()) == 2


def test_a_mask_made_of_one_column_by_two_names_is_one_mask() -> None:
    source = f"{START}first, second = df['x'] > 3, df['x'] > 3\na, b = df[first], df[~second]"
    one, other = tables(source, "a", "b")
    assert apart(one, other)


def test_a_mask_is_not_complemented_by_another_with_the_same_words_on_other_rows() -> None:
    source = f"{START}other = pd.read_csv('rows.csv')[:10]\na, b = df[df['x'] > 3], df[~(other['x'] > 3)]"
    one, other = tables(source, "a", "b")
    assert not apart(one, other)


@pytest.mark.parametrize(
    "call", ["mnist.load_data()", "mnist.load_data('mnist.npz')"], ids=["without arguments", "with a file name"]
)
def test_a_dataset_that_comes_in_two_parts_is_split(call: str) -> None:
    source = f"from tensorflow.keras.datasets import mnist\n(a, b), (c, d) = {call}"
    a, b, c, d = tables(source, "a", "b", "c", "d")
    assert a.rows == b.rows
    assert c.rows == d.rows
    assert apart(a, d)


def test_a_bundled_dataset_is_one_source_however_it_is_taken() -> None:
    source = """
    from sklearn.datasets import load_iris
    bunch = load_iris()
    X, y = load_iris(return_X_y=True)
    """
    found = tables(source, "bunch.data", "bunch['target']", "bunch.target")
    assert len({value.rows for value in found}) == 1
    pair = tables(source, "X", "y")
    assert pair[0].rows
    assert pair[0].rows == pair[1].rows


def test_generated_rows_are_a_source_of_their_own() -> None:
    source = """
    from sklearn.datasets import make_blobs
    import numpy as np
    X, y = make_blobs(100, random_state=0)
    grid = np.linspace(0, 1, 50)
    """
    X, y, grid = tables(source, "X", "y", "grid")
    assert X.rows
    assert X.rows == y.rows
    assert apart(X, grid)


def test_files_read_in_a_function_are_told_apart_by_their_paths() -> None:
    source = """
    import pandas as pd
    def read(name):
        return pd.read_csv("data/" + name)
    a, b, c = read("a.csv"), read("b.csv"), read("a.csv")
    """
    a, b, c = tables(source, "a", "b", "c")
    assert a.rows == c.rows
    assert apart(a, b)


def test_calls_with_unknown_paths_are_sources_of_their_own() -> None:
    source = """
    import pandas as pd
    def read(name):
        return pd.read_csv(name)
    a = read(input())
    b = read(input())
    """
    a, b = tables(source, "a", "b")
    assert apart(a, b)


def test_an_artifact_dumped_and_loaded_under_one_path_is_one_value() -> None:
    source = """
    import joblib
    import pandas as pd
    joblib.dump(pd.read_csv("a.csv"), "a.joblib")
    b = joblib.load("a.joblib")
    """
    assert table(source, "b").rows == table("import pandas as pd", "pd.read_csv('a.csv')").rows


def test_a_split_is_an_event_with_its_key_and_its_inputs() -> None:
    facts = run(
        """
        import pandas as pd
        from sklearn.model_selection import train_test_split
        df = pd.read_csv("rows.csv")
        """,
        "a, b = train_test_split(df, test_size=0.2)",
    )
    (split,) = facts.splits
    assert (split.place.cell, split.place.line, split.place.column) == (2, 1, 8)
    assert split.name == "sklearn.model_selection.train_test_split"
    assert len(split.inputs) == 1


def test_the_split_of_rows_is_found_by_their_choices() -> None:
    facts = run(
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import train_test_split
        df = pd.read_csv("rows.csv")
        a, b = train_test_split(df[["x"]])
        model = Ridge().fit(a, df["y"][:3])
        """
    )
    (fit,) = facts.fits
    assert facts.split_of(fit.rows, before=fit.place) is facts.splits[0]


def test_of_two_splits_of_the_same_rows_it_is_the_last_one_above() -> None:
    split = "a, b = train_test_split(df, random_state=0)"
    facts = run(START, split, split, "from sklearn.linear_model import Ridge\nRidge().fit(a[['x']], a['y'])", split)
    (fit,) = facts.fits
    assert [one.place.cell for one in facts.splits] == [2, 3, 5]
    assert facts.split_of(fit.rows, before=fit.place) is facts.splits[1]
    assert facts.split_of(fit.rows, before=facts.start_of(1)) is facts.splits[0]
    assert facts.split_of(None, before=fit.place) is None


def test_the_folds_of_a_splitter_are_a_split() -> None:
    facts = run(
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import KFold
        df = pd.read_csv("rows.csv")
        for i, j in KFold(5).split(df):
            model = Ridge().fit(df[["x"]].iloc[i], df["y"].iloc[i])
        """
    )
    (fit,) = facts.fits
    split = facts.split_of(fit.rows, before=fit.place)
    assert split is not None
    assert (split.place.line, split.place.column) == (5, 13)


@pytest.mark.parametrize(
    ("one", "other", "disjoint"),
    [
        ("year < 2014", "year >= 2014", True),
        ("year <= @last", "year > @last", True),
        ("kind == 'a'", "kind != 'a'", True),
        ("year < 2014", "year >= 2013", False),
        ("year < 2014 and kind == 'a'", "year >= 2014", False),
    ],
)
def test_conditions_written_as_text_part_the_rows(one: str, other: str, disjoint: bool) -> None:
    source = "import pandas as pd\ndf = pd.read_csv('a.csv')"
    first, second = tables(source, f'df.query("{one}")', f'df.query("{other}")')
    assert apart(first, second) is disjoint
