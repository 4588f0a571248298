"""What was seen while a notebook ran: its calls in order, with the values they received and gave."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nb2pkg.verify.kernel_side.values import Plain, load

MOST = 10_000_000  # events of one kernel


class Site(NamedTuple):
    """The place of a call: cell and line from 1, column (characters) from 0."""

    cell: int
    line: int
    column: int


class Event(NamedTuple):
    """One recorded call.

    ``kind`` is call, metric, attribute, split, load or bundle. ``arguments`` and ``result`` are keys of values;
    ``estimator`` and ``generation`` tell which estimator, and after how many fits; ``cell`` and ``line`` which line of
    which cell was at work, where ``site`` may stand in a function (0: not known).
    """

    number: int
    kind: str
    site: Site
    end_line: int
    end_column: int
    method: str
    estimator: int
    generation: int
    arguments: Mapping[str, str]
    rest: tuple[str, ...]
    result: str | None
    details: Mapping[str, object]
    cell: int = 0
    line: int = 0

    def of_part(self, part: int) -> "Event":
        """The event among those of other kernels, which count events and estimators for themselves."""
        return self._replace(number=self.number + part * MOST, estimator=self.estimator + part * MOST)


@dataclass(frozen=True, slots=True)
class Repair:
    """What was put right to run at all: the author's text, and what was run instead."""

    cell: int
    line: int
    before: str
    after: str
    notebook: str = ""

    def as_json(self) -> dict[str, object]:
        """The form of verify.json; the notebook is named where there are several."""
        of = {"notebook": self.notebook} if self.notebook else {}
        return {**of, "cell": self.cell, "line": self.line, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that raised."""

    cell: int
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A run of a notebook. ``values`` are plain values by key; ``errors`` are cells that raised, in order."""

    events: tuple[Event, ...]
    values: Mapping[str, Plain]
    repairs: tuple[Repair, ...]
    errors: tuple[CellError, ...]

    def at(self, site: Site) -> Iterator[Event]:
        """The events of one place, in the order they happened."""
        return (event for event in self.events if event.site == site)


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """Why there is no recording."""

    reason: str


def read_events(folder: Path) -> tuple[tuple[Event, ...], tuple[dict[str, object], ...], bool]:
    """Events, raw repairs, and whether the recorder was at work to the end."""
    path = folder / "events.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines]
    repairs = tuple(row for row in rows if row["event"] == "repair")
    ended = any(row["event"] == "end" and row["recorded"] for row in rows)
    events = [_event(number, row) for number, row in enumerate(rows) if row["event"] not in ("repair", "end")]
    return tuple(events), repairs, ended


def _event(number: int, row: dict[str, object]) -> Event:
    place, at_work = row.pop("place"), row.pop("at_work", (0, 0))
    assert isinstance(place, list)
    assert isinstance(at_work, list | tuple)
    known = {"kind": row.pop("event"), "method": row.pop("method", ""), "result": row.pop("result", None)}
    numbers = {"estimator": row.pop("object", 0), "generation": row.pop("generation", 0)}
    rest = row.pop("rest", [])
    assert isinstance(rest, list)
    arguments = row.pop("arguments", {})
    lines = {"end_line": place[3], "end_column": place[4], "cell": at_work[0], "line": at_work[1]}
    parts = {"site": Site(*place[:3]), "rest": tuple(rest), **lines}
    return Event(number=number, arguments=arguments, details=row, **known, **numbers, **parts)  # type: ignore[arg-type]


def read_values(folder: Path) -> dict[str, Plain]:
    """Every value that was kept."""
    return {path.name: load(str(path)) for path in folder.iterdir() if path.suffix != ".jsonl"}
