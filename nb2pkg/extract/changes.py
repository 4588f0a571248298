"""What writing a package into a folder would change there, and which files stay because a person made or edited them."""

import posixpath
import shutil
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from nb2pkg.errors import ExtractError
from nb2pkg.extract.checksums import (
    LEDGER,
    SELF_CHECKED,
    VERDICT,
    Earlier,
    Owner,
    digest,
    earlier,
    own_document,
    owner,
    sealed,
)

BOLD, RED, GREEN, CYAN, PLAIN = "\033[1m", "\033[31m", "\033[32m", "\033[36m", "\033[0m"
COLOURS = {"-": RED, "+": GREEN, "@": CYAN}
HEADER = 2
READABLE = 1_000


class Change(NamedTuple):
    """One file: its content before (None: it is not there) and after (None: it is removed)."""

    path: str
    before: bytes | None
    after: bytes | None


class Kept(NamedTuple):
    """A file that stays as it is, and why."""

    path: str
    why: str


class Changes(NamedTuple):
    """What writing would do, in the order in which it is done: new files first, extraction.json last."""

    changed: tuple[Change, ...]
    kept: tuple[Kept, ...]


def changes(package: Mapping[str, bytes], target: Path) -> Changes:
    """Compare a package with a folder. Raises ExtractError where the folder cannot take it."""
    known = earlier(target)
    refuse_other_work(package, target, known)
    whose = {path: owner(path, target, known) for path in {*package, *known.files, VERDICT}}
    kept = tuple(sorted(_kept(package, target, known, whose)))
    staying = {one.path for one in kept}
    wanted = sealed(
        {path: content for path, content in package.items() if path not in staying},
        {path: known.files[path] for path in staying & known.files.keys()},
    )
    ours = {path for path, one in whose.items() if one is Owner.OURS}
    found = (Change(path, _content(target / path), wanted.get(path)) for path in wanted.keys() | ours)
    return Changes(tuple(sorted((one for one in found if not _is_same(one, known)), key=_order)), kept)


def _is_same(change: Change, known: Earlier) -> bool:
    """Does the file say already what it should? Line ends that a version control gave it do not count."""
    if change.before is None or change.after is None or change.before == change.after:
        return change.before == change.after
    if change.path in SELF_CHECKED:
        return own_document(change.before) == own_document(change.after)
    return digest(change.after) == known.files.get(change.path)


def _content(place: Path) -> bytes | None:
    return place.read_bytes() if place.is_file() and not place.is_symlink() else None


def _order(change: Change) -> tuple[bool, bool, bool, str]:
    """What is imported stands before what imports it; what is no longer needed goes late, the ledger last."""
    return change.path == LEDGER, change.after is None, change.before is not None, change.path


def _kept(package: Mapping[str, bytes], target: Path, known: Earlier, whose: Mapping[str, Owner]) -> Iterator[Kept]:
    for path, one in whose.items():
        if one not in (Owner.EDITED, Owner.FOREIGN):
            continue
        after = package.get(path)
        if after is not None and _content(target / path) == after:
            continue
        if one is Owner.FOREIGN:
            if after is not None:
                yield Kept(path, "nb2pkg did not write it")
        elif after is None:
            yield Kept(path, "edited since nb2pkg wrote it, which no longer does")
        elif path in known.files and digest(after) != known.files[path]:
            yield Kept(path, "edited since nb2pkg wrote it, which now would write something else")
        else:
            yield Kept(path, "edited since nb2pkg wrote it")


def refuse_other_work(package: Mapping[str, bytes], target: Path, known: Earlier) -> None:
    """Raise ExtractError where the folder holds work of the same names that is no package, or a link leads out of it."""
    present = {entry.name for entry in target.iterdir()} if target.is_dir() else set()
    clash = sorted(present & {path.split("/", 1)[0] for path in package})
    if clash and not known.ledger:
        raise ExtractError(
            f"{target}: holds {', '.join(clash)} that nb2pkg did not write; not replaced even with --force"
        )
    for path in {*package, *known.files}:
        if Path(path).is_absolute() or posixpath.normpath(path).startswith(".."):
            raise ExtractError(f"{target / LEDGER}: {path} does not lie in the package")
        for folder in list(Path(path).parents)[:-1]:
            place = target / folder
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                raise ExtractError(f"{place}: is no folder of the package, and {path} belongs into it")


def copy_work_of_others(target: Path, folder: Path) -> None:
    """Lay a person's own and edited modules over a package: what is verified is what will stand in the target."""
    known = earlier(target)
    for place in sorted((target / "src").rglob("*.py")) if known.ledger else ():
        path = place.relative_to(target).as_posix()
        if owner(path, target, known) is not Owner.OURS:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(place, folder / path)


def as_diff(found: Changes, target: Path, *, colour: bool) -> Iterator[str]:
    """The changes as unified diffs, line by line."""
    for change in sorted(found.changed):
        for number, line in enumerate(_diff(change, target)):
            start = BOLD if number < HEADER else COLOURS.get(line[:1])
            yield f"{start}{line}{PLAIN}" if colour and start is not None else line


def _diff(change: Change, target: Path) -> Iterator[str]:
    name = (target / change.path).as_posix()
    old, new = (name if content is not None else "/dev/null" for content in (change.before, change.after))
    before, after = _lines(change.before), _lines(change.after)
    if before is None or after is None:
        yield f"Binary files {old} and {new} differ"
        return
    if any(len(line) > READABLE for line in (*before, *after)):
        yield f"Files {old} and {new} differ, in lines too long to read"
        return
    for line in unified_diff(before, after, old, new):
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _lines(content: bytes | None) -> list[str] | None:
    """Lines with their ends, parted at newlines only; None where the content is no text."""
    try:
        text = (content or b"").decode()
    except UnicodeDecodeError:
        return None
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
