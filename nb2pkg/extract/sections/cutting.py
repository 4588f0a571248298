"""Where the cell of a fit is cut: what stands below the fit is a section of its own, so that `evaluate` runs it without training."""

import sys
from collections.abc import Sequence

from nb2pkg.extract.sections.fitting import FitPoint
from nb2pkg.extract.sections.uses import Use

WHOLE = sys.maxsize


def last_fitting(fit: FitPoint, uses: Sequence[Use]) -> int:
    """The last statement of the fit's cell that belongs to the fit; ``WHOLE`` where the cell stays whole.

    What begins on the fit's own line is not cut off, and nothing is where a function made above would miss a name bound below.
    """
    own = [use for use in uses if use.cell == fit.cell]
    line = max((use.node.end_lineno or use.node.lineno for use in own if use.number == fit.end), default=WHOLE)
    above = [use for use in own if use.node.lineno <= line or use.number <= fit.end]
    below = [use for use in own if use not in above]
    bound = {name for use in below for name in use.binds | use.deletes}
    if not below or any(use.later & bound for use in above):
        return WHOLE
    return max(use.number for use in above)
