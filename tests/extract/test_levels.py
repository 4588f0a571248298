"""Below level 3: the same statements as functions by section, and never another outcome than the notebook's."""

import ast
import contextlib
import io
import itertools
import json
import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.command import run_extract
from nb2pkg.extract.levels import best_plan
from nb2pkg.extract.sections.package import texts_of
from nb2pkg.verify.conditions import AS_USUAL
from nb2pkg.verify.difference import Difference, Kind
from nb2pkg.verify.origin import Made
from nb2pkg.verify.printed import compare_printed
from nb2pkg.verify.sections import Ran, printed_text
from nb2pkg.verify.verdict import verify
from tests.extract.below import command, extracted, is_markdown, lower, notebook, put_on_path

NUMBERS = itertools.count()


def refusal(folder: Path, *cells: str) -> str:
    with pytest.raises(ExtractError) as refused:
        best_plan(notebook(folder, *cells), name="work", model=None)
    return str(refused.value)


def printed_by_notebook(*cells: str) -> str:
    """What the cells print when they run in one scope, as a notebook runs them."""
    said = "Automatically created module for IPython interactive environment"
    scope: dict[str, object] = {"__name__": "__main__", "__doc__": said}
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        for cell in cells:
            if not is_markdown(cell):
                _run_cell(cell, scope)
    return told.getvalue()


def _run_cell(cell: str, scope: dict[str, object]) -> None:
    tree = ast.parse(cell)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), scope)  # noqa: S102 - the cells of these tests
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), scope)
        if value is not None:
            print(repr(value))


def printed_by_package(folder: Path, monkeypatch: pytest.MonkeyPatch, *cells: str) -> str:
    """What the package's run prints, in this process."""
    name = f"work{next(NUMBERS)}"
    modules = lower(folder, *cells, name=name)
    put_on_path(modules, folder, monkeypatch)
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        import_module(f"{name}.run").run(import_module(f"{name}.config").load_config({}))
    return told.getvalue()


