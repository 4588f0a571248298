"""A rule of a user's own pack: every print is a warning, a note where it prints nothing, possible with `file=`."""

import ast
from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity, Span

CODE = "XY101"
SEVERITY = Severity.WARNING


def check(facts: Facts) -> Iterator[Finding]:
    """Every top-level print."""
    for statement in facts.program.statements if facts.unreadable is None else ():
        match statement.node:
            case ast.Expr(ast.Call(ast.Name("print")) as call):
                yield Finding(
                    place_of(call, statement.cell),
                    f"prints {len(call.args)} values",
                    confidence=Confidence.POSSIBLE if call.keywords else Confidence.CERTAIN,
                    related=(Related(Span(statement.cell, 1, 1, 1, 2), "its cell"),),
                    severity=None if call.args else Severity.NOTE,
                )


def place_of(node: ast.expr, cell: int) -> Span:
    end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    return Span(cell, node.lineno, node.col_offset + 1, end_line, end + 1)
