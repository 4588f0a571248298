"""What a fitted encoder is asked below its fit is learned with it, and so is what its input is made with."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal

ENCODERS = HEAD + "\nfrom sklearn.impute import SimpleImputer\nfrom sklearn.preprocessing import OneHotEncoder"
WITHOUT_TEXTS = SPLIT.replace('df[["age", "income"]]', 'df.drop(columns=["city", "plan", "left"])')
MADE = "encoder = OneHotEncoder(sparse_output=False)\n"
NAMES = 'columns=encoder.get_feature_names_out(["city"])'

ASKED = {
    "names of the columns, and concat": (
        f'{MADE}found = encoder.fit_transform(df[["city"]])\nfound = pd.DataFrame(found, {NAMES})\n'
        "df = pd.concat([df, found], axis=1)"
    ),
    "names of the columns, and join": (
        f'{MADE}found = pd.DataFrame(encoder.fit_transform(df[["city"]]), {NAMES}, index=df.index)\ndf = df.join(found)'
    ),
    "sparse": (
        'encoder = OneHotEncoder()\nfound = encoder.fit_transform(df[["city", "plan"]]).toarray()\n'
        "df = df.join(pd.DataFrame(found, columns=encoder.get_feature_names_out(), index=df.index))"
    ),
    "fitted in a statement of its own": (
        f'{MADE}encoder.fit(df[["city"]])\nnames = encoder.get_feature_names_out()\n'
        'df = df.join(pd.DataFrame(encoder.transform(df[["city"]]), columns=names, index=df.index))'
    ),
    "categories": (
        f'{MADE}found = encoder.fit_transform(df[["city"]])\n'
        "df = pd.concat([df, pd.DataFrame(found, columns=encoder.categories_[0])], axis=1)"
    ),
    "one encoder, fitted twice": (
        f'{MADE}one = pd.DataFrame(encoder.fit_transform(df[["city"]]), {NAMES})\n'
        'other = pd.DataFrame(encoder.fit_transform(df[["plan"]]), columns=encoder.get_feature_names_out())\n'
        "df = pd.concat([df, one, other], axis=1)"
    ),
    "in a loop": (
        f'{MADE}for name in ["city", "plan"]:\n'
        "    found = pd.DataFrame(encoder.fit_transform(df[[name]]), columns=encoder.get_feature_names_out([name]))\n"
        "    df = pd.concat([df, found], axis=1)"
    ),
    "a scaler's numbers": (
        'scaler = StandardScaler()\nscaler.fit(df[["income"]])\n'
        'df["income"] = (df["income"] - scaler.mean_[0]) / scaler.scale_[0]'
    ),
    "a dictionary of classes": (
        'encoder = LabelEncoder()\nencoder.fit(df["city"])\n'
        "codes = dict(zip(encoder.classes_, encoder.transform(encoder.classes_)))\n"
        'df["income"] = df["city"].map(codes)'
    ),
    "the rows of the fit are the same below it": (
        'imputer = SimpleImputer()\nimputer.fit(df[["age"]])\ndf["income"] = df["income"] * 2\n'
        'df[["age"]] = imputer.transform(df[["age"]])'
    ),
}


@pytest.mark.parametrize("code", ASKED.values(), ids=ASKED)
def test_what_an_encoder_is_asked_is_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    cells = [ENCODERS, LOAD, FILL if "imputer" not in code else "", code, WITHOUT_TEXTS, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


WITHIN = {
    "a mean": 'df[["age"]] = StandardScaler().fit_transform(df[["age"]].fillna(df["age"].mean()))',
    "a mean, below another fit": (
        'scaler = StandardScaler()\nscaler.fit(df[["age"]].fillna(0))\n'
        'df[["age"]] = scaler.transform(df[["age"]].fillna(df["age"].mean()))'
    ),
    "an imputer": 'df[["age"]] = StandardScaler().fit_transform(SimpleImputer().fit_transform(df[["age"]]))',
    "a comparison with a mean": (
        'df["old"] = (df["age"] > df["age"].mean()).astype("category").cat.codes\ndf["income"] = df["income"] * df["old"]'
    ),
}


@pytest.mark.parametrize("code", WITHIN.values(), ids=WITHIN)
def test_what_the_input_is_made_with_is_learned_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    cells = [ENCODERS, LOAD, code, SPLIT, MODEL]
    assert difference(tmp_path, cells, planned(tmp_path, *cells), monkeypatch) == ""


CHANGED = "was changed after the SimpleImputer of the columns was fitted on it; fit it right before it is used"
FITTED = 'imputer = SimpleImputer()\nimputer.fit(df[["age"]])\n'
USED = 'df[["age"]] = imputer.transform(df[["age"]])'
REFUSED = {
    "a column changed in between": (f'{FITTED}df["age"] = df["age"] * 2\n{USED}', f"`df[['age']]` {CHANGED}"),
    "rows chosen in between": (f'{FITTED}df = df[df["income"] > 3000]\n{USED}', f"`df[['age']]` {CHANGED}"),
    "asked after a change": (
        f'{FITTED}df["age"] = df["age"] * 2\ndf["age"] = df["age"].fillna(imputer.statistics_[0])',
        f"`df[['age']]` {CHANGED}",
    ),
    "a model is asked, which learned from the target": (
        (
            'tree = DecisionTreeClassifier(random_state=0)\ntree.fit(df[["income"]], df["left"])\n'
            'df["income"] = df["income"] * tree.feature_importances_[0]'
        ),
        "`tree` is read in code that the package keeps, but what gives it its value is not kept",
    ),
    "ranks in the input": (
        'df[["income"]] = StandardScaler().fit_transform(df[["income"]].rank())',
        "`df[['income']].rank` reads neighbouring rows, so one row alone cannot be served",
    ),
}


@pytest.mark.parametrize(("code", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_was_learned_of_other_rows_is_refused(tmp_path: Path, code: str, reason: str) -> None:
    assert reason in refusal(tmp_path, ENCODERS, LOAD, code, SPLIT, MODEL)
