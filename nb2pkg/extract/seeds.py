"""The notebook's own seed of the global random streams."""

import ast

from nb2pkg.facts import Facts


def seed_of(node: ast.AST, facts: Facts) -> int | None:
    """The number of ``np.random.seed(n)``."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = facts.call(node.value)
        if call is not None and call.name in ("numpy.random.seed", "random.seed") and node.value.args:
            value = node.value.args[0]
            return value.value if isinstance(value, ast.Constant) and isinstance(value.value, int) else None
    return None


def global_seed(facts: Facts) -> int:
    """The notebook's own seed, else 0."""
    found = [seed for statement in facts.program.statements if (seed := seed_of(statement.node, facts)) is not None]
    return found[0] if found else 0
