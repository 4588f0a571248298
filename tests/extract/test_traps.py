"""What makes other tools silently wrong: each in a small training notebook, equal in the package or refused with the reason.

Equal means: the notebook's cells and the package, run in this process, give the model the same rows and target, and one row
alone gets what it gets among the others.
"""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal, with_column

pytestmark = pytest.mark.filterwarnings("ignore")  # a notebook may use what pandas is about to remove

EQUAL = {
    "a change through a function": "def clean(frame):\n    frame['income'] = frame['income'] / 100\nclean(df)",
    "a change through a function in a function": (
        "def inner(d):\n    d['age'] = d['age'] * 3\ndef outer(d):\n    inner(d)\nouter(df)"
    ),
    "a change through an alias": "other = df\nother['age'] = other['age'] * 2",
    "a copy is no alias": "other = df.copy()\nother['age'] = 0",
    "a drop in place through an alias": "other = df\nother.drop(['city'], axis=1, inplace=True)",
    "a statistic through an alias": "other = df\nother['age'] = other['age'] - other['age'].median()",
    "a table in a loop": "for table in [df]:\n    table['age'] = table['age'] * 4",
    "fillna in place": "df.fillna({'age': df['age'].mean()}, inplace=True)",
    "append in a loop over rows": "bands = []\nfor value in df['income']:\n    bands.append(value // 1000)\ndf['income'] = bands",
    "a dictionary filled later": (
        "codes = {'Rome': 1}\ncodes['Oslo'] = 2\ncodes['Bern'] = 5\ndf['income'] = df['city'].map(codes)"
    ),
    "a dictionary filled by a function": (
        "codes = {'Rome': 1}\ndef add(d):\n    d['Oslo'] = 2\nadd(codes)\ncodes.update(Bern=4)\n"
        "df['income'] = df['city'].map(codes)"
    ),
    "loc with a condition": "df.loc[df['age'] < 30, 'age'] = 30",
    "loc with a statistic": "df.loc[df['age'] == 0, 'age'] = df['age'].mean()",
    "an option of the module": "pd.set_option('display.max_rows', 5)\npd.set_option('mode.copy_on_write', True)",
    "a constant bound again": "k = 2\ndf['income'] = df['income'] * k\nk = 3\ndf['age'] = df['age'] * k",
    "a function bound again": (
        "def f(v):\n    return v + 1\ndf['age'] = df['age'].apply(f)\ndef f(v):\n    return v * 2\n"
        "df['income'] = df['income'].apply(f)"
    ),
    "a default argument keeps what it was made with": (
        "k = 2\ndef f(v, by=k):\n    return v * by\nk = 5\ndf['income'] = df['income'].apply(f)"
    ),
    "a function made by a function": (
        "def make(v):\n    def inner(x):\n        return x + v\n    return inner\nadd = make(3)\n"
        "df['age'] = df['age'].apply(add)"
    ),
    "a global rebound before the call": (
        "factor = 20\ndef scaled(value):\n    return value * factor\nfactor = 50\ndf['age'] = df['age'].apply(scaled)"
    ),
    "a global rebound after the call": (
        "factor = 20\ndef scaled(value):\n    return value * factor\ndf['age'] = df['age'].apply(scaled)\nfactor = 50"
    ),
    "augmented assignment of a column": "df['age'] += 3\ndf['age'] *= 2",
    "columns swapped": "df['age'], df['income'] = df['income'], df['age']",
    "a try": "try:\n    df['age'] = df['age'] * 2\nexcept KeyError:\n    pass",
    "a with": "with np.errstate(all='ignore'):\n    df['age'] = df['age'] * 2",
    "two row sets": "mean = df['age'].mean()\ndf = df[df['income'] > 3000]\ndf['age'] = df['age'] - mean",
    "group means": "means = df.groupby('city')['income'].mean()\ndf['income'] = df['city'].map(means)",
    "the target made of a feature": "df['left'] = (df['income'] > 5000).astype(int)",
    "a statistic in a loop": "for i in range(3):\n    df['income'] = df['income'] / df['income'].max() + 1",
    "an encoder in a loop": "for c in ['city', 'plan']:\n    df[c] = LabelEncoder().fit_transform(df[c])",
    "an encoder for each column": "df[['age', 'income']] = df[['city', 'plan']].apply(LabelEncoder().fit_transform)",
    "rows sorted": "df = df.sort_values('income')",
    "columns dropped one by one": (
        "df['age'] -= df['age'].mean()\nfor name in ['city', 'plan']:\n    df.drop(name, axis=1, inplace=True)"
    ),
    "columns renamed in place": ("df['age'] -= df['age'].mean()\ndf.rename({'city': 'town'}, axis=1, inplace=True)"),
    "dummies of data by its name": (
        "df = pd.get_dummies(data=df, columns=['city'], dtype=int)\ndf['income'] = df['income'] * df['city_Rome']"
    ),
    "a chain over several lines": "df = (\n    df\n    .assign(age=lambda d: d['age'] * 2)\n    .drop(columns=['plan'])\n)",
    "two columns made at once": "df['a'], df['b'] = df['age'] * 2, df['income']\ndf['age'] = df['a'] + df['b']",
    "duplicates dropped": "df = df.drop_duplicates('income')",
    "a series made of an array": "df['income'] = pd.Series(df['income'].values) / 2",
    "a series with comments and a name": (
        "df['income'] = pd.Series(\n    (df['income'].values),  # the income\n    name='x',  # its name\n)"
    ),
    "a series in brackets": "df['income'] = pd.Series((df['income'].values))",
    "a table made of a scaler's array": (
        "z = pd.DataFrame(StandardScaler().fit_transform(df[['age', 'income']]), columns=['a', 'b'])\ndf['income'] = z['b']"
    ),
    "a table made of an array, made in a statement before": (
        "z = StandardScaler().fit_transform(df[['age', 'income']])\nz = pd.DataFrame(z, columns=['a', 'b'])\ndf['income'] = z['b']"
    ),
    "a table made of an array beside the chosen rows, counted anew": (
        "df = df[df['income'] > 2000]\n"
        "z = pd.DataFrame(StandardScaler().fit_transform(df[['income']]), columns=['z'])\n"
        "df = pd.concat([df.reset_index(drop=True), z], axis=1)\ndf['income'] = df['z']"
    ),
    "rows chosen for a mean alone": "rome = df[df['city'] == 'Rome']\nmean = rome['age'].mean()\ndf['age'] = df['age'] / mean",
    "rows chosen for a mean, read in place": (
        "rome = df[df['city'] == 'Rome']\ndf['age'] = df['age'] - rome['age'].median()"
    ),
    "rows chosen in the middle of an aggregate": (
        "mean = df[df['city'] == 'Rome']['age'].mean()\ndf['age'] = df['age'] - mean"
    ),
    "rows chosen for the bound of another choice": (
        "rome = df[df['city'] == 'Rome']\ndf = df[df['income'] > rome['income'].quantile(0.1)]"
    ),
    "a mean taken before rows were chosen": (
        "values = df['income'].values\nmean = values.mean()\ndf = df[df['age'] > 30]\ndf['income'] = df['income'] - mean"
    ),
    "chosen rows under another name": "rome = df[df['city'] == 'Rome']\ndf = rome",
    "the index given": "df['income'] = pd.Series(np.where(df['income'] > 3000, 1, 0), index=df.index)",
    "a column from before the rows were chosen": (
        "column = df['income']\ndf = df[df['income'] > 2000]\ndf['income'] = column * 2"
    ),
}

