"""Every definition of a name is below its use: Restart and Run All fails."""

from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Related, Severity

CODE = "NB102"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a name, at its first reading, with the definition below it as a related place."""
    for name, readings in facts.unresolved().items():
        first = readings[0]
        definition = facts.defined_after(first)
        if definition is None:
            continue
        where = f"in cell {definition.cell}" if definition.cell != first.place.cell else f"on line {definition.line}"
        message = f"`{name}` is read before its definition {where}: Restart and Run All fails here"
        related = [Related(call, "called from here") for call in first.calls[:1]]
        related.append(Related(definition, f"`{name}` is defined here"))
        yield Finding(first.place, message, related=tuple(related))
