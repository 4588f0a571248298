"""What a statement binds, reads and deletes in the notebook's own scope, and what its functions will read when called."""

import ast
from collections.abc import Callable, Iterable
from typing import NamedTuple

EVERYTHING = "*"


class Names(NamedTuple):
    """The names one top-level statement uses, all of the notebook's global scope.

    ``binds`` holds ``"*"`` for a star import. ``reads`` are those loaded while the statement runs and not surely bound by
    it before (``for i in a: print(i)`` reads ``a`` and ``print``). ``deferred`` are the free names of function bodies,
    read at call time; those of a lambda handed to a call stand in both, for it may be called at once.
    ``deferred_binds``: the part of ``binds`` that happens only when a function with ``global`` is called. ``certain``: the names
    that are bound whichever way the statement goes.
    """

    binds: frozenset[str]
    reads: frozenset[str]
    deferred: frozenset[str]
    deletes: frozenset[str]
    deferred_binds: frozenset[str]
    certain: frozenset[str] = frozenset()


def names_of(node: ast.stmt) -> Names:
    """The names that a top-level statement binds, reads now, reads later and deletes."""
    reader = _Reader()
    reader.statement(node)
    binds = reader.binds | reader.global_binds
    return Names(
        frozenset(binds),
        frozenset(reader.reads),
        frozenset(reader.deferred | reader.global_reads),
        frozenset(reader.deletes),
        frozenset(reader.global_binds - reader.binds),
        frozenset(reader.bound),
    )


# The fields of each kind of expression that hold expressions, last first (they go on a stack).
_NO_CHILDREN = frozenset({"ctx", "op", "ops", "attr", "kind", "conversion", "is_async", "arg", "id", "str"})
_CHILDREN: dict[type[ast.AST], tuple[str, ...]] = {
    kind: tuple(field for field in reversed(kind._fields) if field not in _NO_CHILDREN)
    for base in (ast.expr, ast.keyword, ast.pattern, ast.match_case)
    for kind in (base, *base.__subclasses__())
}


