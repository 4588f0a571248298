"""Workflow commands of GitHub Actions; code hosts show the raw file, so the place is its line and the message names the cell."""

from collections.abc import Sequence

from nb2pkg.lint import Diagnostic
from nb2pkg.notebook.raw import raw_line
from nb2pkg.rule import Severity

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
IN_PROPERTIES = IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


def github(diagnostics: Sequence[Diagnostic]) -> str:
    """One command a finding, nothing for none."""
    return "".join(f"{_command(one)}\n" for one in diagnostics)


def _command(one: Diagnostic) -> str:
    place = one.place
    line, column = raw_line(one.path, place.cell, place.line) if place.cell else (place.line, place.column)
    where = f"file={one.path.translate(IN_PROPERTIES)},line={line},col={column},title={one.code}"
    message = f"cell {place.cell}: {one.message}" if place.cell else one.message
    return f"::{COMMANDS[one.severity]} {where}::{message.translate(IN_MESSAGES)}"
