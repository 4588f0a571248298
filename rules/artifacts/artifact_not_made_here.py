"""A model is loaded that nothing here produces, and its name tells no version."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Severity

CODE = "NB503"
SEVERITY = Severity.WARNING


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a loaded estimator whose literal path nothing in the notebook writes."""
    for load in facts.strangers():
        if load.path is None or facts.is_versioned(load.path):
            continue
        message = (
            f"`{load.path}` is used as a model or transformer, and nothing in this notebook writes it: "
            "its name tells neither version nor hash, so nobody knows which one this is"
        )
        yield Finding(load.place, message, Confidence.LIKELY)
