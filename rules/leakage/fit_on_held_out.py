"""A transformer or model is fitted on rows that are held out."""

from collections.abc import Iterator

from nb2pkg.rule import Confidence, Facts, Finding, Related, Severity

CODE = "NB301"
SEVERITY = Severity.ERROR


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a fit on test, validation or prediction rows alone."""
    for refit in facts.refits():
        learning = refit.learning
        split = facts.split_of(learning.rows, before=learning.place)
        which = f"the rows held out in cell {split.place.cell}" if split else "rows the model predicts on"
        related = [Related(split.place, "the rows are held out here")] if split else []
        trained = facts.training_twin(refit)
        contrast = ""
        if trained is not None:
            contrast = f"; the model was trained on what was learned in cell {trained.place.cell}"
            related.append(Related(trained.place, "the training rows were prepared here"))
        related += [Related(call, "called from here") for call in learning.calls[-1:]]
        yield Finding(
            learning.place, f"`{learning.label}` learns from {which}{contrast}", Confidence.LIKELY, tuple(related)
        )
