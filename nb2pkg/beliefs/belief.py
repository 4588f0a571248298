"""What is believed about one variable at one moment: frozen words, for the values themselves go on changing."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nb2pkg.beliefs import words
from nb2pkg.facts.flows import writers_of
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.values import (
    Collection,
    Constant,
    Data,
    Either,
    Estimator,
    Function,
    Group,
    Indexer,
    Instance,
    Library,
    Unknown,
    UserClass,
    Value,
    parts_of,
)

MOST_HELD = 8
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Belief:
    """A variable: what it is, which rows it holds, what taught it, what it was fitted on, who predicted it, what it holds, and
    the statements that say so (``bound`` and ``changed``)."""

    name: str
    kind: str
    rows: str | None
    columns: tuple[str, ...] | None
    learned: tuple[str, ...]
    fitted: tuple[str, ...]
    predicted: str | None
    holds: tuple[str, ...]
    bound: tuple[str, ...]
    changed: tuple[str, ...]
    imported: bool


def believed(machine: Machine, name: str) -> Belief:
    """What is believed about a global variable now."""
    value = machine.globals[name]
    data = _data(value)
    content = data.content if data is not None else None
    fits = value.fits if isinstance(value, Estimator) else ()
    binders = machine.bound_at.get(name, frozenset())
    changed = sorted(
        {one for part in parts_of(value) for one in writers_of(part) if one >= min(binders, default=0)} - binders
    )
    return Belief(
        name=name,
        kind=_kind(value),
        rows=words.rows_words(machine, content.rows) if content is not None else None,
        columns=content.names if content is not None else None,
        learned=tuple(_learned(machine, data)) if data is not None else (),
        fitted=tuple(words.fit_words(machine, fit) for fit in fits),
        predicted=words.prediction_words(machine, content.predicted) if content and content.predicted else None,
        holds=tuple(_held(machine, value)),
        bound=tuple(_statement(machine, index) for index in sorted(binders)),
        changed=tuple(_statement(machine, index) for index in changed),
        imported=isinstance(value, Library),
    )


def _data(value: Value) -> Data | None:
    match value:
        case Data():
            return value
        case Group() | Indexer():
            return value.data
        case Unknown():
            return value.data
        case _:
            return None


def _statement(machine: Machine, index: int) -> str:
    one = machine.program.statements[index]
    text = ast.unparse(one.node).partition("\n")[0]
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return f"cell {one.cell} line {one.node.lineno}: {short}"


def _learned(machine: Machine, data: Data) -> Iterator[str]:
    """What counts for all columns first, then for each column that differs."""
    for learning in sorted(data.content.learned, key=lambda one: (one.place, one.label)):
        yield words.learning_words(machine, learning)
    for name, column in sorted(data.content.by_column.items()):
        for learning in sorted(column.learned - data.content.learned, key=lambda one: (one.place, one.label)):
            yield f"column {name}: {words.learning_words(machine, learning)}"
        if column.predicted is not None:
            yield f"column {name}: predicted by {words.prediction_words(machine, column.predicted)}"


def _kind(value: Value) -> str:
    match value:
        case Data():
            return _data_kind(value)
        case Estimator():
            state = "" if value.fits else ", not fitted"
            return f"{value.kind if value.kind != 'unknown' else 'estimator'} {words.estimator_words(value)}{state}"
        case Collection():
            count = "" if value.items is None else f" of {len(value.items)}"
            return f"{value.form}{count}"
        case Constant():
            return f"constant {_shown(value.value)}"
        case Function():
            return f"function defined in cell {value.cell}"
        case UserClass():
            return f"class defined in {words.place_words(value.place)}"
        case Instance():
            return f"object of class {value.cls.name}"
        case Either():
            return " or ".join(_kind(one) for one in value.of)
        case Library():
            return f"from a library: {value.name}"
        case Group():
            return "groups"
        case Unknown() if value.data is not None:
            return "data of unknown origin"
        case Unknown():
            return "unknown"
        case _:
            return type(value).__name__.lower()


def _data_kind(value: Data) -> str:
    if value.index:
        return "index of rows"
    if value.mask:
        return "mask of rows"
    return f"column {value.column}" if value.column is not None else "data"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _held(machine: Machine, value: Value) -> Iterator[str]:
    """One line for each thing that a list, a dict, a pipeline or an object holds."""
    items = list(_items(value))
    for label, item in items[:MOST_HELD]:
        yield f"{label}{_line(machine, item)}"
    if len(items) > MOST_HELD:
        yield f"and {len(items) - MOST_HELD} more"


def _items(value: Value) -> Iterator[tuple[str, Value]]:
    match value:
        case Collection():
            keys = value.keys if len(value.keys) == len(value.items or ()) else ()
            for position, item in enumerate(value.items or ()):
                yield (f"{_key(keys[position])}: " if keys else ""), item
            if value.items is None and value.element is not None:
                yield "each: ", value.element
        case Estimator():
            for part in value.parts:
                yield "", part
        case Instance():
            for name, item in value.attributes.items():
                yield f"{name}: ", item
        case _:
            return


def _key(key: Value) -> str:
    return _shown(key.value) if isinstance(key, Constant) else "…"


def _line(machine: Machine, value: Value) -> str:
    data = _data(value)
    fits = value.fits if isinstance(value, Estimator) else ()
    told = [_kind(value)]
    if data is not None:
        told.append(words.rows_words(machine, data.content.rows))
    told += [f"fitted {words.fit_words(machine, fit)}" for fit in fits]
    return "; ".join(told)
