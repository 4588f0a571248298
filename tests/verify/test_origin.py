"""What differs is traced to the statement of the notebook that made it."""

import pytest

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.facts import Facts, interpret
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.syntax import parse
from nb2pkg.verify.difference import About, Difference, Kind, Subject
from nb2pkg.verify.origin import made_by
from nb2pkg.verify.printed import compare_printed
from nb2pkg.verify.recording import Site
from nb2pkg.verify.sections import Ran, printed_in

IMPORTS = (
    "import pandas as pd\nimport numpy as np\nfrom sklearn.linear_model import Ridge\n"
    "from sklearn.preprocessing import StandardScaler\nfrom sklearn.model_selection import train_test_split"
)
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"


def facts_of(*cells: str) -> Facts:
    code = tuple(Cell(number, CellKind.CODE, source, None, None) for number, source in enumerate((IMPORTS, *cells), 1))
    return interpret(parse(Notebook("work.ipynb", code, "ipynb", "python")), load_tables([rules_folder()]), values=True)


def site_of(call: str, cells: tuple[str, ...]) -> Site:
    """Where a call stands, by its text up to the parenthesis; cell 1 holds the imports."""
    for cell, source in enumerate(cells, 2):
        for line, text in enumerate(source.split("\n"), 1):
            if call in text:
                return Site(cell, line, text.index(call))
    raise AssertionError(call)


def made(
    *cells: str, where: Difference | None, argument: str = "X", call: str = "model.fit("
) -> tuple[str, str] | None:
    found = made_by(facts_of(*cells), About(Subject.ARGUMENT, site_of(call, cells), argument), where)
    return (found.source, found.what) if found is not None else None


def value(name: str | None, position: int = 0) -> Difference:
    return Difference(Kind.VALUE, position, name, 0, 1, 2)


READ = "df = pd.read_csv('people.csv')"
FIT = "model = Ridge()\nmodel.fit(X_train, y_train)\nmodel.predict(X_test)"
FILL = "df['age'] = df['age'].fillna(df['age'].mean())"
CHOOSE = "X = df[['age', 'pay']]\ny = df['left']"


