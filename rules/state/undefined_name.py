"""A name is read and defined nowhere: the cell that defined it is gone."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB101"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a name, at its first reading; later readings are related places."""
    for name, readings in facts.unresolved().items():
        first, later = readings[0], readings[1:]
        if facts.defined_after(first) is not None:
            continue
        gap = facts.gap_before(first.place.cell)
        lost = f"; the recorded counts jump from {gap[0]} to {gap[1]} before this cell" if gap else ""
        if facts.deleted(name):
            message = f"`{name}` was deleted before this reading"
        else:
            message = f"`{name}` is defined nowhere in this notebook: the cell that defined it is gone{lost}"
        related = tuple(Related(reading.place, f"`{name}` is read again here") for reading in later)
        yield Finding(first.place, message, Confidence.LIKELY if first.static else Confidence.CERTAIN, related)
