"""What a notebook printed and held, section by section, as the tests of a package below level 3 keep it."""

from collections.abc import Iterator, Mapping
from typing import Any

from nb2pkg.verify.compare import Column, as_table, columns_of
from nb2pkg.verify.golden import FORMAT, positions_of
from nb2pkg.verify.kernel_side.values import Plain
from nb2pkg.verify.plan import Entry, Plan
from nb2pkg.verify.printed import changes_from_run_to_run
from nb2pkg.verify.report import jsonable, table_rows
from nb2pkg.verify.sections import Ran, printed_text

CELL = (bool, int, float, str)
MOST = 1_000  # items of a list


def section_golden(
    plan: Plan, sections: list[Entry], ran: Ran, printed: Mapping[str, str], answers: Plain | None
) -> dict[str, object] | None:
    """The content of golden.json; ``printed`` is what the package printed. None where there is nothing to compare."""
    told = [_told(one, ran, printed[one["function"]], plan.seed) for one in sections]
    kept = [one for one in told if one["prints"] is not None or one["holds"]]
    if not kept:
        return None
    found: dict[str, object] = {"format": FORMAT, "seed": plan.seed, "sections": kept}
    return found if answers is None else {**found, "answers": jsonable(answers)}


def _told(section: Entry, ran: Ran, printed: str, seed: int) -> dict[str, object]:
    """One section; what it printed is left out where that is nothing, or another text each time."""
    text = printed_text(section, ran)
    held = ran.held.get(section["function"], {})
    holds = {name: how for name, value in held.items() for how in _kept(value, seed)}
    prints = None if not text.strip() or changes_from_run_to_run(text, printed) else text
    return {"function": section["function"], "gives": section["gives"], "prints": prints, "holds": holds}


def _kept(value: Plain, seed: int) -> Iterator[object]:
    """A value as JSON where that holds all of it: of a table the columns of numbers and texts."""
    if value["kind"] in ("number", "text"):
        yield jsonable(value)
    elif value["kind"] == "sequence" and value["container"] in ("list", "tuple"):
        plain = all(one["kind"] in ("number", "text", "none") for one in value["items"])
        if plain and 0 < len(value["items"]) <= MOST:
            yield jsonable(value)
    elif value["kind"] == "table" and value["rows"]:
        yield from _table(as_table(value), seed)


def _table(table: Plain, seed: int) -> Iterator[dict[str, object]]:
    kept = [number for number, column in enumerate(columns_of(table)) if _is_plain(column)]
    if not kept:
        return
    positions = positions_of(table["rows"], len(kept), seed)
    rows = table_rows(table)
    named = table["container"] == "DataFrame"
    yield {
        "columns": [str(label) for label in table["labels"]] if named else None,
        "shape": [table["rows"], table["width"]],
        "kept": kept,
        "positions": positions,
        "cells": [[rows[row][column] for column in kept] for row in positions],
    }


def _is_plain(column: Column) -> bool:
    """Does a column hold numbers, texts and gaps alone?"""
    if column.array is not None:
        return column.type not in ("time", "duration", "complex") and not _infinite(column.array.tolist())
    items = column.items or []
    return all(item is None or type(item) in CELL for item in items) and not _infinite(items)


def _infinite(cells: list[Any]) -> bool:
    return any(isinstance(cell, float) and cell in (float("inf"), float("-inf")) for cell in cells)
