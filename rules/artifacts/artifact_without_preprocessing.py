"""A model is saved, and the fitted transformer that its rows went through is not."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB502"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a save."""
    for one in facts.unsaved_steps():
        names = list(dict.fromkeys(step.estimator.short for step in one.steps if step.estimator is not None))
        model = one.fit.estimator.told if one.fit.estimator is not None else "model"
        told = ", ".join(f"`{name}`" for name in names)
        message = f"this {model} is saved without the fitted {told} its training rows went through: nobody can prepare a row for it"
        related = tuple(Related(step.place, "fitted here, and saved nowhere") for step in one.steps[:3])
        yield Finding(one.save.place, message, Confidence.LIKELY, related)
