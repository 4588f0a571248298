"""A name is read and defined nowhere: if the cell ran, the cell that defined it is gone."""

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
        if facts.deleted(name):
            message = f"`{name}` was deleted before this reading"
        elif facts.is_local(first):
            message = f"`{name}` is a variable of this function, and nothing binds it on the way here"
        else:
            message = f"`{name}` is defined nowhere in this notebook{_lost(facts, first.place.cell)}"
        related = tuple(Related(reading.place, f"`{name}` is read again here") for reading in later)
        yield Finding(first.place, message, Confidence.LIKELY if first.static else Confidence.CERTAIN, related)


def _lost(facts: Facts, cell: int) -> str:
    """A cell that ran found the name: what defined it is gone. One that never ran may have never been finished."""
    if not facts.count_of(cell):
        return ""
    gap = facts.gap_before(cell)
    jump = f"; the recorded counts jump from {gap[0]} to {gap[1]} before this cell" if gap else ""
    return f": the cell that defined it is gone{jump}"
