"""Read ``# noqa`` comments: which codes the author of a cell has silenced on which line."""

import io
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

NOQA = re.compile(
    r"#\s*noqa\b(?P<listed>\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*)?)?",
    re.IGNORECASE,
)
WORD = "noqa"


class Suppression(NamedTuple):
    """Codes silenced on a line of a cell; None silences all."""

    line: int
    codes: frozenset[str] | None


def suppressions(text: str) -> tuple[Suppression, ...]:
    """The suppressions of a cell's masked source."""
    if WORD not in text.lower():
        return ()
    return tuple(_suppressions(text))


def silenced(code: str, *, lines: tuple[int, int], by: tuple[Suppression, ...]) -> bool:
    """Is a finding that starts and ends on these lines silenced on either?"""
    return any(one.line in lines and (one.codes is None or code in one.codes) for one in by)


def _suppressions(text: str) -> Iterator[Suppression]:
    for line, comment in _comments(text):
        match = NOQA.search(comment)
        if match is None:
            continue
        if match["listed"] is None:
            yield Suppression(line, None)
        elif match["codes"] is not None:
            yield Suppression(line, frozenset(re.split(r"[\s,]+", match["codes"].upper())))


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Comments with their lines; of a cell that does not parse those before the trouble."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError):
        return
