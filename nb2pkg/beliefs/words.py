"""Rows, learnings and estimators in words: `rows of loans.csv, train part of the split in cell 4`."""

from collections.abc import Hashable

from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import EQUALS, FOLD, SPAN, UNKNOWN, Atom, Choice, Part, Rows
from nb2pkg.facts.values import Estimator, Learning, Prediction
from nb2pkg.source import Span

MOST_SOURCES = 4
KINDS = {
    "statistic": "a statistic",
    "vocabulary": "a vocabulary",
    "category": "categories",
    "bins": "bin edges",
    "cluster": "clusters",
    "selection": "a choice of columns",
    "filter": "a choice of columns without the target",
    "model": "a model",
    "target-statistic": "a statistic of the target",
    "embedding": "an embedding",
    "resample": "a resampling",
    "nothing": "nothing",
}


def place_words(place: Span) -> str:
    """Where something stands."""
    return f"cell {place.cell} line {place.line}"


def rows_words(machine: Machine, rows: Rows | None) -> str:
    """Which rows these are."""
    if rows is None:
        return "unknown rows"
    if not rows:
        return "no rows of its own"
    told = sorted({_atom_words(machine, atom) for atom in rows})
    more = f" and {len(told) - MOST_SOURCES} more" if len(told) > MOST_SOURCES else ""
    return " together with ".join(told[:MOST_SOURCES]) + more


def _atom_words(machine: Machine, atom: Atom) -> str:
    choices = [_choice_words(machine, choice) for choice in atom.choices]
    return ", ".join([_source_words(machine, atom.source), *choices])


def _source_words(machine: Machine, key: Hashable) -> str:
    match key:
        case ("file", str(path)):
            return f"rows of {path}"
        case ("call", Span() as place, *_):
            return f"rows read in {place_words(place)}"
        case ("bundle", str(name), *_):
            return f"rows of {name.rpartition('.')[2]}()"
        case ("made", Span() as place, *_):
            return f"values made in {place_words(place)}"
        case ("index", Span() as place, *_):
            return f"positions made in {place_words(place)}"
        case ("groups", frozenset() as rows, *_):
            return f"one row for each group of ({rows_words(machine, rows)})"
        case ("part", frozenset() as rows, name):
            return f"table {name!r} of ({rows_words(machine, rows)})"
        case (word, *_) if word == UNKNOWN:
            return "rows of unknown origin"
        case ("file" | "call" | "bundle" | "made" | "index" | "groups" | "part", *_):
            return "rows of their own"
        case _:
            return "values written out in the notebook"


def _choice_words(machine: Machine, choice: Choice) -> str:
    split = next((one for one in machine.events.splits if one.key == choice.key), None)
    part = choice.part
    if split is not None:
        noun = "a fold" if isinstance(split.key, tuple) and split.key[:1] == (FOLD,) else "the split"
        return f"{_but(part)}{part.low} part of {noun} in {place_words(split.place)}"
    match choice.key:
        case ("slice", *_) if part.form == SPAN:
            return _stretch(part)
        case ("is", subject) if part.form == EQUALS:
            return f"where {_subject(subject)} is {'not ' if part.out else ''}{part.low!r}"
        case ("below", subject, bound):
            return f"where {_subject(subject)} {'>=' if part.out else '<'} {_bound(bound)}"
        case ("up to", subject, bound):
            return f"where {_subject(subject)} {'>' if part.out else '<='} {_bound(bound)}"
        case ("null", _, column, *_):
            return f"where {column or 'something'} is {'present' if part.out else 'missing'}"
        case ("in", _, column, *_):
            return f"where {column or 'something'} is {'not ' if part.out else ''}in a list"
        case ("sample", Span() as place, *_):
            return f"{_but(part)}the sample drawn in {place_words(place)}"
        case ("pieces", Span() as place, *_):
            return f"piece {part.low} of the cut in {place_words(place)}"
        case ("row", *_):
            return f"row {part.low}"
        case _:
            return _other_choice(choice)


def _other_choice(choice: Choice) -> str:
    """What a method keeps by what stands in the rows (``dropna``), a part that has only a name, or some choice."""
    key, part = choice.key, choice.part
    if isinstance(key, tuple) and key and isinstance(key[0], str) and "." in key[0]:
        return f"{_but(part)}those that {key[0].rpartition('.')[2]} keeps"
    if part.form == "named" and part.low in ("train", "test"):
        return f"{_but(part)}its {part.low} part"
    if isinstance(key, tuple) and key[:1] == ("dropped",):
        return "without those that are dropped"
    return "those that a mask leaves out" if part.out else "some of them, chosen by a mask or index"


def _but(part: Part) -> str:
    return "all but " if part.out else ""


def _stretch(part: Part) -> str:
    low, high = part.low, part.high
    if isinstance(low, int | None) and isinstance(high, int | None):
        return f"rows [{'' if low is None else low}:{'' if high is None else high}]"
    return (
        "the rows up to a position"
        if low is None
        else "the rows from a position on"
        if high is None
        else "a stretch of rows"
    )


def _subject(subject: object) -> str:
    """The column that is compared, where it has a name."""
    match subject:
        case (_, (str(column), _)):
            return column
        case _:
            return "something"


def _bound(bound: object) -> str:
    return repr(bound) if isinstance(bound, int | float | str | bool | None) else "some value"


def learning_words(machine: Machine, learning: Learning) -> str:
    """What was learned, where, and from which rows."""
    kind = KINDS.get(learning.kind, learning.kind)
    return f"{kind} by `{learning.label}` in {place_words(learning.place)}, from {rows_words(machine, learning.rows)}"


def fit_words(machine: Machine, fit: Learning) -> str:
    """Where an estimator was fitted, and on what."""
    target = f", target: {rows_words(machine, fit.target.rows)}" if fit.target is not None else ""
    return f"in {place_words(fit.place)} on {rows_words(machine, fit.rows)}{target}"


def prediction_words(machine: Machine, predicted: Prediction) -> str:
    """Which model predicted, fitted where, on which rows."""
    fits = ", ".join(dict.fromkeys(place_words(fit.place) for fit in predicted.fits)) or "nowhere here"
    return f"{estimator_words(predicted.estimator)}, fitted in {fits}, on {rows_words(machine, predicted.rows)}"


def estimator_words(estimator: Estimator) -> str:
    """The class, and where the object was made or came from."""
    origin = {"loaded": "loaded", "parameter": "given to a function"}.get(estimator.origin, "made")
    return f"{estimator.short or 'something with a fit'} ({origin} in {place_words(estimator.place)})"