UNLIKE = "pairs rows with others than their own: some were chosen, sorted or numbered anew in between"
REFUSED = {
    "a series made of an array, put beside chosen rows": (
        "df = df[df['income'] > 2000]\ndf['income'] = pd.Series(df['income'].values)",
        f"cell 3 line 2: `df['income'] = pd.Series(df['income'].values)` {UNLIKE}",
    ),
    "a column counted anew, put beside chosen rows": (
        "df = df[df['income'] > 2000]\ncolumn = df['income'].reset_index(drop=True)\ndf['income'] = column",
        f"cell 3 line 3: `df['income'] = column` {UNLIKE}",
    ),
    "an array from before the rows were sorted": (
        "values = df['income'].values\ndf = df.sort_values('age')\ndf['income'] = values",
        f"cell 3 line 3: `df['income'] = values` {UNLIKE}",
    ),
    "a mean over rows paired wrongly": (
        (
            "df = df[df['income'] > 2000]\nmean = (pd.Series(df['income'].values) - df['age']).mean()\n"
            "df['income'] = df['income'] - mean"
        ),
        f"cell 3 line 2: `(pd.Series(df['income'].values) - df['age']).mean()` {UNLIKE}",
    ),
    "chosen rows as a column": (
        "rome = df[df['city'] == 'Rome']\ndf['age'] = rome['income']\ndf['age'] = df['age'].fillna(0)",
        "cell 3 line 1: `df[df['city'] == 'Rome']` chooses rows inside a statement that does more",
    ),
    "a mean between two choices, of rows beside them": (
        (
            "df = df[df['income'] > 1500]\nrome = df[df['city'] == 'Rome']\nmean = rome['age'].mean()\n"
            "df['age'] = df['age'] / mean\ndf = df[df['age'] > 0.1]"
        ),
        "cell 3 line 3: the mean of age is learned between two choices of rows",
    ),
    "a mean taken after rows were chosen, of values from before": (
        "values = df['income'].values\ndf = df[df['age'] > 30]\ndf['income'] = df['income'] - values.mean()",
        (
            "cell 3 line 3: the mean of the columns is learned from `values`, which holds the rows as they were "
            "before some were chosen"
        ),
    ),
    "a series of a generator": (
        "df['income'] = pd.Series(v * 2 for v in df['income'])",
        (
            "cell 3 line 1: `pd.Series((v * 2 for v in df['income']))` numbers its rows anew; "
            "give it the index of the table it is made of"
        ),
    ),
    "a series made of an array in a function": (
        "def f(d):\n    d['income'] = pd.Series(d['income'].values)\n    return d\ndf = f(df)",
        (
            "cell 3 line 2: `pd.Series(d['income'].values)` numbers its rows anew inside a function; "
            "give it the index of its table"
        ),
    ),
    "a series made of an array in a lambda": (
        "df['income'] = df['income'].pipe(lambda s: pd.Series(s.values))",
        (
            "cell 3 line 1: `pd.Series(s.values)` numbers its rows anew inside a function; "
            "give it the index of its table"
        ),
    ),
    "an iterator": (
        "import itertools\ncount = itertools.count()\ndf['income'] = df['income'].apply(lambda v: v + next(count))",
        "cell 3 line 3: `next(count)` takes one thing after another, so one row alone would get something else",
    ),
    "an attribute of a class": (
        (
            "class C:\n    factor = 2\n    def run(self, v):\n        return v * self.factor\nC.factor = 3\n"
            "c = C()\ndf['income'] = df['income'].apply(lambda v: c.run(v))"
        ),
        "cell 3 line 5: `C.factor` is set on code that the package takes as it was written",
    ),
    "an attribute of a function": (
        "def f(v):\n    return v * f.k\nf.k = 4\ndf['income'] = df['income'].apply(f)",
        "cell 3 line 3: `f.k` is set on code that the package takes as it was written",
    ),
    "a dictionary of the rows": (
        "codes = dict(zip(df['city'], df['income']))\ndf['income'] = df['city'].map(codes)",
        "cell 3 line 1: `zip(df['city'], df['income'])` collects the rows, so one row alone would get something else",
    ),
    "a list as a column": (
        "df['income'] = [1, 2, 3, 4]",
        "cell 3 line 1: `[1, 2, 3, 4]` holds a value for each row, so one row alone would get something else",
    ),
    "a statistic in a function": (
        "def clean(frame):\n    frame['age'] = frame['age'] - frame['age'].mean()\nclean(df)",
        "cell 3 line 3: `frame['age'].mean()` learns from rows inside a function; write it out in the cell",
    ),
    "a statistic in a lambda": (
        "df['income'] = df['income'].pipe(lambda s: s / s.max())",
        "cell 3 line 1: `s.max()` learns from rows inside a function; write it out in the cell",
    ),
    "a statistic in a method of a class": (
        (
            "class Prep:\n    def learn(self, d):\n        self.m = d['age'].mean()\n    def run(self, d):\n"
            "        return d.assign(age=d['age'] - self.m)\np = Prep()\np.learn(df)\ndf = p.run(df)"
        ),
        "cell 3 line 7: `d['age'].mean()` learns from rows inside a function; write it out in the cell",
    ),
    "a statistic that sets a global": (
        "mean = 0\ndef learn(d):\n    global mean\n    mean = d['age'].mean()\nlearn(df)\ndf['age'] = df['age'] - mean",
        "cell 3 line 5: `d['age'].mean()` learns from rows inside a function; write it out in the cell",
    ),
    "a rolling statistic": (
        "df['income'] = df['income'].rolling(3).mean().fillna(0)",
        "cell 3 line 1: `df['income'].rolling(3)` reads neighbouring rows, so one row alone cannot be served",
    ),
    "the row before": (
        "df['income'] = df['income'].shift(1).fillna(0)",
        "cell 3 line 1: `df['income'].shift` reads neighbouring rows, so one row alone cannot be served",
    ),
    "a loop that carries": (
        "out = []\nprev = 0\nfor v in df['income']:\n    out.append(v - prev)\n    prev = v\ndf['income'] = out",
        "cell 3 line 3: the loop carries `prev` from one row to the next, so one row alone would get something else",
    ),
    "the number of rows": (
        "df['income'] = df['income'] / len(df)",
        "cell 3 line 1: `len(df)` depends on how many rows there are or how they are numbered",
    ),
    "row numbers by enumerate": (
        "df['income'] = [i for i, v in enumerate(df['income'])]",
        "cell 3 line 1: `enumerate(df['income'])` numbers the rows, so one row alone would get something else",
    ),
    "row numbers by reset_index": (
        "df = df.reset_index()",
        "cell 3 line 1: `df.reset_index()` makes a column of the row numbers, so one row alone would get something else",
    ),
    "loc of certain rows": (
        "df.loc[5:9, 'income'] = 100",
        "cell 3 line 1: `df.loc[5:9, 'income']` is about certain rows, so one row alone would get something else",
    ),
    "iloc of a certain row": (
        "df.iloc[3, 1] = 100",
        "cell 3 line 1: `df.iloc[3, 1]` is about certain rows, so one row alone would get something else",
    ),
    "the first value": (
        "df['income'] = df['income'] - df['income'].values[0]",
        "cell 3 line 1: `df['income'].values[0]` is about certain rows, so one row alone would get something else",
    ),
    "sorted values": (
        "df['income'] = sorted(df['income'])",
        "cell 3 line 1: `sorted(df['income'])` reorders the rows, so one row alone would get something else",
    ),
    "a text that is evaluated": (
        "df['income'] = df.eval('income - income.mean()')",
        (
            "cell 3 line 1: `df.eval('income - income.mean()')` may look at all rows in its text, "
            "so one row alone would get something else"
        ),
    ),
    "numbers drawn for each row": (
        "import random\nrandom.seed(3)\ndf['income'] = df['income'].apply(lambda v: v + random.random())",
        "cell 3 line 3: `random.random()` draws at random for each row, so one row alone would get something else",
    ),
    "numbers drawn after a seed": (
        "np.random.seed(7)\ndf['income'] = df['income'] + np.random.normal(size=60)",
        "cell 3 line 2: `np.random.normal` makes new values, which cannot be done for one row alone",
    ),
    "an array written by out": (
        "values = df['income'].to_numpy().copy()\nnp.clip(values, 0, 40, out=values)\ndf['income'] = values",
        "cell 3 line 2: `out=values` changes `values` in a way that is not followed, so one row alone would get something else",
    ),
    "an encoder handed on": (
        "encoders = [LabelEncoder()]\ndf[['age', 'income']] = df[['city', 'plan']].apply(encoders[0].fit_transform)",
        "cell 3 line 2: `encoders[0].fit_transform` is handed to another call, so one row alone would get something else",
    ),
    "a function that remembers": (
        "def f(v, seen=[]):\n    seen.append(v)\n    return len(seen)\ndf['income'] = df['income'].apply(f)",
        "cell 3 line 1: `f` keeps a list between its calls, so a row may get something else each time",
    ),
    "a global that changes between two calls": (
        (
            "base = 3\ndef scaled(v):\n    return v * base\ndf['income'] = df['income'].apply(scaled)\nbase = 4\n"
            "df['age'] = df['age'].apply(scaled)"
        ),
        "cell 3 line 4: `scaled` reads `base`, which changes between its calls; make it a parameter",
    ),
    "a global table that a function changes": (
        "def go():\n    df['age'] = df['age'] * 3\ngo()",
        "`df` is read in code that the package keeps, but what gives it its value is not kept",
    ),
}

