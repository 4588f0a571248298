"""One line a finding: `train.ipynb:cell 4:3:8: NB301 message`."""

from collections import Counter
from collections.abc import Sequence

from nb2pkg.lint import Diagnostic
from nb2pkg.rule import Severity
from nb2pkg.source import Span


def concise(diagnostics: Sequence[Diagnostic]) -> str:
    """One line a finding, then how many there are."""
    lines = [f"{written(one.path, one.place)}: {one.code} {one.message}\n" for one in diagnostics]
    return "".join(lines) + summary(diagnostics)


def written(path: str, place: Span) -> str:
    """A place as ruff writes it; a file as a whole has no cell."""
    cell = f"cell {place.cell}:" if place.cell else ""
    return f"{path}:{cell}{place.line}:{place.column}"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """The last line: `Found 2 errors and 1 warning.`"""
    counts = Counter(one.severity for one in diagnostics)
    parts = [f"{counts[one]} {one.value}{'s' if counts[one] > 1 else ''}" for one in Severity if counts[one]]
    if not parts:
        return "All checks passed!\n"
    return f"Found {' and '.join([', '.join(parts[:-1]), parts[-1]] if parts[1:] else parts)}.\n"
