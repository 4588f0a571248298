"""The notebook's own seed of the global random streams."""

import ast

from nb2pkg.extract.refuse import refused
from nb2pkg.facts import Facts
from nb2pkg.syntax import Statement


def seed_of(node: ast.AST, facts: Facts) -> int | None:
    """The number of ``np.random.seed(n)``."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = facts.call(node.value)
        if call is not None and call.name in ("numpy.random.seed", "random.seed") and node.value.args:
            value = node.value.args[0]
            return value.value if isinstance(value, ast.Constant) and isinstance(value.value, int) else None
    return None


SILENT = frozenset(
    {"print", "len", "int", "float", "round", "str", "range", "list", "display", "type", "sorted", "min", "max", "sum"}
)


def seeded_before(facts: Facts, draw: ast.Call, at: int) -> int | None:
    """The seed with which NumPy's one stream starts at a draw of statement ``at``; None where no seed is set before it.

    Raises RefusedError where something between the seed and the draw has drawn from the stream, or may have.
    """
    statements = facts.program.statements[: at + 1]
    seeds = [one for one in statements if seed_of(one.node, facts) is not None and _is_numpy(one, facts)]
    if not seeds:
        return None
    for statement in statements[seeds[-1].index + 1 :]:
        for part in ast.walk(statement.node):
            if isinstance(part, ast.Call) and part is not draw and not _is_silent(part, facts):
                text = ast.unparse(part)[:50]
                raise refused(
                    statement,
                    f"`{text}` may draw from the stream of `np.random` between its seed and the draw that parts the rows",
                )
    return seed_of(seeds[-1].node, facts)


def _is_numpy(statement: Statement, facts: Facts) -> bool:
    assert isinstance(statement.node, ast.Expr)
    call = facts.call(statement.node.value)
    return call is not None and call.name == "numpy.random.seed"


def _is_silent(node: ast.Call, facts: Facts) -> bool:
    """Does a call surely leave the stream alone?"""
    if isinstance(node.func, ast.Name) and node.func.id in SILENT:
        return True
    call = facts.call(node)
    if call is None or call.row is None:
        return False
    return not getattr(call.row, "stochastic", False) and getattr(call.row, "role", "") not in (
        "plot",
        "random",
        "sample",
    )


def global_seed(facts: Facts) -> int | None:
    """The notebook's own seed of the random streams; None where it sets none."""
    found = [seed for statement in facts.program.statements if (seed := seed_of(statement.node, facts)) is not None]
    return found[0] if found else None
