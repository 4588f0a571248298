"""Workflow commands of GitHub: it shows the raw file, so the place is a line of that and the message names the cell."""

from collections.abc import Iterator, Mapping, Sequence

from nb2pkg.lint import Diagnostic
from nb2pkg.notebook.raw import RawFile, open_raw
from nb2pkg.rule import Severity

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
IN_PROPERTIES = IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


def github(diagnostics: Sequence[Diagnostic], piped: Mapping[str, bytes]) -> str:
    """One command a finding, nothing for none; ``piped`` are the contents of files that came by standard input."""
    return "".join(f"{command}\n" for command in _commands(diagnostics, piped))


def _commands(diagnostics: Sequence[Diagnostic], piped: Mapping[str, bytes]) -> Iterator[str]:
    path, raw = "", None
    for one in diagnostics:
        line, column = one.place.line, one.place.column
        if one.place.cell:
            if raw is None or path != one.path:  # findings come file by file: one is held at a time
                path, raw = one.path, RawFile(piped[one.path], one.path) if one.path in piped else open_raw(one.path)
            line, column = raw.place(one.place)
        where = f"file={one.path.translate(IN_PROPERTIES)},line={line},col={column},title={one.code}"
        message = f"cell {one.place.cell}: {one.message}" if one.place.cell else one.message
        yield f"::{COMMANDS[one.severity]} {where}::{message.translate(IN_MESSAGES)}"
