"""The smallest notebook that still shows a fault: cells and statements are taken out as long as it does."""

from tests.search.drafts import Draft
from tests.search.outcomes import Outcome, outcome

TRIES = 200


def smallest(draft: Draft, seed: int, fault: Outcome) -> Draft:
    """Take out what is not needed for a fault of the same kind at the same level, with the data files of a seed."""
    for _ in range(TRIES):
        less = next((one for one in draft.smaller() if _shows(one, seed, fault)), None)
        if less is None:
            return draft
        draft = less
    return draft


def _shows(draft: Draft, seed: int, fault: Outcome) -> bool:
    found = outcome(draft, seed)
    return (found.kind, found.level) == (fault.kind, fault.level)
