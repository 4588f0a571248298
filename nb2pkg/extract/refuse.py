"""Say no to a notebook: where, why, and what to repair first."""

from nb2pkg.errors import ExtractError
from nb2pkg.syntax import Statement


class RefusedError(ExtractError):
    """This notebook cannot become a level-3 package; the message names the statement and the reason."""


def refused(statement: Statement | None, reason: str) -> RefusedError:
    """The refusal, with the place where it arose."""
    if statement is None:
        return RefusedError(reason)
    return RefusedError(f"cell {statement.cell} line {statement.node.lineno}: {reason}")
