"""Which rows each line of a stretch saw: all that come in, those that are left at the end, or some in between."""

from dataclasses import replace

from nb2pkg.extract.learned import Learns
from nb2pkg.extract.stretch import Line


def seeing(lines: list[Line], learns: Learns) -> list[Line]:
    """The lines, each with the rows that it saw; a line that only numbers rows anew chooses none, where others do."""
    selections = learns.selections
    every = [selections.selects(line.node) for line in lines]
    choices = [one and not selections.only_numbers(line.node) for one, line in zip(every, lines, strict=True)]
    choices = choices if any(choices) else every
    total, before, found = sum(choices), 0, []
    for line, chooses in zip(lines, choices, strict=True):
        seen = "raw" if before == 0 else "all" if before == total else "some"
        found.append(replace(line, rows="some" if chooses and learns.statistic(line.node) else seen))
        before += chooses
    return found
