"""What a statement binds, reads now, reads later and deletes."""

import ast
import symtable
from collections.abc import Iterator

import pytest

from nb2pkg.names import Names, names_of


def names(source: str) -> Names:
    (statement,) = ast.parse(source).body
    return names_of(statement)


def words(found: frozenset[str]) -> str:
    return " ".join(sorted(found))


@pytest.mark.parametrize(
    ("source", "binds", "reads"),
    [
        ("x = a", "x", "a"),
        ("x, (y, *z) = a", "x y z", "a"),
        ("x = y = a", "x y", "a"),
        ("x[i] = a", "", "a i x"),
        ("x.y = a", "", "a x"),
        ("x += a", "x", "a x"),
        ("x[i] += a", "", "a i x"),
        ("x: T", "", "T"),
        ("x: T = a", "x", "T a"),
        ("import a.b.c", "a", ""),
        ("import a.b as c", "c", ""),
        ("from a import b, c as d", "b d", ""),
        ("from a import *", "*", ""),
        ("for i in a: b(i)", "i", "a b"),
        ("for i in a: t = t + i", "i t", "a t"),
        ("for i in a: pass\nelse: b(i)", "i", "a b i"),
        ("while a: x = 1", "x", "a"),
        ("with a as x, x.b as y: x + y", "x y", "a"),
        ("if a: x = 1\nelse: x = b", "x", "a b"),
        ("try:\n x = a\nexcept E as e:\n p(e, x)", "e x", "E a p x"),
        ("try:\n x = a\nfinally:\n p(x)", "x", "a p x"),
        ("(x := a) and x", "x", "a"),
        ("[y := a for b in c]", "y", "a c"),
        ("match a:\n case [x, *y]: pass\n case {1: z, **w} if z: pass\n case C(v) as u: pass", "u v w x y z", "C a"),
        ("f(*a, **b)", "", "a b f"),
        ("f'{a:{b}}'", "", "a b"),
        ("x = a if b else c", "x", "a b c"),
        ("assert a, b", "", "a b"),
        ("raise a from b", "", "a b"),
        ("await a", "", "a"),
        ("pass", "", ""),
        ("'text'", "", ""),
    ],
)
def test_binds_and_reads(source: str, binds: str, reads: str) -> None:
    found = names(source)
    assert (words(found.binds), words(found.reads)) == (binds, reads)
    assert not found.deferred


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("[x for x in a if x > b]", "a b"),
        ("{k: v for k, v in a}", "a"),
        ("[y for x in a for y in x]", "a"),
        ("[[y for y in x] for x in a]", "a"),
        ("sum(x for x in x)", "sum x"),
    ],
)
def test_comprehensions_keep_their_variables(source: str, reads: str) -> None:
    assert words(names(source).reads) == reads
    assert not names(source).binds


@pytest.mark.parametrize(
    ("source", "reads", "deferred"),
    [
        ("def f(a, b=c): return a + d", "c", "d"),
        ("@d\ndef f(a: T) -> R: pass", "R T d", ""),
        ("def f():\n x = 1\n return x + y", "", "y"),
        ("def f():\n y = x\n x = 1", "", ""),
        ("def f():\n def g(): return x + z\n x = 1", "", "z"),
        ("def f():\n x = 1\n def g():\n  nonlocal x\n  x = y", "", "y"),
        ("def f(x):\n return [x + y for y in z]", "", "z"),
        ("def f(): return f", "", "f"),
        ("async def f(): return await a", "", "a"),
        ("f = lambda a, b=c: a + d", "c", "d"),
        ("f(lambda a: a + d)", "d f", "d"),
        ("f(key=lambda a: a + d)", "d f", "d"),
        ("class A(B, metaclass=M):\n x = y", "B M y", ""),
        ("class A:\n x = 1\n y = x", "", ""),
        ("class A:\n x = 1\n def m(self): return x", "", "x"),
        ("class A:\n x = 1\n y = [x for i in z]", "x z", ""),
        ("class A:\n def m(self): return self.n(A)", "", "A"),
        ("if a:\n def f(): return b", "a", "b"),
        ("def f():\n global x\n return x", "", "x"),
        ("def f():\n global x\n x = 1\n return x", "", ""),
        ("def f():\n import a\n return a.b", "", ""),
        ("def f():\n for i in a: print(i)", "", "a print"),
    ],
)
def test_what_is_read_now_and_what_when_called(source: str, reads: str, deferred: str) -> None:
    found = names(source)
    assert (words(found.reads), words(found.deferred)) == (reads, deferred)


