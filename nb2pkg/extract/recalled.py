"""Keep what an earlier `--verify` recorded in a package, as long as nothing that it ran has changed since."""

import json
import posixpath
from dataclasses import replace
from pathlib import Path

from nb2pkg.extract.checksums import CHECKSUM, VERDICT, Earlier, Owner, digest, earlier, own_document, owner
from nb2pkg.extract.handover import Modules, Recorded
from nb2pkg.extract.package import GOLDEN, NOTE, RECORDED, ROWS, UNDRAWN
from nb2pkg.extract.plots.leaving import without_figures
from nb2pkg.extract.searching import BEST
from nb2pkg.extract.sections.package import assembled

RUN = ("level", "notebook_sha256", "replay")
TIME = "seconds"


def with_earlier_records(modules: Modules, target: Path) -> Modules:
    """The modules with the rows, values and verdict that stand in the folder, where they are of this very code."""
    known = earlier(target)
    drawn = without_figures(modules, _undrawn(known))
    if not known.ledger or not _is_same_run(drawn, known):
        return modules
    return replace(drawn, recorded=_recorded(target, known), verdict=_verdict(target))


def with_earlier_rows(modules: Modules, target: Path) -> Modules:
    """The modules; where nothing could be recorded now, with what was recorded earlier of this very code."""
    if modules.recorded is not None and modules.recorded.files:
        return modules
    before = with_earlier_records(replace(modules, recorded=None, verdict=None), target).recorded
    return modules if before is None else replace(modules, recorded=before)


def as_before(verdict: dict[str, object], target: Path) -> dict[str, object]:
    """The verdict that stands in the folder where only its time differs, so that the same run changes no file."""
    before, now = _verdict(target), json.loads(json.dumps(verdict))
    return before if before is not None and before | {TIME: 0} == now | {TIME: 0} else verdict


def _verdict(target: Path) -> dict[str, object] | None:
    path = target / VERDICT
    found = own_document(path.read_bytes()) if path.is_file() else None
    return {key: value for key, value in found.items() if key != CHECKSUM} if found is not None else None


def _is_same_run(modules: Modules, known: Earlier) -> bool:
    """Would the same modules be replayed in the same way?"""
    now = json.loads(json.dumps(modules.extraction))
    if any(now.get(key) != known.ledger.get(key) for key in RUN):
        return False
    source = {path: digest(content) for path, content in assembled(modules).items() if _is_code(path)}
    return source == {path: checksum for path, checksum in known.files.items() if _is_code(path)}


def _is_code(path: str) -> bool:
    return path.startswith("src/") and path.endswith(".py")


def _recorded(target: Path, known: Earlier) -> Recorded | None:
    told = known.ledger.get(RECORDED)
    if not isinstance(told, dict) or any(owner(path, target, known) is not Owner.OURS for path in told[ROWS]):
        return None
    files = {posixpath.relpath(path, "tests/data"): (target / path).read_bytes() for path in told[ROWS]}
    golden = files.pop(GOLDEN, None)
    best = next((path for path in known.files if path.startswith("src/") and path.endswith(BEST)), None)
    kept = (target / best).read_bytes() if best is not None and owner(best, target, known) is Owner.OURS else None
    golden_values = json.loads(golden) if golden is not None else None
    return Recorded(files, golden_values, str(told[NOTE]), kept, _undrawn(known))


def _undrawn(known: Earlier) -> dict[str, str]:
    """The figures that could not be drawn on the recorded rows."""
    told = known.ledger.get(RECORDED) if known.ledger else None
    found = told.get(UNDRAWN) if isinstance(told, dict) else None
    return {str(name): str(why) for name, why in found.items()} if isinstance(found, dict) else {}