LEARNED_ON = {
    "a rolling statistic in a function": (
        "def smooth(d):\n    d['c'] = d['income'].rolling(3).mean().fillna(0)\n    return d\ndf = smooth(df)",
        "cell 3 line 1: `smooth` chooses or reorders rows (`d['income'].rolling(3)`) and does more",
    ),
    "the mean of the target by group": ("df['c'] = df['city'].map(df.groupby('city')['left'].mean())", "`left`"),
    "the mean of the target by hand": (
        (
            "df['c'] = 0.0\nfor city in df['city'].unique():\n"
            "    df.loc[df['city'] == city, 'c'] = df.loc[df['city'] == city, 'left'].mean()"
        ),
        "cell 3 line ",
    ),
    "the target as a feature": ("df['c'] = df['left'] * 2", "`left`"),
}

FITTED = {
    "a user class": (
        (
            "class Filler:\n    def fit(self, X, y=None):\n        self.mean = X.mean()\n        return self\n"
            "    def transform(self, X):\n        return X.fillna(self.mean)\n"
            "filler = Filler()\nfiller.fit(X_train)\nX_train = filler.transform(X_train)\nX_test = filler.transform(X_test)\n"
        ),
        MODEL,
        "cell 5 line 8: `X.mean()` learns from rows inside a function; write it out in the cell",
    ),
    "a model fitted in a function": (
        "def train(X, y):\n    model = DecisionTreeClassifier()\n    for _ in range(2):\n        model.fit(X, y)\n        return model\n",
        "model = train(X_train, y_train)\nmodel.score(X_test, y_test)",
        "cell 6 line 1: the model is fitted inside a function",
    ),
    "a parameter set later": (
        "",
        MODEL.replace("model.fit", "model.set_params(max_depth=1)\nmodel.fit"),
        (
            "cell 6 line 2: `model.set_params(max_depth=1)` changes DecisionTreeClassifier after it was made; "
            "give it where it is made"
        ),
    ),
    "a parameter assigned later": (
        "",
        MODEL.replace("model.fit", "model.max_depth = 1\nmodel.fit"),
        "cell 6 line 2: `model.max_depth = 1` changes DecisionTreeClassifier after it was made; give it where it is made",
    ),
    "what was learned is set": (
        "s = StandardScaler().fit(X_train)\ns.mean_ = np.zeros(2)\nX_train = s.transform(X_train)\nX_test = s.transform(X_test)\n",
        MODEL,
        "cell 5 line 2: `s.mean_ = np.zeros(2)` changes StandardScaler after it was made; give it where it is made",
    ),
    "a constant with two values": (
        "k = 3\nX_train = X_train * k\nX_test = X_test * k\n",
        MODEL,
        "cell 5 line 1: `k` has another value here than in the code above that is kept too; give it a name of its own",
    ),
    "train and test prepared differently": (
        "X_train['age'] = X_train['age'] * 2\n",
        MODEL,
        "cell 6 line 3: the rows of `model.score(X_test, y_test)` are prepared differently from those the model learned from",
    ),
}


