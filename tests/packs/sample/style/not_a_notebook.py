"""A rule about files."""

from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Severity, Span

CODE = "XY001"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """A finding for a file that cannot be read."""
    if facts.unreadable is not None:
        yield Finding(Span(0, 1, 1, 1, 1), facts.unreadable.reason)
