"""Which rows each line of a stretch saw: all that come in, those that are left at the end, or some in between."""

from dataclasses import replace

from nb2pkg.extract.learned import Learns
from nb2pkg.extract.stretch import Line


def seeing(lines: list[Line], learns: Learns) -> list[Line]:
    """The lines, each with the rows that it saw, where any chooses rows; one that only numbers them anew does not."""
    selections = learns.selections
    choices = [selections.selects(line.node) and not selections.only_numbers(line.node) for line in lines]
    if not any(choices):
        return lines
    total, before, found = sum(choices), 0, []
    for line, chooses in zip(lines, choices, strict=True):
        seen = "raw" if before == 0 else "all" if before == total else "some"
        found.append(replace(line, rows="some" if chooses and learns.statistic(line.node) else seen))
        before += chooses
    return found
