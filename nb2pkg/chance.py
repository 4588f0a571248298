"""Does a call draw at random without a seed? What its row says of the arguments it is made with.

``SVC(C=2)`` never does (``stochastic = "probability"``), ``SVC(probability=True)`` surely, and ``PCA(n_components=2)`` perhaps: that
depends on how many rows and columns it gets.
"""

from collections.abc import Mapping
from enum import Enum, auto

from nb2pkg.apis import Row

UNKNOWN = object()  # an argument that is given, and whose value cannot be seen


class Chance(Enum):
    """How sure it is that a call draws."""

    NEVER = auto()
    PERHAPS = auto()
    SURELY = auto()


def chance(row: Row, given: Mapping[str, object]) -> Chance:
    """How sure it is that a call draws that is given these arguments; all others have their defaults."""
    if any(_holds(condition, given) for condition in row.never_draws):
        return Chance.NEVER
    held = row.stochastic if isinstance(row.stochastic, bool) else _holds(row.stochastic, given)
    if held:
        return Chance.SURELY
    perhaps = held is None or any(_holds(condition, given) is not False for condition in row.may_draw)
    return Chance.PERHAPS if perhaps else Chance.NEVER


def _holds(condition: str, given: Mapping[str, object]) -> bool | None:
    """Does a condition hold for these arguments? None where the value that decides it cannot be seen."""
    if condition == "always":
        return True
    if ":" in condition:
        name, _, what = condition.partition(":")
        return (given.get(name) is not None) == (what == "given")
    name, equals, values = condition.partition("=")
    if name not in given:
        return False
    if given[name] is UNKNOWN:
        return None
    if not equals:
        return bool(given[name])
    text = str(given[name])
    return any(text.startswith(one[:-1]) if one.endswith("*") else text == one for one in values.split("|"))
