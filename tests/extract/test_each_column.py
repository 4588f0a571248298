"""An encoder that ``apply`` fits on each column anew is one encoder for each column, learned when the package is fitted."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference, package
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal

TEXTS = 'texts = ["city", "plan"]\nencoder = LabelEncoder()\n'
ADDED = '\ndf["income"] = df["income"] + df["city"] * 10'
EACH = f"{TEXTS}df[texts] = df[texts].apply(encoder.fit_transform){ADDED}"
OF_X = SPLIT.replace(
    'X = df[["age", "income"]]', 'X = df.drop(columns=["left"])\nX = X.apply(LabelEncoder().fit_transform)'
)

LEARNED = {
    "made on the spot": (EACH.replace("(encoder.", "(LabelEncoder()."), SPLIT),
    "by a variable": (EACH, SPLIT),
    "by a lambda": (EACH.replace("encoder.fit_transform", "lambda text: encoder.fit_transform(text)"), SPLIT),
    "made by a lambda": (
        EACH.replace("encoder.fit_transform", "lambda text: LabelEncoder().fit_transform(text)"),
        SPLIT,
    ),
    "columns listed on the spot": (EACH.replace("[texts]", '[["city", "plan"]]'), SPLIT),
    "printed below": (f"{EACH}\nprint(encoder.classes_)", SPLIT),
    "of all columns but the target": ("", OF_X),
}


@pytest.mark.parametrize(("code", "split"), LEARNED.values(), ids=LEARNED)
def test_each_column_has_its_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, split: str) -> None:
    cells = [HEAD, LOAD, FILL, code, split, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


def test_a_text_that_nobody_has_seen_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = planned(tmp_path, HEAD, LOAD, EACH, SPLIT, MODEL)
    monkeypatch.chdir(tmp_path)
    with package(tmp_path, found) as modules:
        rows = modules["data.ingestion"].read_raw(modules["config"].load_config())
        step = modules["data.preprocessing"].PeopleFeatures().fit(rows)
        with pytest.raises(ValueError, match="previously unseen labels: .*Paris"):
            step.transform(rows.iloc[[0]].assign(city="Paris"))


HANDED = "is handed to another call, so one row alone would get something else"
REFUSED = {
    "row by row": (EACH.replace("fit_transform)", "fit_transform, axis=1)"), f"`encoder.fit_transform` {HANDED}"),
    "a scaler": (
        EACH.replace("texts].apply(encoder", "texts].apply(StandardScaler()").replace('"city", "plan"]', '"income"]'),
        f"`StandardScaler().fit_transform` {HANDED}",
    ),
    "the target among them": (
        EACH.replace('"plan"]', '"left"]'),
        "the target is computed with something learned from rows",
    ),
    "all columns with the target": (
        "df = df.apply(LabelEncoder().fit_transform)",
        "the target is computed with something learned from rows",
    ),
    "used below, as it was after the last column": (
        f'{EACH}\ndf["age"] = encoder.transform(df["plan"])',
        "`encoder.transform` is called, but nothing fitted it above",
    ),
    "used below, and fitted before": (
        EACH.replace("df[texts] =", 'encoder.fit(df["plan"])\ndf[texts] =')
        + '\ndf["age"] = encoder.transform(df["plan"])',
        f"`encoder.fit_transform` {HANDED}",
    ),
    "made of nobody knows what": (
        EACH.replace("encoder.fit", "encoders[0].fit")
        .replace("encoder =", "encoders = 2 *")
        .replace("LabelEncoder()\n", "[LabelEncoder()]\n"),
        HANDED,
    ),
}


@pytest.mark.parametrize(("code", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_encoder_for_each_column_is_refused(tmp_path: Path, code: str, reason: str) -> None:
    assert reason in refusal(tmp_path, HEAD, LOAD, FILL, code, SPLIT, MODEL)
