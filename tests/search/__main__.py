"""Search for notebooks that extract gets silently wrong; by hand, not a test.

    python -m tests.search --seeds 0:500 [--reasons 20] [--as-it-is]

Each seed makes a small training notebook from the pieces in ``fragments/``. It is run and extracted in this process, and
what its estimators are given and answer is compared with what the package gives them. Whatever is different, fails or
raises is shown with the smallest notebook that still does; at the end, or at ctrl-c,
how many came how far, and why no further.
"""

import argparse
import contextlib
import re
import sys
from collections import Counter

from tests.search.drafts import draft
from tests.search.outcomes import FAULTS, Kind, Outcome, outcome
from tests.search.smallest import smallest


def main() -> int:
    """Read the options and search; 1 where a fault was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0:500", help="from:to, or one")
    parser.add_argument("--reasons", type=int, default=0, help="how many reasons why notebooks came no further")
    parser.add_argument("--as-it-is", action="store_true", help="do not look for the smallest notebook")
    options = parser.parse_args()
    first, _, end = options.seeds.partition(":")
    found: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    with contextlib.suppress(KeyboardInterrupt):
        for seed in range(int(first), int(end or int(first) + 1)):
            one = outcome(draft(seed), seed)
            found[counted(one)] += 1
            if one.kind in FAULTS:
                print(shown(seed, one, shrink=not options.as_it_is), flush=True)
            elif one.detail:
                reasons[why(one.detail)] += 1
    print("\n".join(f"{count:6} {words}" for words, count in found.most_common()))
    print("\n".join(f"{count:6} {words}" for words, count in reasons.most_common(options.reasons)))
    return int(any(kind.value in words for kind in FAULTS for words in found))


def why(detail: str) -> str:
    """The reason for a lower level without its place, so that alike ones are counted together."""
    return re.sub(r"^.*?cell \d+ line \d+: ", "", detail)[:100]


def counted(one: Outcome) -> str:
    """The outcome in words, without details."""
    return f"level {one.level} {one.kind.value}" if one.kind not in (Kind.NO_NOTEBOOK, Kind.REFUSED) else one.kind.value


def shown(seed: int, one: Outcome, *, shrink: bool) -> str:
    """A fault with its notebook, the smallest one where ``shrink`` says so."""
    found = smallest(draft(seed), seed, one) if shrink else draft(seed)
    return f"=== seed {seed}: {counted(one)}: {one.detail}\n{found.shown()}\n"


if __name__ == "__main__":
    sys.exit(main())
