"""What each row gets of its group is learned once for each group; what depends on the order within a group is refused."""

from pathlib import Path

import pandas as pd
import pytest

from tests.extract.replaying import difference, package
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal

MEDIAN = 'df["age"] = df["age"].fillna(df.groupby("city")["age"].transform("median"))'
SOME_CITIES = 'df["city"] = df["city"].where(df["income"] > 2500)\n'

LEARNED = {
    "nested in fillna": MEDIAN,
    "of an attribute": 'df["age"] = df["age"].fillna(df.groupby(by="city", sort=False).age.transform("mean"))',
    "of two keys": 'df["age"] = df["age"].fillna(df.groupby(["city", "plan"])["age"].transform("median"))',
    "a share": 'df["income"] = df["income"] / df.groupby("city")["income"].transform("sum")',
    "how many": 'df["income"] = df["income"] + df.groupby("city")["plan"].transform("size")',
    "in a loop": 'for c in ["age", "income"]:\n    df[c] = df[c].fillna(df.groupby("city")[c].transform("mean")) / df[c].max()',
    "of chosen rows": f'df = df[df["income"] > 3000]\n{MEDIAN}',
    "by a lambda": 'df["age"] = df["age"].fillna(df.groupby("city")["age"].transform(lambda ages: ages.median()))',
    "filled within the group": 'df["age"] = df.groupby("city")["age"].transform(lambda ages: ages.fillna(ages.mean()))',
    "a city is missing": f"{SOME_CITIES}{MEDIAN}",
    "one of two keys is missing": (
        f'{SOME_CITIES}df["income"] = df.groupby(["plan", "city"])["income"].transform("mean").fillna(1)'
    ),
    "filled within the group where a city is missing": (
        f'{SOME_CITIES}df["age"] = df.groupby("city")["age"].transform(lambda ages: ages.fillna(ages.mean()))'
    ),
    "filled within groups of two keys where one is missing": (
        f'{SOME_CITIES}df["age"] = df.groupby(["plan", "city"])["age"].transform(lambda ages: ages.fillna(ages.mean()))'
    ),
    "by a column of categories": (
        'df["band"] = pd.cut(df["income"], [0, 3000, 10000])\n'
        'df["income"] = df.groupby("band", observed=True)["income"].transform("mean")'
    ),
}


@pytest.mark.parametrize("code", LEARNED.values(), ids=LEARNED)
def test_aggregates_of_groups_are_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    cells = [HEAD, LOAD, code, SPLIT, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_what_categories_are_mapped_to_is_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = planned(tmp_path, HEAD, LOAD, FILL, LEARNED["by a column of categories"], SPLIT, MODEL)
    monkeypatch.chdir(tmp_path)
    with package(tmp_path, found) as modules:
        rows = modules["data.ingestion"].read_raw(modules["config"].load_config())
        steps = modules["model.pipeline"].build_pipeline(modules["config"].load_config()).steps[:-1]
        for _, step in steps:
            rows = step.fit_transform(rows)
    assert str(rows["income"].dtype) == "float64"


def test_a_group_that_nobody_has_seen_has_no_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = planned(tmp_path, HEAD, LOAD, MEDIAN, SPLIT, MODEL)
    text = found.modules.files["data/preprocessing.py"]
    assert 'self.age_median_by_city_ = df.groupby("city")["age"].median()' in text
    assert 'df["age"].fillna(df["city"].map(self.age_median_by_city_))' in text
    monkeypatch.chdir(tmp_path)
    with package(tmp_path, found) as modules:
        rows = modules["data.ingestion"].read_raw(modules["config"].load_config())
        step = modules["data.preprocessing"].PeopleFeatures().fit(rows)
        asked = pd.DataFrame(
            {"age": [None, None, 40.0], "income": 1000, "city": ["Rome", "Paris", "Paris"], "plan": "a"}
        )
        ages = list(step.transform(asked)["age"])
    assert ages[0] == rows.loc[rows["city"] == "Rome", "age"].median()
    assert pd.isna(ages[1])
    assert ages[2] == 40


ALL_ROWS = "`df.groupby('city')['age'].transform` learns from all rows, which cannot be done for one row alone"
REFUSED = {
    "ranks": (MEDIAN.replace('"median"', '"rank"'), ALL_ROWS),
    "sums so far": (MEDIAN.replace('"median"', '"cumsum"'), ALL_ROWS),
    "the first, which depends on the order": (MEDIAN.replace('"median"', '"first"'), ALL_ROWS),
    "a lambda that gives each row its own": (MEDIAN.replace('"median"', "lambda ages: ages - ages.mean()"), ALL_ROWS),
    "a lambda that goes on after filling": (
        MEDIAN.replace('"median"', "lambda ages: ages.fillna(ages.mean()).cumsum()"),
        ALL_ROWS,
    ),
    "a lambda about other rows": (MEDIAN.replace('"median"', 'lambda ages: df["age"].mean()'), ALL_ROWS),
    "missing keys as a group": (
        MEDIAN.replace('"city"', '"city", dropna=False'),
        "`df.groupby('city', dropna=False)['age'].transform` learns from all rows, which cannot be done for one row alone",
    ),
    "of the target": (
        'df["age"] = df["age"].fillna(df.groupby("city")["left"].transform("mean"))',
        "the features are made with `left`, which the target is made of too",
    ),
    "of chosen rows within": (
        'df["age"] = df["age"].fillna(df[df["income"] > 3000].groupby("city")["age"].transform("mean"))',
        "`'income'] > 3000].groupby('city')['age'].transform` learns from all rows, which cannot be done for one row alone",
    ),
}


@pytest.mark.parametrize(("code", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_no_row_can_get_alone_is_refused(tmp_path: Path, code: str, reason: str) -> None:
    told = refusal(tmp_path, HEAD, LOAD, code, SPLIT, MODEL)
    assert f"cell 3 line 1: {reason}" in told
