"""A cell does not parse."""

from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Severity, Span

CODE = "NB002"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a cell that does not parse, where the parser gave up."""
    for cell in facts.program.cells:
        if cell.error is not None:
            error = cell.error
            place = Span(error.cell, error.line, error.column, error.line, error.column + 1)
            yield Finding(place, f"this cell does not parse: {error.message}")
