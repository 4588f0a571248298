"""Every way in which a statement can depend on another: which one, by which name, and how sure that is."""

import ast
from pathlib import Path

import pytest

from nb2pkg.facts import Facts, interpret
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.syntax import parse
from tests.facts.abstract_run import TABLE, needed, run

START = "import pandas as pd\ndf = pd.read_csv('rows.csv')"  # statements 0 and 1


def sure(facts: Facts, index: int = -1) -> dict[int, set[str]]:
    """The statements that this one surely needs, with the names that come from each."""
    found: dict[int, set[str]] = {}
    for flow in facts.effects[index].flows:
        if not flow.why:
            found.setdefault(flow.statement, set()).add(flow.name)
    return found


def unsure(facts: Facts, index: int = -1) -> set[tuple[int, str, str]]:
    """What this statement may need: from which statement (-1: a magic), which name, and why only maybe."""
    return {(flow.statement, flow.name, flow.why) for flow in facts.effects[index].flows if flow.why}


CHANGES = {
    "inplace": ("df.drop(columns='x', inplace=True)", {1: {"df"}, 2: {"df"}}),
    "column": ("df['x'] = 1", {1: {"df"}, 2: {"df"}}),
    "columns": ("df[['x', 'y']] = 1", {1: {"df"}, 2: {"df"}}),
    "attribute": ("df.x = 1", {1: {"df"}, 2: {"df"}}),
    "names-of-columns": ("df.columns = ['a']", {1: {"df"}, 2: {"df"}}),
    "loc": ("df.loc[df.x > 1, 'x'] = 1", {1: {"df"}, 2: {"df"}}),
    "iloc": ("df.iloc[0, 1] = 1", {1: {"df"}, 2: {"df"}}),
    "at": ("df.at[0, 'x'] = 1", {1: {"df"}, 2: {"df"}}),
    "augmented": ("df += 1", {2: {"df"}}),
    "augmented-column": ("df['x'] += 1", {1: {"df"}, 2: {"df"}}),
    "deleted-column": ("del df['x']", {1: {"df"}, 2: {"df"}}),
    "column-in-place": ("df['x'].fillna(0, inplace=True)", {1: {"df"}, 2: {"df"}}),
    "popped": ("x = df.pop('x')", {1: {"df"}, 2: {"df"}}),
    "nothing": ("df.head()", {1: {"df"}}),
    "a-copy": ("df.drop(columns='x')", {1: {"df"}}),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_in_place_reaches_the_reader(case: str) -> None:
    change, expected = CHANGES[case]
    assert sure(run(START, change, "mean = df.mean()")) == expected


def test_mutation_through_a_user_function() -> None:
    facts = run(START, "def clean(table):\n    table.dropna(inplace=True)", "clean(df)", "mean = df.mean()")
    assert sure(facts) == {1: {"df"}, 3: {"df"}}
    assert sure(facts, 3) == {1: {"df"}, 2: {"clean"}}


def test_mutation_through_an_alias() -> None:
    facts = run(START, "other = df", "other['x'] = 1", "mean = df.mean()")
    assert sure(facts) == {1: {"df"}, 3: {"df"}}
    assert sure(facts, 3) == {2: {"other"}}


def test_mutation_of_a_table_reaches_its_column_and_back() -> None:
    assert sure(run(START, "x = df['x']", "df['x'] = 1", "mean = x.mean()")) == {2: {"x"}, 3: {"x"}}
    assert sure(run(START, "x = df['x']", "x.fillna(0, inplace=True)", "mean = df.mean()")) == {1: {"df"}, 3: {"df"}}


def test_mutation_through_a_closure_has_the_name_it_was_changed_under() -> None:
    make = "def make(table):\n    def grow():\n        table['x'] = 1\n    return grow"
    facts = run(START, make, "grow = make(df)", "grow()", "def use():\n    grow()", "use()")
    assert sure(facts, 6) == {3: {"grow"}, 4: {"df"}, 5: {"use"}}


def test_mutation_through_what_a_loop_goes_over() -> None:
    facts = run(START, "other = df.copy()", "for table in [df, other]:\n    table['x'] = 1", "mean = df.mean()")
    assert sure(facts) == {1: {"df"}, 3: {"df"}}


def test_list_append() -> None:
    facts = run("scores = []", "scores.append(1)", "scores += [2]", "best = max(scores)")
    assert sure(facts) == {2: {"scores"}}
    assert sure(facts, 2) == {0: {"scores"}, 1: {"scores"}}


def test_list_append_through_an_alias_and_a_method_kept_aside() -> None:
    assert sure(run("a = []", "b = a", "b.append(1)", "c = a[0]")) == {0: {"a"}, 2: {"a"}}


def test_dict_store() -> None:
    facts = run("models = {}", "models['a'] = 1", "models.update(b=2)", "first = models['a']")
    assert sure(facts) == {0: {"models"}, 1: {"models"}, 2: {"models"}}


def test_what_a_container_holds_is_changed_with_it() -> None:
    assert sure(run(START, "parts = {'a': df}", "df['x'] = 1", "part = parts['a']")) == {2: {"parts"}, 3: {"parts"}}


SEEDED = "import numpy as np\nimport random\nfrom sklearn.model_selection import train_test_split\nnp.random.seed(0)"
DRAWS = {  # source, does it draw from NumPy's global numbers?
    "a = np.random.rand(3)": True,
    "a = np.random.permutation(3)": True,
    "a, b = train_test_split([1, 2])": True,
    "a, b = train_test_split([1, 2], random_state=None)": True,
    "a, b = train_test_split([1, 2], random_state=1)": False,
    "a = random.random()": False,
    "a = np.zeros(3)": False,
    "np.random.shuffle([1])": True,
}


@pytest.mark.parametrize("source", DRAWS)
def test_a_seed_is_needed_by_what_draws(source: str) -> None:
    drawn = {"random state of numpy"} if DRAWS[source] else None
    assert sure(run(SEEDED, source)).get(3) == drawn


def test_a_seed_starts_the_numbers_anew_and_a_draw_moves_them_on() -> None:
    draw = "np.random.rand()"
    facts = run(
        "import numpy as np", "np.random.seed(0)", f"a = {draw}", f"b = {draw}", "np.random.seed(1)", f"c = {draw}"
    )
    assert sure(facts, 3) == {0: {"np"}, 1: {"random state of numpy"}, 2: {"random state of numpy"}}
    assert sure(facts, 5) == {0: {"np"}, 4: {"random state of numpy"}}


def test_a_seed_is_needed_by_a_fit_that_draws() -> None:
    make = "from sklearn.ensemble import RandomForestClassifier as Forest\nimport numpy as np\nnp.random.seed(0)"
    assert sure(run(make, "m = Forest()", "m.fit([[1]], [1])")) == {2: {"random state of numpy"}, 3: {"m"}}
    assert sure(run(make, "m = Forest(random_state=1)", "m.fit([[1]], [1])")) == {3: {"m"}}


def test_a_seed_in_a_users_function() -> None:
    facts = run("import random\ndef fix():\n    random.seed(0)", "fix()", "a = random.random()")
    assert sure(facts) == {0: {"random"}, 2: {"random state of random"}}


def test_a_generator_moves_on() -> None:
    facts = run("import numpy as np\nrng = np.random.default_rng(0)", "a = rng.normal()", "b = rng.normal()")
    assert sure(facts) == {1: {"rng"}, 2: {"rng"}}


def test_a_function_reading_a_global_that_is_rebound_later() -> None:
    facts = run("rate = 1", "def tax(x):\n    return x * rate", "rate = 2", "a = tax(3)", "rate = 4", "b = tax(3)")
    assert sure(facts, 3) == {1: {"tax"}, 2: {"rate"}}
    assert sure(facts, 5) == {1: {"tax"}, 4: {"rate"}}


def test_augmented_assignment() -> None:
    facts = run("total = 1", "total += 2", "total -= 1", "print(total)")
    assert sure(facts) == {2: {"total"}}
    assert sure(facts, 2) == {1: {"total"}}
    assert sure(facts, 1) == {0: {"total"}}


def test_fit_of_a_library_estimator() -> None:
    make = "from sklearn.linear_model import Ridge\nmodel = Ridge()"
    facts = run(START, make, "model.fit(df, df['y'])", "guess = model.predict(df)")
    assert sure(facts) == {1: {"df"}, 3: {"model"}, 4: {"model"}}


def test_fit_of_a_user_class() -> None:
    scaler = (
        "class Scaler:\n    def fit(self, rows):\n        self.mean = rows.mean()\n        return self\n"
        "    def transform(self, rows):\n        return rows - self.mean"
    )
    facts = run(START, scaler, "scaler = Scaler()", "scaler.fit(df)", "scaled = scaler.transform(df)")
    assert sure(facts) == {1: {"df"}, 3: {"scaler"}, 4: {"scaler"}}


def test_a_class_attribute_is_seen_by_its_objects() -> None:
    facts = run("class Config:\n    size = 1", "config = Config()", "Config.size = 2", "print(config.size)")
    assert sure(facts) == {1: {"config"}, 2: {"config"}}


def test_one_name_reassigned_in_many_cells() -> None:
    facts = run(START, "df = df.dropna()", "a = df.mean()", "df = df[df.x > 0]", "b = df.mean()", "df = 1", "c = df")
    assert [sure(facts, index) for index in (3, 5, 7)] == [{2: {"df"}}, {4: {"df"}}, {6: {"df"}}]


OPTIONS = {  # an option, a statement, does it depend on the option?
    ("pd.set_option('mode.copy_on_write', True)", "clean = df.dropna()"): True,
    ("pd.set_option('mode.copy_on_write', True)", "other = pd.read_csv('x')"): True,
    ("pd.set_option('mode.copy_on_write', True)", "import os\na = os.getcwd()"): False,
    ("pd.set_option('display.max_rows', 5)", "clean = df.dropna()"): False,
    ("pd.set_option('display.max_rows', 5)", "df"): True,
    ("pd.set_option('display.max_rows', 5)", "print(df)"): True,
    ("pd.options.display.max_rows = 5", "df"): True,
    ("pd.options.mode.chained_assignment = None", "df['x'] = 1"): False,
    ("pd.options.mode.chained_assignment = None", "clean = df.dropna()"): True,
    ("plt.style.use('ggplot')", "plt.plot(df)"): True,
    ("plt.style.use('ggplot')", "df.plot()"): True,
    ("plt.style.use('ggplot')", "clean = df.dropna()"): False,
    ("plt.rcParams['figure.dpi'] = 90", "df.hist()"): True,
    ("sns.set_style('white')", "plt.plot(df)"): True,
}


@pytest.mark.parametrize("pair", OPTIONS)
def test_module_state_is_needed_by_what_runs_under_it(pair: tuple[str, str]) -> None:
    option, source = pair
    facts = run(f"{START}\nimport matplotlib.pyplot as plt\nimport seaborn as sns", option, source)
    assert (4 in sure(facts)) is OPTIONS[pair]


def test_an_attribute_of_a_module_of_ones_own() -> None:
    assert sure(run("import settings", "settings.SIZE = 1", "a = settings.SIZE")) == {0: {"settings"}, 1: {"settings"}}


def test_comprehension_and_lambda_scopes() -> None:
    facts = run(
        "i = 1", "x = 2", "squares = [i * i for i in range(3)]", "f = lambda x: x + i", "i = 5", "a = f(1)", "b = i"
    )
    assert sure(facts, 2) == {}
    assert sure(facts, 3) == {}
    assert sure(facts, 5) == {3: {"f"}, 4: {"i"}}
    assert sure(facts, 6) == {4: {"i"}}


def test_a_lambda_that_is_called_by_a_method() -> None:
    facts = run(START, "rate = 2", "total = df['x'].apply(lambda x: x * rate)")
    assert sure(facts) == {1: {"df"}, 2: {"rate"}}


def test_global() -> None:
    facts = run("n = 0", "def bump():\n    global n\n    n += 1", "bump()", "print(n)")
    assert sure(facts) == {2: {"n"}}
    assert sure(facts, 2) == {0: {"n"}, 1: {"bump"}}


def test_nonlocal() -> None:
    make = "def counter():\n    n = 0\n    def bump():\n        nonlocal n\n        n += 1\n        return n\n    return bump"
    facts = run(make, "bump = counter()", "bump()", "other = counter()", "last = bump()", "first = other()")
    assert sure(facts, 4) == {1: {"bump"}, 2: {"bump"}}
    assert sure(facts, 5) == {3: {"other"}}


def test_del() -> None:
    facts = run("a = 1", "b = a", "del a", "a = 2", "c = a")
    assert sure(facts, 2) == {0: {"a"}}
    assert sure(facts, 4) == {3: {"a"}}
    assert sure(run("a = 1", "del a", "b = a")) == {}


def beside(tmp_path: Path, *sources: str) -> Facts:
    """A notebook in a folder, interpreted."""
    cells = tuple(Cell(number, CellKind.CODE, source, None, None) for number, source in enumerate(sources, 1))
    return interpret(parse(Notebook(str(tmp_path / "a.ipynb"), cells, "ipynb", "python")), TABLE, values=True)


def test_a_star_import_of_a_known_library() -> None:
    facts = run("join = 1", "from os.path import *", "a = join('x')")
    assert sure(facts) == {1: {"join"}}
    assert unsure(facts) == set()


def test_a_star_import_of_a_module_beside_the_notebook_is_parsed_and_not_run(tmp_path: Path) -> None:
    text = "raise SystemExit\nimport os\ndef tidy(t): ...\n_hidden = SIZE = 1\nfor i in []: x, y = i"
    (tmp_path / "tools.py").write_text(text, encoding="utf-8")
    facts = beside(tmp_path, "from tools import *", "a = tidy(SIZE)", "b = other")
    assert facts.effects[0].binds == {"os", "tidy", "SIZE", "i", "x", "y"}
    assert sure(facts, 1) == {0: {"tidy", "SIZE"}}
    assert (sure(facts, 2), unsure(facts, 2)) == ({}, set())
    assert list(facts.unresolved()) == ["other"]


STARS = {
    "__all__ = ['a', '_b']\na = _b = c = 1": ({"a", "_b"}, True),
    "__all__ = ['a'] + more": (set(), False),
    "__all__ = ['a']\n__all__ += ['b']": (set(), False),
    "from elsewhere import *\na = 1": ({"a"}, False),
    "a = (": (set(), False),
}


@pytest.mark.parametrize("text", STARS)
def test_what_a_module_beside_the_notebook_exports(tmp_path: Path, text: str) -> None:
    (tmp_path / "tools.py").write_text(text, encoding="utf-8")
    facts = beside(tmp_path, "from tools import *", "b = other")
    names, complete = STARS[text]
    assert facts.effects[0].binds == names
    assert unsure(facts) == (set() if complete else {(0, "other", "star import of tools")})


def test_a_package_beside_the_notebook(tmp_path: Path) -> None:
    (tmp_path / "tools" / "deep").mkdir(parents=True)
    (tmp_path / "tools" / "deep" / "__init__.py").write_text("a = 1", encoding="utf-8")
    assert beside(tmp_path, "from tools.deep import *").effects[0].binds == {"a"}


def test_a_module_that_a_cell_writes() -> None:
    facts = run("%%writefile tools.py\ndef tidy(t): ...", "from tools import *", "tidy(1)", "import tools")
    assert facts.effects[0].binds == {"tidy"}
    assert [(flow.cell, flow.name, flow.why) for flow in facts.effects[0].flows] == [(1, "tools.py", "")]
    assert [(flow.cell, flow.name, flow.why) for flow in facts.effects[2].flows] == [(1, "tools.py", "")]


def test_an_unresolved_star_import_is_marked_and_never_guessed() -> None:
    facts = run("a = 1", "from elsewhere import *", "b = 2", "c = (a, b, other)")
    assert facts.effects[1].binds == set()
    assert sure(facts) == {0: {"a"}, 2: {"b"}}
    assert unsure(facts) == {(1, "other", "star import of elsewhere"), (1, "a", "star import of elsewhere")}


def test_names_born_in_exec() -> None:
    facts = run("a = 1", "exec(input())", "b = 2", "c = (a, b, born)")
    assert sure(facts) == {0: {"a"}, 2: {"b"}}
    assert unsure(facts) == {(1, "born", "exec or globals()"), (1, "a", "exec or globals()")}
    assert unsure(run("globals()['a'] = 1", "b = a")) == {(0, "a", "exec or globals()")}


def test_code_that_is_written_out_for_exec_is_followed() -> None:
    facts = run("a = 1", "exec('a = 2; b = a')", "c = (a, b)", "d = eval('c')")
    assert (sure(facts, 2), unsure(facts, 2)) == ({1: {"a", "b"}}, set())
    assert sure(facts, 3) == {2: {"c"}}
    assert list(run("exec('a = 2')", "b = other").unresolved()) == ["other"]


MAGICS = {
    "%store -r a": "bound by a magic",
    "%%capture a\nprint(1)": "bound by a magic",
    "%run other.ipynb": "brought in by a magic",
    "%%bash --out a\nls": "bound by a magic",
}


@pytest.mark.parametrize("magic", MAGICS)
def test_names_born_in_magics(magic: str) -> None:
    facts = run(magic, "b = a")
    assert [(flow.cell, flow.name, flow.why) for flow in facts.effects[-1].flows] == [(1, "a", MAGICS[magic])]


def test_a_magic_reaches_only_what_stands_below_it() -> None:
    assert unsure(run("a = 1\n%run other.ipynb\nb = a"), 1) == {(-1, "a", "brought in by a magic")}
    assert unsure(run("a = 1\nb = a\n%run other.ipynb"), 1) == set()


def test_values_of_magics_are_bound_by_their_statement() -> None:
    assert sure(run("files = !ls", "a = files")) == {0: {"files"}}


def test_a_cell_that_does_not_parse_may_bind_its_names() -> None:
    assert unsure(run("a = (", "b = a")) == {(-1, "a", "cell does not parse")}


WIDGETS = {
    "interact(choose, x=3)": 2,
    "Button().on_click(choose)": 2,
    "slider = IntSlider()\nslider.observe(choose, names='value')": 3,
}


@pytest.mark.parametrize("source", WIDGETS)
def test_names_born_in_widgets(source: str) -> None:
    choose = "from ipywidgets import interact, Button, IntSlider\ndef choose(x):\n    global chosen\n    chosen = x"
    facts = run(choose, source, "a = chosen")
    assert unsure(facts) == {(WIDGETS[source], "chosen", "function handed over")}
    assert facts.unresolved() == {}


def test_names_born_in_a_function_that_a_widget_decorates() -> None:
    choose = "from ipywidgets import interact\n@interact(x=3)\ndef choose(x):\n    global chosen\n    chosen = x"
    assert unsure(run(choose, "a = chosen")) == {(1, "chosen", "function handed over")}


def test_what_a_function_handed_over_reads_and_changes() -> None:
    work = "def work():\n    out.append(rate)"
    facts = run("import scheduler\nout = []", work, "rate = 2", "scheduler.add(work)", "print(out)")
    assert unsure(facts, 4) == {(1, "out", "function handed over"), (3, "rate", "function handed over")}
    assert unsure(facts, 5) == {(4, "out", "unknown call")}


VERSIONS = {  # what stands between, and the statements (0, or the last of these) that bind what is read then
    "if sys.version_info >= (3, 0):\n    a = 2\nelse:\n    a = 3": {3},
    "if sys.version_info < (3, 0):\n    a = 2": {0},
    "if pd.__version__ >= '2':\n    a = 2": {0, 3},
    "if pd.__version__ >= '2':\n    a = 2\nelse:\n    a = 3": {3},
    "if pd.__version__ >= '2':\n    a = 2\nelif pd.__version__ >= '1':\n    a = 3": {0, 3},
    "try:\n    from pandas import a\nexcept ImportError:\n    a = None": {3},
    "try:\n    from pandas import a\nexcept ImportError:\n    pass": {0, 3},
}


@pytest.mark.parametrize("source", VERSIONS)
def test_names_behind_a_version_test(source: str) -> None:
    facts = run("a = 1", "import sys\nimport pandas as pd", source, "b = a")
    assert sure(facts) == {index: {"a"} for index in VERSIONS[source]}


BEFORE = {  # a statement, does what it reads include the binding before it? does that binding count afterwards?
    "for a in [1, 2]:\n    print(a)": (False, True),
    "for i in [1, 2]:\n    a = i\n    print(a)": (False, True),
    "for i in [1, 2]:\n    print(a)\n    a = i": (True, True),
    "while input():\n    a = 2\n    print(a)": (False, True),
    "if input():\n    a = 2\n    print(a)": (False, True),
    "if input():\n    a = 2\nelse:\n    print(a)\n    a = 3": (True, False),
    "try:\n    a = 2\nexcept ValueError:\n    print(a)": (True, True),
    "with open('x') as file:\n    a = 2\n    print(a)": (False, False),
    "for i in [1]:\n    if i:\n        a = 2\n        print(a)": (False, True),
}


@pytest.mark.parametrize("source", BEFORE)
def test_what_a_branch_or_loop_binds_is_what_it_reads_and_may_not_be_there_afterwards(source: str) -> None:
    facts = run("a = 1", source, "b = a")
    within, after = BEFORE[source]
    assert (0 in sure(facts, 1), 0 in sure(facts, 2), 1 in sure(facts, 2)) == (within, after, True)


def test_an_unknown_call_may_have_changed_what_it_was_given() -> None:
    facts = run(START, "from elsewhere import tidy", "tidy(df)", "mean = df.mean()")
    assert sure(facts) == {1: {"df"}}
    assert unsure(facts) == {(3, "df", "unknown call")}
    assert needed(facts, "mean = df.mean()")[-2:] == ["tidy(df)", "mean = df.mean()"]


def test_a_function_that_nobody_calls_needs_what_it_would_read() -> None:
    facts = run("a = 1", "def f():\n    return a + b", "b = 2", "class A:\n    def m(self):\n        return a")
    assert sure(facts, 1) == {}
    assert unsure(facts, 1) == {(0, "a", "when it is called"), (2, "b", "when it is called")}
    assert unsure(facts, 3) == {(0, "a", "when it is called")}


def test_a_file_that_the_notebook_writes() -> None:
    facts = run(START, "df.to_csv('b.csv')", "new = pd.read_csv('b.csv')")
    assert sure(facts) == {0: {"pd"}, 2: {"b.csv"}}


def test_every_flow_has_its_cell() -> None:
    facts = run("a = 1\nb = 2", "c = a + b")
    assert {(flow.statement, flow.cell) for flow in facts.effects[-1].flows} == {(0, 1), (1, 1)}
    assert [ast.unparse(one.node) for one in facts.program.statements] == ["a = 1", "b = 2", "c = a + b"]


def test_without_values_nothing_flows() -> None:
    cell = Cell(1, CellKind.CODE, "a = 1\nb = a", None, None)
    facts = interpret(parse(Notebook("a.ipynb", (cell,), "ipynb", "python")), TABLE)
    assert [effects.flows for effects in facts.effects] == [frozenset(), frozenset()]
    assert [effects.reads for effects in facts.effects] == [frozenset(), {0}]
