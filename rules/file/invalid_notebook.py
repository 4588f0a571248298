"""The file is not a notebook."""

from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Severity, Span

CODE = "NB001"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """One finding for a file that could not be read as a notebook."""
    problem = facts.unreadable
    if problem is not None:
        yield Finding(Span(0, problem.line, problem.column, problem.line, problem.column), problem.reason)
