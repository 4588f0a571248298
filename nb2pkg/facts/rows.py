"""Which rows a value holds: atoms of a source, narrowed by choices whose parts can be disjoint.

``train_test_split(df)`` gives ``{(df's file, (split, "train"))}`` and ``{(df's file, (split, "test"))}``: same source,
one shared choice, disjoint parts, so no row stands in both.
"""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

NAMED = "named"
SPAN = "span"
EQUALS = "equals"
UNKNOWN = "unknown"
FOLD = "fold"


class Part(NamedTuple):
    """One part of a choice.

    ``form`` is NAMED (``low`` is the part's name), SPAN (``low``/``high`` are bounds, None where open) or EQUALS
    (``low`` is the value compared with); ``out`` turns the part into its complement.
    """

    form: str
    low: Hashable
    high: Hashable = None
    out: bool = False


class Choice(NamedTuple):
    """A split, mask, slice, fold or sample (``key``) together with the part taken."""

    key: Hashable
    part: Part


class Atom(NamedTuple):
    """Rows of one source, narrowed by choices in the order they were made."""

    source: Hashable
    choices: tuple[Choice, ...] = ()


Rows = frozenset[Atom]

NOTHING: Rows = frozenset()


def source(key: Hashable) -> Rows:
    """All rows of one source."""
    return frozenset((Atom(key),))


def named(key: Hashable, name: str) -> Choice:
    """The part called ``name`` of a split."""
    return Choice(key, Part(NAMED, name))


def complement(choice: Choice) -> Choice:
    """The rows that the choice leaves."""
    part = choice.part
    return Choice(choice.key, part._replace(out=not part.out))


def narrow(rows: Rows, choices: Iterable[Choice]) -> Rows:
    """The rows of ``rows`` that all choices take; a choice already made is not repeated."""
    added = tuple(choices)
    if not added:
        return rows
    return frozenset(
        Atom(atom.source, atom.choices + tuple(c for c in added if c not in atom.choices)) for atom in rows
    )


def all_folds(rows: Rows) -> Rows:
    """The rows of every fold, where the held-out part of one stands for each of them."""
    return frozenset(Atom(atom.source, tuple(c for c in atom.choices if not _is_held_out_fold(c))) for atom in rows)


def _is_held_out_fold(choice: Choice) -> bool:
    key, part = choice
    return part == Part(NAMED, "test") and isinstance(key, tuple) and key[:1] == (FOLD,)


def overlap(some: Rows, others: Rows) -> bool:
    """Do both take rows of one source, with nothing that keeps them apart?"""
    return any(a.source == b.source and not disjoint_atoms(a, b) for a in some for b in others)


def apart(some: Rows, others: Rows) -> Rows:
    """The atoms of ``some`` that surely share no row with ``others``; what an unknown source holds is never sure."""
    return frozenset(atom for atom in some if all(_surely_apart(atom, other) for other in others))


def _surely_apart(one: Atom, other: Atom) -> bool:
    if one.source == other.source:
        return disjoint_atoms(one, other)
    return is_known(one.source) and is_known(other.source)


def unknown_source(key: Hashable) -> Rows:
    """Rows that may be those of any other source."""
    return source((UNKNOWN, key))


def is_known(key: Hashable) -> bool:
    """Is it said where the rows of this source come from?"""
    return not (isinstance(key, tuple) and key[:1] == (UNKNOWN,))


READ = frozenset({"file", "call", "bundle"})
MADE = frozenset({"made", "index", UNKNOWN})


def was_read(rows: Rows) -> bool:
    """Do all rows come from files, or with a library?"""
    return bool(rows) and all(_tag(atom.source) in READ for atom in rows)


def was_written_out(rows: Rows) -> bool:
    """Do all rows stand in the notebook as literals?"""
    return bool(rows) and not any(_tag(atom.source) in READ | MADE for atom in rows)


def _tag(key: Hashable) -> Hashable:
    return key[0] if isinstance(key, tuple) and key else None


def within(some: Rows, others: Rows) -> bool:
    """Does every row of ``some`` surely stand in ``others``?"""
    return bool(some) and all(any(_refines(a, b) for b in others) for a in some)


def outside(some: Rows, others: Rows) -> Rows:
    """The atoms of ``some`` that do not surely stand in ``others``."""
    return frozenset(one for one in some if not any(_refines(one, other) for other in others))


def disjoint_atoms(one: Atom, other: Atom) -> bool:
    """Can no row stand in both?"""
    if one.source != other.source:
        return True
    return any(a.key == b.key and disjoint_parts(a.part, b.part) for a in one.choices for b in other.choices)


def disjoint_parts(one: Part, other: Part) -> bool:
    """Are two parts of the same choice disjoint?"""
    if one.out != other.out and one._replace(out=other.out) == other:
        return True
    if one.out or other.out or one.form != other.form:
        return False
    if one.form == SPAN:
        return _before(one, other) or _before(other, one)
    return one.low != other.low


def _before(one: Part, other: Part) -> bool:
    """Does ``one`` end where ``other`` starts, or earlier? Symbolic bounds compare by identity only."""
    end, start = one.high, other.low
    if end is None or start is None:
        return False
    if isinstance(end, int) and isinstance(start, int):
        return end <= start and (end < 0) == (start < 0)
    return end == start


def _refines(one: Atom, other: Atom) -> bool:
    return one.source == other.source and all(choice in one.choices for choice in other.choices)


def siblings(rows: Rows) -> Rows:
    """What the outermost split of each atom holds out: the other parts, where this one is the training part."""
    found = set()
    for atom in rows:
        for position, choice in enumerate(atom.choices):
            if choice.part.form == NAMED and choice.part.low == "train" and not choice.part.out:
                found.add(Atom(atom.source, (*atom.choices[:position], named(choice.key, "test"))))
                break
    return frozenset(found)


def outermost_training(rows: Rows) -> frozenset[Choice]:
    """The outermost choices of a training part."""
    return frozenset(
        choice for atom in rows for choice in _named(atom)[:1] if choice.part.low == "train" and not choice.part.out
    )


def _named(atom: Atom) -> tuple[Choice, ...]:
    return tuple(
        choice for choice in atom.choices if choice.part.form == NAMED and choice.part.low in ("train", "test")
    )


def held_out_part(rows: Rows) -> bool:
    """Are these rows a test part of the outermost split only?"""
    return bool(rows) and all(_outermost(atom) == "test" for atom in rows)


def _outermost(atom: Atom) -> Hashable:
    for choice in atom.choices:
        if choice.part.form == NAMED and choice.part.low in ("train", "test"):
            return choice.part.low if not choice.part.out else None
    return None


def extra_choices(part: Rows, whole: Rows) -> tuple[Choice, ...]:
    """The choices that ``part`` made after ``whole``; empty where the two are not a part and its whole."""
    for atom in part:
        for outer in whole:
            if _refines(atom, outer):
                return tuple(choice for choice in atom.choices if choice not in outer.choices)
    return ()
