"""Fills by a mean or median are a step of scikit-learn's own where that is the same; near twins of them stay as they are."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference, package
from tests.extract.small import HEAD, LOAD, MODEL, SPLIT, people, planned

AGE = 'df["age"] = df["age"].fillna(df["age"].mean())'
CHOSEN = SPLIT.replace('["age", "income"]', '["income", "age"]')
BOTH = 'for name in ["age", "income"]:\n    df[name] = df[name].fillna(df[name].median())'
ONE = [("mean", ["age"])]

FILLS = {
    "mean": ([AGE, CHOSEN], ONE),
    "attribute": (["df.age = df.age.fillna(value=df.age.mean())", CHOSEN], ONE),
    "numpy": (['df["age"] = df["age"].fillna(np.mean(df["age"]))', CHOSEN], ONE),
    "numpy-median": (['df["age"] = df["age"].fillna(np.nanmedian(df["age"]))', CHOSEN], [("median", ["age"])]),
    "variable": (['usual = df["age"].mean()\ndf["age"] = df["age"].fillna(usual)', CHOSEN], ONE),
    "loop": ([BOTH, CHOSEN], [("median", ["age", "income"])]),
    "columns-at-once": (
        ['df[["age", "income"]] = df[["age", "income"]].fillna(df[["age", "income"]].mean())', CHOSEN],
        [("mean", ["age", "income"])],
    ),
    "two-measures": (
        [AGE, 'df["income"] = df["income"].fillna(df["income"].median())', CHOSEN],
        [("mean", ["age"]), ("median", ["income"])],
    ),
    "chosen-before": (['y = df["left"]\ndf = df[["income", "age"]]', AGE, CHOSEN.splitlines()[-1].replace("(X,", "(df,")], ONE),
    "row-wise-before": (['y = df["left"]\ndf = df[["income", "age"]]', 'df["income"] = df["income"] / 100', AGE, CHOSEN.splitlines()[-1].replace("(X,", "(df,")], ONE),
    "dropped-after": ([AGE, 'df = df[["left", "income", "age"]]\ny = df["left"]\nX = df.drop("left", axis=1)', SPLIT.splitlines()[-1]], ONE),
    "scaled-after": ([AGE, CHOSEN, "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)"], ONE),
}  # fmt: skip


def steps(folder: Path, *cells: str) -> str:
    """The module that builds the pipeline."""
    return planned(folder, HEAD, LOAD, *cells, MODEL).modules.files["model/pipeline.py"]


def equal(folder: Path, monkeypatch: pytest.MonkeyPatch, *cells: str) -> bool:
    every = [HEAD, LOAD, *cells, MODEL]
    return difference(folder, every, planned(folder, *every), monkeypatch) == ""


@pytest.mark.parametrize(("cells", "groups"), FILLS.values(), ids=FILLS)
def test_a_fill_by_a_measure_of_the_column_is_an_imputer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str], groups: list[tuple[str, list[str]]]
) -> None:
    text = steps(tmp_path, *cells)
    lines = [line.strip() for line in text.splitlines() if "SimpleImputer(" in line]
    assert lines == [f'("{measure}", SimpleImputer(strategy="{measure}"), {columns!r}),' for measure, columns in groups]
    assert "PeopleFeatures" not in text
    assert equal(tmp_path, monkeypatch, *cells)


WHOLE = 'y = df["left"]\nX = df.drop(columns=["left", "city", "plan"])\n' + SPLIT.splitlines()[-1]

LISTED = [
    'df = df[["left", "age", "income", "plan"]]\ndf["age"] = df["age"].fillna(0)\ndf["income"] = df["income"] // 3000',
    'df["income"] = df["income"].fillna(df["income"].median())\ndf = df[df["age"] > 20]',
]
APART = 'y = df["left"]\nX = df.drop("left", axis=1)\n' + SPLIT.splitlines()[-1]

TWINS = {
    "columns-nobody-can-list": [AGE, WHOLE],
    "mean-of-other-rows": ['usual = df[df["income"] > 5000]["age"].mean()\ndf["age"] = df["age"].fillna(usual)', CHOSEN],
    "mean-of-another-column": ['df["age"] = df["age"].fillna(df["income"].mean())', CHOSEN],
    "two-fills-of-a-column": [AGE, 'df["age"] = df["age"].fillna(df["age"].median())', CHOSEN],
    "after-arithmetic": [AGE, 'df["income"] = df["income"] / df["age"]', 'df["age"] = df["age"].clip(upper=df["age"].quantile(0.9))', CHOSEN],
    "arithmetic-with-the-value": ['df["age"] = df["age"].fillna(df["age"].mean() + 1)', CHOSEN],
    "rounded": ['df["age"] = df["age"].fillna(round(df["age"].mean()))', CHOSEN],
    "value-used-again": ['usual = df["age"].mean()\ndf["age"] = df["age"].fillna(usual)\ndf["income"] = df["income"].fillna(usual)', CHOSEN],
    "texts-of-whole-numbers": [
        'df["income"] = df["income"].fillna(df["income"].median())\ndf["long"] = df["income"].astype(str).str.len()',
        AGE,
        SPLIT.replace('"income"]', '"long"]'),
    ],
    "columns-of-whole-numbers": [*LISTED, 'df = pd.get_dummies(df, columns=["income", "plan"])\n' + APART],
    "a-part-of-a-fill": ['df["age"] = df["age"].fillna(df["age"].mean(), limit=3)', CHOSEN],
    "narrow-numbers": ['df["age"] = df["age"].astype("float32")', AGE, CHOSEN],
    "most-frequent": ['df["age"] = df["age"].fillna(df["age"].mode()[0])', CHOSEN],
    "without-gaps-in-numpy": ['df["income"] = df["income"].fillna(np.median(df["income"]))\ndf["age"] = df["age"].fillna(0)', CHOSEN],
}  # fmt: skip
REFUSED = {"a-part-of-a-fill"}


@pytest.mark.parametrize("name", sorted(TWINS))
def test_a_near_twin_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert "SimpleImputer" not in steps(tmp_path, *TWINS[name])
    if name not in REFUSED:
        assert equal(tmp_path, monkeypatch, *TWINS[name])


def test_indicators_of_texts_alone_may_come_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [*LISTED, f"df = pd.get_dummies(df, drop_first=True)\n{APART}"]
    text = steps(tmp_path, *cells)
    names = ["select_features", "prepare_people", "fill_missing", "in_order", "people_features", "model"]
    assert [name for name in names if f'("{name}", ' in text] == names
    assert equal(tmp_path, monkeypatch, *cells)


def test_a_fill_in_place_is_an_imputer_too(tmp_path: Path) -> None:
    text = steps(tmp_path, 'df["age"].fillna(df["age"].mean(), inplace=True)', CHOSEN)
    assert '("mean", SimpleImputer(strategy="mean"), ["age"])' in text.replace("'", '"')


def test_a_column_without_any_value_fails_aloud(tmp_path: Path) -> None:
    cells = [HEAD, LOAD, AGE, CHOSEN, MODEL]
    with package(tmp_path, planned(tmp_path, *cells)) as modules:
        rows = modules["data.ingestion"].read_raw(modules["config"].Config(data_dir=tmp_path))
        pipeline = modules["model.pipeline"].build_pipeline(modules["config"].Config())
        with pytest.warns(UserWarning, match="age"), pytest.raises(KeyError, match="age"):
            pipeline.fit(rows.assign(age=float("nan")), rows["left"])
    assert people().startswith("age,")
