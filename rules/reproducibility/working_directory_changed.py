"""The notebook changes the working directory, or where modules are looked for."""

import re
from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Severity, Span

CODE = "NB202"
SEVERITY = Severity.WARNING

MAGIC = re.compile(r"\s*%?(cd|pushd|popd)\b")


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a call or magic."""
    for move in facts.moves:
        what = "where modules are looked for" if move.name.startswith(("sys.", "site.")) else "the working directory"
        to = f" (`{move.text}`)" if move.text else ""
        yield Finding(move.place, f"`{move.name}` changes {what}{to}; {_remedy(move.name)}")
    for cell in facts.program.cells:
        for magic in cell.magics:
            if magic.kind == "line" and MAGIC.match(magic.text):
                place = Span(magic.cell, magic.line, 1, magic.end_line, 1)
                yield Finding(place, f"`{magic.text.strip()}` changes the working directory; {_remedy('')}")


def _remedy(name: str) -> str:
    if name.startswith(("sys.", "site.")):
        return "install the project (`pip install -e .`) and import it"
    return "relative paths below it hold only after this cell has run: join them to one root"
