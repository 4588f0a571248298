"""Something is fitted again on the rows to predict on."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB303"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a fit on rows that come in: through a parameter, or for a model or transformer that was loaded."""
    for refit in facts.incoming_refits():
        learning, prediction = refit.learning, refit.prediction
        message = f"`{learning.label}` learns again from the rows that come in: one row alone gets another preparation than in a batch"
        related = [Related(prediction.place, "the model predicts on them here")] if prediction is not None else []
        trained = facts.training_twin(refit)
        if trained is not None:
            related.append(Related(trained.place, "the training rows were prepared here"))
        related += [Related(call, "called from here") for call in learning.calls[-1:]]
        yield Finding(learning.place, message, Confidence.LIKELY, tuple(related))