TRAPS = {
    "mutation through a function": ("rows = [1]\ndef add(x):\n    x.append(2)", "add(rows)", "print(rows)"),
    "mutation through an alias": ("rows = [1]\nother = rows", "other.append(2)", "print(rows, other is rows)"),
    "append in a loop": ("rows = []", "for i in range(3):\n    rows.append(i)", "print(rows, i)"),
    "in place": (
        "import pandas as pd\ndf = pd.DataFrame({'a': [2, 1]})",
        "df.sort_values('a', inplace=True)\ndf.loc[:, 'b'] = 5",
        "df",
    ),
    "a seed in an early cell": (
        "import numpy as np\nnp.random.seed(3)",
        "## Draw",
        "a = np.random.rand()",
        "## Show",
        "print(a, np.random.rand())",
    ),
    "a function reads a global that is rebound": (
        "rate = 2\ndef cost(x):\n    return x * rate",
        "## First",
        "print(cost(1))",
        "## Second",
        "rate = 3\nprint(cost(1), list(map(lambda x: cost(x), [1, 2])))",
    ),
    "a function defined before what it reads": (
        "def cost(x, more=0):\n    return x * rate + more",
        "rate = 2",
        "print(cost(1), cost(1, more=1), cost(x=cost(2,)))",
    ),
    "functions that call each other": (
        "def outer(x):\n    return inner(x) + 1\ndef inner(x):\n    return x * rate",
        "rate = 2",
        "print(outer(2))\nrate = 5",
        "print(outer(2))",
    ),
    "recursion": ("step = 2\ndef down(n):\n    return 0 if n <= 0 else 1 + down(n - step)", "print(down(6))"),
    "a class of the notebook": (
        "class Mean:\n    def fit(self, rows):\n        self.mean_ = sum(rows) / len(rows)\n        return self",
        "mean = Mean().fit([1, 3])",
        "print(mean.mean_)",
    ),
    "a class that reads a variable": (
        "scale = 2\nclass Times:\n    def of(self, x):\n        return x * scale",
        "print(Times().of(4))",
    ),
    "a name that may or may not be bound anew": (
        "x = 1\nflag = False",
        "## Maybe",
        "if flag:\n    x = 2",
        "## Show",
        "print(x)",
    ),
    "a name deleted and bound again": ("x = [1]", "## Gone", "del x", "## Again", "x = [2]", "## Show", "print(x)"),
    "a module imported under two names": (
        "import datetime\nprint(datetime.date(2020, 1, 2))",
        "from datetime import datetime",
        "print(datetime(2020, 1, 2))",
    ),
    "a query that names a variable": (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3]})\nlimit = 1",
        "## Select",
        "print(df.query('a > @limit').a.tolist())",
    ),
    "a text over several lines": ("text = '''a\n  b\n\nc'''", "if text:\n    print(text + '''\n  d''')"),
    "the last expression of each cell": ("x = [1, 2]\nx", "x, 1", "x[0];x[1]", "'text'", "None"),
    "augmented in another section": ("total = 1", "## More", "total += 2", "## Show", "print(total)"),
    "what the module says of itself": ("print(__doc__)\nprint(len([].__doc__) > 9)",),
    "a name like the module's in a function": ("def told(__doc__):\n    return __doc__\nprint(told('mine'), __doc__)",),
    "the name of the module": ("if __name__ == '__main__':\n    print('runs')",),
    "a name that the package uses": ("config = {'a': 1}", "## Show", "print(config['a'])"),
    "an option of a library": (
        "import numpy as np\nnp.set_printoptions(precision=2)",
        "## Show",
        "np.array([1.23456])",
    ),
    "a default that draws": (
        "import numpy as np\nnp.random.seed(1)",
        "## Define",
        "def f(x=np.random.rand()):\n    return x",
        "## Use",
        "print(f(), np.random.rand())",
    ),
    "a star import that a later import overrules": (
        "from numpy import *\nimport random",
        "print(random.__name__, sqrt(4))",
    ),
    "an import that a later star import overrules": (
        "import random\nfrom numpy import *",
        "print(random.__name__, sqrt(4))",
    ),
    "a function that reads the name it is given to": (
        "from collections import defaultdict\nids = defaultdict(lambda: len(ids))",
        "## Use",
        "print([ids[x] for x in 'abca'])",
    ),
    "a comprehension that calls with a variable": (
        "k = 3\ndef f(x):\n    return x + k",
        "## Use",
        "print([f(i) for i in range(2)], sorted([3, 1], key=f))",
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", TRAPS)
def test_the_package_prints_what_the_notebook_printed(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert printed_by_package(tmp_path, monkeypatch, *TRAPS[case]) == printed_by_notebook(*TRAPS[case])


TEXTS = {
    "a file": ("pd.read_csv('a/b.csv')", "    show_result(pd.read_csv(config.data_dir / 'a/b.csv'))"),
    "a query": ("pd.read_sql('SELECT a FROM t.users', 1)", "    show_result(pd.read_sql('SELECT a FROM t.users', 1))"),
    "an address": ("pd.read_csv('https://a.b/c.csv')", "    show_result(pd.read_csv('https://a.b/c.csv'))"),
    "a file on a machine": ("open('/home/me/c.txt')", "    show_result(open(str(config.data_dir / 'c.txt')))"),
    "an install in a block": ("if pd:\n    !pip install x", "    if pd:\n        pass"),
    "what is not shown": ("pd;", "    x = 1"),
    "a semicolon": ("len([1]);", "    len([1])"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_statement_is_written_as(case: str, tmp_path: Path) -> None:
    cell, expected = TEXTS[case]
    text = lower(tmp_path, "import pandas as pd", f"x = 1\n{cell}").files["sections.py"]
    first = "" if expected == "    x = 1" else "    x = 1\n"
    assert text.partition('(cell 2)."""\n')[2] == f"{first}{expected}\n"


REFUSED = {
    "cells in no order": (
        ("print(x)\ny = 1", "x = y"),
        "cell 1 line 1: `x` is read above what gives it its value, and no order of the cells is sure",
    ),
    "a cell above the one that it changes a value of": (
        ("x = x + [2]", "x = [1]", "print(x)"),
        "cell 1 line 1: `x` is read above what gives it its value, and no order of the cells is sure",
    ),
    "a function that nothing completes": (("def f():\n    return gone", "f()"), "`gone` is needed here"),
    "what another cell showed": (("1 + 1", "print(_ + 1)"), "cell 2 line 1: `_` takes what another cell showed"),
    "a global that is assigned": (
        ("n = 0\ndef f():\n    global n\n    n = 1", "f()\nprint(n)"),
        "a function assigns the notebook's own `n` (`global`)",
    ),
    "all names at once": (("x = 1", "print(globals()['x'])"), "`globals` may read or bind any name"),
    "a shell line's value": (("files = !ls", "print(files)"), "a shell line or notebook command stands where"),
    "another notebook": (("%run other.ipynb", "print(1)"), "`%run other.ipynb` gives values"),
    "a function kept beyond a rebinding": (
        ("k = 1\nf = lambda x: x + k", "## Later", "k = 2", "## Show", "print(f(1))"),
        "a function made here reads `k` when it is called, and cell 3 binds that name anew",
    ),
    "a star import over what is bound": (("e = 1", "from math import *", "print(e)"), "`import *` may bind `e` anew"),
    "a name of Python's own before it is bound": (
        ("x = list((1, 2))\nlist = [3]\nprint(x, list)",),
        "cell 1 line 1: `list` is Python's own here, and a variable of the notebook below",
    ),
    "nothing to do": (("import json",), "the notebook does nothing but import and define"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_be_wrong_in_silence_is_refused(case: str, tmp_path: Path) -> None:
    cells, reason = REFUSED[case]
    assert reason in refusal(tmp_path, *cells)


def test_a_module_beside_the_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_text("x = 1\n", encoding="utf-8")
    assert "`from tools import x` takes what lies beside" in refusal(tmp_path, "from tools import x", "print(x)")


HEADED = (
    "# Ages",
    "%matplotlib inline\n!pip install tidy-ages>=2\nimport pandas as pd\nimport matplotlib.pyplot as plt",
    "## 1. Load the data",
    "# as it was sent\ndf = pd.read_csv('/Users/me/people.csv')\ndf.head()",
    "## Look",
    "plt.hist(df.age)\nplt.show()",
    "df.age.mean()",
)


def test_headings_become_functions(tmp_path: Path) -> None:
    modules = lower(tmp_path, *HEADED)
    text = modules.files["sections.py"]
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert names == ["load_data", "look"]
    assert (
        'def load_data(config: Config) -> pd.DataFrame:\n    """Load the data (cell 4)."""\n    # as it was sent'
        in text
    )
    assert "df = pd.read_csv(config.data_dir / 'people.csv')" in text
    assert "draw_look(df)\n    close_figures()" in text
    assert "df = load_data(config)\n    look(df)" in modules.files["run.py"]


def test_what_is_drawn_becomes_a_report(tmp_path: Path) -> None:
    text = lower(tmp_path, *HEADED).files["reports.py"]
    assert "def draw_look(df: Any) -> object:" in text
    assert "    plt.hist(df.age)\n    plt.show()\n    return current_figure()" in text


def test_every_statement_and_magic_is_in_the_ledger(tmp_path: Path) -> None:
    modules = lower(tmp_path, *HEADED)
    entries = modules.extraction["entries"]
    assert isinstance(entries, list)
    told = [(one["cell"], one["line"], one["file"], one["function"] or one["reason"]) for one in entries]
    sections, reports = "src/work/sections.py", "src/work/reports.py"
    assert told == [
        (2, 1, None, "sets how the notebook shows figures"),
        (2, 2, None, "installs a library: the package requires it in pyproject.toml"),
        (2, 3, None, "each module of the package imports what it needs"),
        (2, 4, None, "each module of the package imports what it needs"),
        (4, 2, sections, "load_data"),
        (4, 3, sections, "load_data"),
        (6, 1, reports, "draw_look"),
        (6, 2, reports, "draw_look"),
        (7, 1, sections, "look"),
    ]
    assert modules.dependencies == ("tidy-ages>=2",)
    required = tomllib.loads(texts_of(modules)["pyproject.toml"])["project"]["dependencies"]
    assert required == ["matplotlib", "numpy>=1.26", "pandas>=2.2", "tidy-ages>=2"]


def test_the_reason_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = notebook(tmp_path, *HEADED)
    options = {"output": str(tmp_path / "out"), "name": "work", "model": None, "conditions": AS_USUAL, "force": False}
    assert run_extract(path, verify=False, dry_run=False, **options) == 0  # type: ignore[arg-type]
    why = "no model is fitted in this notebook"
    assert f"not level 3: {why}\nnot level 2: {why}\nlevel 1, written to" in capsys.readouterr().out
    ledger = json.loads((tmp_path / "out" / "extraction.json").read_text(encoding="utf-8"))
    assert ledger["why_not_higher"] == f"level 3 and 2: {why}"
    readme = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert f"It is not of a higher level, because: level 3 and 2: {why}" in readme
    assert "`/Users/me/people.csv` is read as `people.csv` below the data directory" in readme


@pytest.mark.parametrize(
    ("notebook_text", "package_text", "equal"),
    [
        ("a 1.0", "a 1.0000000001", True),
        ("a 1.0", "a 1.001", False),
        ("a 1", "a 2", False),
        ("[1,\n 2]", "[1, 2]", True),
        ("<function __main__.f(x)>", "<function f at 0x7f00>", True),
        ("<Axes at 0x1>", "<Axes at 0x2>", True),
        ("one two", "one", False),
        ("done at 12:30:01", "done at 12:31:59", True),
        ("x2 1e-3", "x2 0.001", True),
        ("1/2 \x1b[1m9s\x1b[0m\r2/2 1s 40ms/step loss: 0.5\n", "\r1/2\x08\x08\r2/2 0s 7ms/step loss: 0.5\n", True),
        ("1/2\r2/2 1s loss: 0.5", "1/2\r2/2 1s loss: 0.6", False),
    ],
)
def test_printed_texts_are_compared(notebook_text: str, package_text: str, *, equal: bool) -> None:
    assert compare_printed(notebook_text, package_text, "work").equal is equal


def test_what_a_section_printed_leaves_figures_out() -> None:
    outputs: list[dict[str, object]] = [
        {"output_type": "stream", "name": "stdout", "text": "one\n"},
        {"output_type": "stream", "name": "stderr", "text": "a warning\n"},
        {"output_type": "display_data", "data": {"image/png": "...", "text/plain": "<Figure size 1x1 with 1 Axes>"}},
        {"output_type": "display_data", "data": {"text/plain": "<Figure size 1x1 with 0 Axes>"}},
        {"output_type": "display_data", "data": {"text/plain": "two"}},
        {"output_type": "execute_result", "data": {"text/plain": "three"}},
    ]
    ran = Ran({1: outputs, 2: outputs[-1:]}, {})
    assert printed_text({"cells": [1, 2], "unshown": [2]}, ran) == "one\ntwo\nthree\n"


# ---- run for real

RATES = (
    "import pandas as pd\nimport numpy as np",
    "df = pd.read_csv('people.csv')\nrate = 2\ndef cost(x):\n    return x * rate",
    "df['cost'] = df.age.apply(cost)\nnoise = np.random.rand(2)",
    "print(noise)\ndf.describe()",
)
PRICES = (
    "import pandas as pd\nfrom sklearn.linear_model import Ridge\nfrom sklearn.preprocessing import StandardScaler",
    "from sklearn.model_selection import train_test_split",
    "df = pd.read_csv('prices.csv')\ndf['before'] = df.price.shift(1)\ndf = df.dropna()",
    "X = df[['size', 'before']]\ny = df.price\nX_train, X_test, y_train, y_test = train_test_split(X, y)",
    "scaler = StandardScaler()\nA = scaler.fit_transform(X_train)\nB = scaler.transform(X_test)",
    "model = Ridge()\nmodel.fit(A, y_train)",
    "print('r2', model.score(B, y_test))",
)


HOLDING = ("load_df", "split_rows", "prepare_scaler", "fit_model", "evaluate_model")


def told_by_pytest(package: Path) -> set[str]:
    """The tests of a package that fail."""
    environment = {**os.environ, "PYTHONPATH": str(package / "src")}
    words = [sys.executable, "-m", "pytest", "-q", "tests"]
    done = subprocess.run(words, cwd=package, env=environment, capture_output=True, text=True, check=False)
    lines = [line.split(" - ")[0] for line in done.stdout.splitlines() if line.startswith("FAILED")]
    return {line.partition("::")[2] for line in lines}


def test_a_notebook_without_a_model_runs_as_a_package(tmp_path: Path) -> None:
    path, package = extracted(tmp_path, *RATES)
    verdict = verify(path, package)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 1)
    assert [score.name for score in verdict.scores] == ["show_df prints"]
    assert "std" in command(package, tmp_path, "work", "run")
    assert command(package, package, "pytest", "-q", "tests").count("passed") == 1
    functions = package / "src" / "work" / "functions.py"
    functions.write_text(functions.read_text().replace("x * rate", "x * rate + 1"))
    different = verify(path, package)
    assert different.verdict == "different"
    assert any(not frame.equal and "column 'cost'" in frame.detail for frame in different.frames)
    assert different.first is not None
    assert different.first.where == Difference(Kind.VALUE, 1, "cost", 0, 2, 3)
    assert different.first.made == Made(3, 1, "df['cost'] = df.age.apply(cost)", "column")


def test_a_model_on_features_that_neighbours_make_is_kept_as_a_bundle(tmp_path: Path) -> None:
    _, package = extracted(tmp_path, *PRICES[:-2], "\n".join(PRICES[-2:]), verify=True)
    verdict = json.loads((package / "verify.json").read_text())
    assert (verdict["verdict"], verdict["reason"], verdict["level"]) == ("equal", "", 2)
    assert [score["name"] for score in verdict["replay"]["scores"]] == ["evaluate_model prints"]
    assert "fit_model model" in {frame["name"] for frame in verdict["replay"]["frames"]}
    assert verdict["serving"] == {"rows": 21, "equal": True, "ties": 0}
    assert (package / "tests/data/sample.csv").read_text().startswith("feature_0,feature_1\n")
    version = Path(command(package, tmp_path, "work", "train").strip())
    assert (tmp_path / version / "model.joblib").is_file()
    (tmp_path / "features.csv").write_text("feature_0,feature_1\n0.5,0.5\n,1\n", encoding="utf-8")
    answers = command(package, tmp_path, "work", "predict", "features.csv").splitlines()
    assert answers[0] == "prediction,refused,warned"
    assert answers[2] == ',"feature_0: missing, as in no training row, and no step is known to fill it",'
    assert command(package, tmp_path, "work", "evaluate").startswith("r2 0.9")
    assert command(package, package, "pytest", "-q", "tests").count("passed") == 1
    sections = package / "src" / "work" / "sections.py"
    sections.write_text(sections.read_text().replace("shift(1)", "shift(2)"))
    failed = told_by_pytest(package)
    assert failed == {
        "test_feature_rows_get_the_answers_of_the_notebook",
        *(f"test_a_section_does_what_the_notebook_did[{one}]" for one in HOLDING),
    }
