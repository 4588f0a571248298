"""What the random search found wrong once, each as small as it was, and its near twins."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal, with_column

LIMIT = "config = {'limit': 30}"
OVER = "df['over'] = (df['income'] > config['limit']).astype(int)"
READER = "def load(name):\n    return pd.read_csv(name)"

EQUAL = {
    "an entry of a dictionary is no column": (LOAD + "\n" + FILL, f"{LIMIT}\n{OVER}", with_column("over"), MODEL),
    "a dictionary that is changed below": (
        LOAD + "\n" + FILL,
        f"{LIMIT}\n{OVER}\nconfig['limit'] = 0",
        with_column("over"),
        MODEL,
    ),
    "limits that are spread over the arguments of a call": (
        LOAD + "\n" + FILL,
        "df['bound'] = np.clip(df['income'], *np.nanpercentile(df['income'], [10, 90]))",
        with_column("bound"),
        MODEL,
    ),
    "a table called as the settings are": (
        LOAD.replace("df", "config"),
        "config = config[config['income'] < 8000].fillna(0)",
        SPLIT.replace("df", "config"),
        MODEL,
    ),
    "a function that reads a file, and is not called": (READER, LOAD + "\n" + FILL, SPLIT, MODEL),
}

EQUAL["a list of columns that is made by a call, and changed"] = (
    LOAD + "\n" + FILL,
    "names = df[['age', 'income', 'city']].columns.tolist()\nnames.remove('city')",
    SPLIT.replace('df[["age", "income"]]', "df[names]"),
    MODEL,
)
MADE = {
    "a library's function of a column": "df['new'] = df['income'].transform(np.sqrt)",
    "a function that is given one value after another": "df['new'] = df['income'].transform(lambda v: v + 1)",
    "one value of a lambda": "df['new'] = df['income'] - df['income'].agg(lambda s: s.mean())",
    "one value of a function": "def span(s):\n    return s.max() - s.min()\ndf['new'] = df['income'] / df['income'].agg(span)",
    "one value of several": "df['new'] = df['income'].agg(['mean', 'max']).loc['max'] - df['income']",
    "one value of each row": "df['new'] = df[['income', 'age']].agg(lambda r: r['income'] * r['age'], axis=1)",
    "columns of another table": "kinds = pd.get_dummies(df['plan'])\ndf['new'] = kinds['a'] * 2 + kinds['b']",
    "a column that is made where a mask says so": "df.loc[df['age'] > 40, 'new'] = 1\ndf['new'] = df['new'].fillna(0)",
    "a list that is filled row by row": "out = []\nfor v in df['income']:\n    out.append(v * 2)\ndf['new'] = out",
    "categories that are told": "df['new'] = pd.Categorical(df['city'], categories=['Rome', 'Oslo', 'Bern']).codes",
    "rows brought to length one": "from sklearn.preprocessing import normalize\ndf['new'] = normalize(df[['income', 'age']])[:, 1]",
}
EQUAL |= {what: (LOAD + "\n" + FILL, code, with_column("new"), MODEL) for what, code in MADE.items()}


@pytest.mark.parametrize("cells", EQUAL.values(), ids=EQUAL)
def test_the_model_is_given_the_same(cells: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [HEAD, *cells]
    assert difference(tmp_path, every, planned(tmp_path, *every), monkeypatch, served_with="left") == ""


REFUSED = {
    "a file read inside a function": (
        (READER, "df = load('people.csv')\n" + FILL, SPLIT, MODEL),
        "cell 3 line 1: `pd.read_csv(name)` is read inside a function; read it in a cell",
    ),
    "a file read inside a lambda": (
        ("load = lambda name: pd.read_csv(name)", "df = load('people.csv')\n" + FILL, SPLIT, MODEL),
        "`pd.read_csv(name)` is read inside a function; read it in a cell",
    ),
    "rows chosen by what is called as the settings are": (
        (LOAD + "\n" + FILL, f"{LIMIT}\ndf = df[df['age'] > config['limit']]", SPLIT, MODEL),
        "`config` is what the package calls its settings; give the variable another name",
    ),
    "rows chosen by what is called as the raw rows are": (
        (LOAD + "\n" + FILL, "rows = 30\ndf = df[df['age'] > rows]", SPLIT, MODEL),
        "`rows` is what the package calls its raw rows; give the variable another name",
    ),
    "a target made with what is called as the settings are": (
        (LOAD + "\n" + FILL, LIMIT, SPLIT.replace('df["left"]', "(df['income'] > config['limit']).astype(int)"), MODEL),
        "`config` is what the package calls its settings; give the variable another name",
    ),
    "rows to score that are cut in a cell above the split": (
        (LOAD + "\n" + FILL, "X_test, y_test = X_test[:5], y_test[:5]", SPLIT, MODEL),
        "cell 3 line 1: `X_test` is read above what gives it its value, and no order of the cells is sure",
    ),
}

INSIDE = "learns from rows inside a function; write it out in the cell"
OTHERS = {
    "a lambda of a whole column": ("df['income'].transform(lambda s: s - s.mean())", f"`s.mean()` {INSIDE}"),
    "a lambda with a value for each row": (
        "df['income'].agg(lambda s: s - s.mean())",
        "what `lambda s: s - s.mean()` gives may be a value for each row; write it out, without `agg`",
    ),
    "a method by name with a value for each row": (
        "df['income'].agg('rank')",
        "what `'rank'` gives may be a value for each row; write it out, without `agg`",
    ),
    "a method by name that looks at rows above": (
        "df['income'].transform('cumsum')",
        "`'cumsum'` is not worked out row by row; call it as a method of the column",
    ),
    "an aggregate of whole columns": (
        "df['income'] / df[['income', 'age']].apply(np.max)['income']",
        "`np.max` is not worked out row by row; call it as a method of the column",
    ),
    "places in an order": ("df['income'].argsort()", "`df['income'].argsort` reads neighbouring rows"),
    "places in an order of an array": ("np.argsort(df['income'].values)", "`np.argsort` reads neighbouring rows"),
    "categories that are not told": (
        "pd.Categorical(df['city']).codes",
        "`pd.Categorical(df['city'])` finds the categories of its rows anew",
    ),
    "a type whose categories are not told": (
        "df['city'].astype(pd.CategoricalDtype()).cat.codes",
        "`pd.CategoricalDtype()` finds the categories of its rows anew",
    ),
    "columns brought to length one": (
        "preprocessing.normalize(df[['income', 'age']], axis=0)[:, 1]",
        "`preprocessing.normalize` learns from all rows",
    ),
}
for what, (code, why) in OTHERS.items():
    made = f"from sklearn import preprocessing\ndf['new'] = {code}"
    REFUSED[what] = ((LOAD + "\n" + FILL, made, with_column("new"), MODEL), why)
SEEN = "seen = set()\nout = []\nfor c in df['city']:\n    out.append(c in seen)\n    seen.add(c)\ndf['new'] = out"
REFUSED["what was seen in rows above"] = (
    (LOAD + "\n" + FILL, SEEN, with_column("new"), MODEL),
    "the loop looks at `seen`, which it fills row by row, so one row alone would get something else",
)


@pytest.mark.parametrize(("cells", "reason"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused(cells: tuple[str, ...], reason: str, tmp_path: Path) -> None:
    assert reason in refusal(tmp_path, HEAD, *cells)


def test_two_scalers_of_one_class_are_two_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by seed 93021: both were called standard_scaler, and the pipeline did not start."""
    scaled = SPLIT.replace('y = df["left"]', 'y = df["left"]\nX = StandardScaler().fit_transform(X)')
    again = "sc = StandardScaler()\nX_train = sc.fit_transform(X_train)\nX_test = sc.transform(X_test)"
    cells = [HEAD, LOAD, FILL, scaled, again, MODEL]
    found = planned(tmp_path, *cells)
    assert '("standard_scaler_2", ' in found.modules.files["model/pipeline.py"]
    assert difference(tmp_path, cells, found, monkeypatch) == ""
