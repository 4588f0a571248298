"""Compare printed text: words exactly, numbers to relative 1e-9, addresses and measured times masked."""

import re
from typing import NamedTuple

RELATIVE = 1e-9
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?![\w])")
ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\x08+")
MASKS = (
    (re.compile(r"(?: object)? at 0x[0-9a-fA-F]+"), " at 0x0"),
    (re.compile(r"<class '([\w.<>]+)'>"), r"\1"),
    (re.compile(r"<function (?:[\w.]+\.)?(\w+)(?:\([^>]*\))?(?: at 0x0)?>"), r"<function \1>"),
    (re.compile(r"^(?:CPU times|Wall time|Compiler)\b.*$", re.MULTILINE), ""),
    (re.compile(r"\b__main__\."), ""),
)
TIME = r"(?:(?:mean|std)_)?(?:fit|score)_time"
TIMED_ARRAY = re.compile(rf"'{TIME}': array\([^)]*\)")
TIMED_COLUMN = re.compile(rf"(?<!\S){TIME}(?!\S)")
LAST_WORD = re.compile(r"\S+$")
DAY = r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4}\b"
CLOCK = re.compile(DAY + r"|\d{1,2}:\d{2}:\d{2}(?:\.\d+)?|\b\d+(?:\.\d+)?\s?(?:ms|µs|us|ns)\b|\b\d+s\b")


class TextComparison(NamedTuple):
    """Equal or not; the stretches that differ first, after how many words of the notebook's; whether clock times had to be masked."""

    equal: bool
    notebook: str
    package: str
    masked: bool
    position: int = 0


def compare_printed(notebook: str, package: str, name: str) -> TextComparison:
    """Compare what a section printed on both sides; how lines are wrapped does not matter."""
    ours, theirs = (masked(text, name) for text in (notebook, package))
    found = _first_difference(ours, theirs)
    if found is None:
        return TextComparison(True, "", "", False)
    without = _first_difference(CLOCK.sub("TIME", ours), CLOCK.sub("TIME", theirs))
    if without is None:
        return TextComparison(True, "", "", True)
    position, notebook, package = without
    return TextComparison(False, notebook, package, False, position)


def changes_from_run_to_run(notebook: str, package: str) -> bool:
    """Does a text hold what is another each time, or what a package says in other words?"""
    return (
        _first_difference(notebook, package) is not None
        or masked(notebook, "") != notebook
        or bool(CLOCK.search(notebook))
    )


def count_words(text: str) -> int:
    """How many words a text has as it is compared."""
    return len(_tokens(CLOCK.sub("TIME", masked(text, ""))))


def masked(text: str, name: str) -> str:
    """The text without what differs from run to run, or between a notebook and a module of a package."""
    text = "\n".join(_left_standing(line) for line in ESCAPE.sub("", text).split("\n"))
    for pattern, new in MASKS:
        text = pattern.sub(new, text)
    text = _without_times(text)
    return re.sub(rf"\b{re.escape(name)}\.(?:functions|sections|reports)\.", "", text)


def _without_times(text: str) -> str:
    """The text without how long each fit of a search took, in a printed dictionary or table."""
    if "_time" not in text:
        return text
    spans: list[tuple[int, int]] = []
    lines = []
    for line in TIMED_ARRAY.sub("TIME", text).split("\n"):
        timed = [one.span() for one in TIMED_COLUMN.finditer(line)]
        if timed or not line.strip():
            spans = [(len(line[:start].rstrip()), end) for start, end in timed]
            lines.append(line)
            continue
        for start, end in reversed(spans):
            line = line[:start] + LAST_WORD.sub("TIME", line[start:end]) + line[end:]
        lines.append(line)
    return "\n".join(lines)


def _left_standing(line: str) -> str:
    """What a terminal shows of a line in the end: what was written over is gone."""
    return next((part for part in reversed(line.split("\r")) if part.strip()), "")


def _first_difference(ours: str, theirs: str) -> tuple[int, str, str] | None:
    left, right = _tokens(ours), _tokens(theirs)
    for position, (one, other) in enumerate(zip(left, right, strict=False)):
        if not _same(one, other):
            around = slice(max(0, position - 3), position + 5)
            return position, " ".join(left[around]), " ".join(right[around])
    if len(left) != len(right):
        longer = min(len(left), len(right))
        return longer, " ".join(left[longer : longer + 8]), " ".join(right[longer : longer + 8])
    return None


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    for word in text.split():
        start = 0
        for match in NUMBER.finditer(word):
            found += [part for part in (word[start : match.start()], match[0]) if part]
            start = match.end()
        found += [word[start:]] if word[start:] else []
    return found


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    if NUMBER.fullmatch(one) and NUMBER.fullmatch(other):
        first, second = float(one), float(other)
        exact = one.lstrip("+-").isdigit() and other.lstrip("+-").isdigit()
        return not exact and abs(first - second) <= RELATIVE * max(abs(first), abs(second))
    return False
