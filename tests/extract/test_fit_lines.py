"""``fit`` learns from the table that comes in and does nothing of what ``transform`` does again, where that gives the same values."""

import ast
from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import HEAD, LOAD, MODEL, SPLIT, planned

ENCODE = "for name in ['city', 'plan']:\n    encoder = LabelEncoder()\n    df[name] = encoder.fit_transform(df[name])"
SCALED = "df[numbers] = StandardScaler().fit_transform(df[numbers])"
DUMMIES = "df = pd.get_dummies(df, columns=['city', 'plan'])"
DROPPED = 'y = df["left"]\nX = df.drop(columns=["left"])\n'
WHOLE = DROPPED + SPLIT.splitlines()[-1]
FILL = 'df["age"] = df["age"].fillna(30)'
NUMBERS = "numbers = ['age', 'income']"

DIRECT = {
    "another-name": (
        ['same = df\nsame["age"] = same["age"].fillna(same["age"].mean())', SPLIT],
        ['self.age_mean_ = df["age"].mean()'],
    ),
    "own-words-of-a-comprehension": (
        ['df["age"] = df["age"].fillna(30)\nlong = df["age"] + 1\ndf["income"] = df["income"] - np.mean([one * 2 for one in df["income"]])', SPLIT],
        ['self.income_mean_ = np.mean([one * 2 for one in df["income"]])'],
    ),
    "every-turn": (
        [FILL, ENCODE, WHOLE],
        ['self.label_encoder_ = {name: LabelEncoder().fit(df[name]) for name in ["city", "plan"]}'],
    ),
    "listed-categories-below-scaling": (
        [FILL, NUMBERS, SCALED, DUMMIES, WHOLE],
        [
            "self.standard_scaler_ = StandardScaler().fit(df[numbers])",
            'self.categories_ = {name: pd.CategoricalDtype(df[name].astype("category").cat.categories) for name in ["city", "plan"]}',
        ],
    ),
}  # fmt: skip


def fit_lines(folder: Path, *cells: str) -> list[str]:
    """What the ``fit`` of the package's last transformer does, without its docstring, the names that come out and ``return self``."""
    tree = ast.parse(planned(folder, HEAD, LOAD, *cells, MODEL).modules.files["data/preprocessing.py"])
    last = [node for node in tree.body if isinstance(node, ast.ClassDef)][-1]
    fit = next(node for node in last.body if isinstance(node, ast.FunctionDef) and node.name == "fit")
    lines = [ast.unparse(node) for node in fit.body[1:-1]]
    return [line for line in lines if not line.startswith("self.feature_names_out_ = ")]


@pytest.mark.parametrize(("cells", "learned"), DIRECT.values(), ids=DIRECT)
def test_fit_learns_from_what_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str], learned: list[str]
) -> None:
    assert fit_lines(tmp_path, *cells) == [ast.unparse(ast.parse(line)) for line in learned]
    every = [HEAD, LOAD, *cells, MODEL]
    assert difference(tmp_path, every, planned(tmp_path, *every), monkeypatch) == ""


CHANGED = {
    "a-turn-changes-what-another-learns": [
        FILL,
        'for name in ["age", "income"]:\n    df[name] = df[name] - df[name].mean()\n    df["income"] = df["income"] / 2',
        SPLIT,
    ],
    "changed-before-it-is-learned": [
        FILL,
        'for name in ["age", "income"]:\n    df[name] = df[name] * 2\n    df[name] = df[name] - df[name].mean()',
        SPLIT,
    ],
    "a-column-twice": [
        FILL,
        'for name in ["age", "age", "income"]:\n    df[name] = df[name].clip(upper=df[name].quantile(0.8))',
        SPLIT,
    ],
    "a-constant-made-on-the-way": [
        FILL,
        'usual = df["age"].mean()\nshare = 0.25\nshare = share * 2\ndf["income"] = df["income"].clip(upper=df["income"].quantile(share))\ndf["age"] = df["age"] - usual',
        SPLIT,
    ],
    "listed-categories-made-on-the-way": [
        'df["age"] = df["age"].fillna(df["age"].mean())\ndf["city"] = df["city"].str.upper()',
        DUMMIES,
        WHOLE,
    ],
    "learned-below-what-was-learned": [
        'df["age"] = df["age"].fillna(df["age"].mean())\ndf["age"] = df["age"].clip(upper=df["age"].quantile(0.8))',
        SPLIT,
    ],
}  # fmt: skip


@pytest.mark.parametrize("cells", CHANGED.values(), ids=CHANGED)
def test_values_that_the_way_there_changes_are_the_notebooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str]
) -> None:
    every = [HEAD, LOAD, *cells, MODEL]
    assert difference(tmp_path, every, planned(tmp_path, *every), monkeypatch) == ""
