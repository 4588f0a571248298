"""The model predicts on rows that were not prepared as its training rows were."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB304"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a prediction and the step its rows did not get; one a transform with an object that was never fitted."""
    for one in facts.mismatches():
        step, instead = one.step, one.instead
        missing = f"the model was trained on rows that went through `{step.label}` in cell {step.place.cell}"
        got = "these did not" if instead is None else f"these went through another object, fitted by `{instead.label}`"
        related = [
            Related(step.place, "the training rows were prepared here"),
            Related(one.fit.place, "the model is trained here"),
        ]
        if instead is not None:
            related.append(Related(instead.place, "the other object is fitted here"))
        confidence = Confidence.POSSIBLE if one.literal else Confidence.LIKELY
        yield Finding(one.prediction.place, f"{missing}, and {got}", confidence, tuple(related))
    for one in facts.untrained_steps():
        message = f"these rows went through `{one.step.label}` in cell {one.step.place.cell}, and the model was trained on rows that did not"
        related = [Related(one.step.place, "fitted here"), Related(one.fit.place, "the model is trained here")]
        yield Finding(one.prediction.place, message, Confidence.LIKELY, tuple(related))
    for used in facts.unfitted_transforms():
        message = f"this `{used.estimator.short}` was made in cell {used.estimator.place.cell} and is fitted nowhere before it is used"
        related_made = (Related(used.estimator.place, "made here"),)
        yield Finding(used.place, message, Confidence.LIKELY, related_made)
