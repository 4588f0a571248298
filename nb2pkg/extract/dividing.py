"""Which calls part the rows of a model, and what each part is called: to learn from, to choose by, for the final score.

``X_full, X_test = train_test_split(X)`` and ``X_train, X_val = train_test_split(X_full)`` divide in "train", "validation" and "test";
"learning" is what was there between the two calls. Where the second call parts what the first one held out, that is "held out".
"""

import ast
import contextlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nb2pkg.errors import ExtractError
from nb2pkg.extract.lane import Split
from nb2pkg.facts import Facts

LEARNING = "learning"
HELD_OUT = "held_out"
VALIDATION = "validation"
BETWEEN = frozenset({LEARNING, HELD_OUT})


class Division(NamedTuple):
    """The calls that part the rows, the outer one first; ``inside`` is its part that the inner one parts anew.

    ``last`` is the part of the inner call that the model is asked about last, where both parts are held out.
    """

    calls: tuple[ast.expr, ...]
    inside: str = ""
    last: str = "test"

    @property
    def between(self) -> str:
        """What the rows between the two calls are."""
        return {"train": LEARNING, "test": HELD_OUT}.get(self.inside, "")

    def part(self, parts: tuple[str, ...]) -> str:
        """The name of the rows that went through these parts, one for each call."""
        if len(parts) < 2 and (not parts or parts[0] != self.inside):
            return parts[0] if parts else "all"
        if len(parts) < 2:
            return self.between
        if self.inside == "test":
            return "test" if parts[1] == self.last else VALIDATION
        return VALIDATION if parts[1] == "test" else "train"


def divided(own: tuple[Split, ...], asked: Iterable[tuple[Split, ...]]) -> Division | None:
    """The division that the splits of a fit and of what its model was asked about, in order, tell; None where no call parts them."""
    if not own or any(split.by_hand for split in own):
        return None
    if len(own) > 1:
        return Division(tuple(split.call for split in own[:2]), own[0].part)
    again = [splits for splits in asked if len(splits) == 2 and not any(split.by_hand for split in splits)]
    if own[0].part != "train" or not again or again[-1][0].part != "test":
        return Division((own[0].call,))
    return Division((own[0].call, again[-1][1].call), "test", again[-1][1].part)


def one_draw(facts: Facts, first: ast.expr, second: ast.expr) -> bool:
    """Do two expressions part the same rows in the same way? Two calls do, where seed, rows and options are the same."""
    if first is second:
        return True
    keys = [next((split.key for split in facts.splits if split.node is node), None) for node in (first, second)]
    if keys[0] is None or keys[0] != keys[1]:
        return False
    return _options(first) == _options(second)


def _options(call: ast.expr) -> list[str]:
    return sorted(ast.dump(keyword) for keyword in call.keywords) if isinstance(call, ast.Call) else []


@contextlib.contextmanager
def passed_over() -> Iterator[None]:
    """Rows that cannot be followed say nothing here; they are refused where they are needed."""
    with contextlib.suppress(ExtractError):
        yield
