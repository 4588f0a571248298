"""Where a notebook shows the square root of a metric: ``np.sqrt(mean_squared_error(...))``, or of a name that was bound to one."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.facts import Facts

ROOTS = frozenset({"numpy.sqrt", "math.sqrt"})


class Root(NamedTuple):
    """A call that takes a square root: what of, in which statement."""

    node: ast.Call
    of: ast.expr
    statement: int


class Roots:
    """The square roots that a notebook takes outside its functions, each statement of a loop or call once."""

    def __init__(self, facts: Facts) -> None:
        self._found = list(_roots(facts))

    def all(self) -> list[Root]:
        """Every square root, in order."""
        return self._found

    def around(self, node: ast.AST) -> Root | None:
        """The square root of just this expression; None where the notebook takes none."""
        return next((one for one in self._found if one.of is node), None)


def _roots(facts: Facts) -> Iterator[Root]:
    for statement in facts.program.statements:
        if isinstance(statement.node, ast.FunctionDef | ast.ClassDef):
            continue
        for part in ast.walk(statement.node):
            match part:
                case ast.Call(args=[value], keywords=[]):
                    call = facts.call(part)
                    if call is not None and call.name in ROOTS:
                        yield Root(part, value, statement.index)