def test_global_in_a_function_binds_when_called() -> None:
    found = names("def f():\n global x, y\n x = 1\n for y in z: pass")
    assert words(found.binds) == "f x y"
    assert words(found.deferred_binds) == "x y"


def test_global_in_a_function_in_a_class_in_a_function() -> None:
    found = names("def f(x):\n class A:\n  def m(self):\n   global x\n   x = x + 1")
    assert (words(found.binds), words(found.deferred)) == ("f x", "x")


def test_del() -> None:
    found = names("del a, b[c], d.e")
    assert (words(found.deletes), words(found.reads), words(found.binds)) == ("a", "a b c d", "")


def test_a_sum_of_thousands_is_no_trouble() -> None:
    source = "x = " + " + ".join(f"a{number}" for number in range(900))
    assert len(names(source).reads) == 900


SNIPPETS = [
    "def f(a, *b, c=1, **d):\n    e = a + g\n    return [h(i, e) for i in b if (j := i) and j]",
    "class A(B):\n    c = 1\n    @d\n    def e(self, f=c):\n        return super().e(g, lambda h: h + i)",
    "def a():\n    global b, c\n    b = 1\n    def d():\n        nonlocal_e = b + c\n        return nonlocal_e\n    return d",
    "def a(b):\n    try:\n        c = d(b)\n    except E as e:\n        raise F(c) from e\n    with g() as (h, i):\n        return h + i + j",
    "def a():\n    b = 1\n    class C:\n        b = b\n        d = b\n        def e(self):\n            return b + f\n    return C",
    "def x():\n    return {k: [v for v in vs if v in w] for k, vs in y.items()}",
    "a = lambda b: (lambda c: b + c + d)",
    "def a(b):\n    match b:\n        case {'c': d, **e}:\n            return d, e\n        case F(g=h) | [h]:\n            return h, i",
]


def globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    """The global names that a scope and the scopes inside it refer to, by Python's own analysis."""
    for symbol in table.get_symbols():
        top = table.get_type() == "module"
        if symbol.is_referenced() and (symbol.is_global() or (top and not symbol.is_assigned())):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from globals_of(inner)


@pytest.mark.parametrize("source", SNIPPETS)
def test_free_names_are_those_of_pythons_symbol_table(source: str) -> None:
    found = names(source)
    table = symtable.symtable(source, "<cell>", "exec")
    bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    assert found.binds - found.deferred_binds == bound - found.deferred_binds
    assert found.reads | found.deferred | found.deferred_binds >= set(globals_of(table)) - found.binds
    assert found.reads | found.deferred <= set(globals_of(table)) | found.binds


CERTAIN = {
    "x = 1": "x",
    "if a: x = 1": "",
    "if a: x = y = 1\nelse: x = 2": "x",
    "try: x = 1\nexcept E: pass": "",
    "try: x = 1\nexcept E: x = y = 2": "x",
    "try: pass\nfinally: x = 1": "x",
    "for i in a: x = 1": "",
    "with a as x: y = 1": "x y",
    "while a: x = 1": "",
}


@pytest.mark.parametrize("source", CERTAIN)
def test_what_is_bound_whichever_way_it_goes(source: str) -> None:
    assert words(names(source).certain) == CERTAIN[source]
