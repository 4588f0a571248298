"""A model is fitted and saved, and nothing held out is ever scored."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB402"
SEVERITY = Severity.WARNING


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a model that is saved or used without any evaluation."""
    for use in facts.unevaluated():
        verb = "saved" if use.saved else "used to predict"
        message = (
            f"this model is fitted, {verb} in cell {use.place.cell}, and never scored on rows it was not fitted on"
        )
        confidence = Confidence.LIKELY if use.saved else Confidence.POSSIBLE
        yield Finding(use.fit.place, message, confidence, (Related(use.place, f"{verb} here"),))
