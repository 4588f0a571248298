"""The cells were run in another order than they stand in."""

from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Related, Severity

CODE = "NB103"
SEVERITY = Severity.WARNING


def check(facts: Facts) -> Iterator[Finding]:
    """One finding, at the first cell whose recorded count is lower than an earlier cell's."""
    step = facts.first_backward()
    if step is None:
        return
    later, earlier = step
    counts = f"this cell ran as {facts.count_of(later)}, after which cell {earlier} above it ran as {facts.count_of(earlier)}"
    changes = [change for change in facts.order_changes() if change.recorded is not None]
    if not changes:
        message = f"{counts}; {_told(facts)}"
        yield Finding(facts.start_of(later), message, severity=Severity.NOTE)
        return
    first = changes[0]
    message = (
        f"{counts}; by the counts cell {first.cell} read `{first.name}` from cell {first.recorded}, "
        f"Restart and Run All {_takes(first.document)}"
    )
    related = Related(facts.start_of(first.cell), f"reads `{first.name}`")
    yield Finding(facts.start_of(later), message, related=(related,))


def _told(facts: Facts) -> str:
    if facts.is_order_known():
        return "as far as the counts tell, Restart and Run All gives every cell the same values"
    return "cells share a count or were not run, so nobody can tell whether Restart and Run All gives the same values"


def _takes(cell: int | None) -> str:
    return "finds none above it" if cell is None else f"takes it from cell {cell}"
