"""What authors have silenced: `# noqa` on a line, `# nb2pkg: ignore-cell[NB301]` in a cell, a key of the metadata for the file."""

import io
import re
import tokenize
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from nb2pkg.packs import Rule
from nb2pkg.rule import IdleSuppression, Span, SuppressionForm
from nb2pkg.selection import means

NOQA = re.compile(
    r"#\s*noqa\b(?P<listed>\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*)?)?",
    re.IGNORECASE,
)
OURS = re.compile(r"#\s*nb2pkg:\s*(?P<rest>.*)")
IGNORE_CELL = re.compile(r"ignore-cell(?:\[(?P<words>[\w\s,-]*\w)\s*\])?(?=\s|$)")
BETWEEN = re.compile(r"[\s,]+")
OUR_LETTERS = "NB"
FILE = Span(0, 1, 1, 1, 1)


class Suppression(NamedTuple):
    """A suppression and where it stands; ``words`` None silences every rule."""

    place: Span
    form: SuppressionForm
    words: tuple[str, ...] | None

    def words_for(self, rule: Rule, place: Span) -> tuple[str, ...]:
        """Those of its words that silence a finding of the rule at the place; the empty word stands for every rule.

        What is said of suppressions is silenced by words only, or none without words could ever be called unused.
        """
        if self.form is SuppressionForm.UNKNOWN or not self._covers(place):
            return ()
        if self.words is None:
            return () if rule.check_suppressions else ("",)
        return tuple(word for word in self.words if self.names(word, rule))

    def names(self, word: str, rule: Rule) -> bool:
        """Does its word mean the rule? A `noqa` names codes, as other tools' do, the rest what `ignore` takes."""
        return word == rule.code if self.form is SuppressionForm.NOQA else means(word, rule)

    def _covers(self, place: Span) -> bool:
        if self.form is SuppressionForm.NOQA:
            return self.place.line in (place.line, place.end_line)
        return True


class Silences:
    """The suppressions of a notebook, read cell by cell where they are needed, and which of them silenced something."""

    def __init__(self, words: tuple[str, ...] | None, texts: Mapping[int, str]) -> None:
        """``words``: those of the metadata, None where they were not understood; ``texts``: code by number of cell."""
        form = SuppressionForm.UNKNOWN if words is None else SuppressionForm.METADATA
        self._of_file = () if words == () else (Suppression(FILE, form, words),)
        self._texts = texts
        self._read: dict[int, tuple[Suppression, ...]] = {}
        self._used: set[tuple[Suppression, str]] = set()

    def hold(self, rule: Rule, place: Span) -> bool:
        """Is a finding of the rule silenced at this place, by a comment where it starts or ends, its cell or its file?"""
        suppressed = (*self._of_file, *self._in_cell(place.cell))
        used = [(one, word) for one in suppressed for word in one.words_for(rule, place)]
        self._used.update(used)
        return bool(used)

    def idle(
        self, *, ran: Collection[Rule], known: Collection[Rule], cells: Iterable[int]
    ) -> Iterator[IdleSuppression]:
        """What silenced nothing: in the metadata and in these cells, as far as its rules ran, or names no rule."""
        for one in (*self._of_file, *(one for cell in cells for one in self._in_cell(cell))):
            if one.form is SuppressionForm.UNKNOWN:
                yield IdleSuppression(one.place, one.form)
            elif one.words is None:
                if one.form is not SuppressionForm.NOQA and (one, "") not in self._used and set(known) <= set(ran):
                    yield IdleSuppression(one.place, one.form)
            else:
                unused = tuple(word for word in one.words if self._is_unused(one, word, ran, known))
                unknown = tuple(word for word in one.words if _is_unknown(one, word, known))
                if unused or unknown:
                    yield IdleSuppression(one.place, one.form, unused, unknown)

    def _is_unused(self, one: Suppression, word: str, ran: Collection[Rule], known: Collection[Rule]) -> bool:
        """Did every rule that the word means run, and find nothing there?"""
        named = [rule for rule in known if one.names(word, rule)]
        judged = bool(named) and all(rule in ran for rule in named)
        return judged and (one, word) not in self._used

    def _in_cell(self, cell: int) -> tuple[Suppression, ...]:
        if cell not in self._read:
            self._read[cell] = suppressions(self._texts.get(cell, ""), cell=cell)
        return self._read[cell]


def _is_unknown(one: Suppression, word: str, known: Collection[Rule]) -> bool:
    """Does the word mean no rule, and is it ours? A `noqa` may hold codes of any tool."""
    ours = one.form is not SuppressionForm.NOQA or word.startswith(OUR_LETTERS)
    return ours and not any(one.names(word, rule) for rule in known)


def suppressions(text: str, *, cell: int = 1) -> tuple[Suppression, ...]:
    """The suppressions in the comments of a cell's masked source."""
    if "nb2pkg:" not in text and "noqa" not in text.lower():
        return ()
    return tuple(one for place, comment in _comments(text, cell) for one in _in_comment(comment, place))


def _in_comment(comment: str, place: Span) -> Iterator[Suppression]:
    noqa, ours = NOQA.search(comment), OURS.search(comment)
    if noqa is not None and noqa["listed"] is None:
        yield Suppression(place, SuppressionForm.NOQA, None)
    elif noqa is not None and noqa["codes"] is not None:
        yield Suppression(place, SuppressionForm.NOQA, _split(noqa["codes"].upper()))
    if ours is None:
        return
    whole = IGNORE_CELL.match(ours["rest"])
    if whole is None:
        yield Suppression(place, SuppressionForm.UNKNOWN, None)
    else:
        yield Suppression(place, SuppressionForm.CELL, None if whole["words"] is None else _split(whole["words"]))


def _split(words: str) -> tuple[str, ...]:
    return tuple(word for word in BETWEEN.split(words) if word)


def _comments(text: str, cell: int) -> Iterator[tuple[Span, str]]:
    """Comments with their places; of a cell that does not parse those before the trouble."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                (line, start), (_, end) = token.start, token.end
                yield Span(cell, line, start + 1, line, end + 1), token.string
    except (tokenize.TokenError, SyntaxError):
        return
