"""NB201 and NB501: places, owners and remedies of paths; names that tell one artifact from the next."""

from pathlib import Path

import pytest

from nb2pkg.rule import Confidence, Severity
from tests.rules.findings import find, related

PANDAS = "import pandas as pd"


def test_a_path_is_found_where_it_is_written_and_names_its_use() -> None:
    (finding,) = find("NB201", PANDAS, "name = '/home/ada/a.csv'", "df = pd.read_csv(name)")
    assert (finding.place.cell, finding.place.line, finding.place.column) == (2, 1, 8)
    assert (finding.severity, finding.confidence) == (Severity.WARNING, Confidence.CERTAIN)
    assert finding.message == (
        "`/home/ada/a.csv` exists only on the machine it was written on; "
        "write it relative to the notebook, or read it from the configuration"
    )
    assert related(finding) == [(3, 1, "used here")]


def test_a_path_that_is_used_where_it_is_written_has_no_related_place() -> None:
    (finding,) = find("NB201", PANDAS, "pd.read_csv('/home/ada/a.csv')")
    assert related(finding) == []


def test_a_path_used_twice_is_one_finding() -> None:
    assert len(find("NB201", PANDAS, "p = '/home/ada/a.csv'", "pd.read_csv(p)\npd.read_csv(p)")) == 1


