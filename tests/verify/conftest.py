"""Runs that several tests look at: each is made once."""

from pathlib import Path

import pytest

from nb2pkg.verify.record import Wish, read_notebook, record
from nb2pkg.verify.recording import Recording
from tests.verify import pair

TRICKY = [
    "import pandas as pd, numpy as np\nfrom sklearn.metrics import *\nfrom sklearn.model_selection import KFold\n"
    + "from sklearn.model_selection import train_test_split as divide\nfrom sklearn.tree import DecisionTreeClassifier as Tree",
    "\n\n  df = pd.read_csv('C:\\\\Users\\\\me\\\\people.csv')\n  df = df.fillna(0)",
    "%%time\n\nXa, Xb, ya, yb = divide(df[['age', 'pay']], df.left, **{'test_size': .25})",
    "m = Tree(max_depth=2)\n%time m.fit(Xa, ya)\nprint('é', m.score(Xb, yb))",
    "%%capture out\nprint(accuracy_score(yb, m.predict(Xb)))",
    "class A:\n    def __init__(self):\n        super().__init__()\n        self.__k = 1\n"
    + "    def go(self, model):\n        return model.score(Xb, yb) + self.__k - 1\nprint(A().go(m))",
    "for i in range(3):\n    p = m.predict(Xb)\n[m.predict_proba(X=Xb) for _ in range(2)]",
    "ask = m.predict\nask(Xb); print(f'{m.score(Xb, yb):.2f}')",
    "KFold(3); KFold(3, shuffle=True); Tree(random_state=5)\nm.fit(Xa, ya).score(Xb, yb)",
    "df.to_csv('/tmp/nb2pkg-never/evil.csv')\nwith open('/tmp/nb2pkg-never.txt', 'w') as f:\n    f.write('x')\ndf.sample(3)\nm.classes_",
    "1 / 0",
    "%%bash\necho hello",
    "def f(*, depth):\n    return sorted(locals()), Tree(depth, random_state=None)\nnames, again = f(depth=2) if False else (['depth'], 0)\n"
    + "assert [x for x in map(str.upper, 'ab')] == ['A', 'B'] and (lambda *a, **k: (a, k))(*[1], **{'b': 2}) == ((1,), {'b': 2})",
]


@pytest.fixture(scope="session")
def tricky(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """A run of a notebook that calls things in every roundabout way."""
    path = pair.write_notebook(tmp_path_factory.mktemp("tricky"), TRICKY)
    recording = record(read_notebook(path), Wish(seed=3), timeout=100)
    assert isinstance(recording, Recording)
    return recording


@pytest.fixture(scope="session")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small notebook, its data beside it."""
    return pair.write_notebook(tmp_path_factory.mktemp("people"), pair.NOTEBOOK)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package the small notebook becomes."""
    return pair.write_package(tmp_path_factory.mktemp("package"))
