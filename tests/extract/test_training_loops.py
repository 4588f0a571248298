"""Networks that a loop of the notebook's own trains, at level 2: the very network, what goes into it, and how it is made again."""

import contextlib
import importlib
import importlib.util
import io
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nb2pkg.extract.levels import LowerPlan
from nb2pkg.extract.sections.package import texts_of
from nb2pkg.verify.verdict import verify
from tests.extract.below import command, extracted, lower_plan, put_on_path
from tests.extract.small import people

with_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed here: what is planned is tested, what runs is not",
)
NUMBERS = itertools.count()
BEFORE = (
    "import numpy as np\nimport pandas as pd\nimport torch\nfrom torch import nn\nfrom torch.utils.data import DataLoader, TensorDataset, Dataset",
    'df = pd.read_csv("people.csv")\ndf["age"] = df["age"].fillna(0)',
    "device = 'cuda' if torch.cuda.is_available() else 'cpu'\nX = torch.tensor(df[['age', 'income']].to_numpy() / 100, dtype=torch.float32)\ny = torch.tensor(df['left'].to_numpy(), dtype=torch.float32).unsqueeze(1)",
)
NET = "class Net(nn.Module):\n    def __init__(self, inputs, hidden=4):\n        super().__init__()\n        self.first = nn.Linear(inputs, hidden)\n        self.drop = nn.Dropout(0.3)\n        self.last = nn.Linear(hidden, 1)\n    def forward(self, rows):\n        return self.last(self.drop(torch.relu(self.first(rows))))"
MADE = "width = X.shape[1]\nnet = Net(width).to(device)\ncost = nn.BCEWithLogitsLoss()\nsteps = torch.optim.Adam(net.parameters(), lr=0.01)"
LOADER = "loader = DataLoader(TensorDataset(X, y), batch_size=16, shuffle=True)"
LOOP = "for epoch in range(2):\n    net.train()\n    for a, b in loader:\n        a, b = a.to(device), b.to(device)\n        steps.zero_grad()\n        loss = cost(net(a), b)\n        loss.backward()\n        steps.step()\n    print(epoch, loss.item())"
WHOLE = (
    "for epoch in range(3):\n    steps.zero_grad()\n    loss = cost(net(X), y)\n    loss.backward()\n    steps.step()"
)
TRAIN = "def train(model, batches, how, epochs=2):\n    for epoch in range(epochs):\n        for i, batch in enumerate(batches):\n            rows, target = batch\n            how.zero_grad()\n            loss = cost(model(rows), target)\n            loss.backward()\n            how.step()\n    return model"
SHOW = "net.eval()\nwith torch.no_grad():\n    print(net(X[:3]), torch.rand(1))"
SEQUENTIAL = "net = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))\ncost = nn.MSELoss()\nsteps = torch.optim.SGD(net.parameters(), lr=0.01)"
LINE = "net = nn.Linear(2, 1)\ncost = nn.MSELoss()\nsteps = torch.optim.SGD(net.parameters(), lr=0.001)"
OWN_DATA = "class Rows(Dataset):\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n    def __len__(self):\n        return len(self.x)\n    def __getitem__(self, at):\n        return self.x[at], self.y[at]\nloader = DataLoader(Rows(X, y), batch_size=16, shuffle=True)"

