"""IPython's own transformer as the oracle: where its output is Python, ours is, and with the same statements.

By hand over real notebooks, one line for every cell where we differ:

    python -m tests.syntax.test_against_ipython NOTEBOOK...
"""

import ast
import re
import sys
import warnings
from collections.abc import Iterator

from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from nb2pkg.notebook import Cell, CellKind, Notebook, read
from nb2pkg.notebook.magics import OPAQUE
from nb2pkg.syntax import FLAGS, CellSyntax, Program, parse

PLAIN = """
x = 1
y = (x,{n}  2)
z = '''{n}%pwd{n}!ls{n}what?{n}'''
s = 'why?' # = !ls
t = x {b}{n}  % 3
w = [{n}  1{n}, 2]
# a comment?
x = 1 # why?
#%time
u = f"{x!r} ?"
d = {'a': 1}; e = d
x: int = 3
k = lambda a=1: a
f(a=1, b=b'x')
m = a @ b
x = r'{b}' + 'q?'
x = a != b
x = a %b
r = a if b else c
x = [{n}# why?{n}1]
'doc?'
x = '{b}{n}!ls'
assert x == ({n}  1), 'y?'
é = 'ü?'
x = '{u}' + 'é'
x = 1{f}
a = (b{n}  !=c)
'a' {b}{n}'b'
await g()
if x: y = 1
f'''{x}{n}?'''
x = 1 ;
del x
"""
MAGIC = """
%matplotlib inline
!ls -l 'it
!pip install {b}{n}   x
!!ls
!
?
??
len?
?len
str.join??
x.y[0]?
%timeit?
np.*load*?
a ?
a = b?
x = !ls image?
where = %pwd?
a; b?
files = !ls
a, b = !ls | head
where = %pwd
x.k = !ls
x[0] = !ls
x = y = !ls
x: list = !ls
x += !ls
x=!ls
x = ! ls
x = !ls # c
x = !a {b}{n} b
x = {b}{n}!ls
x[a=='b'] = %env A
x = %sql select '''
%time x = 1
x = %time f(x)
%cd ~/it's b
!echo '''
%a%b
%magic a='b' ?
!ls {x} $y
"""
HEADS = """
if x:
for i in [1,{n}  2]:
def f(a,{n}  b=2):
while x: # why?
class A:
with a as b:
try:{n}  pass{n}finally:
async def g():
@d{n}def h():
if a == 1:{n}  pass{n}else:
match x:{n}  case 1:{n}    pass{n}  case _:
"""
BEFORE = ["", "\n", "  \n\n", "\f\n"]
CELL_MAGICS = ["%%time\n", "%%capture out\n", "%%bash\n", "%%html\n\n", "%%writefile a.py\n"]
AFTER = ["", "\n", "\n\n  ", "\n    "]
CALLS = re.compile(r"(?:^|\r)[ \t\\]*[,;/]", re.MULTILINE)
MAGIC_CALL = "get_ipython()."


def written(text: str) -> list[str]:
    """The lines of a table, with {n} for a line end, {b} for a backslash, {u} for U+2028 and {f} for a form feed."""
    marks = {"{n}": "\n", "{b}": "\\", "{u}": "\u2028", "{f}": "\f"}
    lines = text.strip("\n").split("\n")
    for mark, meaning in marks.items():
        lines = [line.replace(mark, meaning) for line in lines]
    return lines


def program(source: str) -> Program:
    return parse(Notebook("a", (Cell(1, CellKind.CODE, source, None, None),), "ipynb", None))


def ours(source: str) -> CellSyntax:
    return program(source).cells[0]


def our_statements(source: str) -> list[str] | None:
    """Our statements with MAGIC for each placeholder; None where the cell does not parse."""
    found = program(source)
    if found.cells[0].error is not None:
        return None
    places = {(line, column) for _, line, column in found.magic_values}
    return [dump(OurMagic(places).visit(statement.node)) for statement in found.statements]


def their_statements(source: str) -> list[str] | None:
    """IPython's statements, with MAGIC for each of its calls; None where it is no Python or IPython itself breaks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
            body = compile(text, "<cell>", "exec", FLAGS, dont_inherit=True).body
        except (SyntaxError, ValueError, IndexError, RuntimeError):
            return None
    nodes = [TheirMagic().visit(node) for node in body]
    alone = [
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Name) and node.value.id == "MAGIC" for node in nodes
    ]
    return [dump(node) for node, magic in zip(nodes, alone, strict=True) if not magic]


def dump(node: ast.AST) -> str:
    """The statement without what IPython's newer and older rules take from the lines of a string."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            inner.value = re.sub(r"[ \t]*\n[ \t]*", "\n", inner.value)
    return ast.dump(node)


