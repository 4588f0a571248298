"""What the notebook's own statements gave, as the package's tests keep it: frames, answers and scores in golden.json."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

from nb2pkg.verify.compare import as_table, numbers
from nb2pkg.verify.kernel_side.values import Plain
from nb2pkg.verify.matching import ANSWERS, Matched, frame_events, recorded_values, score_events
from nb2pkg.verify.plan import Entry, Plan
from nb2pkg.verify.recording import Recording
from nb2pkg.verify.replay import model_steps
from nb2pkg.verify.report import jsonable, table_rows

KEPT = 200
KEPT_CELLS = 20_000
FORMAT = 1
MODEL = {"class", "parameters", "steps"}  # as ``values.parameters`` describes one


def golden(plan: Plan, matched: Matched, recording: Recording) -> dict[str, object]:
    """The content of golden.json."""
    alone = model_steps(plan, matched, recording) == 1
    return {
        "format": FORMAT,
        "seed": plan.seed,
        "frames": list(_frames(plan, matched, recording, alone=alone)),
        "predictions": list(_predictions(plan, matched, recording)),
        "scores": list(_scores(plan, matched, recording, alone=alone)),
    }


def _frames(plan: Plan, matched: Matched, recording: Recording, *, alone: bool) -> Iterator[dict[str, object]]:
    """Each frame; what a whole pipeline of the notebook received is no frame of the package's last step."""
    for frame in plan.frames:
        if not alone and frame["argument"] == "X":
            continue
        value = next(recorded_values(frame_events(frame, matched), recording, frame["argument"]), None)
        if value is not None and as_table(value)["kind"] in ("table", "sparse"):
            yield _kept(frame, as_table(value), plan.seed)


def _kept(frame: Entry, table: Plain, seed: int) -> dict[str, object]:
    positions = positions_of(table["rows"], table["width"], seed)
    named = table.get("labels") is not None and frame["argument"] == "X" and not frame.get("array")
    return {
        **{key: frame.get(key) for key in ("site", "argument", "part", "slice")},
        "columns": [str(label) for label in table["labels"]] if named else None,
        "rows": table["rows"],
        "sparse": table["kind"] == "sparse",
        "positions": positions,
        "values": cells(table, positions),
    }


def positions_of(rows: int, width: int, seed: int) -> list[int]:
    """Which rows are kept: all where they are few, else drawn by the seed."""
    limit = min(KEPT, max(10, KEPT_CELLS // max(1, width)))
    return list(range(rows)) if rows <= limit else sorted(random.Random(seed).sample(range(rows), limit))


def cells(table: Plain, positions: list[int]) -> list[object]:
    """The kept rows as JSON: a cell each where the table is flat, pairs of column and value where it is sparse."""
    if table["kind"] == "sparse":
        starts, columns, filled = (numbers(table[part]).tolist() for part in ("starts", "indices", "values"))
        spans = [(starts[row], starts[row + 1]) for row in positions]
        return [[list(pair) for pair in zip(columns[a:b], filled[a:b], strict=True)] for a, b in spans]
    rows = table_rows(table)
    return [rows[row][0] if table["flat"] else rows[row] for row in positions]


def _predictions(plan: Plan, matched: Matched, recording: Recording) -> Iterator[dict[str, object]]:
    for frame in plan.frames:
        if frame["argument"] != "X":
            continue
        for event in frame_events(frame, matched):
            if event.method not in ANSWERS or event.result is None:
                continue
            table = recording.values[event.result]
            if table["kind"] == "table":
                positions = positions_of(table["rows"], table["width"], plan.seed)
                known = {key: frame.get(key) for key in ("site", "part", "slice")}
                yield {**known, "method": event.method, "positions": positions, "values": cells(table, positions)}
            break


def _scores(plan: Plan, matched: Matched, recording: Recording, *, alone: bool) -> Iterator[dict[str, object]]:
    for score in plan.scores:
        for event in score_events(score, matched)[:1]:
            value = recording.values[event.result] if event.result else {"kind": "none"}
            if holds_models(value):
                continue  # the tests compare plain values; models are compared by verify
            if score["kind"] != "demonstration":
                yield {**score, "value": jsonable(value)}
                continue
            given = _literal(event.arguments, recording) if alone else None
            yield {**score, "value": jsonable(value), "input": given} if given is not None else {**score, "value": None}


def holds_models(value: Plain) -> bool:
    """Is a value a model, as ``search.best_estimator_`` is, or does it hold one?"""
    if value["kind"] == "sequence":
        return any(holds_models(item) for item in value["items"])
    if value["kind"] != "mapping":
        return False
    keys = {key.get("value") for key, _ in value["items"]}
    return keys == MODEL or any(holds_models(item) for _, item in value["items"])


def _literal(arguments: Mapping[str, str], recording: Recording) -> list[Any] | None:
    """Literal rows in the model's own space, where they are numbers and few."""
    if set(arguments) != {"X"}:
        return None
    table = as_table(recording.values[arguments["X"]])
    if table["kind"] != "table" or table["rows"] > KEPT or table["flat"]:
        return None
    rows = table_rows(table)
    plain = all(isinstance(cell, (bool, int, float)) for row in rows for cell in row)
    return rows if plain else None
