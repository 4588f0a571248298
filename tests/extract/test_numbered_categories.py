"""Codes by order of appearance and bins cut at quantiles are learned; what would be something else for one row alone is refused."""

from pathlib import Path

import pandas as pd
import pytest

from tests.extract.replaying import difference, package
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal

SOME_CITIES = 'df["city"] = df["city"].where(df["income"] > 2500)\n'
ADDED = '\ndf["income"] = df["city"] + df["income"]'
CODES = f'df["city"] = pd.factorize(df["city"])[0]{ADDED}'
BANDS = 'df["income"] = pd.qcut(df["income"], 4, labels=False)'

LEARNED = {
    "codes": CODES,
    "codes where some are missing": f"{SOME_CITIES}{CODES}",
    "codes by a method": f'{SOME_CITIES}df["city"] = df["city"].factorize()[0]{ADDED}',
    "codes in alphabetical order": f'{SOME_CITIES}df["city"] = pd.factorize(df["city"], sort=True)[0]{ADDED}',
    "codes and what they stand for": (
        f'{SOME_CITIES}codes, names = pd.factorize(df["city"])\ndf["city"] = codes * len(names){ADDED}'
    ),
    "codes in a loop": f'{SOME_CITIES}for c in ["city", "plan"]:\n    df[c] = pd.factorize(df[c])[0]{ADDED}',
    "bins by number": BANDS,
    "bins of a column with missing values": 'df["age"] = pd.qcut(df["age"], q=3, labels=False)',
    "bins at listed quantiles": BANDS.replace("4", "[0, 0.5, 0.9, 1]"),
    "bins with names": (
        'names = ["low", "mid", "high"]\ndf["band"] = pd.qcut(df["income"], 3, labels=names)\n'
        'df["income"] = df["band"].map({"low": 3, "mid": 1, "high": 2}).astype(int)'
    ),
    "bins as dummies": (
        'df["band"] = pd.qcut(df["income"], 2, labels=["low", "high"])\n'
        'df = pd.get_dummies(df, columns=["band"])\ndf["income"] = df["band_high"].astype(int)'
    ),
    "bins in a loop": 'for c in ["age", "income"]:\n    df[c] = pd.qcut(df[c], 4, labels=False)',
}


@pytest.mark.parametrize("code", LEARNED.values(), ids=LEARNED)
def test_categories_and_edges_are_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    cells = [HEAD, LOAD, FILL if '"age"' not in code else "", code, SPLIT, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_a_column_is_looked_up_by_what_the_loop_makes_of_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = 'texts = ["city", "plan"]\nfor i in range(2):\n    c = texts[i]\n    df[c] = pd.factorize(df[c])[0]'
    cells = [HEAD, LOAD, FILL, loop + ADDED, SPLIT, MODEL]
    found = planned(tmp_path, *cells)
    assert difference(tmp_path, cells, found, monkeypatch, served_with="left") == ""


def test_a_category_that_nobody_has_seen_is_no_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = planned(tmp_path, HEAD, LOAD, CODES, SPLIT, MODEL)
    monkeypatch.chdir(tmp_path)
    with package(tmp_path, found) as modules:
        rows = modules["data.ingestion"].read_raw(modules["config"].load_config())
        step = modules["data.preprocessing"].PeopleFeatures().fit(rows)
        asked = rows.iloc[[3, 4]].assign(city=[None, rows["city"][0]])
        numbers = step.transform(asked)["income"] - asked["income"]
        with pytest.raises(ValueError, match="unknown category in city: \\['Paris'\\]"):
            step.transform(asked.assign(city="Paris"))
    assert list(numbers) == [-1, 0]


def test_bins_reach_beyond_the_rows_that_were_learned_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = planned(tmp_path, HEAD, LOAD, FILL, BANDS, SPLIT, MODEL)
    monkeypatch.chdir(tmp_path)
    with package(tmp_path, found) as modules:
        rows = modules["data.ingestion"].read_raw(modules["config"].load_config())
        step = modules["data.preprocessing"].PeopleFeatures().fit(rows)
        asked = pd.DataFrame({"age": 30.0, "income": [-5, 10**9]})
        bands = list(step.transform(asked)["income"])
    assert bands == [0, 3]


FACTORIZE = "`pd.factorize` learns from all rows, which cannot be done for one row alone"
QCUT = "`pd.qcut` learns from all rows, which cannot be done for one row alone"
REFUSED = {
    "codes of what is computed": (CODES.replace('(df["city"])', '(df["city"] + df["plan"])'), FACTORIZE),
    "codes in which missing is a category": (CODES.replace("])[0]", "], use_na_sentinel=False)[0]"), FACTORIZE),
    "bins that are intervals": ('df["income"] = pd.qcut(df["income"], 4).cat.codes', QCUT),
    "bins without their ties": (BANDS.replace("False", 'False, duplicates="drop"'), QCUT),
    "bins and their edges": (BANDS.replace("False)", "False, retbins=True)[0]"), QCUT),
    "bins that leave out rows": (BANDS.replace("4", "[0.1, 0.5, 1]"), QCUT),
    "bins of ranks": (BANDS.replace('"], 4', '"].rank(method="first"), 4'), QCUT),
    "bins of what is computed with a statistic": (BANDS.replace('"], 4', '"] / df["income"].max(), 4'), QCUT),
    "bins of the target": (
        BANDS.replace('pd.qcut(df["income"]', 'pd.qcut(df["left"]'),
        "the features are made with `left`, which the target is made of too",
    ),
}


@pytest.mark.parametrize(("code", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_no_row_can_get_alone_is_refused(tmp_path: Path, code: str, reason: str) -> None:
    assert f"cell 4 line 1: {reason}" in refusal(tmp_path, HEAD, LOAD, FILL, code, SPLIT, MODEL)
