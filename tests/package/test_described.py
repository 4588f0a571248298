"""What README and model card say first: target, answer, columns, rows; as verified, or as the code alone tells it."""

from dataclasses import replace

import pytest

from nb2pkg.extract.described import description_of_model, learned_from, learns, meanings, model_class, needed, target
from nb2pkg.extract.handover import Modules
from tests.scaffold.passengers import modules

HEAD = "def target_of(rows: T, config: C) -> S:\n    "
LISTED = 'FEATURES = ["age", "fare"]\n\n\ndef select_features(rows):\n    """Keep."""\n    return rows[FEATURES]\n'
ASKED = 'def feature_columns(df):\n    """Name."""\n    return [column for column in df.columns if column {}]\n'
DROPPED = """def feature_columns(df):
    \"\"\"Name.\"\"\"
    df = df.copy()
    df = df.drop(['id', 'name'], axis=1)
    return list(df.drop(columns='left').columns)
"""
UNTOLD = "the columns that `feature_columns` names of the training rows"
NESTED = """from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC


def build_pipeline(config):
    return Pipeline([("a", 1), ("model", make_pipeline(Scaler(), SVC(C=config.c)))])
"""
PIPELINE = 'select_columns = 1\n\n\ndef build_pipeline(config):\n    return Pipeline([("a", {}), ("model", 2)])\n'
COLUMNS = [
    {
        "name": "age",
        "kind": "number",
        "accepts_missing": True,
        "accepts_unseen": True,
        "low": 0.42,
        "high": 80.0,
        "categories": None,
    },
    {
        "name": "sex",
        "kind": "text",
        "accepts_missing": False,
        "accepts_unseen": False,
        "low": None,
        "high": None,
        "categories": ["female", "male"],
        "category_count": 2,
    },
    {
        "name": "name",
        "kind": "text",
        "accepts_missing": True,
        "missing_answered_as": "Mr",
        "accepts_unseen": True,
        "low": None,
        "high": None,
        "categories": None,
    },
]
MODEL = {"rows": 891, "training_rows": 712, "held_out_rows": 179, "classes": [0, 1], "columns": COLUMNS}


def made(preprocessing: str, pipeline: str = "", **others: object) -> Modules:
    files = {**modules().files, "data/preprocessing.py": preprocessing, "model/pipeline.py": pipeline}
    return replace(modules(), files=files, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('"""Give it."""\n    return rows["left"]\n', "`left`"),
        ('"""Give it."""\n    return rows["price"] / 1000\n', "`rows['price'] / 1000`"),
        (
            '"""Give it."""\n    df = rows.copy()\n    return df["price"]\n',
            "`price`, as `target_of` makes it,",
        ),
        ('"""Give no target: the model learns without one."""\n    return pd.Series(index=rows.index)\n', ""),
    ],
)
def test_the_target_is_named(body: str, told: str) -> None:
    assert target(made(HEAD + body)) == told


