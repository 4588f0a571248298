"""Tell someone who waits at a terminal which stage of the work has begun."""

import sys


def stage(what: str) -> None:
    """One plain line on standard error, where that is a terminal: logs and pipes stay quiet."""
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr, flush=True)
