"""IPython's own transformer as the oracle: where its output is Python, ours is, with the same code around the magics."""

import ast
import re
import warnings

from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.syntax import CellSyntax, parse

PLAIN = [
    "x = 1",
    "y = (x,\n     2)",
    "z = '''\n%pwd\n!ls\n'''",
    "def f(a):\n    return a % 2",
    "if x:\n    y = 2",
    "for i in [1,\n  2]:\n    pass",
    "s = 'why?' # = !ls",
    "t = x \\\n  % 3",
    "w = [\n  1\n, 2]",
    "# a comment?",
    "",
    "d = {'a': 1}; e = d",
    'u = f"{x!r} ?"',
    "class A:\n\n    b = 1",
]
MAGIC = [
    "%matplotlib inline",
    "!ls -l 'it",
    "!pip install \\\n   x",
    "files = !ls",
    "a, b = !ls | head",
    "where = %pwd",
    "len?",
    "?len",
    "str.join??",
    "x.y[0]?",
    "%timeit?",
    "!!ls",
    "/f x",
    ",f a b",
    ";f a b",
    "if x:\n    !ls\n    y = 1",
    "if x:\n    %cd ~/a b\n    y = 1",
    "x.k = !ls",
    "q = (1,\n 2); !ls",
]
HEADS = ["", "\n", "%%bash\n", "%%html\n", "\n  \n"]
CALLS = re.compile(r"(?:^|\r)[ \t\\]*[,;/]", re.MULTILINE)
INDENTS = ["", "  ", "\t"]


def ours(source: str) -> CellSyntax:
    return parse(Notebook("a", (Cell(1, CellKind.CODE, source, None, None),), "ipynb", None)).cells[0]


def theirs(source: str) -> list[ast.stmt] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            manager = TransformerManager()  # type: ignore[no-untyped-call]
            return ast.parse(manager.transform_cell(source)).body
        except SyntaxError:
            return None


def is_magic(node: ast.AST) -> bool:
    return "get_ipython()" in ast.unparse(node)


pieces = st.lists(st.sampled_from(PLAIN + MAGIC), min_size=1, max_size=5).map("\n".join)


@given(st.sampled_from(HEADS), pieces, st.sampled_from(INDENTS), st.sampled_from(["", "\n"]))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_ours_parses_where_ipythons_does(head: str, body: str, indent: str, tail: str) -> None:
    source = head + "\n".join(indent + line for line in body.split("\n")) + tail
    expected = theirs(source)
    if expected is None:
        return
    found = ours(source)
    assert found.error is None
    assert [len(line) for line in found.text.split("\n")] == [len(line) for line in source.split("\n")]
    if any(each.kind == "line" and each.text[:1] in "/,;" for each in found.magics):
        return  # IPython makes ordinary calls of these
    plain = [ast.dump(node) for node in expected if not is_magic(node)]
    magics = {(line, column) for _, line, column in parse_places(source)}
    kept = [statement.node for statement in found.statements]
    untouched = [node for node in kept if not any((at.lineno, at.col_offset) in magics for at in constants(node))]
    assert [ast.dump(node) for node in untouched] == plain


def parse_places(source: str) -> frozenset[tuple[int, int, int]]:
    return parse(Notebook("a", (Cell(1, CellKind.CODE, source, None, None),), "ipynb", None)).magic_values


def constants(node: ast.AST) -> list[ast.Constant]:
    return [child for child in ast.walk(node) if isinstance(child, ast.Constant)]


@given(st.text("x=1 \n\t%!?/,;'\"()[]\\#>.é\r:", max_size=40))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_at_all(source: str) -> None:
    found = ours(source.replace("\r", "\n"))
    assert [len(line) for line in found.text.split("\n")] == [len(line) for line in found.cell.source.split("\n")]
    # What automatic calls make of rubbish (";#" becomes a comment) is not worth following.
    if not CALLS.search(source) and theirs(source.replace("\r", "\n")) is not None:
        assert found.error is None
