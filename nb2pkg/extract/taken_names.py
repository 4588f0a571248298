"""Names that the package's own functions give their parameters, ``rows`` and ``config``: no notebook's variable can be read under them there."""

import ast
from collections.abc import Collection, Sequence

from nb2pkg.extract.refuse import refused
from nb2pkg.extract.trace import free_names
from nb2pkg.syntax import Statement

TAKEN = {"config": "its settings", "rows": "its raw rows"}


def check_taken_names(
    statement: Statement, nodes: Sequence[ast.AST], *, given: str, places: Collection[ast.expr]
) -> None:
    """Raise RefusedError where the code of a function of raw rows reads such a variable.

    ``given`` is the notebook's name of the raw rows, and at ``places`` they stand without one.
    """
    bound = {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name) and _is_bound(part)}
    for name in (name for node in nodes for name in free_names(node)):
        if name.id in TAKEN.keys() - {given} - (bound - {"config"}) and name not in places:
            reason = f"`{name.id}` is what the package calls {TAKEN[name.id]}; give the variable another name"
            raise refused(statement, reason)


def _is_bound(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
