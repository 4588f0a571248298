"""Nodes with their labels, edges with their names, the slice of a name, what is unused."""

import pytest

from nb2pkg.errors import Nb2pkgError
from nb2pkg.facts import interpret
from nb2pkg.graph import unused
from nb2pkg.graphs.drawing import Drawing
from nb2pkg.graphs.labels import first_line, listed, shortened
from nb2pkg.graphs.picture import Arrow, arrows
from tests.facts.abstract_run import TABLE
from tests.graphs.loans import code, drawn


def flows(drawing: Drawing) -> dict[tuple[str, str], set[str]]:
    return {(edge.source, edge.target): {one.name for one in edge.names} for edge in drawing.edges}


def test_cells_are_nodes_with_a_heading_or_a_first_line() -> None:
    assert [(node.key, node.number, node.label) for node in drawn().nodes] == [
        ("c2", "2", "Loans"),
        ("c3", "3", "Read the data"),
        ("c4", "4", "df['x'] = 1"),
        ("c6", "6", "Clean up"),
        ("c7", "7", "y = df.mean()"),
        ("c8", "8", "%store -r rate"),
        ("c9", "9", "z = y * rate"),
    ]


def test_nodes_say_what_they_bind_change_and_leave_unused() -> None:
    found = {node.key: (node.binds, node.changes, node.unused) for node in drawn().nodes}
    assert found == {
        "c2": (("pd", "tidy"), (), ()),
        "c3": (("df",), (), ()),
        "c4": ((), ("df",), ()),
        "c6": ((), (), ()),
        "c7": (("spare", "y"), (), ("spare",)),
        "c8": ((), (), ()),
        "c9": (("z",), (), ("z",)),
    }


def test_edges_carry_names() -> None:
    assert flows(drawn()) == {
        ("c2", "c3"): {"pd"},
        ("c3", "c4"): {"df"},
        ("c2", "c6"): {"tidy"},
        ("c3", "c6"): {"df"},
        ("c4", "c6"): {"df"},
        ("c3", "c7"): {"df"},
        ("c4", "c7"): {"df"},
        ("c6", "c7"): {"df"},
        ("c7", "c9"): {"y"},
        ("c8", "c9"): {"rate"},
    }


def test_a_name_on_an_edge_is_sure_or_says_why_not() -> None:
    told = {(edge.source, edge.target, one.name): one.why for edge in drawn().edges for one in edge.names if one.why}
    assert told == {("c6", "c7", "df"): "unknown call", ("c8", "c9", "rate"): "bound by a magic"}


def test_a_name_that_comes_by_way_of_another_cell_is_not_direct() -> None:
    told = {(edge.source, edge.target) for edge in drawn().edges for one in edge.names if not one.direct}
    assert told == {("c3", "c6"), ("c3", "c7")}


def test_statements_as_nodes() -> None:
    drawing = drawn("import os", "a = 1; b = a\ndef f(x):\n    return x", "c = f(b)", statements=True)
    assert [(node.key, node.number, node.label) for node in drawing.nodes] == [
        ("s1", "1:1", "import os"),
        ("s2", "2:1", "a = 1"),
        ("s3", "2:1", "b = a"),
        ("s4", "2:2", "def f(x):"),
        ("s5", "3:1", "c = f(b)"),
    ]
    assert flows(drawing) == {("s2", "s3"): {"a"}, ("s3", "s5"): {"b"}, ("s4", "s5"): {"f"}}


def test_a_magic_is_a_node_among_statements_where_it_brings_a_name() -> None:
    drawing = drawn("%store -r a", "%matplotlib inline", "b = a", statements=True)
    assert [(node.key, node.label) for node in drawing.nodes] == [("c1", "%store -r a"), ("s1", "b = a")]
    assert flows(drawing) == {("c1", "s1"): {"a"}}


