"""The replay plan of a package: what extraction.json says was done with which rows."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from nb2pkg.errors import VerifyError
from nb2pkg.extract.replacing import broke_off
from nb2pkg.notebook import CellKind, Notebook
from nb2pkg.verify.recording import Repair, Site

Entry = Mapping[str, Any]  # one object of extraction.json, as it was read


class Called(NamedTuple):
    """The lines of a cell that call the function in which something stands."""

    cell: int
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What verify needs of extraction.json.

    ``fit`` is None where the package has no model; ``addresses`` are files of the network by the name they have beside the notebook; ``constants`` are the configuration's defaults as source text, ``cells`` those with code that the package took over, ``watching`` arguments of the fit that only watch it,
    ``joined`` the keys by which several files are joined, ``saved`` what the saved notebook shows of each score.
    """

    package: str
    level: int
    seed: int
    notebook_hash: str | None
    fit: Site | None
    fit_part: str
    model_steps: int | None
    split: Site | None
    repairs: tuple[Repair, ...]
    loads: tuple[str, ...]
    addresses: Mapping[str, str]
    order: tuple[int, ...] | None
    steps: tuple[Entry, ...]
    frames: tuple[Entry, ...]
    scores: tuple[Entry, ...]
    corrections: tuple[Entry, ...]
    constants: Mapping[str, str]
    cells: tuple[int, ...] = ()
    sections: tuple[Entry, ...] = ()
    late: tuple[Repair, ...] = ()
    watching: frozenset[str] = frozenset()
    joined: Entry | None = None
    fit_called: Called | None = None
    split_called: Called | None = None
    saved: tuple[object, ...] = ()

    @property
    def sites(self) -> tuple[Site, ...]:
        """Every call that must be seen, besides the fit."""
        found = [site_of(entry) for entry in (*self.frames, *self.scores)]
        return tuple(dict.fromkeys([*found, self.split] if self.split else found))


def called_of(entry: Entry | None) -> Called | None:
    """Who calls the function that an entry is about a line of; None where it stands in no function."""
    called = entry.get("called") if entry else None
    return Called(int(called["cell"]), int(called["line"]), int(called["end_line"])) if called else None


def site_of(entry: Entry) -> Site:
    """The place an entry is about."""
    return Site(int(entry["cell"]), int(entry["line"]), int(entry["column"]))


def read_plan(package: Path) -> Plan:
    """Read a package's extraction.json; VerifyError where it is missing or is none."""
    path = package / "extraction.json"
    if broke_off(package):
        raise VerifyError(
            f"{package}: a run of extract broke off while it replaced files; extract --force puts them back"
        )
    try:
        ledger = json.loads(path.read_text(encoding="utf-8"))
        return _plan(ledger)
    except OSError as error:
        raise VerifyError(f"{path}: {error.strerror}; is this a package that nb2pkg wrote?") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VerifyError(f"{path}: no replay plan ({type(error).__name__}: {error})") from error


def _plan(ledger: Entry) -> Plan:
    replay = ledger.get("replay") or {}
    fit, split, order = replay.get("fit"), replay.get("split"), replay.get("order")
    return Plan(
        package=replay.get("package", ""),
        level=int(ledger["level"]),
        seed=int(replay.get("seed") or 0),
        notebook_hash=ledger.get("notebook_sha256") or replay.get("notebook_sha256"),
        fit=site_of(fit) if fit else None,
        fit_part=fit.get("part", "all") if fit else "all",
        model_steps=fit.get("model_steps") if fit else None,
        split=site_of(split) if split else None,
        fit_called=called_of(fit),
        split_called=called_of(split),
        repairs=tuple(
            Repair(one["cell"], one["line"], one["before"], one["after"]) for one in replay.get("repairs", ())
        ),
        loads=tuple(one["path"] for one in replay.get("loads", ()) if one.get("path")),
        addresses={one["address"]: one["path"] for one in replay.get("loads", ()) if one.get("address")},
        order=tuple(order) if order else None,
        steps=tuple(replay.get("steps", ())),
        frames=tuple(replay.get("frames", ())),
        scores=tuple(replay.get("scores", ())),
        corrections=tuple(ledger.get("corrections", ())),
        constants=dict(replay.get("constants") or {}),
        cells=tuple(replay.get("cells", ())),
        sections=tuple(replay.get("sections", ())),
        late=tuple(_late(replay)),
        watching=frozenset(fit.get("watching", ())) if fit else frozenset(),
        joined=replay.get("joined"),
        saved=_saved(ledger, len(replay.get("scores") or ())),
    )


def _saved(ledger: Entry, scores: int) -> tuple[object, ...]:
    """What the saved notebook shows of each score; nothing in packages of before it was told."""
    found = [one["value"] for one in ledger.get("saved_scores") or ()]
    return tuple(found) if len(found) == scores else (None,) * scores


def _late(replay: Entry) -> Iterator[Repair]:
    """What the order of the cells puts right, as the report tells it."""
    for one in replay.get("late", ()):
        before = f"`{one['name']}` is bound below, in cell {one['binder']}"
        yield Repair(one["cell"], one["line"], before, f"cell {one['binder']} runs before cell {one['cell']}")


def hash_of(notebook: Notebook) -> str:
    """What the code of a notebook is known by: outputs and Markdown do not count."""
    code = [[cell.number, cell.source] for cell in notebook.cells if cell.kind is CellKind.CODE]
    return hashlib.sha256(json.dumps(code, ensure_ascii=False).encode()).hexdigest()
