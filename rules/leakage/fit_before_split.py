"""Something is learned from all rows before some of them are held out."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB302"
SEVERITY = Severity.ERROR

WHAT = {"vocabulary": "a vocabulary", "bins": "bin edges", "cluster": "clusters", "embedding": "an embedding"}


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a place of learning whose rows overlap those held out from a model it reaches."""
    for leak in facts.leaks():
        learning, fit = leak.learning, leak.fit
        split = facts.split_of(fit.rows, before=fit.place)
        later = f"held out in cell {split.place.cell}" if split else "later predicted on"
        related = [Related(split.place, "the rows are split here")] if split else []
        if split is None and leak.prediction is not None:
            related.append(Related(leak.prediction.place, "the model predicts on held-out rows here"))
        related.append(Related(fit.place, "the model is trained on the result here"))
        related += [Related(call, "called from here") for call in learning.calls[-1:]]
        message = f"`{learning.label}` learns {WHAT.get(learning.kind, 'statistics')} from rows that are {later}, and the model is trained on the result"
        yield Finding(learning.place, message, Confidence.LIKELY, tuple(related))