def test_of_a_name_is_its_backward_slice() -> None:
    sources = (
        "import pandas as pd",
        "df = pd.read_csv('x')",
        "df.head()",
        "model = {}",
        "model['a'] = df",
        "b = model",
    )
    assert [node.key for node in drawn(*sources, of="model").nodes] == ["c1", "c2", "c4", "c5"]
    assert [node.key for node in drawn(*sources, of="df").nodes] == ["c1", "c2"]
    assert [node.key for node in drawn(*sources, of="model", statements=True).nodes] == ["s1", "s2", "s4", "s5"]


def test_of_a_name_that_is_bound_again_is_what_it_holds_at_the_end() -> None:
    sources = ("a = 1", "b = 2", "a = b", "if input():\n    a = 3", "a += 0")
    assert [node.key for node in drawn(*sources, of="a").nodes] == ["c2", "c3", "c4", "c5"]
    assert [node.key for node in drawn(*sources[:4], of="a").nodes] == ["c2", "c3", "c4"]


def test_of_a_name_that_nothing_binds_is_an_error_with_those_alike() -> None:
    with pytest.raises(Nb2pkgError, match="no statement binds 'modle'; it binds model"):
        drawn("model = 1", of="modle")


def test_pictures_leave_out_imports_options_and_what_is_not_direct() -> None:
    assert arrows(drawn()) == [
        Arrow("c3", "c4", ("df",), dashed=False),
        Arrow("c4", "c6", ("df",), dashed=False),
        Arrow("c4", "c7", ("df",), dashed=False),
        Arrow("c7", "c9", ("y",), dashed=False),
        Arrow("c8", "c9", ("rate",), dashed=True),
    ]
    assert arrows(drawn("import pandas as pd\npd.set_option('mode.x', 1)", "df = pd.read_csv('x')")) == []


UNUSED = {
    "a function": (("def f(): pass", "x = 1\nprint(x)"), ["f"]),
    "used only by what is unused": (("a = 1\ndef f(): return a", "def g(): return f()"), ["a", "f", "g"]),
    "used by what is used": (("a = 1\ndef f(): return a", "f()"), []),
    "an import": (("import os, sys", "sys.exit()"), ["os"]),
    "bound again before it is read": (("a = 1", "a = 2", "print(a)"), ["a"]),
    "recursion is no use": (("def f(n): return f(n - 1)",), ["f"]),
    "a loop variable read in the loop": (("for i in [1]:\n    print(i)",), []),
    "a name that means it is unused": (("_, a = 1, 2", "print(a)"), []),
    "in a cell that does not parse": (("a = 1\nb = 2", "print(a"), ["b"]),
    "a star import of which one name is used": (("from os.path import *", "join('a')"), []),
    "a star import of which nothing is used": (("from os.path import *", "print(1)"), ["*"]),
}


@pytest.mark.parametrize("case", UNUSED)
def test_wholly_unused_definitions(case: str) -> None:
    sources, expected = UNUSED[case]
    facts = interpret(code(*sources), TABLE, values=True)
    assert [one.name for one in unused(facts.program, facts.effects)] == expected


LABELS = {
    "\n\n# Load\nimport os": "Load",
    "import os\nfrom a import b\nx = 1": "x = 1",
    "import os": "import os",
    "#####\nx = 1": "x = 1",
    "x = (1,\n 2)": "x = (1,",
    "": "",
}


@pytest.mark.parametrize("source", LABELS)
def test_the_first_line_that_says_something(source: str) -> None:
    assert first_line(source) == LABELS[source]


def test_labels_are_short_and_plain() -> None:
    assert shortened("a" * 80) == "a" * 59 + "…"
    assert shortened("a\x00b\u2028c\ud800d") == "a b c d"
    assert listed(("aa", "bb", "cc"), limit=8) == "aa, +2"
    assert listed(("aa", "bb", "cc"), limit=10) == "aa, bb, cc"
    assert listed(("a" * 30,), limit=8) == "a" * 30
