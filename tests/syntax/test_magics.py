"""IPython syntax is masked and every place stays the author's."""

import ast

import pytest

from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.syntax import CellSyntax, Magic, Program, parse


def program(*sources: str) -> Program:
    cells = tuple(Cell(number, CellKind.CODE, source, None, None) for number, source in enumerate(sources, 1))
    return parse(Notebook("a.ipynb", cells, "ipynb", "python"))


def cell(source: str) -> CellSyntax:
    return program(source).cells[0]


def statements(source: str) -> list[str]:
    """The statements of a cell as Python writes them; the cell must parse."""
    found = cell(source)
    assert found.error is None, found.error
    return [ast.unparse(statement.node) for statement in found.statements]


def segments(source: str) -> list[str | None]:
    """What the author wrote where each statement stands."""
    return [ast.get_source_segment(source, statement.node) for statement in cell(source).statements]


def magic(source: str) -> tuple[str, str, tuple[str, ...]]:
    (found,) = cell(source).magics
    return found.kind, found.text, found.binds


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("%matplotlib inline", "line"),
        ("%%html\n<b>'unclosed</b>", "cell"),
        ("!pip install x", "shell"),
        ("!!ls", "shell"),
        ("?len", "help"),
        ("len?", "help"),
        ("len??", "help"),
        ("str.join?", "help"),
        ("%timeit?", "help"),
        ("x = len?", "help"),
        ("/len x", "line"),
        (",print a b", "line"),
        (";print a b", "line"),
        ("!echo 'it", "shell"),
        ("%cd ~/it's", "line"),
        ("%time", "line"),
        ("%load_ext autoreload", "line"),
        ("%bash\nls -l", "cell"),
        ("%%anything\nSELECT * FROM t", "cell"),
        ("pip install -U joblib", "line"),
        ("ls", "line"),
    ],
)
def test_nothing_but_magic(source: str, kind: str) -> None:
    found = cell(source)
    assert found.error is None
    assert found.statements == ()
    assert [each.kind for each in found.magics] == [kind]
    assert [len(line) for line in found.text.split("\n")] == [len(line) for line in source.split("\n")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("!ls\nx = 1\n%pwd\ny = 2", ["x = 1", "y = 2"]),
        ("files = !ls -l 'it", ["files = 0"]),
        ("a, b = !ls", ["a, b = 0"]),
        ("where = %pwd\nz = where", ["where = 0", "z = where"]),
        ("d['k'] = !ls", ["d['k'] = 0"]),
        ("if a:\n    !ls\nelse:\n    %pwd", ["if a:\n    0\nelse:\n    0"]),
        ("for f in g:\n    !cat {f}\n    x = 1", ["for f in g:\n    0\n    x = 1"]),
        ("!pip install \\\n  joblib\nx = 1", ["x = 1"]),
        ("x = !ls \\\n  -l\ny = 1", ["x = 0", "y = 1"]),
        ("%time x = f(1)", ["x = f(1)"]),
        ("%time for x in y: f(x)", ["for x in y:\n    f(x)"]),
        ("%timeit -n 10 -r2 f(x)", ["f(x)"]),
        ("%timeit -n10 -o y = f(x)", ["f(x)"]),
        ("%prun -s cumulative f(x)", ["f(x)"]),
        ("x = %time f(1)", ["x = f(1)"]),
        ("best = %timeit -o f(1)", ["best = 0"]),
        ("if a:\n    %time x = f(1)\n    y = x", ["if a:\n    x = f(1)\n    y = x"]),
        ("if a:\n\t%time x = f(1)\n\ty = x", ["if a:\n    x = f(1)\n    y = x"]),
        ("%%time\nx = 1\ny = x", ["x = 1", "y = x"]),
        ("\n\n%%time\nx = 1", ["x = 1"]),
        ("%%time\n%%capture out\nx = 1", ["x = 1"]),
        ("%%capture out\n!ls\nx = 1", ["x = 1"]),
        ("%%unknown option\nx = 1", ["x = 1"]),
        ("%%time\n    x = 1\n    y = 2", ["x = 1", "y = 2"]),
        ("x = (1\n%y)", ["x = 1 % y"]),
        ("x = [\n    a\n    , b\n]", ["x = [a, b]"]),
        ("x = '''\n%pwd\n!ls\nwhat?\n'''", ["x = '\\n%pwd\\n!ls\\nwhat?\\n'"]),
        ('f("""\n%%time\n""")\n!ls', ["f('\\n%%time\\n')"]),
        ("x = 'why?'", ["x = 'why?'"]),
        ("x = 1  # why?", ["x = 1"]),
        ("# why?\nx = 1", ["x = 1"]),
        ("x = 5 \\\n  % 2", ["x = 5 % 2"]),
        ("x = a != b", ["x = a != b"]),
        ("f(a='= !ls', b= '%s' % c)", ["f(a='= !ls', b='%s' % c)"]),
        ("x = 1;", ["x = 1"]),
        ("    x = 1\n    if x:\n        y = 2", ["x = 1", "if x:\n    y = 2"]),
        ("  x = 1\ny = 2", ["x = 1", "y = 2"]),
        ("\tx = 1\n\t%time y = 2", ["x = 1", "y = 2"]),
        (">>> x = 1\n>>> if x:\n...     y = 2", ["x = 1", "if x:\n    y = 2"]),
        ("In [1]: x = 1\n\nIn [2]: %time y = x", ["x = 1", "y = x"]),
        ("x = await f()", ["x = await f()"]),
        ("async with a as b:\n    c = await b", ["async with a as b:\n    c = await b"]),
        ("pip = 3\npip", ["pip = 3", "pip"]),
        ("run(1)", ["run(1)"]),
        ("", []),
        ("# only a comment", []),
        ("   ", []),
    ],
)
def test_statements_beside_magics(source: str, expected: list[str]) -> None:
    assert statements(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("!ls\nx = 1", ["x = 1"]),
        ("%time x = f(1)", ["x = f(1)"]),
        ("%timeit -n 10 f(x)", ["f(x)"]),
        ("x = %time f(1)", ["x = %time f(1)"]),
        ("    x = 1\n    if x:\n        y = 2", ["x = 1", "if x:\n        y = 2"]),
        ("  é = f('ü'); z = é", ["é = f('ü')", "z = é"]),
        (">>> x = 1\n>>> y = (x,\n...      2)", ["x = 1", "y = (x,\n...      2)"]),
        ("%%time\n\nx = 1", ["x = 1"]),
        ("    %time x = f(1,\n             2)", ["x = f(1,\n             2)"]),
    ],
)
def test_places_are_the_authors(source: str, expected: list[str]) -> None:
    assert segments(source) == expected


