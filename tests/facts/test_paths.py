"""Paths: the text as far as it is known, where it is written down, and where it is used."""

import pytest

from tests.facts.abstract_run import run

TEXTS = {
    "a literal": ("pd.read_csv('/d/a.csv')", "/d/a.csv"),
    "by keyword": ("pd.read_csv(filepath_or_buffer='/d/a.csv')", "/d/a.csv"),
    "a name": ("p = '/d/a.csv'\npd.read_csv(p)", "/d/a.csv"),
    "a sum": ("p = '/d/'\npd.read_csv(p + 'a' + '.csv')", "/d/a.csv"),
    "a sum with something unknown": ("pd.read_csv('/d/' + input())", "/d/"),
    "an f-string": ("n = 'a'\npd.read_csv(f'/d/{n}.csv')", "/d/a.csv"),
    "an f-string with something unknown": ("n = input()\npd.read_csv(f'/d/{n}.csv')", "/d/"),
    "an f-string that begins with a name": ("d = '/d'\npd.read_csv(f'{d}/a.csv')", "/d/a.csv"),
    "format": ("pd.read_csv('/d/{}.csv'.format(input()))", "/d/"),
    "percent": ("pd.read_csv('/d/%s.csv' % input())", "/d/"),
    "os.path.join": ("pd.read_csv(os.path.join('/d', 'e', 'a.csv'))", "/d/e/a.csv"),
    "os.path.join with something unknown": ("pd.read_csv(os.path.join('/d', input()))", "/d/"),
    "os.path.join with an absolute part": ("pd.read_csv(os.path.join('d', '/e', 'a.csv'))", "/e/a.csv"),
    "from os.path": ("from os.path import join\npd.read_csv(join('/d', 'a.csv'))", "/d/a.csv"),
    "Path": ("pd.read_csv(Path('/d/a.csv'))", "/d/a.csv"),
    "Path of parts": ("pd.read_csv(Path('/d', 'a.csv'))", "/d/a.csv"),
    "a slash": ("pd.read_csv(Path('/d') / 'e' / 'a.csv')", "/d/e/a.csv"),
    "a slash with something unknown": ("pd.read_csv(Path('/d') / input())", "/d/"),
    "joinpath": ("pd.read_csv(Path('/d').joinpath('a.csv'))", "/d/a.csv"),
    "str": ("pd.read_csv(str(Path('/d/a.csv')))", "/d/a.csv"),
    "resolve": ("pd.read_csv(Path('/d/a.csv').resolve())", "/d/a.csv"),
    "expanduser": ("pd.read_csv(os.path.expanduser('~/a.csv'))", "~/a.csv"),
    "open": ("open('/d/a.csv')", "/d/a.csv"),
    "with open": ("with open('/d/a.csv') as f:\n    pass", "/d/a.csv"),
    "a path's open": ("Path('/d/a.csv').open()", "/d/a.csv"),
    "read_text": ("Path('/d/a.csv').read_text()", "/d/a.csv"),
    "a dict": ("c = {'p': '/d/a.csv'}\npd.read_csv(c['p'])", "/d/a.csv"),
    "a list": ("for p in ['/d/a.csv']:\n    pd.read_csv(p)", "/d/a.csv"),
    "a function": ("def f(p):\n    return pd.read_csv(p)\nf('/d/a.csv')", "/d/a.csv"),
    "a default": ("def f(p='/d/a.csv'):\n    return pd.read_csv(p)\nf()", "/d/a.csv"),
    "a function that nobody calls": ("def f():\n    return pd.read_csv('/d/a.csv')", "/d/a.csv"),
    "a class": ("class C:\n    P = '/d/a.csv'\npd.read_csv(C.P)", "/d/a.csv"),
    "a conditional expression": ("pd.read_csv('/d/a.csv' if True else 'b.csv')", "/d/a.csv"),
    "writing": ("pd.read_csv('a.csv').to_csv('/d/b.csv')", "/d/b.csv"),
    "joblib": ("import joblib\njoblib.dump(1, '/d/m')", "/d/m"),
    "numpy": ("import numpy as np\nnp.loadtxt('/d/a.csv')", "/d/a.csv"),
    "a plot": ("import matplotlib.pyplot as plt\nplt.savefig('/d/a.png')", "/d/a.png"),
    "listing": ("os.listdir('/d')", "/d"),
    "glob": ("import glob\nglob.glob('/d/*.csv')", "/d/*.csv"),
    "making": ("os.makedirs('/d/e', exist_ok=True)", "/d/e"),
    "asking": ("os.path.exists('/d/a.csv')", "/d/a.csv"),
    "an unknown reader of what can only be a path": (
        "import helpers\nhelpers.read('/home/ada/a.csv')",
        "/home/ada/a.csv",
    ),
    "a drive given to an unknown reader": ("import helpers\nhelpers.read('C:/a.csv')", "C:/a.csv"),
}
START = "import os\nimport pandas as pd\nfrom pathlib import Path"


