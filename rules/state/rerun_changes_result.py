"""Running the cell twice gives another result."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity, Span

CODE = "NB105"
SEVERITY = Severity.NOTE


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a statement; a warning where the counts show more than one run and its value is read later."""
    for one in facts.reruns():
        node, cell = one.statement.node, one.statement.cell
        place = Span(
            cell, node.lineno, node.col_offset + 1, node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1
        )
        outcome = "fails" if one.fails else "does this again, to its own result"
        message = f"`{one.name}` is built on what an earlier cell made of it: running this cell twice {outcome}"
        gap = facts.gap_before(cell)
        if gap is None or one.fails or not facts.read_after(one.statement, one.name):
            yield Finding(place, message, Confidence.LIKELY)
            continue
        message += f", and the recorded counts jump from {gap[0]} to {gap[1]} here"
        related = (Related(facts.start_of(cell), f"ran as {gap[1]}"),)
        yield Finding(place, message, Confidence.LIKELY, related, Severity.WARNING)