def test_every_node_keeps_its_place_in_an_indented_cell() -> None:
    source = "    t = f(a, k=b)[c]\n    with d as e: g = lambda h: h\n    try: pass\n    except E: pass"
    for statement in cell(source).statements:
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Name):
                assert ast.get_source_segment(source, node) == node.id
            elif isinstance(node, ast.arg | ast.keyword):
                assert (ast.get_source_segment(source, node) or "").startswith(node.arg or "")


def test_values_of_magics_are_told_from_constants() -> None:
    found = program("x = 0\nfiles = !ls", "if é: ü = 1\nif x:\n    !ls", "%pwd")
    assert found.magic_values == {(1, 2, 8), (2, 3, 4), (3, 1, 0)}
    value = found.statements[1].node
    assert isinstance(value, ast.Assign)
    assert (1, value.value.lineno, value.value.col_offset) in found.magic_values


@pytest.mark.parametrize(
    ("source", "binds"),
    [
        ("%%capture out --no-stderr\nf()", ("out",)),
        ("%%timeit n = 10; import math as m\nf(n)", ("n", "m")),
        ("%%bigquery df\nSELECT 1", ("df",)),
        ("%store -r model", ("model",)),
        ("%store -r", ("*",)),
        ("%pylab inline", ("*",)),
        ("%run setup.py", ("*",)),
        ("%%R -i x -o y,z\ny <- x", ("y", "z")),
        ("%%bash --out listing\nls", ("listing",)),
        ("%%sql\nselect 1", ()),
        ("%%cython\ncimport x\ncpdef int f(int a): return a", ("f",)),
        ("%aimport pandas, -numpy", ("pandas",)),
        ("%load_ext line_profiler", ("line_profiler",)),
    ],
)
def test_what_magics_bind(source: str, binds: tuple[str, ...]) -> None:
    assert magic(source)[2] == binds


def test_magics_say_where_they_stand() -> None:
    found = cell("x = 1\n!pip install \\\n    joblib\ny = !ls\nif x:\n    %pwd")
    assert found.magics == (
        Magic(1, 2, 3, "shell", "!pip install \\\n    joblib"),
        Magic(1, 4, 4, "shell", "y = !ls", (), python=True),
        Magic(1, 6, 6, "line", "%pwd"),
    )
    assert cell("%%bash\nls\npwd\n").magics == (Magic(1, 1, 3, "cell", "%%bash\nls\npwd"),)
    assert cell("%%time\nx = 1").magics == (Magic(1, 1, 1, "cell", "%%time", (), python=True),)


def test_a_word_alone_is_a_magic_unless_it_is_a_variable() -> None:
    assert len(program("ls", "pwd").statements) == 0
    assert len(program("ls = [1]", "ls").statements) == 2
    assert len(program("hist", "x").statements) == 2
    assert len(program("colors").statements) == 0
    assert len(program("for colors in [1]: pass", "colors").statements) == 2
