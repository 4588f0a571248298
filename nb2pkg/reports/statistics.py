"""How many findings each rule has: `12  NB201  hardcoded-path`, the most frequent first."""

import json
from collections import Counter
from collections.abc import Sequence

from nb2pkg.lint import Diagnostic
from nb2pkg.reports.concise import summary


def statistics(diagnostics: Sequence[Diagnostic]) -> str:
    """Count, code and name of each rule with findings, separated by tabs, then how many findings there are."""
    lines = [f"{count}\t{code}\t{name}\n" for code, name, count in _counts(diagnostics)]
    return "".join(lines) + summary(diagnostics)


def statistics_as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """An array of objects, `[]` for none."""
    objects = [{"code": code, "name": name, "count": count} for code, name, count in _counts(diagnostics)]
    return json.dumps(objects, indent=2) + "\n"


def _counts(diagnostics: Sequence[Diagnostic]) -> list[tuple[str, str, int]]:
    counts = Counter((one.code, one.name) for one in diagnostics)
    return sorted(((code, name, count) for (code, name), count in counts.items()), key=lambda row: (-row[2], row[0]))
