"""Features or settings were chosen, or features encoded, by the target of the held-out rows."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB308"
SEVERITY = Severity.ERROR

WHAT = {"selection": "chooses features by", "model": "chooses settings by"}


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a place that learned from the target of rows held out from a model it reaches."""
    for leak in facts.selection_leaks():
        learning, fit = leak.learning, leak.fit
        split = facts.split_of(fit.rows, before=fit.place)
        later = (
            f"held out in cell {(split or fit).place.cell}"
            if split or leak.prediction is None
            else "later predicted on"
        )
        what = WHAT.get(learning.kind, "encodes features by")
        related = [Related(split.place, "the rows are split here")] if split else []
        related.append(Related(fit.place, "the model is trained on the result here"))
        related += [Related(call, "called from here") for call in learning.calls[-1:]]
        message = f"`{learning.label}` {what} the target of rows that are {later}: the score on them is too good, often by much"
        yield Finding(learning.place, message, Confidence.LIKELY, tuple(related))