def test_a_file_beside_the_notebook_is_named_in_its_relative_form(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    notebook = str(tmp_path / "test.ipynb")
    for path in ("/home/ada/a.csv", "C:\\\\Users\\\\ada\\\\a.csv", "file:///srv/a.csv"):
        (finding,) = find("NB201", PANDAS, f"pd.read_csv('{path}')", path=notebook)
        assert finding.message.endswith('the file lies beside the notebook: write "a.csv"')
    (finding,) = find("NB201", PANDAS, "pd.read_csv('/home/ada/b.csv')", path=notebook)
    assert finding.message.endswith("read it from the configuration")


OWNERS = {
    "/content/drive/My Drive/a.csv": "a Colab machine",
    "/kaggle/input/a.csv": "Kaggle",
    "/dbfs/a.csv": "Databricks",
    "/home/ada/a.csv": "the machine it was written on",
    "/contents/a.csv": "the machine it was written on",
}


@pytest.mark.parametrize("path", OWNERS)
def test_the_owner_of_a_path_is_named(path: str) -> None:
    (finding,) = find("NB201", PANDAS, f"pd.read_csv('{path}')")
    assert f"exists only on {OWNERS[path]};" in finding.message


def test_the_home_folder_is_that_of_whoever_runs_the_notebook() -> None:
    (finding,) = find("NB201", PANDAS, "pd.read_csv('~/a.csv')")
    assert finding.message.startswith(
        "`~/a.csv` lies in the home folder of whoever runs the notebook; write it relative"
    )
    (finding,) = find("NB201", PANDAS, "pd.read_csv('~ada/a.csv')")
    assert finding.message.startswith("`~ada/a.csv` exists only on the machine it was written on;")


ABSOLUTE = ["/a.csv", "/a b/c.csv", "c:/a.csv", "C:\\\\a.csv", "\\\\\\\\server\\\\share\\\\a.csv", "~/a.csv", "~ada/a.csv", "FILE:///a.csv"]  # fmt: skip
RELATIVE = ["a.csv", "./a.csv", "../a.csv", "data/a.csv", "data\\\\a.csv", "https://x.org/a.csv", "s3://b/a.csv", "hdfs://n/a", "/dev/null", "-", "", "a~b.csv", "c:a"]  # fmt: skip


@pytest.mark.parametrize("path", ABSOLUTE)
def test_this_path_is_absolute(path: str) -> None:
    assert len(find("NB201", PANDAS, f"pd.read_csv('{path}')")) == 1


@pytest.mark.parametrize("path", RELATIVE)
def test_this_path_is_not(path: str) -> None:
    assert find("NB201", PANDAS, f"pd.read_csv('{path}')") == []


MODEL = """
import time, hashlib, pickle, joblib
from sklearn.datasets import load_iris
from sklearn.svm import SVC
model = SVC().fit(*load_iris(return_X_y=True))
"""


def test_an_artifact_names_its_class_its_path_and_the_fit() -> None:
    (finding,) = find("NB501", MODEL, "joblib.dump(model, 'model.joblib')")
    assert (finding.place.cell, finding.place.line, finding.place.column) == (2, 1, 1)
    assert (finding.severity, finding.confidence) == (Severity.WARNING, Confidence.CERTAIN)
    assert finding.message.startswith("a fitted `SVC` is written to `model.joblib`")
    assert related(finding) == [(1, 4, "fitted here")]


@pytest.mark.parametrize("saved", ["search", "search.best_estimator_"])
def test_a_search_and_its_best_estimator_are_named_by_what_was_tuned(saved: str) -> None:
    search = "from sklearn.model_selection import GridSearchCV\nsearch = GridSearchCV(SVC(), {'C': [1]}).fit(*load_iris(return_X_y=True))"
    (finding,) = find("NB501", MODEL, search, f"joblib.dump({saved}, 'model.joblib')")
    assert finding.message.startswith("a fitted `SVC` tuned by `GridSearchCV` is written to `model.joblib`")


def test_what_a_function_makes_is_told_by_its_call() -> None:
    made = "from sklearn.pipeline import make_pipeline\npipe = make_pipeline(SVC()).fit(*load_iris(return_X_y=True))"
    (finding,) = find("NB501", MODEL, made, "joblib.dump(pipe, 'model.joblib')")
    assert finding.message.startswith("a fitted `make_pipeline(…)` is written to `model.joblib`")


VERSIONED = [
    "model-v1.joblib",
    "model_v12.pkl",
    "v3/model.joblib",
    "model-1.2.joblib",
    "model_1_0_3.joblib",
    "model-20261120.joblib",
    "model-2026-11-20.joblib",
    "model-9f2c41e7.joblib",
    "runs/2026-11-20T10-00/model.joblib",
]
FIXED = [
    "model.joblib",
    "final.pkl",
    "models/best_model.pkl",
    "model2.pkl",
    "deadbeef.joblib",
    "svc.joblib",
    "iris.joblib",
    "MODEL",
    "xgboost.json",
    "dev/model.joblib",
]


@pytest.mark.parametrize("name", VERSIONED)
def test_this_name_tells_it_from_the_next(name: str) -> None:
    assert find("NB501", MODEL, f"joblib.dump(model, '{name}')") == []


@pytest.mark.parametrize("name", FIXED)
def test_this_name_does_not(name: str) -> None:
    assert len(find("NB501", MODEL, f"joblib.dump(model, '{name}')")) == 1


COMPUTED = [
    "joblib.dump(model, f'model-{time.time()}.joblib')",
    "joblib.dump(model, 'model-' + time.strftime('%Y') + '.joblib')",
    "joblib.dump(model, 'model-{}.joblib'.format(time.time()))",
    "joblib.dump(model, 'model-%s.joblib' % time.time())",
    "joblib.dump(model, input())",
    "pickle.dump(model, open(f'{hashlib.sha256(b).hexdigest()}.pkl', 'wb'))",
    "with open(f'model-{time.time()}.pkl', 'wb') as file:\n    pickle.dump(model, file)",
]


@pytest.mark.parametrize("save", COMPUTED)
def test_a_name_that_is_computed_when_the_notebook_runs_is_silent(save: str) -> None:
    assert find("NB501", MODEL, "b = pickle.dumps(model)", save) == []


SAVED = {
    "bytes written to a file": "with open('m.pkl', 'wb') as file:\n    file.write(pickle.dumps(model))",
    "bytes with a name": "data = pickle.dumps(model)\nwith open('m.pkl', 'wb') as file:\n    file.write(data)",
    "bytes written by a path": "from pathlib import Path\nPath('m.pkl').write_bytes(pickle.dumps(model))",
    "a pickler": "with open('m.pkl', 'wb') as file:\n    pickle.Pickler(file).dump(model)",
    "dill": "import dill\nwith open('m.pkl', 'wb') as file:\n    dill.dump(model, file)",
    "cloudpickle": "import cloudpickle\nwith open('m.pkl', 'wb') as file:\n    cloudpickle.dump(model, file)",
    "joblib of an old release": "from sklearn.externals import joblib as j\nj.dump(model, 'm.pkl')",
    "a list": "joblib.dump([model, 3], 'm.pkl')",
    "a function": "def save(thing, name):\n    joblib.dump(thing, name + '.pkl')\nsave(model, 'm')",
    "a loop": "for name, thing in {'m': model}.items():\n    joblib.dump(thing, f'{name}.pkl')",
}


@pytest.mark.parametrize("how", SAVED)
def test_an_artifact_is_found_however_it_is_written(how: str) -> None:
    (finding,) = find("NB501", MODEL, SAVED[how])
    assert "`m.pkl`" in finding.message


NETWORK = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(1, 1)
    def forward(self, x):
        return self.layer(x)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(3):
    loss = nn.MSELoss()(net(torch.ones(1)), torch.zeros(1))
    loss.backward()
    optimizer.step()
"""


@pytest.mark.parametrize("thing", ["net", "net.state_dict()", "{'net': net.state_dict(), 'epoch': 3}"])
def test_a_network_trained_by_hand_is_an_artifact(thing: str) -> None:
    assert len(find("NB501", NETWORK, f"torch.save({thing}, 'net.pth')")) == 1
    assert find("NB501", NETWORK, f"torch.save({thing}, 'net-v2.pth')") == []


def test_plain_values_are_no_artifacts() -> None:
    plain = "joblib.dump([1, 2], 'a.joblib')\njoblib.dump(model.predict([[1, 2, 3, 4]]), 'b.joblib')\njoblib.dump(SVC(), 'c.joblib')"
    assert find("NB501", MODEL, plain) == []
