"""A code cell was not run in a notebook where others were."""

from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Related, Severity

CODE = "NB106"
SEVERITY = Severity.NOTE


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a cell; a warning where a cell that was run reads what it defines."""
    for one in facts.unexecuted():
        place = facts.start_of(one.cell)
        if not one.readers:
            yield Finding(place, "this cell was not run when the notebook was saved, and others were")
            continue
        names = ", ".join(f"`{name}`" for name in one.names)
        message = (
            f"this cell was not run when the notebook was saved, and cell {one.readers[0]}, which was, reads {names}: "
            "Restart and Run All gives it other values"
        )
        related = tuple(Related(facts.start_of(reader), f"reads {names}") for reader in one.readers[:3])
        yield Finding(place, message, related=related, severity=Severity.WARNING)
