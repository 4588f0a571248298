"""Replace files of a folder, all or none: what a run that breaks off has changed is put back, at once or by the next run.

new files beside > copies of the old ones beside > journal > replace one by one > journal gone > the room beside gone
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from nb2pkg.errors import ExtractError
from nb2pkg.extract.changes import Change

ROOM = ".nb2pkg-replacing"
JOURNAL = "journal.json"


def replace_files(target: Path, changed: Sequence[Change]) -> None:
    """Bring the files into a folder, in this order; whatever is raised, all files are then as they were before."""
    room = target / ROOM
    try:
        room.mkdir()
    except FileExistsError as error:
        raise ExtractError(f"{room}: another run of nb2pkg is writing here") from error
    with ExitStack() as undo:
        undo.callback(restore, target)
        with _ends_by_exception():
            _prepare(room, target, changed)
            for change in changed:
                _replace(change, room, target)
        undo.pop_all()
    (room / JOURNAL).unlink()
    shutil.rmtree(room)
    _remove_empty_folders(target, [change.path for change in changed if change.after is None])


@contextmanager
def _ends_by_exception() -> Iterator[None]:
    """Whoever ends the process here ends it as Ctrl-C does, so that files are put back."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _prepare(room: Path, target: Path, changed: Sequence[Change]) -> None:
    """Lay old and new files ready; from when the journal stands, there is something to put back."""
    for change in changed:
        if change.after is not None:
            _put(room / "new" / change.path, change.after)
        if change.before is not None:
            (room / "old" / change.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(target / change.path, room / "old" / change.path)
    _put(room / "written", json.dumps({change.path: change.before is not None for change in changed}).encode())
    os.replace(room / "written", room / JOURNAL)


def _put(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _replace(change: Change, room: Path, target: Path) -> None:
    place = target / change.path
    if change.after is None:
        place.unlink()
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(room / "new" / change.path, place)


def broke_off(target: Path) -> bool:
    """Did a run break off while it replaced files of this folder, and could not put them back?"""
    return (target / ROOM / JOURNAL).exists()


def settle(target: Path, *, may_write: bool) -> None:
    """Put back what an earlier run that broke off has left; ExtractError where that has to wait for a run that may write."""
    if broke_off(target) and not may_write:
        raise ExtractError(f"{target}: an earlier run broke off while it replaced files; --force puts them back first")
    if (target / ROOM).is_dir() and may_write:
        restore(target)


def restore(target: Path) -> None:
    """Put back what a run that broke off has changed; it may break off itself and be done again."""
    room = target / ROOM
    if broke_off(target):
        journal = json.loads((room / JOURNAL).read_text(encoding="utf-8"))
        for path, stood in journal.items():
            if not stood:
                (target / path).unlink(missing_ok=True)
            elif (room / "old" / path).exists():
                os.replace(room / "old" / path, target / path)
        _remove_empty_folders(target, list(journal))
        (room / JOURNAL).unlink()
    shutil.rmtree(room, ignore_errors=True)


def _remove_empty_folders(target: Path, paths: Sequence[str]) -> None:
    """Remove the folders that held these files and hold nothing now."""
    for path in paths:
        for folder in list(Path(path).parents)[:-1]:
            place = target / folder
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()