@pytest.mark.parametrize(
    ("cells", "name", "source", "what"),
    [
        pytest.param((READ, FILL, CHOOSE, SPLIT, FIT), "age", FILL, "column", id="through a selection and a split"),
        pytest.param((READ, FILL, CHOOSE, SPLIT, FIT), "pay", READ, "table", id="as it was read"),
        pytest.param((READ, "df.age = df.age * 2", FILL, CHOOSE, SPLIT, FIT), "age", FILL, "column", id="the last of two"),
        pytest.param((READ, FILL, "df.pay = df.pay * 2", CHOOSE, SPLIT, FIT), "age", FILL, "column", id="not another column's"),
        pytest.param((READ, CHOOSE, SPLIT, "X_train['age'] = X_train['age'] + 1", FIT), "age", "X_train['age'] = X_train['age'] + 1", "column", id="after the split"),
        pytest.param((READ, "df.loc[df.age > 90, 'age'] = 90", CHOOSE, SPLIT, FIT), "age", "df.loc[df.age > 90, 'age'] = 90", "column", id="in some rows"),
        pytest.param((READ, "df['age'].fillna(0, inplace=True)", CHOOSE, SPLIT, FIT), "age", "df['age'].fillna(0, inplace=True)", "column", id="in place"),
        pytest.param((READ, "def fill(t):\n    t['age'] = t['age'].fillna(0)\nfill(df)", CHOOSE, SPLIT, FIT), "age", "fill(df)", "column", id="by a function"),
        pytest.param((READ, "alias = df\nalias['age'] = 0", CHOOSE, SPLIT, FIT), "age", "alias['age'] = 0", "column", id="through an alias"),
        pytest.param((READ, "for one in ['age', 'pay']:\n    print(one)\n    df[one] = df[one] * 2", CHOOSE, SPLIT, FIT), "age", "df[one] = df[one] * 2", "column", id="in a loop over columns"),
        pytest.param((READ, "for one in ['pay']:\n    df[one] = df[one] * 2", CHOOSE, SPLIT, FIT), "age", READ, "table", id="in a loop over other columns"),
        pytest.param((READ, "df = df.rename(columns={'AGE': 'age'})", CHOOSE, SPLIT, FIT), "age", READ, "table", id="renamed"),
        pytest.param((READ, "df = df.dropna().reset_index(drop=True)", CHOOSE, SPLIT, FIT), "age", READ, "table", id="rows dropped"),
        pytest.param((READ, "df = pd.get_dummies(df, columns=['team'])", "X = df.drop('left', axis=1)\ny = df.left", SPLIT, FIT), "team_1", "df = pd.get_dummies(df, columns=['team'])", "table", id="dummies"),
        pytest.param((READ, FILL, "df = pd.get_dummies(df, columns=['team'])", "X = df.drop('left', axis=1)\ny = df.left", SPLIT, FIT), "age", FILL, "column", id="made before the dummies"),
        pytest.param((READ, "more = pd.read_csv('more.csv')\ndf = df.merge(more, on='id')", CHOOSE, SPLIT, FIT), "pay", "df = df.merge(more, on='id')", "table", id="joined"),
        pytest.param((READ, "df = df.assign(age=df.age * 2)", CHOOSE, SPLIT, FIT), "age", "df = df.assign(age=df.age * 2)", "table", id="assigned"),
        pytest.param((READ, CHOOSE, SPLIT, "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)", FIT), None, "X_train = scaler.fit_transform(X_train)", "table", id="scaled"),
        pytest.param((READ, FILL, "X = df[['age', 'pay']].values\ny = df['left'].values", SPLIT, FIT), None, FILL, "column", id="an array of listed columns"),
        pytest.param((READ, FILL, CHOOSE, SPLIT, "model = Ridge()\nfor turn in range(2):\n    part = X_train[:9]\n    model.fit(part, y_train[:9])"), "age", "part = X_train[:9]", "table", id="in a loop of its own"),
        pytest.param((READ, FILL, CHOOSE, SPLIT, 'def train(model, a, b):\n    model.fit(a, b)\ntrain(Ridge(), X_train, y_train)'), "age", FILL, "column", id="in a function"),
        pytest.param((READ, FILL, CHOOSE, SPLIT, 'def train(model, *, a, b):\n    model.fit(a, b)\ntrain(Ridge(), a=X_train, b=y_train)'), "age", FILL, "column", id="in a function, by a name of its own"),
        pytest.param((READ, FILL, CHOOSE, SPLIT, 'def train(model):\n    model.fit(X_train, y_train)\ntrain(Ridge())'), "age", FILL, "column", id="in a function, of a global"),
        pytest.param((READ, FILL, CHOOSE, SPLIT, 'def train(model, a, b):\n    a = a * 2\n    model.fit(a, b)\ntrain(Ridge(), X_train, y_train)'), "age", "a = a * 2", "table", id="in a function that changes it"),
        pytest.param((READ, FILL, CHOOSE, SPLIT, 'def train(model, a, b):\n    model.fit(a, b)\ndef run():\n    train(Ridge(), X_train, y_train)\nrun()'), "age", "model.fit(a, b)", "call", id="in a function of a function"),
    ],
)  # fmt: skip
def test_a_value(cells: tuple[str, ...], name: str | None, source: str, what: str) -> None:
    assert made(*cells, where=value(name)) == (source, what)


def test_another_call_has_its_own_rows() -> None:
    cells = (READ, CHOOSE, SPLIT, "X_test['age'] = 0", FIT)
    assert made(*cells, where=value("age"), call="model.predict(") == ("X_test['age'] = 0", "column")
    assert made(*cells, where=value("age")) == (READ, "table")


@pytest.mark.parametrize(
    ("line", "source", "what"),
    [
        pytest.param("y = df['left']", READ, "table", id="as it was read"),
        pytest.param("df['left'] = df['left'].map({'no': 0, 'yes': 1})\ny = df['left']", "df['left'] = df['left'].map({'no': 0, 'yes': 1})", "column", id="encoded before"),
        pytest.param("y = df['left'].map({'no': 0, 'yes': 1})", "y = df['left'].map({'no': 0, 'yes': 1})", "table", id="encoded at once"),
        pytest.param("y = df['left'].values.ravel()", READ, "table", id="as an array"),
    ],
)  # fmt: skip
def test_a_target(line: str, source: str, what: str) -> None:
    cells = (READ, f"X = df[['age', 'pay']]\n{line}", SPLIT, FIT)
    assert made(*cells, where=value(None), argument="y") == (source, what)