@pytest.mark.parametrize("trap", EQUAL)
def test_a_trap_is_equal(trap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD, LOAD + "\n" + FILL, EQUAL[trap], SPLIT, MODEL]
    plan = planned(tmp_path, *cells)
    assert difference(tmp_path, cells, plan, monkeypatch) == ""


@pytest.mark.parametrize("trap", REFUSED)
def test_a_trap_is_refused(trap: str, tmp_path: Path) -> None:
    code, sentence = REFUSED[trap]
    split = with_column("index") if "by reset_index" in trap else SPLIT
    assert refusal(tmp_path, HEAD, LOAD + "\n" + FILL, code, split, MODEL) == sentence


@pytest.mark.parametrize("trap", LEARNED_ON)
def test_a_feature_of_other_rows_or_of_the_target_is_refused(trap: str, tmp_path: Path) -> None:
    code, sentence = LEARNED_ON[trap]
    assert sentence in refusal(tmp_path, HEAD, LOAD + "\n" + FILL, code, with_column("c"), MODEL)


@pytest.mark.parametrize("trap", FITTED)
def test_a_trap_around_fitting_is_refused(trap: str, tmp_path: Path) -> None:
    before, model, sentence = FITTED[trap]
    code = "k = 2\ndf['income'] = df['income'] * k" if "two values" in trap else "# nothing"
    cells = (HEAD, LOAD + "\n" + FILL, code, SPLIT, before or "# nothing", model)
    assert refusal(tmp_path, *cells) == sentence