class _Reader:
    """Follows one scope in the order it runs; ``bound`` are the names it has surely bound so far."""

    __slots__ = (
        "binds",
        "bound",
        "deferred",
        "deletes",
        "global_binds",
        "global_reads",
        "globals",
        "in_class",
        "nonlocals",
        "reads",
        "walrus",
    )

    def __init__(self, *, in_class: bool = False) -> None:
        self.binds: set[str] = set()
        self.bound: set[str] = set()
        self.reads: set[str] = set()
        self.deferred: set[str] = set()
        self.deletes: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.global_binds: set[str] = set()
        self.global_reads: set[str] = set()
        self.walrus: set[str] = set()
        self.in_class = in_class

    def bind(self, name: str) -> None:
        self.bound.add(name)
        if name in self.globals:
            self.global_binds.add(name)
        elif name not in self.nonlocals:
            self.binds.add(name)

    def read(self, name: str) -> None:
        if name in self.bound:
            return
        if name in self.globals:
            self.global_reads.add(name)
        else:
            self.reads.add(name)

    def delete(self, name: str) -> None:
        self.read(name)
        self.bound.discard(name)
        self.deletes.add(name)

    # Statements

    def statement(self, node: ast.stmt) -> None:
        handler = _STATEMENTS.get(type(node))
        if handler is None:
            self.children(node)
        else:
            handler(self, node)

    def block(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            self.statement(node)

    def arm(self, body: Iterable[ast.stmt]) -> set[str]:
        """Follow a block that may not run; the names that are surely bound if it did."""
        before = self.bound
        self.bound = set(before)
        self.block(body)
        after, self.bound = self.bound, before
        return after

    def children(self, node: ast.AST) -> None:
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, ast.expr):
                self.expression(value)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.expr):
                        self.expression(item)

    def assign(self, node: ast.Assign) -> None:
        self.expression(node.value)
        for target in node.targets:
            self.expression(target)

    def annotated(self, node: ast.AnnAssign) -> None:
        self.expression(node.annotation)
        if node.value is not None:
            self.expression(node.value)
            self.expression(node.target)
        elif not isinstance(node.target, ast.Name):
            self.expression(node.target)

    def augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read(node.target.id)
        self.expression(node.value)
        self.expression(node.target)

    def import_(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            self.bind(alias.asname or alias.name.partition(".")[0])

    def global_(self, node: ast.Global) -> None:
        self.globals.update(node.names)

    def nonlocal_(self, node: ast.Nonlocal) -> None:
        self.nonlocals.update(node.names)

    def if_(self, node: ast.If) -> None:
        self.expression(node.test)
        self.bound |= self.arm(node.body) & self.arm(node.orelse)

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        self.expression(node.iter)
        before = set(self.bound)
        self.expression(node.target)
        self.arm(node.body)
        self.bound = before
        self.arm(node.orelse)

    def while_(self, node: ast.While) -> None:
        self.expression(node.test)
        self.arm(node.body)
        self.arm(node.orelse)

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.expression(item.optional_vars)
        self.block(node.body)

    def try_(self, node: ast.Try) -> None:
        ends = [self.arm([*node.body, *node.orelse])]
        for handler in node.handlers:
            before = set(self.bound)
            if handler.type is not None:
                self.expression(handler.type)
            if handler.name is not None:
                self.bind(handler.name)
            ends.append(self.arm(handler.body) - {handler.name or ""})
            self.bound = before
        sure = set.intersection(*ends)
        self.block(node.finalbody)
        self.bound |= sure

    def match(self, node: ast.Match) -> None:
        self.expression(node.subject)
        for case in node.cases:
            before = set(self.bound)
            self.expression(case.pattern)
            if case.guard is not None:
                self.expression(case.guard)
            self.arm(case.body)
            self.bound = before

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator)
        self.defaults(node.args)
        annotations = [argument.annotation for argument in _arguments(node.args)]
        for annotation in (*annotations, node.returns):
            if annotation is not None:
                self.expression(annotation)
        self.bind(node.name)
        inner = self.inside(node.args)
        inner.binds.update(_type_parameters(node))
        inner.block(node.body)
        self.deferred |= self.free(inner)

    def class_(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator)
        inner = _Reader(in_class=True)
        for base in node.bases:
            inner.expression(base)
        for keyword in node.keywords:
            inner.expression(keyword.value)
        inner.block(node.body)
        parameters = _type_parameters(node)
        for name in inner.reads - parameters:
            self.read(name)
        self.deferred |= inner.deferred - parameters
        self.global_reads |= inner.global_reads
        self.global_binds |= inner.global_binds
        self.bind(node.name)

    # Expressions

    def expression(self, node: ast.AST) -> None:
        """Follow an expression, a target or a pattern in the order it is evaluated, without recursion."""
        stack = [node]
        while stack:
            node = stack.pop()
            handler = _EXPRESSIONS.get(type(node))
            if handler is not None:
                handler(self, node, stack)
                continue
            for field in _CHILDREN.get(type(node), ()):
                value = getattr(node, field)
                if isinstance(value, list):
                    stack.extend(item for item in reversed(value) if isinstance(item, ast.AST))
                elif isinstance(value, ast.AST):
                    stack.append(value)

    def name(self, node: ast.Name, _: list[ast.AST]) -> None:
        context = type(node.ctx)
        if context is ast.Load:
            self.read(node.id)
        elif context is ast.Store:
            self.bind(node.id)
        else:
            self.delete(node.id)

    def constant(self, node: ast.Constant, _: list[ast.AST]) -> None:
        """Nothing is read."""

    def walrus_(self, node: ast.NamedExpr, _: list[ast.AST]) -> None:
        self.expression(node.value)
        self.bind(node.target.id)
        self.walrus.add(node.target.id)

    def conditional(self, node: ast.IfExp, _: list[ast.AST]) -> None:
        self.expression(node.test)
        self.expression(node.body)
        self.expression(node.orelse)

    def call(self, node: ast.Call, stack: list[ast.AST]) -> None:
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        for value in reversed(values):
            if isinstance(value, ast.Lambda):
                for name in self.lambda_(value, stack):
                    self.read(name)
            else:
                stack.append(value)
        stack.append(node.func)

    def lambda_(self, node: ast.Lambda, _: list[ast.AST]) -> set[str]:
        self.defaults(node.args)
        inner = self.inside(node.args)
        inner.expression(node.body)
        free = self.free(inner)
        self.deferred |= free
        return free

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, _: list[ast.AST]
    ) -> None:
        self.expression(node.generators[0].iter)
        inner = _Reader()
        for position, generator in enumerate(node.generators):
            if position:
                inner.expression(generator.iter)
            inner.expression(generator.target)
            for condition in generator.ifs:
                inner.expression(condition)
        for element in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            inner.expression(element)
        own = inner.binds - inner.walrus
        for name in inner.reads - own:
            if self.in_class:  # what a class body binds is not seen in a comprehension
                self.reads.add(name)
            else:
                self.read(name)
        self.deferred |= inner.deferred - own
        for name in inner.walrus:
            self.bind(name)
        self.walrus |= inner.walrus

    def capture(self, node: ast.MatchAs | ast.MatchStar, stack: list[ast.AST]) -> None:
        if isinstance(node, ast.MatchAs) and node.pattern is not None:
            stack.append(node.pattern)
        if node.name is not None:
            self.bind(node.name)

    def mapping(self, node: ast.MatchMapping, stack: list[ast.AST]) -> None:
        stack.extend([*node.patterns, *node.keys])
        if node.rest is not None:
            self.bind(node.rest)

    # Functions

    def defaults(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.expression(default)

    def inside(self, arguments: ast.arguments) -> "_Reader":
        """A reader for the body of a function with these arguments."""
        inner = _Reader()
        for argument in _arguments(arguments):
            inner.bind(argument.arg)
        return inner

    def free(self, inner: "_Reader") -> set[str]:
        """The free names of a function body; what it does to globals passes through every scope around it."""
        self.global_reads |= inner.global_reads
        self.global_binds |= inner.global_binds
        return (inner.reads | inner.deferred) - inner.binds


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return found + [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]


def _type_parameters(node: ast.AST) -> set[str]:
    """The names in the square brackets of ``def first[T](...)`` (Python 3.12)."""
    return {parameter.name for parameter in getattr(node, "type_params", ())}


_STATEMENTS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Assign: _Reader.assign,
    ast.AnnAssign: _Reader.annotated,
    ast.AugAssign: _Reader.augmented,
    ast.Import: _Reader.import_,
    ast.ImportFrom: _Reader.import_,
    ast.Global: _Reader.global_,
    ast.Nonlocal: _Reader.nonlocal_,
    ast.If: _Reader.if_,
    ast.For: _Reader.for_,
    ast.AsyncFor: _Reader.for_,
    ast.While: _Reader.while_,
    ast.With: _Reader.with_,
    ast.AsyncWith: _Reader.with_,
    ast.Try: _Reader.try_,
    ast.TryStar: _Reader.try_,
    ast.Match: _Reader.match,
    ast.FunctionDef: _Reader.function,
    ast.AsyncFunctionDef: _Reader.function,
    ast.ClassDef: _Reader.class_,
}
_EXPRESSIONS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Name: _Reader.name,
    ast.Constant: _Reader.constant,
    ast.NamedExpr: _Reader.walrus_,
    ast.Call: _Reader.call,
    ast.IfExp: _Reader.conditional,
    ast.Lambda: _Reader.lambda_,
    ast.ListComp: _Reader.comprehension,
    ast.SetComp: _Reader.comprehension,
    ast.DictComp: _Reader.comprehension,
    ast.GeneratorExp: _Reader.comprehension,
    ast.MatchAs: _Reader.capture,
    ast.MatchStar: _Reader.capture,
    ast.MatchMapping: _Reader.mapping,
}