class OurMagic(ast.NodeTransformer):
    """Replace placeholders by MAGIC."""

    def __init__(self, places: set[tuple[int, int]]) -> None:
        self.places = places

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Name("MAGIC") if (node.lineno, node.col_offset) in self.places else node


class TheirMagic(ast.NodeTransformer):
    """Replace the calls of magics by MAGIC, and that of %time by the statement it times."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        timed = timed_by(node.value)
        return ast.parse(timed).body[0] if timed else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        timed = timed_by(node)
        if timed:
            return ast.parse(timed, mode="eval").body
        return ast.Name("MAGIC") if ast.unparse(node).startswith(MAGIC_CALL) else self.generic_visit(node)


def timed_by(node: ast.expr) -> str:
    """The statement in a call of %time."""
    match node:
        case ast.Call(args=[ast.Constant(value="time"), ast.Constant(value=str(timed))]):
            return timed.strip()
    return ""


def indented(text: str, indent: str) -> str:
    return "\n".join(indent + line for line in text.split("\n"))


def suites(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Blocks under the heads of compound statements."""
    heads, indents = st.sampled_from(written(HEADS)), st.sampled_from(["  ", "    ", "\t"])
    block = st.builds(lambda head, body, indent: f"{head}\n{indented(body, indent)}", heads, inner, indents)
    return st.lists(st.one_of(LINES, block), min_size=1, max_size=3).map("\n".join)


LINES = st.sampled_from(written(PLAIN) + written(MAGIC))
BODIES = st.recursive(LINES, suites, max_leaves=6)


@given(st.sampled_from(BEFORE), BODIES, st.sampled_from(["", "  ", "\t"]), st.sampled_from(AFTER))
@settings(max_examples=300, deadline=None, derandomize=True)
@example("", "    # deeper\n  x = 1\n  y = 2", "", "")
@example("", "x = 1\n>>> y = 2\n>>> if y:\n...     z = 3", "", "")
@example("\f", "x = 1\ny = 2", "  ", "")
def test_ours_parses_where_ipythons_does_and_with_the_same_statements(
    before: str, body: str, indent: str, after: str
) -> None:
    source = before + indented(body, indent) + after
    expected = their_statements(source)
    if expected is not None:
        assert our_statements(source) == expected
    assert widths(ours(source).text) == widths(source)


@given(st.sampled_from(CELL_MAGICS), BODIES)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_under_a_cell_magic_stands_python_as_without_it_or_none(magic: str, body: str) -> None:
    expected = [] if magic[2:].split()[0] in OPAQUE else our_statements(body)
    assert our_statements(magic + body) == expected


@given(BODIES, st.data())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_after_a_slip_of_the_pen(body: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(body)))
    source = body[:at] + data.draw(st.sampled_from(list("?!%()'\"\\\n #=:\t"))) + body[at:]
    assert widths(ours(source).text) == widths(source)
    if not CALLS.search(source) and "%time" not in source:
        assert our_statements(source) is not None or their_statements(source) is None


def widths(text: str) -> list[int]:
    return [len(line) for line in text.split("\n")]


@given(st.text("x=1 \n\t%!?/,;'\"()[]\\#>.é\r:\f", max_size=40))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_at_all(source: str) -> None:
    source = source.replace("\r", "\n")
    assert widths(ours(source).text) == widths(source)
    # What automatic calls make of rubbish (";#" becomes a comment) is not worth following.
    if not CALLS.search(source) and their_statements(source) is not None:
        assert ours(source).error is None


def differences(path: str) -> Iterator[str]:
    """One line for each code cell of a notebook that only one of us can parse, or that has other statements."""
    notebook = read(path)
    if not isinstance(notebook, Notebook) or notebook.language not in (None, "python"):
        return
    for cell in notebook.cells:
        if cell.kind is CellKind.CODE:
            expected, found = their_statements(cell.source), our_statements(cell.source)
            if expected != found and not (expected == [] and cell.source.lstrip().startswith("%%")):
                who = (
                    "we do not parse"
                    if found is None
                    else "IPython does not"
                    if expected is None
                    else "other statements"
                )
                yield f"{path}: cell {cell.number}: {who}: {cell.source[:60]!r}"


if __name__ == "__main__":
    for named in sys.argv[1:]:
        for difference in differences(named):
            print(difference)
