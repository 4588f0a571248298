"""A fitted model is written under a fixed name: nobody can tell which one it is."""

import re
from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Related, Severity

CODE = "NB501"
SEVERITY = Severity.WARNING

VERSIONED = re.compile(
    r"(?i)(?<![a-z])v?\d+[._-]\d+|(?<![a-z])v\d+|\d{6,8}|(?<![0-9a-z])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?![0-9a-z])"
)


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a call that saves a fitted estimator to a literal path without version, date or hash."""
    for saved in facts.saves:
        parts = facts.fitted_parts(saved.value)
        if not parts or saved.path is None or not saved.format or VERSIONED.search(saved.path):
            continue
        message = f"a fitted `{parts[0].short}` is written to `{saved.path}` with no version, hash or metadata: it cannot be told from the next one"
        related = tuple(Related(fit.place, "fitted here") for fit in parts[0].fits[-1:])
        yield Finding(saved.place, message, related=related)
