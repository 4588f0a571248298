"""Files that are read as arrays: columns without names make no level 3."""

from pathlib import Path

import pytest

from tests.extract.small import HEAD, MODEL, refusal

SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)"
READ = {
    "genfromtxt": "data = np.genfromtxt('people.csv', delimiter=',', skip_header=1, usecols=(0, 1, 4))",
    "loadtxt": "data = np.loadtxt('people.csv', delimiter=',', skiprows=1, usecols=(1, 4))",
    "load": "data = np.load('people.npy')",
}


@pytest.mark.parametrize("how", READ)
def test_an_array_that_is_read_is_no_table(how: str, tmp_path: Path) -> None:
    reason = f"`np.{how}` gives no table whose columns have names; read the file with `pd.read_csv` or its like"
    assert reason in refusal(tmp_path, HEAD, READ[how], "X, y = data[:, :-1], data[:, -1]", SPLIT, MODEL)