ON_BOTH_PARTS = {
    "values of the training rows": (
        "mean, std = X_train.mean(), X_train.std()\nX_train = (X_train - mean) / std\nX_test = (X_test - mean) / std"
    ),
    "values taken in place": (
        "X_test = (X_test - X_train.mean()) / X_train.std()\nX_train = (X_train - X_train.mean()) / X_train.std()"
    ),
    "a column filled": (
        "age = X_train['age'].median()\nX_train['age'] = X_train['age'].fillna(age)\nX_test['age'] = X_test['age'].fillna(age)"
    ),
    "a constant": "k = 2\nX_train = X_train * k\nX_test = X_test * k",
    "a loop over both": "for part in [X_train, X_test]:\n    part['age'] = part['age'] * 2",
}
NOT_ALIKE = {
    "two constants": "a = 2\nb = 3\nX_train = X_train * a\nX_test = X_test * b",
    "a constant with two values": "k = 2\nX_train = X_train * k\nk = 3\nX_test = X_test * k",
    "two functions": (
        "def f(d):\n    return d * 2\ndef g(d):\n    return d * 3\nX_train = f(X_train)\nX_test = g(X_test)"
    ),
    "values changed in between": (
        "mean = X_train.mean()\nX_train = X_train - mean\nmean = mean * 2\nX_test = X_test - mean"
    ),
    "values swapped": (
        "mean, std = X_train.mean(), X_train.std()\nX_train = (X_train - mean) / std\nX_test = (X_test - std) / mean"
    ),
    "another sign": "mean = X_train.mean()\nX_train = X_train - mean\nX_test = X_test + mean",
    "the test rows alone": "mean = X_train.mean()\nX_test = X_test - mean",
    "values of the prepared rows": "X_train = X_train - X_train.mean()\nX_test = X_test - X_train.mean()",
    "values of their own": "X_train = X_train - X_train.mean()\nX_test = X_test - X_test.mean()",
    "categories of their own": (
        "X_train['age'] = pd.factorize(X_train['age'])[0]\nX_test['age'] = pd.factorize(X_test['age'])[0]"
    ),
    "bins of their own": (
        "X_train['age'] = pd.qcut(X_train['age'], 3, labels=False)\nX_test['age'] = pd.qcut(X_test['age'], 3, labels=False)"
    ),
    "dummies without names": (
        "X_train = pd.get_dummies(X_train, columns=['age']).values[:, :9]\n"
        "X_test = pd.get_dummies(X_test, columns=['age']).values[:, :9]"
    ),
    "values of the test rows": "mean = X_test.mean()\nX_train = X_train - mean\nX_test = X_test - mean",
}