@pytest.mark.parametrize("how", TEXTS)
def test_the_text_of_a_path_is_known(how: str) -> None:
    source, text = TEXTS[how]
    assert text in [use.text for use in run(START, source).paths]


UNUSED = {
    "text that nobody reads": "p = '/d/a.csv'",
    "text that is printed": "print('/d/a.csv')",
    "text in a table": "pd.read_csv('a.csv')['x'].str.replace('/d/', '')",
    "text compared": "pd.read_csv('a.csv')['x'] == '/d/a.csv'",
    "a key": "{'/d/a.csv': 1}['/d/a.csv']",
    "a separator": "pd.read_csv('a.csv', sep='/')",
    "text given to an unknown call": "import helpers\nhelpers.route('/d/a')",
}


@pytest.mark.parametrize("how", UNUSED)
def test_text_is_no_path_where_nobody_uses_it_as_one(how: str) -> None:
    assert [use.text for use in run(START, UNUSED[how]).paths if use.text != "a.csv"] == []


PLACES = {
    "a name": "p = '/d/'\npd.read_csv(p)",
    "a sum": "p = '/d/'\npd.read_csv(p + 'a.csv')",
    "an f-string": "p = '/d/'\npd.read_csv(f'{p}a.csv')",
    "an f-string with more": "p = '/d/'\npd.read_csv(f'{p}{input()}.csv')",
    "os.path.join": "p = '/d/'\npd.read_csv(os.path.join(p, 'a.csv'))",
    "Path": "p = '/d/'\npd.read_csv(Path(p) / 'a.csv')",
    "format": "p = '/d/{}'\npd.read_csv(p.format('a.csv'))",
    "a function": "p = '/d/'\ndef f(q):\n    return pd.read_csv(q + 'a.csv')\nf(p)",
}


@pytest.mark.parametrize("how", PLACES)
def test_a_path_stands_where_it_is_written_down(how: str) -> None:
    uses = run(START, PLACES[how]).paths
    assert {(use.place.cell, use.place.line, use.place.column) for use in uses} == {(2, 1, 5)}
    assert all(use.use.line > 1 for use in uses)


def test_the_use_of_a_path_is_the_call() -> None:
    (use,) = run(START, "p = '/d/a.csv'", "t = pd.read_csv(p)").paths
    assert (use.use.cell, use.use.line, use.use.column) == (3, 1, 5)
    assert use.name == "pandas.read_csv"


def test_a_file_that_is_read_is_an_event() -> None:
    facts = run(START, "t = pd.read_csv('a.csv')", "u = pd.read_csv(input())")
    assert [(load.path, load.name, load.place.cell) for load in facts.loads] == [
        ("a.csv", "pandas.read_csv", 2),
        (None, "pandas.read_csv", 3),
    ]
