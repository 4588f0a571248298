"""What the random search found wrong once, each as small as it was, and its near twins."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal, with_column

LIMIT = "config = {'limit': 30}"
OVER = "df['over'] = (df['income'] > config['limit']).astype(int)"
READER = "def load(name):\n    return pd.read_csv(name)"

EQUAL = {
    "an entry of a dictionary is no column": (LOAD + "\n" + FILL, f"{LIMIT}\n{OVER}", with_column("over"), MODEL),
    "a dictionary that is changed below": (
        LOAD + "\n" + FILL,
        f"{LIMIT}\n{OVER}\nconfig['limit'] = 0",
        with_column("over"),
        MODEL,
    ),
    "limits that are spread over the arguments of a call": (
        LOAD + "\n" + FILL,
        "df['bound'] = np.clip(df['income'], *np.nanpercentile(df['income'], [10, 90]))",
        with_column("bound"),
        MODEL,
    ),
    "a table called as the settings are": (
        LOAD.replace("df", "config"),
        "config = config[config['income'] < 8000].fillna(0)",
        SPLIT.replace("df", "config"),
        MODEL,
    ),
    "a function that reads a file, and is not called": (READER, LOAD + "\n" + FILL, SPLIT, MODEL),
}


@pytest.mark.parametrize("cells", EQUAL.values(), ids=EQUAL)
def test_the_model_is_given_the_same(cells: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [HEAD, *cells]
    assert difference(tmp_path, every, planned(tmp_path, *every), monkeypatch, served_with="left") == ""


REFUSED = {
    "a file read inside a function": (
        (READER, "df = load('people.csv')\n" + FILL, SPLIT, MODEL),
        "cell 3 line 1: `pd.read_csv(name)` is read inside a function; read it in a cell",
    ),
    "a file read inside a lambda": (
        ("load = lambda name: pd.read_csv(name)", "df = load('people.csv')\n" + FILL, SPLIT, MODEL),
        "`pd.read_csv(name)` is read inside a function; read it in a cell",
    ),
    "rows chosen by what is called as the settings are": (
        (LOAD + "\n" + FILL, f"{LIMIT}\ndf = df[df['age'] > config['limit']]", SPLIT, MODEL),
        "`config` is what the package calls its settings; give the variable another name",
    ),
    "rows chosen by what is called as the raw rows are": (
        (LOAD + "\n" + FILL, "rows = 30\ndf = df[df['age'] > rows]", SPLIT, MODEL),
        "`rows` is what the package calls its raw rows; give the variable another name",
    ),
    "a target made with what is called as the settings are": (
        (LOAD + "\n" + FILL, LIMIT, SPLIT.replace('df["left"]', "(df['income'] > config['limit']).astype(int)"), MODEL),
        "`config` is what the package calls its settings; give the variable another name",
    ),
    "rows to score that are cut in a cell above the split": (
        (LOAD + "\n" + FILL, "X_test, y_test = X_test[:5], y_test[:5]", SPLIT, MODEL),
        "cell 3 line 1: `X_test` is read above what gives it its value, and no order of the cells is sure",
    ),
}


@pytest.mark.parametrize(("cells", "reason"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused(cells: tuple[str, ...], reason: str, tmp_path: Path) -> None:
    assert reason in refusal(tmp_path, HEAD, *cells)