HELD = {
    "batches of a loader": ((NET, LOADER, MADE, LOOP, SHOW), "net", "loaded_rows(loader, 0).to(device)", "X", "Trained(net, {\"width\": width})"),
    "all rows at once": ((NET, MADE, WHOLE, SHOW), "net", "X", "X", "Trained(net, {\"width\": width})"),
    "a function that trains": ((NET, LOADER, MADE, TRAIN, "train(net, loader, steps, epochs=3)", SHOW), "net", "loaded_rows(loader, 0)", "X", "Trained(net, {\"width\": width})"),
    "a function that gives the network": ((NET, LOADER, MADE, TRAIN, "best = train(net, loader, steps)", SHOW), "net", "loaded_rows(loader, 0)", "X", "Trained(net, {\"width\": width})"),
    "one turn in a function": (
        (NET, LOADER, MADE, "def turn(rows, target):\n    steps.zero_grad()\n    loss = cost(net(rows), target)\n    loss.backward()\n    steps.step()\n    return loss.item()", "for epoch in range(2):\n    for a, b in loader:\n        turn(a, b)", SHOW),
        "net", "loaded_rows(loader, 0)", "X", "Trained(net, {\"width\": width})",
    ),
    "batches cut by hand": (
        (SEQUENTIAL, "for epoch in range(2):\n    order = torch.randperm(len(X))\n    for start in range(0, len(X), 16):\n        chosen = order[start:start + 16]\n        a, b = X[chosen], y[chosen]\n        loss = cost(net(a), b)\n        steps.zero_grad()\n        loss.backward()\n        steps.step()", SHOW),
        "net", "X", "X", "Trained(net, {})",
    ),
    "a data set of its own, and rows reshaped": (
        (NET, OWN_DATA, MADE, LOOP.replace("net(a)", "net(a.view(a.size(0), -1))"), SHOW),
        "net", "loaded_rows(loader, 0).to(device).view(loaded_rows(loader, 0).to(device).size(0), -1)", "X", "Trained(net, {\"width\": width})",
    ),
    "the best state": (
        (NET, LOADER, MADE, "import copy\nkept = copy.deepcopy(net.state_dict())", LOOP, "net.load_state_dict(kept)", SHOW),
        "net", "loaded_rows(loader, 0).to(device)", "X", "Trained(net, {\"width\": width})",
    ),
    "trained twice": ((NET, LOADER, MADE, WHOLE, LOOP, SHOW), "net", "loaded_rows(loader, 0).to(device)", "X", "Trained(net, {\"width\": width})"),
    "a layer put in later": ((NET, MADE, "net.last = nn.Linear(4, 1)\nsteps = torch.optim.SGD(net.parameters(), lr=0.01)", WHOLE, SHOW), "net", "X", "X", "net"),
    "made in a function": ((NET, "def build(inputs):\n    return Net(inputs)\nnet = build(2)\ncost = nn.MSELoss()\nsteps = torch.optim.SGD(net.parameters(), lr=0.01)", WHOLE, SHOW), "net", "X", "X", "net"),
    "a value that is bound anew": ((NET, MADE, "width = 99", WHOLE, SHOW), "net", "X", "X", "net"),
    "one layer": ((LINE, WHOLE, SHOW), "net", "X", "X", "Trained(net, {})"),
}  # fmt: skip


def planned(folder: Path, name: str, *cells: str) -> LowerPlan:
    return lower_plan(folder, *BEFORE, *cells, name=name)


@pytest.mark.parametrize("case", HELD)
def test_a_trained_network_is_held_with_what_goes_into_it(case: str, tmp_path: Path) -> None:
    cells, _, features, _, kept = HELD[case]
    found = planned(tmp_path, "work", *cells)
    assert found.modules.level == 2, found.reasons
    run = " ".join(texts_of(found.modules)["src/work/run.py"].split())
    assert f"}}, {kept}, {features})" in run
    assert ("network.py" in found.modules.files) is kept.startswith("Trained")
    assert "torch>=2.1" in found.modules.dependencies


