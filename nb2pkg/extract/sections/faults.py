"""What is wrong with how a notebook learns or scores, and stays so below level 3, where its statements run as they are."""

from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.extract.sections.neighbours import mixed
from nb2pkg.facts import Facts
from nb2pkg.source import Span


class Fault(NamedTuple):
    """A fault by the name of its lint rule, where it stands, and what it is."""

    rule: str
    place: Span
    what: str

    def as_json(self) -> dict[str, object]:
        """The fault as extraction.json tells it."""
        return {"rule": self.rule, "cell": self.place.cell, "line": self.place.line, "what": self.what}


def faults(facts: Facts) -> list[Fault]:
    """The faults in the order of the notebook, each once."""
    found = dict.fromkeys(_faults(facts))
    return sorted(found, key=lambda one: (one.place.cell, one.place.line, one.rule))


def _faults(facts: Facts) -> Iterator[Fault]:
    for leak in facts.leaks():
        rows = "from rows that the fit holds out"
        yield Fault("fit-before-split", leak.learning.place, f"`{leak.learning.label}` learns {rows}")
    for leak in facts.selection_leaks():
        what = f"`{leak.learning.label}` chooses by the target of rows that the fit holds out"
        yield Fault("selection-before-split", leak.learning.place, what)
    for refit in facts.refits():
        yield Fault(
            "fit-on-held-out", refit.learning.place, f"`{refit.learning.label}` learns from held-out rows alone"
        )
    for evaluation in facts.training_scores():
        first = evaluation.scores[0]
        what = f"`{first.label}` scores the model on the rows that it was fitted on"
        yield Fault("training-score", first.place, what)
    for one in mixed(facts):
        what = (
            f"`{one.column}` is made of neighbouring rows (`{one.call}`), and the split in cell {one.split.place.cell} then deals rows out at "
            "random: of rows that are held out, values stand in rows that the model learns from, and later ones in earlier ones"
        )
        yield Fault("shuffled-time-series", one.place, what)
    yield from _of_use(facts)


def _of_use(facts: Facts) -> Iterator[Fault]:
    """What is wrong with how the model is used or kept."""
    for unlike in facts.mismatches():
        if not unlike.literal:
            what = (
                f"the model learned from rows that `{unlike.step.label}` prepared, and predicts on rows that it did not"
            )
            yield Fault("transform-mismatch", unlike.prediction.place, what)
    for prepared in facts.untrained_steps():
        what = (
            f"the model predicts on rows that `{prepared.step.label}` prepared, and learned from rows that it did not"
        )
        yield Fault("transform-mismatch", prepared.prediction.place, what)
    for incoming in facts.incoming_refits():
        what = f"`{incoming.learning.label}` learns again from the rows that come in"
        yield Fault("refit-at-prediction", incoming.learning.place, what)
    for used in facts.unevaluated():
        if used.saved:
            what = f"the model is saved in cell {used.place.cell} and never scored on rows that it was not fitted on"
            yield Fault("no-held-out-evaluation", used.fit.place, what)
