"""The only score of a model is on the rows it was fitted on."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB401"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """One finding an estimator, at its first score."""
    for evaluation in facts.training_scores():
        first, others = evaluation.scores[0], evaluation.scores[1:]
        fit = first.fits[-1]
        message = f"`{first.label}` scores the model on the rows it was fitted on in cell {fit.place.cell}, and no held-out score of this fit stands in the notebook"
        related = [Related(fit.place, "fitted on the same rows here")]
        related += [Related(call, "called from here") for call in first.calls[-1:]]
        related += [Related(other.place, "another score on the same rows") for other in others]
        yield Finding(first.place, message, Confidence.LIKELY, tuple(related))
