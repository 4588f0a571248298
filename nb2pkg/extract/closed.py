"""Expressions that need nothing but literals, plain functions and what libraries list: ``[10**i for i in range(-3, 4)]``."""

import ast
from collections.abc import Callable

from nb2pkg.extract.constant import FUNCTIONS
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Library

PLAIN = frozenset({*FUNCTIONS, "abs", "bool", "set", "sum"})
LISTING = "tolist"
Write = Callable[[ast.expr], str]


class Closed:
    """Rewrites such an expression for another module: ``write`` gives the text of a variable, ``library`` that of a library's name.

    Raises NotConstantError where anything else is needed, or something is drawn at random.
    """

    def __init__(self, facts: Facts, *, write: Write, library: Callable[[str], str]) -> None:
        self.facts = facts
        self.write = write
        self.library = library
        self.bound: frozenset[str] = frozenset()

    def text(self, node: ast.expr) -> str:
        """The expression as the other module has it."""
        return ast.unparse(self.visit(node))

    def visit(self, node: ast.AST) -> ast.AST:
        """The rewritten part; the notebook's own tree stays as it is."""
        match node:
            case ast.Name(ctx=ast.Load()):
                return self._variable(node)
            case ast.Attribute():
                return self._named(node)
            case ast.Call():
                return self._call(node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.BinOp() | ast.UnaryOp() | ast.Compare() | ast.Subscript() | ast.Slice():
                return self._inside(node)
            case ast.List() | ast.Tuple() | ast.Set() | ast.comprehension() | ast.keyword():
                return self._inside(node)
            case ast.Dict(keys=keys) if None not in keys:
                return self._inside(node)
            case ast.Constant() | ast.Name() | ast.operator() | ast.unaryop() | ast.cmpop() | ast.expr_context():
                return node
            case _:
                raise NotConstantError(f"`{ast.unparse(node)[:40]}`")

    def _inside(self, node: ast.AST) -> ast.AST:
        """The same kind of node with its parts rewritten."""
        fields: dict[str, object] = {}
        for name, value in ast.iter_fields(node):
            parts = value if isinstance(value, list) else [value]
            seen = [self.visit(one) if isinstance(one, ast.AST) else one for one in parts]
            fields[name] = seen if isinstance(value, list) else seen[0]
        return type(node)(**fields)

    def _variable(self, node: ast.Name) -> ast.expr:
        if node.id in self.bound:
            return node
        value = self.facts.value(node)
        if isinstance(value, Library):
            return self._named(node)
        return _parsed(self.write(node))

    def _named(self, node: ast.expr) -> ast.expr:
        value = self.facts.value(node)
        if not isinstance(value, Library):
            raise NotConstantError(f"`{ast.unparse(node)[:40]}`")
        return _parsed(self.library(value.name))

    def _call(self, node: ast.Call) -> ast.expr:
        given = [self.visit(one) for one in node.args]
        named = [self.visit(one) for one in node.keywords]
        return ast.Call(self._function(node), given, named)  # type: ignore[arg-type]

    def _function(self, node: ast.Call) -> ast.expr:
        """What is called: a plain function of Python's, one that makes numbers without drawing them, or ``.tolist()``."""
        match node.func:
            case ast.Name(id=name) if name in PLAIN and self._is_python(node.func):
                return node.func
            case ast.Attribute(value=owner, attr=attr) if attr == LISTING:
                return ast.Attribute(self.visit(owner), attr)  # type: ignore[arg-type]
        known = self.facts.call(node)
        row = known.row if known is not None and known.receiver is None else None
        if known is None or getattr(row, "role", "") != "make" or getattr(row, "stochastic", False):
            raise NotConstantError(f"`{ast.unparse(node)[:40]}`")
        return _parsed(self.library(known.name))

    def _is_python(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        return value is None or (isinstance(value, Library) and value.name.startswith("builtins."))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> ast.AST:
        outer = self.bound
        targets = frozenset(name for one in node.generators for name in _names(one.target))
        if targets & _names(node.generators[0].iter):
            raise NotConstantError(f"`{ast.unparse(node)[:40]}`")
        self.bound |= targets
        try:
            return self._inside(node)
        finally:
            self.bound = outer


def _names(node: ast.expr) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
