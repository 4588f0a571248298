"""Say what a file is that should have been a notebook."""

import json
import re

from nb2pkg.notebook.cells import Unreadable

CONFLICT = re.compile(r"^(?:<{7} |\|{7} |={7}\r?$|>{7} )", re.MULTILINE)
COMMENT = r"\s*(?:<!--.*?-->\s*)*"
HTML = re.compile(
    COMMENT + r"(?:<\?xml[^>]*\?>\s*)?<(?:!doctype\s+html|html|head|body|title|meta|script|div|center|h1|p)\b",
    re.IGNORECASE | re.DOTALL,
)
XML = re.compile(COMMENT + r"<(?:\?xml\b|[A-Za-z])", re.DOTALL)
SERVER_MESSAGE = re.compile(r"\s*(?:[45]\d\d\b|Not Found|Forbidden|Bad Gateway|Moved Permanently)", re.IGNORECASE)
LFS_POINTER = re.compile(r"version https://(?:git-lfs|hawser)\.github\.com/spec/")
ANNEX_POINTER = re.compile(r"(?:/annex/objects/|(?:\.\./)*\.git/annex/objects/)")
PICKLE = re.compile(rb"\x80[\x02-\x05]")
MAGIC_BYTES = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an XZ archive",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG image",
    b"\x89HDF": "an HDF5 file",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
}
JSON_WORDS = ("null", "true", "false", "NaN", "Infinity")
# The words of Python's JSON parser that a reader of notebooks would not understand.
BROKEN = {
    "Extra data": "there is more after the end of the notebook",
    "Invalid control character at": "a line end or control character inside a string",
    "Expecting value": "a value is missing or is none of JSON's",
}
END_OF_STRING = "Unterminated string"


def say_what_it_is(data: bytes, text: str, path: str) -> Unreadable | None:
    """What the file is instead of a notebook, None where it may be JSON (broken or not)."""
    for start, what in MAGIC_BYTES.items():
        if data.startswith(start):
            return Unreadable(path, f"not a notebook: {what}")
    if PICKLE.match(data):
        return Unreadable(path, "not a notebook: a pickle")
    if not text.strip():
        return Unreadable(path, "empty file")
    reason = _pointer_or_page(text)
    if reason is not None:
        return Unreadable(path, reason)
    conflict = first_conflict(text)
    if conflict is not None:
        return Unreadable(path, "unresolved merge conflict", conflict)
    if _may_be_json(text.lstrip()):
        return None
    return Unreadable(path, "a binary file, no notebook" if "\x00" in text else "plain text, no notebook")


def json_trouble(text: str, error: json.JSONDecodeError) -> str:
    """Why JSON does not parse, told apart: it stops too early, or it is wrong in the middle."""
    if not text[error.pos :].strip() or error.msg.startswith(END_OF_STRING):
        return "truncated notebook: the JSON stops before it is complete"
    return f"broken JSON: {BROKEN.get(error.msg, error.msg[0].lower() + error.msg[1:])}"


def first_conflict(text: str) -> int | None:
    """The line of the first conflict marker. No line of JSON begins so: one left over in a resolved merge counts, too."""
    found = list(CONFLICT.finditer(text))
    kinds = {match.group()[0] for match in found}
    is_json = text.lstrip()[:1] == "{"
    if not ({"<", ">"} <= kinds or (is_json and kinds)):
        return None
    return text.count("\n", 0, found[0].start()) + 1


def _pointer_or_page(text: str) -> str | None:
    if LFS_POINTER.match(text):
        return "a git-LFS pointer: the notebook itself is not here (git lfs pull)"
    if ANNEX_POINTER.match(text):
        return "a git-annex pointer: the notebook itself is not here (git annex get)"
    if HTML.match(text):
        return "an HTML page, saved instead of the notebook"
    if XML.match(text):
        return "an XML document, saved instead of the notebook"
    if SERVER_MESSAGE.match(text) and len(text) < 1000:
        return f"the message of a server, saved instead of the notebook: {text.strip().partition(chr(10))[0][:60]}"
    return None


def _may_be_json(text: str) -> bool:
    return text[0] in '{["-0123456789' or text.startswith(JSON_WORDS)
