"""Networks at level 2: kept in their library's own format where one table goes in and the library can read them back."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from nb2pkg.extract.levels import LowerPlan
from nb2pkg.extract.sections.package import texts_of
from nb2pkg.scaffold.model.artifacts import Artifact, ArtifactError, newest
from nb2pkg.scaffold.running.stages.bundle import Bundle, contract_of
from nb2pkg.scaffold.running.stages.forms import as_rows, form_of, in_form
from tests.extract.below import lower_plan
from tests.extract.small import LOAD

BEFORE = (
    "import numpy as np\nimport pandas as pd\nfrom sklearn.model_selection import train_test_split",
    LOAD + '\ndf["age"] = df["age"].fillna(0)',
    'X = df[["age", "income"]].to_numpy()\ny = df["left"]\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)',
)
KERAS = "from tensorflow import keras\nfrom tensorflow.keras import layers"
MODEL = 'model = keras.Sequential([layers.Dense(1, activation="sigmoid")])\nmodel.compile(loss="binary_crossentropy")'
FIT = "history = model.fit(X_train, y_train, epochs=2, validation_split=0.2)"
SHOW = "print(model.evaluate(X_test, y_test))\nprint(history.history)"


def planned(folder: Path, *cells: str) -> LowerPlan:
    return lower_plan(folder, *BEFORE, *cells)


def test_a_network_is_kept_in_its_own_format(tmp_path: Path) -> None:
    found = planned(tmp_path, KERAS, MODEL, FIT, SHOW)
    assert found.modules.level == 2, found.reasons
    texts = texts_of(found.modules)
    assert 'NETWORK = "network.keras"' in texts["src/work/store.py"]
    assert "return Fitted({" in texts["src/work/run.py"]
    assert "model, X_train)" in texts["src/work/run.py"]
    assert {"keras>=3.0", "tensorflow>=2.16"} <= set(found.modules.dependencies)


def test_another_model_is_kept_in_the_bundle(tmp_path: Path) -> None:
    model = "from sklearn.linear_model import LogisticRegression"
    fit = 'rows = df["income"].shift(1).fillna(0).to_frame()\nmodel = LogisticRegression()\nmodel.fit(rows, y)'
    texts = texts_of(planned(tmp_path, model, fit).modules)
    assert "keras" not in "".join(texts.values())
    assert "src/work/store.py" not in texts


NOT_KEPT = {
    "a class of the notebook's own": (
        ("class Own(keras.Model):\n    def __init__(self):\n        super().__init__()\n        self.last = layers.Dense(1)\n    def call(self, rows):\n        return self.last(rows)", "model = Own()\nmodel.compile(loss='mse')", FIT),
        "a fitted Own is not kept as a whole by this package's artifacts",
    ),
    "several inputs": (
        (MODEL, "history = model.fit([X_train, X_train], y_train, epochs=2)"),
        "the network is fitted on several inputs; one table of feature rows is what can be answered",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_KEPT)
def test_what_cannot_be_read_back_or_asked_is_not_kept(case: str, tmp_path: Path) -> None:
    cells, reason = NOT_KEPT[case]
    found = planned(tmp_path, KERAS, *cells)
    assert found.modules.level == 1
    assert dict(found.reasons)[2].partition(": ")[2] == reason


class Doubling:
    """A stand-in for a network: doubles the sum of each row, and writes itself as text."""

    def predict(self, rows: object, *, verbose: int) -> object:
        assert verbose == 0
        return np.asarray(rows).reshape(len(np.asarray(rows)), -1).sum(axis=1) * 2

    def save(self, path: Path) -> None:
        path.write_text("doubling", encoding="utf-8")


def load_model(path: Path) -> Doubling:
    if path.read_text(encoding="utf-8") != "doubling":
        raise ValueError("a layer it does not know")
    return Doubling()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(models=SimpleNamespace(load_model=load_model)))
    from nb2pkg.scaffold.running.stages import network_store

    return network_store


def test_a_network_lies_beside_the_bundle_and_answers_after_loading(store: ModuleType, tmp_path: Path) -> None:
    images = np.arange(12.0).reshape(3, 2, 2)
    rows, form = as_rows(images), form_of(images)
    bundle = Bundle(store.kept_model(Doubling()), {}, form)
    path = store.save(Artifact(bundle, None, contract_of(rows), {}), tmp_path, beside=lambda _: ())
    assert path == newest(tmp_path)
    assert (path / "network.keras").is_file()
    again = store.load(path)
    assert again.pipeline.predict(rows).tolist() == [12.0, 44.0, 76.0]
    assert in_form(rows, form).shape == (3, 2, 2)
    (path / "network.keras").write_text("another", encoding="utf-8")
    with pytest.raises(ArtifactError, match="not what was written"):
        store.load(path)


def test_a_network_that_cannot_be_read_back_is_not_written(store: ModuleType, tmp_path: Path) -> None:
    class Broken(Doubling):
        def save(self, path: Path) -> None:
            path.write_text("own layers", encoding="utf-8")

    rows = pd.DataFrame({"a": [1.0, 2.0]})
    artifact = Artifact(Bundle(store.kept_model(Broken()), {}, form_of(rows)), None, contract_of(rows), {})
    with pytest.raises(ArtifactError, match="cannot be read back"):
        store.save(artifact, tmp_path, beside=lambda _: ())
    assert not list(tmp_path.iterdir())
