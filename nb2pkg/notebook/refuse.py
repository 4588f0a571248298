"""Say what a file is that should have been a notebook."""

import re

from nb2pkg.notebook.cells import Unreadable

CONFLICT = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
HTML = re.compile(r"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|\?xml)\b", re.IGNORECASE | re.DOTALL)
LFS_POINTER = "version https://git-lfs.github.com/spec/"
MAGIC_BYTES = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x80\x04": "a pickle",
}


def say_what_it_is(data: bytes, text: str, path: str) -> Unreadable | None:
    """What the file is instead of a notebook, None where it may be JSON (broken or not)."""
    for start, what in MAGIC_BYTES.items():
        if data.startswith(start):
            return Unreadable(path, f"not a notebook: {what}")
    if not text.strip():
        return Unreadable(path, "empty file")
    if text.startswith(LFS_POINTER):
        return Unreadable(path, "a git-LFS pointer: the notebook itself is not here (git lfs pull)")
    if HTML.match(text):
        return Unreadable(path, "an HTML page, saved instead of the notebook")
    conflict = first_conflict(text)
    if conflict is not None:
        return Unreadable(path, "unresolved merge conflict", conflict)
    first = text.lstrip()[0]
    if first in '{["' or first.isalnum() or first == "-":
        return None if first != "\x00" and _may_be_json(text) else _plain(path)
    return Unreadable(path, "a binary file, no notebook") if "\x00" in text else _plain(path)


def first_conflict(text: str) -> int | None:
    """The line of the first conflict marker, where markers of both sides stand at the start of a line."""
    found = list(CONFLICT.finditer(text))
    kinds = {match.group()[0] for match in found}
    if not {"<", ">"} <= kinds:
        return None
    return text.count("\n", 0, found[0].start()) + 1


def _may_be_json(text: str) -> bool:
    first = text.lstrip()
    return first[0] in '{["-0123456789' or first.startswith(("null", "true", "false", "NaN", "Infinity"))


def _plain(path: str) -> Unreadable:
    return Unreadable(path, "plain text, no notebook")
