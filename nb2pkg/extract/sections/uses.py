"""Which names each statement of a notebook needs, now or later, and which it gives."""

import ast
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from nb2pkg.names import names_of
from nb2pkg.syntax import Statement

IN_QUERY = re.compile(r"@([A-Za-z_]\w*)")
QUERIES = frozenset({"query", "eval"})


class Use(NamedTuple):
    """One statement's names, all of the notebook's own scope.

    ``reads`` are needed when it runs, ``later`` when a function or generator it makes runs; ``certain`` are the names it
    binds whichever way it goes.
    """

    statement: Statement
    reads: frozenset[str]
    later: frozenset[str]
    binds: frozenset[str]
    certain: frozenset[str]
    deletes: frozenset[str]

    @property
    def number(self) -> int:
        """The statement's position in the notebook."""
        return self.statement.index

    @property
    def cell(self) -> int:
        """The statement's cell."""
        return self.statement.cell

    @property
    def node(self) -> ast.stmt:
        """The statement itself."""
        return self.statement.node


def use_of(statement: Statement) -> Use:
    """The names of one top-level statement; names in the text of a query count as read."""
    names = names_of(statement.node)
    reads = names.reads | frozenset(_queried(statement.node))
    later = names.deferred | frozenset(_lazily(statement.node))
    return Use(statement, reads, later, names.binds, names.certain, names.deletes)


def _queried(node: ast.AST) -> Iterator[str]:
    """``table.query("age > @limit")`` reads ``limit`` where it is called."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in QUERIES:
            for text in ast.walk(part):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield from IN_QUERY.findall(text.value)


def _lazily(node: ast.AST) -> Iterator[str]:
    """What a generator that is kept under a name will read."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.GeneratorExp):
        yield from names_of(ast.Expr(node.value)).reads


def without(use: Use, names: Collection[str]) -> Use:
    """The same, without names that stand at the top of every module."""
    gone = frozenset(names)
    return Use(use.statement, *(one - gone for one in use[1:]))