@with_torch
@pytest.mark.parametrize("case", HELD)
def test_the_network_kept_answers_as_the_notebooks_does(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    cells, model, _, rows, _ = HELD[case]
    name = f"trained{next(NUMBERS)}"
    put_on_path(planned(tmp_path, name, *cells).modules, tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {"__name__": "__main__"}
    run = importlib.import_module(f"{name}.run")
    with contextlib.redirect_stdout(io.StringIO()):
        torch.manual_seed(0)
        for cell in (*BEFORE, *cells):
            exec(cell, scope)  # noqa: S102 - the cells of these tests
        config = replace(importlib.import_module(f"{name}.config").load_config({}), artifacts_dir=tmp_path / "kept")
        fitted = run.run_to_fit(config)
    network, features = eval(model, scope), eval(rows, scope)
    assert torch.equal(fitted.features, features)
    drawn = torch.get_rng_state()
    training = importlib.import_module(f"{name}.train")
    again = training.load(training.save_fitted(fitted, config))
    assert torch.equal(torch.get_rng_state(), drawn)
    table = importlib.import_module(f"{name}.forms").as_rows(features)
    with torch.no_grad():
        assert again.pipeline.predict(table).tolist() == network.eval()(features).tolist()


NOT_HELD = {
    "several inputs": (
        (NET.replace("self, rows)", "self, rows, more)"), LOADER, MADE, LOOP.replace("net(a)", "net(a, b)")),
        "what the network is trained on cannot be told: the network is given several things",
    ),
    "a loader with batches of its own": (
        (NET, LOADER.replace("shuffle=True", "collate_fn=list"), MADE, LOOP),
        "what the network is trained on cannot be told: `loader` is no loader of one table's rows",
    ),
    "a generator of batches": (
        (NET, "def batches():\n    yield X, y\nloader = list(batches())", MADE, LOOP),
        "what the network is trained on cannot be told: `loader` is no loader of one table's rows",
    ),
    "batches changed in place": (
        (NET, LOADER, MADE, LOOP.replace("        steps.zero_grad()", "        a[:, 0] = 0\n        steps.zero_grad()")),
        "what the network is trained on cannot be told: `a` is changed in place",
    ),
    "batches with noise": (
        (NET, LOADER, MADE, LOOP.replace("        steps.zero_grad()", "        a = a + torch.randn_like(a)\n        steps.zero_grad()").replace("net(a)", "net(torch.dropout(a, 0.1, True))")),
        "what the network is trained on cannot be told: `torch.dropout(a, 0.1, True)` is computed on the way to it",
    ),
    "what it answered goes in again": (
        (SEQUENTIAL.replace("nn.Linear(4, 1)", "nn.Linear(4, 2)"), "rows = X\nfor epoch in range(3):\n    answer = net(rows)\n    loss = cost(answer, X)\n    steps.zero_grad()\n    loss.backward()\n    steps.step()\n    rows = answer.detach()"),
        "what the network is trained on cannot be told: `rows` is bound in the loop again",
    ),
    "one row at a time": (
        (SEQUENTIAL, "for i in range(len(X)):\n    loss = cost(net(X[i]), y[i])\n    steps.zero_grad()\n    loss.backward()\n    steps.step()"),
        "what the network is trained on cannot be told: it is given one row at a time",
    ),
    "rows of a batch's own number": (
        (NET, LOADER, MADE, LOOP.replace("net(a)", "net(a.view(16, -1))")),
        "what the network is trained on cannot be told: `a.view(16, -1)` is computed on the way to it",
    ),
    "made anew in the loop": (
        (NET, "cost = nn.MSELoss()\nfor hidden in [2, 4]:\n    net = Net(2, hidden)\n    steps = torch.optim.SGD(net.parameters(), lr=0.01)\n    for epoch in range(2):\n        loss = cost(net(X), y)\n        steps.zero_grad()\n        loss.backward()\n        steps.step()"),
        "what the network is trained on cannot be told: the network is made anew in the loop",
    ),
    "a name that a function's network loses": (
        (NET, LOADER, MADE, TRAIN, "best = train(net, loader, steps)\nnet = 3"),
        "what the network is trained on cannot be told: `net` is another one by the end of cell 8",
    ),
    "rows bound anew below": (
        (NET, MADE, WHOLE + "\nX = X[:10]"),
        "what the network is trained on cannot be told: `X` is another one by the end of cell 6",
    ),
    "a class that reads the notebook's variables": (
        ("size = 4", NET.replace("hidden=4", "hidden").replace("nn.Dropout(0.3)", "nn.Dropout(size / 10)"), MADE.replace("Net(width)", "Net(width, size)"), WHOLE),
        "the class `Net` reads variables of the notebook, or is made under a condition or anew; give it what it needs as arguments, and its network can be kept",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_HELD)
def test_a_network_whose_rows_cannot_be_told_is_not_kept(case: str, tmp_path: Path) -> None:
    cells, reason = NOT_HELD[case]
    found = planned(tmp_path, "work", *cells)
    assert found.modules.level == 1
    assert dict(found.reasons)[2].partition(": ")[2] == reason
    assert dict(found.reasons)[3].partition(": ")[2].startswith("the network is trained by a loop")


@with_torch
def test_a_training_loop_is_verified_and_evaluated_without_a_second_training(tmp_path: Path) -> None:
    path, package = extracted(tmp_path, *BEFORE, NET, LOADER, MADE, LOOP, SHOW, data=people())
    verdict = verify(path, package)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 2)
    assert command(package, tmp_path, "work", "train").startswith("artifacts")
    shown = command(package, tmp_path, "work", "evaluate")
    (tmp_path / "people.csv").unlink()
    assert command(package, tmp_path, "work", "evaluate") == shown
    (tmp_path / "rows.csv").write_text("feature_0,feature_1\n0.4,30\n", encoding="utf-8")
    assert command(package, tmp_path, "work", "predict", "rows.csv").startswith("prediction,refused,warned\n")
    (tmp_path / "people.csv").write_text(people(), encoding="utf-8")
    network = package / "src" / "work" / "network.py"
    network.write_text(network.read_text().replace("Net(width)", "Net(width).double()"), encoding="utf-8")
    different = verify(path, package)
    assert different.verdict == "different"
    assert different.reason.startswith("the kept model: ")


@with_torch
def test_a_run_below_level_two_draws_as_the_notebook_does(tmp_path: Path) -> None:
    path, package = extracted(tmp_path, BEFORE[0], "a = torch.rand(3)\nprint(a)", "b = a.mean()\nb")
    verdict = verify(path, package)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 1)
    showing = package / "src" / "work" / "showing.py"
    showing.write_text(showing.read_text().replace("manual_seed(seed)", "manual_seed(seed + 1)"), encoding="utf-8")
    assert verify(path, package).verdict == "different"