@pytest.mark.parametrize("how", ON_BOTH_PARTS)
def test_both_parts_are_prepared_with_values_of_the_training_rows(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, LOAD, SPLIT, ON_BOTH_PARTS[how], MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


@pytest.mark.parametrize("how", NOT_ALIKE)
def test_parts_that_are_not_prepared_alike_are_refused(how: str, tmp_path: Path) -> None:
    sentence = refusal(tmp_path, HEAD, LOAD, SPLIT, NOT_ALIKE[how], MODEL)
    reasons = ("prepared differently", "made of several row sets", "prepares rows with values of their own")
    assert [reason for reason in reasons if reason in sentence] != []


OF_ARRAYS = {
    "an aggregate": (
        "mean = X_train.mean()\nX_train = X_train - mean\nX_test = X_test - mean",
        "`X_train.mean()` is taken of an array",
    ),
    "an aggregate of each column": (
        "std = X_train.std(axis=0)\nX_train = X_train / std\nX_test = X_test / std",
        "`X_train.std(axis=0)` is taken of an array",
    ),
    "an aggregate of a library": (
        "mean = np.mean(X_train)\nX_train = X_train - mean\nX_test = X_test - mean",
        "`np.mean(X_train)` is taken of an array",
    ),
    "columns by number": (
        "X_train = X_train[:, :1]\nX_test = X_test[:, :1]",
        "`X_train[:, :1]` takes columns of an array by their number",
    ),
}


@pytest.mark.parametrize("how", OF_ARRAYS)
@pytest.mark.parametrize(
    "array",
    ["X = X.values", "X = X.to_numpy()", "X = np.array(X)", "X = StandardScaler().fit_transform(X)"],
)
def test_what_is_taken_of_arrays_is_refused(array: str, how: str, tmp_path: Path) -> None:
    first, second, third = SPLIT.split("\n")
    code, sentence = OF_ARRAYS[how]
    assert sentence in refusal(tmp_path, HEAD, LOAD + "\n" + FILL, f"{first}\n{array}\n{second}\n{third}", code, MODEL)


def test_arithmetic_with_arrays_is_that_with_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = SPLIT.split("\n")
    split = f"{first}\nX = X.values\n{second}\n{third}"
    cells = [HEAD, LOAD + "\n" + FILL, split, "X_train = np.log1p(X_train) * 2\nX_test = np.log1p(X_test) * 2", MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


TAKEN_AFTER = """train, test = train_test_split(df, test_size=0.25, random_state=3)
X_train, y_train = train[["age", "income"]], train["left"]
X_test, y_test = test[["age", "income"]], test["left"]"""


@pytest.mark.parametrize(
    "before", ["df['left'] = 1 - df['left']", "df['left'] = df['left'].map({0: 5, 1: 7})", "# nothing"]
)
def test_a_target_made_before_the_split_is_taken_after_it(
    before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [HEAD, LOAD + "\n" + FILL, before, TAKEN_AFTER, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_features_and_target_of_one_statement_that_has_to_stay_are_refused(tmp_path: Path) -> None:
    cells = [HEAD, LOAD + "\n" + FILL, TAKEN_AFTER, "X_train = X_train / 2\nX_test = X_test / 2", MODEL]
    sentence = "cell 3 line 2: features and `left`, the target, are taken in one statement; give each its own"
    assert refusal(tmp_path, *cells) == sentence


def test_a_list_of_columns_is_taken_as_it_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = 'named = df.select_dtypes("number").columns.tolist()\nnamed.remove("left") if "left" in named else None'
    cells = [HEAD, LOAD + "\n" + FILL, change, SPLIT.replace('["age", "income"]', "named"), MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch, served_with="left") == ""


@pytest.mark.parametrize("flat", ["y_train.ravel()", "y_train.values.ravel()"])
def test_a_target_flattened_where_it_is_fitted_on(flat: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split = SPLIT.replace('df["left"]', 'df["left"].values') if "values" not in flat else SPLIT
    cells = [HEAD, LOAD + "\n" + FILL, split, MODEL.replace("fit(X_train, y_train)", f"fit(X_train, {flat})")]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


@pytest.mark.parametrize("used", ["1 - y_train", "np.sign(y_train)"])
def test_a_target_changed_after_the_split_is_refused(used: str, tmp_path: Path) -> None:
    model = MODEL.replace("fit(X_train, y_train)", f"fit(X_train, {used})")
    sentence = "cell 4 line 2: the target is changed after the split"
    assert refusal(tmp_path, HEAD, LOAD + "\n" + FILL, SPLIT, model) == sentence


def test_a_seed_in_an_early_cell_is_the_seed_of_all_that_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HEAD + "\nnp.random.seed(7)", LOAD + "\n" + FILL, SPLIT.replace(", random_state=3", ""), MODEL]
    plan = planned(tmp_path, *cells)
    assert plan.modules.seed == 7
    assert "random_state=config.seed" in plan.modules.files["data/preprocessing.py"]
    assert [one.rule for one in plan.corrections] == ["unseeded-randomness"]


def test_a_list_grown_by_append_names_the_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown = "features = []\nfor name in ['age', 'income']:\n    features.append(name)"
    cells = [HEAD, LOAD + "\n" + FILL, grown, SPLIT.replace('[["age", "income"]]', "[features]"), MODEL]
    plan = planned(tmp_path, *cells)
    assert difference(tmp_path, cells, plan, monkeypatch, served_with="left") == ""


@pytest.mark.parametrize(
    "target", ["y = df.pop('left')\nX = df", "X = df.drop('left', axis=1)\ny = (df['income'] > 5000).astype(int)"]
)
def test_a_feature_that_is_prepared_above_a_computed_target_stays(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    above = FILL + "\ndf = df.drop(['city', 'plan'], axis=1)"
    cells = [HEAD, LOAD, above, target + "\n" + SPLIT.splitlines()[2], MODEL]
    plan = planned(tmp_path, *cells)
    served_with = "" if "pop" in target else "left"  # there it is no target, only a column that is dropped
    assert difference(tmp_path, cells, plan, monkeypatch, served_with=served_with) == ""
