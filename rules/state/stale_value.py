"""A cell was run before a cell above it computed its values anew."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB104"
SEVERITY = Severity.WARNING


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a cell and the cell above it whose values it read too early."""
    for one in facts.stale():
        names = ", ".join(f"`{name}`" for name in one.names)
        other = one.recorded not in (None, one.above)
        lost = " or of a run whose count was overwritten" if one.gap else ""
        source = f"cell {one.recorded}{lost}" if other else "an earlier run"
        message = (
            f"this cell ran as {facts.count_of(one.cell)} and read {names} of {source}; cell {one.above} above it "
            f"ran later, as {facts.count_of(one.above)}: what is stored here is of older values"
        )
        related = (Related(facts.start_of(one.above), f"{names} computed again here"),)
        yield Finding(facts.start_of(one.cell), message, Confidence.LIKELY if other else Confidence.POSSIBLE, related)