@pytest.mark.parametrize(
    ("cells", "kind", "source", "what"),
    [
        pytest.param((READ, CHOOSE, SPLIT, FIT), Kind.ROWS, SPLIT, "rows", id="rows of a split"),
        pytest.param((READ, "df = df.dropna()", CHOOSE, "model = Ridge()\nmodel.fit(X, y)"), Kind.ROWS, "df = df.dropna()", "rows", id="rows dropped"),
        pytest.param((READ, "df.dropna(inplace=True)", FILL, CHOOSE, "model = Ridge()\nmodel.fit(X, y)"), Kind.ROWS, "df.dropna(inplace=True)", "rows", id="rows dropped in place"),
        pytest.param((READ, FILL, "X = df[df.age > 3][['age']]\ny = df.left", "model = Ridge()\nmodel.fit(X, y)"), Kind.ROWS, "X = df[df.age > 3][['age']]", "rows", id="rows chosen"),
        pytest.param((READ, FILL, CHOOSE, "model = Ridge()\nmodel.fit(X, y)"), Kind.ROWS, READ, "rows", id="rows as they are read"),
        pytest.param((READ, FILL, CHOOSE, SPLIT, FIT), Kind.NAMES, "X = df[['age', 'pay']]", "columns", id="columns listed"),
        pytest.param((READ, "df.drop('id', axis=1, inplace=True)", FILL, "X, y = df, df.left", "model = Ridge()\nmodel.fit(X, y)"), Kind.COLUMNS, "df.drop('id', axis=1, inplace=True)", "columns", id="columns dropped in place"),
        pytest.param((READ, FILL, CHOOSE, SPLIT, FIT), Kind.MISSING, FILL, "column", id="a column that the package lacks"),
        pytest.param((READ, "df['pay'] = 0", CHOOSE, SPLIT, FIT), Kind.MISSING, "X = df[['age', 'pay']]", "columns", id="a column that was read, and chosen"),
    ],
)  # fmt: skip
def test_a_shape(cells: tuple[str, ...], kind: Kind, source: str, what: str) -> None:
    named = kind in (Kind.NAMES, Kind.MISSING)
    assert made(*cells, where=Difference(kind, 0 if named else None, "age" if named else None)) == (source, what)


def test_what_a_variable_holds_at_the_end_of_a_cell() -> None:
    cells = (READ, FILL, "df['age'] = 0")
    found = made_by(facts_of(*cells), About(Subject.VARIABLE, Site(3, 0, 0), "df"), value("age"))
    assert found is not None
    assert (found.cell, found.line, found.source) == (3, 1, FILL)


def test_models_splits_and_scores_stand_where_they_stand() -> None:
    cells = (
        READ,
        CHOOSE,
        SPLIT,
        "model = Ridge()",
        "model.fit(X_train, y_train)",
        "if True:\n    print(\n        model.score(X_test, y_test))",
    )
    facts = facts_of(*cells)
    model = made_by(facts, About(Subject.MODEL, site_of("model.fit(", cells)), None)
    assert model is not None
    assert (model.cell, model.line, model.source, model.what) == (5, 1, "model = Ridge()", "model")
    split = made_by(facts, About(Subject.SPLIT, site_of("train_test_split(", cells)), None)
    assert split is not None
    assert (split.source, split.what) == (SPLIT, "split")
    score = made_by(facts, About(Subject.SCORE, site_of("model.score(", cells)), None)
    assert score is not None
    assert (score.line, score.source, score.what) == (2, "print(", "score")


@pytest.mark.parametrize(
    ("cell", "line", "what"),
    [
        pytest.param("x = 1\nprint(x)\ny = 2", 2, "text", id="printed"),
        pytest.param("x = 1\nx", 2, "text", id="shown"),
        pytest.param("x = 1\nfor i in range(3):\n    print(i)\nx", 2, "texts", id="one of two"),
        pytest.param("show()\nx = 1", 1, "texts", id="by a function"),
    ],
)
def test_a_text(cell: str, line: int, what: str) -> None:
    found = made_by(facts_of(cell), About(Subject.PRINTED, Site(2, 0, 0)), None)
    assert found is not None
    assert (found.cell, found.line, found.what) == (2, line, what)


def test_the_cell_that_printed_what_differs_is_known() -> None:
    def printed(text: str) -> list[dict[str, object]]:
        return [{"output_type": "stream", "name": "stdout", "text": text}]

    ran = Ran({2: printed("rows 3\n"), 3: printed("took 5 ms\nmean 4.5\n"), 4: printed("end\n")}, {})
    section = {"cells": [2, 3, 4], "unshown": []}
    about = [
        printed_in(section, ran, compare_printed("rows 3\ntook 5 ms\nmean 4.5\nend\n", theirs, "work"))
        for theirs in ("rows 4\n", "rows 3\ntook 6 ms\nmean 4.4\nend\n", "rows 3\ntook 6 ms\nmean 4.5\n")
    ]
    assert [one.site.cell for one in about if one is not None] == [2, 3, 4]
