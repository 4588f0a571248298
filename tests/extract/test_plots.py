"""Plots of level 3 become functions of reports.py that draw what the notebook drew, or are left out with the reason."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.plots.leaving import without_figures
from tests.extract.drawing import both
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned

DRAW = "import seaborn as sns\nfrom matplotlib import pyplot as plt\nfrom sklearn.metrics import confusion_matrix"
AGES = 'plt.hist(df["age"])'
ANSWERS = "y_pred = model.predict(X_test)\ncm = confusion_matrix(y_test, y_pred)"
TRAINED = [SPLIT, MODEL]

DRAWN = {
    "raw rows": [AGES, FILL, *TRAINED],
    "a column that is dropped later": [
        'sns.countplot(x="city", data=df)',
        'df = df.drop(columns="city")',
        FILL,
        *TRAINED,
    ],
    "gaps that are filled": [FILL, AGES, *TRAINED],
    "before and after": [AGES, FILL, f"{AGES}\nplt.title('Filled')", *TRAINED],
    "a column dropped in place above": ['df.drop(columns="plan", inplace=True)', "df.plot()", FILL, *TRAINED],
    "rows that are chosen": ["df = df.dropna()", "plt.scatter(df.age, df.income)", *TRAINED],
    "an alias that is changed": [
        'other = df\nother["income"] = other["income"] / 100',
        'plt.plot(df["income"])',
        FILL,
        *TRAINED,
    ],
    "a function that changes rows": [
        'def cap(table):\n    table["income"] = table["income"].clip(upper=6000)\ncap(df)',
        'plt.hist(df["income"])',
        FILL,
        *TRAINED,
    ],
    "what is counted for it": [
        'counts = df["city"].value_counts()\ncounts.plot(kind="bar")',
        'pd.crosstab(df["city"], df["left"]).plot(kind="bar")',
        FILL,
        *TRAINED,
    ],
    "correlations": [
        'plt.figure(figsize=(3, 2))\nsns.heatmap(df[["age", "income"]].corr(), annot=True)\nplt.show()',
        FILL,
        *TRAINED,
    ],
    "two figures in a cell": [f"plt.figure()\n{AGES}\nplt.figure()\nplt.plot(df['income'])", FILL, *TRAINED],
    "shown twice in a cell": [f"{AGES}\nplt.show()\nplt.plot(df['income'])\nplt.show()", FILL, *TRAINED],
    "a figure for each column": [
        'for name in ["age", "income"]:\n    plt.figure()\n    plt.hist(df[name])\n    plt.title(name)\n    plt.show()',
        FILL,
        *TRAINED,
    ],
    "figures of a loop, shown at its end": [
        'for name in ["age", "income"]:\n    plt.figure()\n    df[name].plot()',
        FILL,
        *TRAINED,
    ],
    "axes of one figure": [
        'fig, axes = plt.subplots(1, 2)\nfor ax, name in zip(axes, ["age", "income"]):\n    ax.hist(df[name])\naxes[1].set_title("Pay")',
        FILL,
        *TRAINED,
    ],
    "an empty figure above one that seaborn begins": [
        'plt.figure(figsize=(9, 9))\nsns.pairplot(df[["age", "income"]])\nplt.show()',
        FILL,
        *TRAINED,
    ],
    "a grid": ['grid = sns.FacetGrid(df, col="city")\ngrid.map(plt.hist, "income")', FILL, *TRAINED],
    "a function of the notebook": [
        "def spread(table, name):\n    plt.figure()\n    plt.hist(table[name])\n    plt.title(name)\n    plt.show()",
        'spread(df, "age")\nspread(df, "income")',
        FILL,
        *TRAINED,
    ],
    "settings of how things look": ['plt.rcParams["figure.figsize"] = (3, 3)', AGES, FILL, *TRAINED],
    "a colour map": ["plt.gray()", 'plt.matshow(df[["income", "left"]].head().to_numpy())', FILL, *TRAINED],
    "a seeded sample": ['plt.plot(df.sample(20, random_state=1)["income"])', FILL, *TRAINED],
    "what the model is held to": [
        FILL,
        *TRAINED,
        ANSWERS,
        "plt.figure(figsize=(4, 3))\nsns.heatmap(cm, annot=True)\nplt.xlabel('Said')\nplt.ylabel('True')",
    ],
    "the model itself": [FILL, *TRAINED, "plt.bar(X.columns, model.feature_importances_)"],
    "rows that the model learned from": [
        FILL,
        *TRAINED,
        'plt.scatter(X_train["age"], y_train)\nplt.plot(X_train["income"])',
    ],
    "the target by its labels": [FILL, *TRAINED, "plt.plot(y_test)"],
    "scaled rows": [
        FILL,
        SPLIT,
        "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)",
        MODEL,
        "plt.scatter(X_test[:, 0], model.predict(X_test))",
    ],
    "shared preparation": [
        'df = df.rename(columns={"income": "pay"})\ndf["age"] = df["age"].fillna(0)\ndf["monthly"] = df["pay"] / 12',
        'plt.hist(df["monthly"])',
        'plt.plot(df["monthly"], df["age"])',
        SPLIT.replace("income", "pay"),
        MODEL,
    ],
}


@pytest.mark.parametrize("what", DRAWN)
def test_a_figure_shows_what_the_notebook_showed(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [f"{HEAD}\n{DRAW}", LOAD, *DRAWN[what]]
    notebook, package = both(tmp_path, cells, planned(tmp_path, *cells), monkeypatch)
    assert notebook
    assert package == notebook


def test_a_figure_is_given_a_librarys_own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [
        f"{HEAD}\n{DRAW}\nfrom sklearn.datasets import load_iris",
        "iris = load_iris()",
        "plt.matshow(iris.data[0].reshape(2, 2))",
        "X_train, X_test, y_train, y_test = train_test_split(iris.data, iris.target, random_state=1)",
        MODEL,
    ]
    plan = planned(tmp_path, *cells)
    notebook, package = both(tmp_path, cells, plan, monkeypatch)
    assert notebook
    assert package == notebook
    assert "def draw_image_of_iris(iris: Bunch) -> Figure:" in plan.modules.files["reports.py"]
    assert '"image_of_iris": lambda _: draw_image_of_iris(load_iris()),' in plan.modules.files["reports.py"]


SCALED = """scaler = StandardScaler()
scaled = scaler.fit_transform(X_train)
model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(scaled, y_train)
model.score(scaler.transform(X_test), y_test)"""
OTHER = "other = LogisticRegression().fit(X_train, y_train)\nplt.plot(other.predict(X_test))"

LEFT_OUT = {
    "rows drawn without a seed": (
        ["plt.plot(df.sample(20)['income'])", FILL, *TRAINED],
        "`df.sample(20)` draws at random without a seed",
    ),
    "another model": (
        [FILL, SPLIT, OTHER.splitlines()[0], OTHER.splitlines()[1], MODEL],
        "another model than the one that was chosen",
    ),
    "a fit within the figure": (
        [FILL, SPLIT, OTHER.replace("\n", "; "), MODEL],
        "another model than the one that was chosen",
    ),
    "the model before its fit": (
        [
            FILL,
            SPLIT,
            MODEL.replace("max_depth=3", "max_depth=1"),
            "plt.bar(X.columns, model.feature_importances_)",
            MODEL,
        ],
        "another model than the one that was chosen",
    ),
    "rows before they are scaled": (
        [FILL, SPLIT, SCALED, "plt.plot(X_test['income'])"],
        "`X_test` is a part of the rows that the package does not make by itself",
    ),
    "a figure that another cell goes on with": (
        ["fig, ax = plt.subplots()", 'ax.plot(df["income"])\nfig', FILL, *TRAINED],
        "nothing is drawn on it here",
    ),
    "another file": (
        ['plt.plot(pd.read_csv("people.csv")["income"])', FILL, *TRAINED],
        "it draws from another file",
    ),
    "a function that shows one after the other": (
        [
            "def spread(names):\n    for name in names:\n        plt.hist(df[name])\n        plt.show()",
            'spread(["age", "income"])',
            FILL,
            *TRAINED,
        ],
        "a function shows several figures in turn",
    ),
}


@pytest.mark.parametrize("what", LEFT_OUT)
def test_a_figure_is_left_out_with_the_reason(what: str, tmp_path: Path) -> None:
    cells, reason = LEFT_OUT[what]
    found = planned(tmp_path, f"{HEAD}\n{DRAW}", LOAD, *cells)
    entries = found.modules.extraction["entries"]
    assert isinstance(entries, list)
    reasons = [str(one["reason"]) for one in entries if str(one["reason"]).startswith("plotting: ")]
    assert [one for one in reasons if reason in one], reasons
    assert "reports.py" not in found.modules.files


PAGE = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")


def test_the_page_shows_what_is_written(tmp_path: Path) -> None:
    heat = "plt.figure(figsize=(4, 3))\nsns.heatmap(cm, annot=True)\nplt.xlabel('Said')\nplt.ylabel('True')"
    before = ['sns.countplot(x="city", data=df)', 'df = df.drop(columns="city")']
    found = planned(tmp_path, f"{HEAD}\n{DRAW}", LOAD, *before, FILL, *TRAINED, ANSWERS, heat)
    written = assemble(found.modules)["src/people_model/reports.py"].decode()
    functions = written[written.index("def draw_city") : written.index("FIGURES")].strip()
    assert f"```python\n{functions}\n```" in PAGE


def test_figures_that_cannot_be_drawn_on_the_sample_are_taken_out(tmp_path: Path) -> None:
    cells = [
        f"{HEAD}\n{DRAW}",
        LOAD,
        *DRAWN["settings of how things look"][:2],
        'plt.plot(df["income"])',
        FILL,
        *TRAINED,
    ]
    plan = planned(tmp_path, *cells).modules
    assert without_figures(plan, {}) is plan
    left = without_figures(plan, {"age": "ValueError: empty"})
    assert "draw_age" in plan.files["reports.py"]
    assert "draw_age" not in left.files["reports.py"]
    assert (
        'FIGURES: dict[str, Drawing] = {\n    "income": lambda given: draw_income(given.frame),\n}'
        in left.files["reports.py"]
    )
    entries = left.extraction["entries"]
    assert isinstance(entries, list)
    told = [one["reason"] for one in entries if one["cell"] == 4]
    assert told == ["plotting: it cannot be drawn on the sample rows: ValueError: empty"]
    assert assemble(left)["src/people_model/reports.py"].decode().startswith('"""The notebook')
    none = without_figures(plan, {"*": "no model"})
    assert "reports.py" not in none.files
    assert not [path for path in assemble(none) if "report" in path]
