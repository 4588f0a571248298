"""Paths: text that is known at reading time, joined where the notebook joins it."""

import ast
import posixpath
import re
from collections.abc import Iterable, Sequence

from nb2pkg.facts.events import PathUse
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.values import Constant, Library, Unknown, Value

MARK = "path"

# A version, a date, a hash, or a numbered folder.
VERSIONED = re.compile(
    r"(?i)(?<![a-z])v?\d+[._-]\d+|(?<![a-z])v\d+|(?:^|[/\\])\d+(?:[/\\]|$)|\d{6,8}|(?<![0-9a-z])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?![0-9a-z])"
)


def is_versioned(path: str) -> bool:
    """Does the name tell one artifact from the next: by version, date or hash?"""
    return VERSIONED.search(path) is not None


def is_path(value: Value) -> bool:
    """Is the value a path object or an open file?"""
    return (
        isinstance(value, Unknown) and bool(value.of) and isinstance(value.of[0], Library) and value.of[0].name == MARK
    )


def file_key(text: Constant | None) -> str:
    """What a file is known by, however its path is spelt; empty where that is not known."""
    return posixpath.normpath(str(text.value)) if text is not None else ""


def text(value: Value | None) -> Constant | None:
    """The whole text of a path where it is known."""
    if isinstance(value, Constant):
        return value if isinstance(value.value, str) else None
    if value is not None and is_path(value) and isinstance(value, Unknown) and len(value.of) == 2:
        inner = value.of[1]
        return inner if isinstance(inner, Constant) and isinstance(inner.value, str) else None
    return None


# A value that was made of a value that was made of ... is followed back this far for a path.
LONGEST_WAY = 50


def start(value: Value | None) -> Constant | None:
    """The beginning of a path where at least that is known: of a joined path, an f-string, a format."""
    for _ in range(LONGEST_WAY):
        whole = text(value)
        if whole is not None or not isinstance(value, Unknown) or not value.of:
            return whole
        value = value.of[1] if is_path(value) and len(value.of) > 1 else value.of[0]
    return None


def record(machine: Machine, value: Value | None, node: ast.AST, name: str) -> None:
    """Note that a call uses the path."""
    known = start(value)
    if known is not None and known.place is not None:
        machine.events.paths.append(PathUse(str(known.value), known.place, machine.place(node), name))


def joined(name: str, parts: Sequence[Value]) -> Value:
    """A path made of parts; without parts, or from something unknown, only known to be a path."""
    mark = Library(MARK)
    first = text(parts[0]) if parts else None
    if first is None:
        known = start(parts[0]) if parts else None
        return Unknown((mark, *((known, mark) if known is not None else ()), *parts))
    whole = str(first.value)
    for part in parts[1:]:
        known = text(part)
        if known is None:
            return Unknown((mark, Constant(whole.rstrip("/") + "/", first.node, first.place), *parts))
        piece = str(known.value)
        whole = piece if piece.startswith("/") else f"{whole.rstrip('/')}/{piece}"
    return Unknown((mark, Constant(whole, first.node, first.place)))


ROOTS = re.compile(r"([A-Za-z]:[\\/]|file://|~/|/(Users|home|content|kaggle|mnt|media|Volumes|drive)/)")


def record_hints(machine: Machine, values: Iterable[Value], node: ast.AST) -> None:
    """Note text given to an unknown call that can only be a path on somebody's machine."""
    for value in values:
        known = start(value)
        if known is not None and known.place is not None and ROOTS.match(str(known.value)):
            record(machine, value, node, "unknown")
