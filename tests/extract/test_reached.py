"""A package below level 3 has what its own code asks for: no function, class, constant or module that nothing calls."""

import ast
import re
from pathlib import Path

import pytest

from nb2pkg.extract.reached import reached
from nb2pkg.extract.sections.package import texts_of
from tests.extract.below import lower

BEFORE = (
    "import pandas as pd\nfrom sklearn.linear_model import LinearRegression",
    'df = pd.read_csv("people.csv")\ndf["before"] = df["age"].shift(1).fillna(0)',
)
FIT = 'X = df[["before"]]\nmodel = LinearRegression()\nmodel.fit(X, df["income"])'
SCORE = 'print(model.score(X, df["income"]))'
NETWORK = (
    "import torch\nfrom torch import nn",
    'X = torch.tensor(df[["before"]].to_numpy(), dtype=torch.float32)\ny = torch.tensor(df[["income"]].to_numpy(), dtype=torch.float32)',
    "net = nn.Linear(1, 1)\nsteps = torch.optim.SGD(net.parameters(), lr=0.01)",
    "for turn in range(3):\n    steps.zero_grad()\n    loss = ((net(X) - y) ** 2).mean()\n    loss.backward()\n    steps.step()",
    "print(float(loss))",
)
DRAWING = ("import matplotlib.pyplot as plt", "plt.plot(df['age'])\nplt.show()")

PACKAGES = {
    "a table and a model": (*BEFORE, FIT, SCORE),
    "an array": (*BEFORE, FIT.replace("[[", '[["age", ').replace('"]]', '"]].to_numpy()'), SCORE),
    "figures and a transformer": (
        *BEFORE,
        *DRAWING,
        "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\nscaler.fit(df[['age']])",
        FIT,
        "print(scaler.mean_)",
    ),
    "rows that come with a library": (
        "from sklearn.datasets import load_diabetes\nfrom sklearn.linear_model import LinearRegression",
        "X, y = load_diabetes(return_X_y=True, as_frame=True)\nX['before'] = X['bmi'].shift(1).fillna(0)",
        "model = LinearRegression()\nmodel.fit(X, y)",
        "print(model.score(X, y))",
    ),
    "a network": (*BEFORE, *NETWORK),
    "functions alone": ("import numpy as np", "total = np.arange(5).sum()\ntotal"),
    "functions and figures": (*BEFORE[:1], BEFORE[1], *DRAWING, "%%capture\nprint(df)", "display(df)"),
}


def code_of(folder: Path, *cells: str) -> dict[str, str]:
    texts = texts_of(lower(folder, *cells))
    return {path: text for path, text in texts.items() if path.endswith(".py")}


@pytest.mark.parametrize("case", PACKAGES)
def test_everything_in_a_package_is_asked_for(case: str, tmp_path: Path) -> None:
    code = code_of(tmp_path, *PACKAGES[case])
    words = re.findall(r"\w+", "\n".join(code.values()))
    counts = {word: words.count(word) for word in set(words)}
    kept = ("src/work/sections.py", "src/work/functions.py", "src/work/reports.py")
    for path, text in code.items():
        for node in ast.parse(text).body:
            names = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
            names += [one.id for one in getattr(node, "targets", []) if isinstance(one, ast.Name)]
            unread = [name for name in names if counts[name] < 2 and not name.startswith("test_")]
            assert not unread or path in kept, (path, unread)


@pytest.mark.parametrize("case", PACKAGES)
def test_every_name_that_is_imported_is_there(case: str, tmp_path: Path) -> None:
    code = code_of(tmp_path, *PACKAGES[case])
    assert not [path for path, text in code.items() if "nb2pkg" in text.replace("by nb2pkg", "")]
    modules = {
        path.removeprefix("src/").removesuffix(".py").replace("/", "."): ast.parse(text) for path, text in code.items()
    }
    for tree in modules.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                bound = {one.id for one in ast.walk(modules[node.module]) if isinstance(one, ast.Name)}
                bound |= {
                    one.name for one in modules[node.module].body if isinstance(one, ast.FunctionDef | ast.ClassDef)
                }
                assert {one.name for one in node.names} <= bound


def test_a_package_has_only_the_branches_that_it_needs(tmp_path: Path) -> None:
    table, network = (code_of(tmp_path, *PACKAGES[case]) for case in ("a table and a model", "a network"))
    words = ("torch", "tensorflow", "matplotlib", "scipy", "silenced", "def display", "Form", "transformers", "del")
    assert not [(path, word) for path, text in table.items() for word in words if re.search(rf"\b{word}\b", text)]
    assert "src/work/forms.py" not in table
    assert 'importlib.import_module("torch").manual_seed(seed)' in network["src/work/showing.py"]
    assert "set_rng_state" in network["src/work/keeping.py"]


MODULES = {
    "src/work/run.py": "from work.parts import used\n\n\ndef run():\n    return used()\n",
    "src/work/parts.py": (
        '"""Parts."""\n\nimport io\nimport os\n\nLIMIT = 1\nOTHER = 2\n\n\n'
        "def used():\n    return os.sep * LIMIT\n\n\n# about what is unused\n@cached\ndef unused():\n    return io.x * OTHER\n"
    ),
    "src/work/empty.py": '"""Nothing that is needed."""\n\nVALUE = 1\n',
    "tests/shared.py": "def helped():\n    return 1\n\n\ndef idle():\n    return 2\n",
    "tests/test_parts.py": (
        "from tests.shared import helped\nfrom work import parts\nfrom work.parts import unused, used\n\n\n"
        "def test_used():\n    assert used() == helped()\n\n\ndef test_unused():\n    assert unused()\n\n\n"
        "def test_by_module():\n    assert parts.unused()\n\n\ndef test_what_is_not_there():\n    assert parts.other\n"
    ),
    "tests/test_empty.py": "from work.empty import VALUE\n\n\ndef test_value():\n    assert VALUE\n",
}


def test_what_nothing_asks_for_goes_with_its_imports_tests_and_module() -> None:
    found = reached(MODULES, "work", {"src/work/run.py"})
    assert {path: " ".join(text.split()) for path, text in found.items()} == {
        "src/work/run.py": "from work.parts import used def run(): return used()",
        "src/work/parts.py": '"""Parts.""" import os LIMIT = 1 def used(): return os.sep * LIMIT',
        "tests/shared.py": "def helped(): return 1",
        "tests/test_parts.py": (
            "from tests.shared import helped from work.parts import used def test_used(): assert used() == helped()"
        ),
    }
