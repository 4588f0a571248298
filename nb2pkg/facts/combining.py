"""What several pieces of data give together: rows of the first that has any, learnings of all."""

import ast
from collections.abc import Iterable, Sequence

from nb2pkg.facts.events import Score
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import NOTHING, Rows, all_folds, source, unknown_source
from nb2pkg.facts.values import (
    UNTAUGHT,
    Collection,
    Constant,
    Content,
    Data,
    Estimator,
    Group,
    Learning,
    Unknown,
    Value,
)


def as_data(value: Value) -> Data | None:
    """The value as data: itself, or for something unknown a table of rows known only by that value's identity."""
    match value:
        case Data():
            return value
        case Group():
            return value.data
        case Unknown():
            if value.data is None:
                value.data = Data(Content(unknown_source(value)))
            return value.data
        case Collection():
            return _gathered(value)
        case _:
            return None


def _gathered(value: Collection) -> Data:
    contents = contents_of((value,))
    if contents:
        return Data(combine(contents))
    return Data(Content(source(_literal_key(value))))


def _literal_key(value: Collection) -> object:
    """Equal literals hold equal rows."""
    items = value.items or ()
    if value.items is not None and all(isinstance(item, Constant) for item in items):
        return tuple(repr(item.value) for item in items if isinstance(item, Constant))
    return value


def contents_of(values: Iterable[Value]) -> list[Content]:
    """The contents of all data among the values, inside lists and dicts too (three levels)."""
    found: list[Content] = []
    _collect(values, found, depth=3)
    return found


def _collect(values: Iterable[Value], found: list[Content], *, depth: int) -> None:
    for value in values:
        match value:
            case Data():
                found.append(value.content)
            case Group():
                found.append(value.data.content)
            case Collection() if depth:
                start = len(found)
                _collect(value.items or (), found, depth=depth - 1)
                if value.element is not None:
                    _collect((value.element,), found, depth=depth - 1)
                found[start:] = [one._replace(single=False) if one.single else one for one in found[start:]]
            case Unknown() if value.data is not None:
                found.append(value.data.content)
            case _:
                pass


def combine(contents: Sequence[Content]) -> Content:
    """Elementwise work on several: rows of the first that has rows, every learning, the prediction of any."""
    if len(contents) == 1:
        return contents[0]
    rows: Rows | None = NOTHING
    learned = UNTAUGHT
    predicted = None
    compared = False
    single = False
    for content in contents:
        if rows is not None and not rows:
            rows = content.rows
            single = content.single
        learned = learned | content.taught()
        predicted = predicted or content.predicted
        compared = compared or content.compared
    return Content(rows, learned, predicted=predicted, compared=compared, single=single)


def lists_columns(value: Value) -> bool:
    """Is the value a list of whole columns? Their sum is one more column."""
    if not isinstance(value, Collection):
        return False
    held = (*(value.items or ()), *(() if value.element is None else (value.element,)))
    return bool(held) and all(isinstance(one, Data) and bool(one.rows) and not one.content.single for one in held)


def combined(values: Sequence[Value]) -> Value:
    """A value made of several: data where any of them is data."""
    contents = contents_of(values)
    return Data(combine(contents)) if contents else Unknown(tuple(values))


def union(contents: Sequence[Content]) -> Content:
    """Stacked on top of each other: the rows of all. A loop stacks the held-out parts of all folds, though it is run once here."""
    rows: Rows | None = NOTHING
    for content in contents:
        rows = None if rows is None or content.rows is None else rows | all_folds(content.rows)
    return combine(contents)._replace(rows=rows, names=contents[0].names if contents else None)


def compare_with_truth(machine: Machine, node: ast.AST, left: Data, right: Data) -> bool:
    """Is a prediction held against something that is no prediction? Then that is evidence of an evaluation."""
    predicted = left.content.predicted or right.content.predicted
    if predicted is None or (left.content.predicted is not None and right.content.predicted is not None):
        return False
    record_score(machine, node, predicted.estimator, predicted.fits, predicted.rows, "comparison", weak=True)
    return True


def record_score(
    machine: Machine,
    node: ast.AST,
    estimator: Estimator,
    fits: tuple[Learning, ...],
    rows: Rows | None,
    label: str,
    *,
    weak: bool,
) -> None:
    """Note that the estimator, as fitted by ``fits``, was evaluated on rows."""
    machine.events.scores.append(
        Score(
            estimator,
            fits,
            rows,
            machine.place(node),
            node,
            machine.statement,
            label,
            machine.call_stack,
            machine.static,
            weak,
        )
    )
