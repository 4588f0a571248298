"""Workflow commands of GitHub: it shows the raw file, so the place is a line of that and the message names the cell."""

from collections.abc import Sequence

from nb2pkg.lint import Diagnostic
from nb2pkg.notebook.raw import raw_line
from nb2pkg.notebook.text import PYTHON_ENDING
from nb2pkg.rule import Severity

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
IN_PROPERTIES = IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


def github(diagnostics: Sequence[Diagnostic]) -> str:
    """One command a finding, nothing for none."""
    return "".join(f"{_command(one)}\n" for one in diagnostics)


def _command(one: Diagnostic) -> str:
    line, column = _raw_place(one)
    where = f"file={one.path.translate(IN_PROPERTIES)},line={line},col={column},title={one.code}"
    message = f"cell {one.place.cell}: {one.message}" if one.place.cell else one.message
    return f"::{COMMANDS[one.severity]} {where}::{message.translate(IN_MESSAGES)}"


def _raw_place(one: Diagnostic) -> tuple[int, int]:
    """Line and column in the file: in JSON those of the string that holds the line, in Python the very place."""
    place = one.place
    if not place.cell:
        return place.line, place.column
    line, column = raw_line(one.path, place.cell, place.line)
    return line, place.column if one.path.endswith(PYTHON_ENDING) else column