@pytest.mark.parametrize(
    ("preprocessing", "first", "told"),
    [
        (LISTED, "FunctionTransformer(select_features)", "the columns `age`, `fare`"),
        (ASKED.format("!= 'left'"), "select_columns", "every column that the training rows have, but `left`"),
        (
            ASKED.format("not in ['left', 'id']"),
            "select_columns",
            "every column that the training rows have, but `left`, `id`",
        ),
        (
            "def feature_columns(df):\n    return list(df.columns)\n",
            "select_columns",
            "every column that the training rows have",
        ),
        (DROPPED, "select_columns", "every column that the training rows have, but `id`, `name`, `left`"),
        (
            f'NOT_FEATURES = ["left"]\n\n\n{ASKED.format("not in NOT_FEATURES")}',
            "select_columns",
            "every column that the training rows have, but `left`",
        ),
        (DROPPED.replace("drop(['id'", "filter(['id'"), "select_columns", UNTOLD),
        (
            DROPPED.replace("df = df.drop", "df.drop").replace("axis=1", "axis='columns', inplace=True"),
            "select_columns",
            "every column that the training rows have, but `id`, `name`, `left`",
        ),
        (DROPPED.replace("axis=1", "axis=1, inplace=True"), "select_columns", UNTOLD),
        (DROPPED.replace("df = df.drop", "df.drop"), "select_columns", UNTOLD),
        (DROPPED.replace("axis=1", "axis=0"), "select_columns", UNTOLD),
        (DROPPED.replace("['id', 'name']", "['id', 3]"), "select_columns", UNTOLD),
        (DROPPED.replace("df = df.drop", "few = df.drop"), "select_columns", UNTOLD),
        (DROPPED.replace("df = df.drop", "df = other.drop"), "select_columns", UNTOLD),
        (ASKED.format(".islower()"), "select_columns", UNTOLD),
        (LISTED, "ColumnTransformer([])", "the columns that the steps of the pipeline read"),
    ],
)
def test_the_columns_are_named_that_the_first_step_keeps(preprocessing: str, first: str, told: str) -> None:
    assert needed(made(preprocessing, PIPELINE.format(first))) == told


@pytest.mark.parametrize(
    ("preprocessing", "first", "told"),
    [
        (LISTED, "FunctionTransformer(select_features)", ""),
        (
            DROPPED,
            "select_columns",
            "Every column of these rows but `id`, `name`, `left` is a feature: a column of numbers that is added is learned from, "
            + "and `predict` then needs it.",
        ),
        (
            ASKED.format(".islower()"),
            "select_columns",
            "It learns from the columns that `feature_columns` names of these rows.",
        ),
    ],
)
def test_the_readme_says_which_columns_of_its_rows_train_learns_from(preprocessing: str, first: str, told: str) -> None:
    found = learns(made(preprocessing, PIPELINE.format(first)))
    assert found == (f" {told}" if told else "")


def test_a_verified_package_lists_its_columns_and_rows() -> None:
    verified = made(HEAD + 'return rows["left"]\n', verdict={"verdict": "equal", "model": MODEL}, model="a.Tree")
    told = description_of_model(verified)
    assert told.startswith(
        "Predicts `left` by `a.Tree`. Each row gets one of `0`, `1`.\n\nTo be answered, rows need these columns;"
    )
    assert told.splitlines()[-3:] == [
        "| `age` | number | 0.42 to 80 | numbers answered with a warning | answered |",
        "| `sex` | text | female, male | refused | refused |",
        "| `name` | text |  |  | answered as Mr, with a warning |",
    ]
    assert learned_from(verified).startswith(
        "712 of 891 rows, scored on 179 held out (by `split_rows`, when the package"
    )


def test_scores_are_told_as_they_are_computed() -> None:
    scores = (
        "from sklearn import metrics\n\n\n"
        "def f1_score(pipeline, rows, target):\n    return metrics.f1_score(target, pipeline.predict(rows))\n\n\n"
        "def score(pipeline, rows, target):\n    return pipeline.score(rows, target)\n"
    )
    found = meanings(replace(modules(), files={**modules().files, "model/scores.py": scores}))
    assert found.splitlines()[2:] == [
        "| `f1_score` | `metrics.f1_score(target, pipeline.predict(rows))`: `sklearn.metrics.f1_score` |",
        "| `score` | `pipeline.score(rows, target)`: the mean accuracy of a classifier, R^2 of a regressor |",
    ]


def test_a_pipeline_is_called_by_its_last_step() -> None:
    nested = made(HEAD + 'return rows["left"]\n', NESTED, model="sklearn.pipeline.make_pipeline")
    assert model_class(nested) == "sklearn.svm.SVC"
    assert model_class(replace(nested, model="a.Tree")) == "a.Tree"
    assert model_class(made("", "", model="sklearn.pipeline.Pipeline")) == "sklearn.pipeline.Pipeline"
