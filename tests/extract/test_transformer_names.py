"""A transformer whose features surely are a table names their columns as they come out; one that may give an array does not try to."""

import importlib
from pathlib import Path

import pandas as pd
import pytest

from tests.extract.replaying import package
from tests.extract.small import HEAD, LOAD, MODEL, planned

MEAN = 'df["age"] = df["age"].fillna(df["age"].mean())'
SCALED = 'df["age"] = (df["age"] - df["age"].mean()) / df["age"].std()'
LOOP = """wide = df[["age", "city", "plan"]]
for name in ["city", "plan"]:
    wide = wide.join(pd.get_dummies(wide[name]))"""
PARTS = """y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)"""
TABLES = {
    "listed columns": (SCALED, 'X = df[["age", "income"]]'),
    "dummies": (MEAN, 'X = pd.get_dummies(df[["age", "city"]])'),
    "an array of a table, which the package keeps": (SCALED, 'X = df[["age", "income"]].values'),
    "tables side by side": (MEAN, 'X = pd.concat([df[["age", "income"]], pd.get_dummies(df["city"])], axis=1)'),
    "a table that a loop widens": (
        MEAN,
        f"{LOOP}\nX = wide.drop(['city', 'plan'], axis=1)",
    ),
    "a copy that is changed in between": (
        'other = df.copy()\nother["age"] = other["age"].fillna(df["age"].mean())',
        'X = other[["age"]]',
    ),
}
NO_TABLES = {
    "arrays side by side": (MEAN, 'X = np.column_stack([df["age"], df["income"]])'),
    "an array in a loop": (MEAN, 'X = df[["age", "income"]]\nfor _ in range(1):\n    X = X.to_numpy()'),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_table_has_the_names_of_its_columns(what: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, HEAD, LOAD, *TABLES[what], PARTS, MODEL)
    assert "def get_feature_names_out" in plan.modules.files["data/preprocessing.py"]
    with package(tmp_path, plan):
        config = importlib.import_module("people_model.config").load_config({}, data_dir=tmp_path)
        train = importlib.import_module("people_model.model.train")
        pipeline, rows = train.fit(config).pipeline, train.read(config)
        made = pipeline[:-1].transform(rows)
        assert [*pipeline[-2].get_feature_names_out()] == [*made.columns]
        pipeline[-2].set_output(transform="pandas")
        pd.testing.assert_frame_equal(pipeline[:-1].transform(rows), made)


@pytest.mark.parametrize("what", NO_TABLES)
def test_what_may_be_an_array_has_none(what: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, HEAD, LOAD, *NO_TABLES[what], PARTS, MODEL)
    text = plan.modules.files["data/preprocessing.py"]
    assert "TransformerMixin" in text
    assert "get_feature_names_out" not in text
