"""Tell what nb2pkg wrote from what a person edited: extraction.json holds the SHA-256 of each written file, and its own."""

import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from nb2pkg.errors import ExtractError

LEDGER, VERDICT = "extraction.json", "verify.json"
SELF_CHECKED = (LEDGER, VERDICT)
FILES, CHECKSUM = "files", "checksum"


class Owner(Enum):
    """Whose a file is that stands where the package writes."""

    NOBODY = "nobody"
    OURS = "ours"
    EDITED = "edited"
    FOREIGN = "foreign"


class Earlier(NamedTuple):
    """What earlier runs wrote into a folder: the checksum of each file by its path, and all that extraction.json says."""

    files: Mapping[str, str]
    ledger: Mapping[str, object]


NOTHING = Earlier({}, {})


def digest(content: bytes) -> str:
    """The SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def with_checksum(document: Mapping[str, object]) -> dict[str, object]:
    """A JSON document that carries its own checksum, as its last key; spaces and line ends do not count."""
    rest = {key: value for key, value in document.items() if key != CHECKSUM}
    return {**rest, CHECKSUM: digest(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode())}


def own_document(content: bytes) -> dict[str, object] | None:
    """The JSON document in a file that carries its own, unchanged checksum; None for any other file."""
    try:
        document = json.loads(content)
    except ValueError:
        return None
    if not isinstance(document, dict) or document.get(CHECKSUM) != with_checksum(document)[CHECKSUM]:
        return None
    return document


def as_json(content: object) -> str:
    """Give content as the text of a JSON file."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def sealed(package: Mapping[str, bytes], kept: Mapping[str, str]) -> dict[str, bytes]:
    """The package with its checksums written into extraction.json and verify.json.

    ``kept`` are the files that stay as a person left them, with the checksum of what was last written there.
    """
    files = {path: digest(content) for path, content in package.items() if path not in SELF_CHECKED}
    ledger = json.loads(package[LEDGER]) | {FILES: dict(sorted({**files, **kept}.items()))}
    done = {**package, LEDGER: as_json(with_checksum(ledger)).encode()}
    if VERDICT in package:
        done[VERDICT] = as_json(with_checksum(json.loads(package[VERDICT]))).encode()
    return done


def earlier(target: Path) -> Earlier:
    """What is known of a folder's files; nothing where no package stands in it.

    Raises ExtractError where extraction.json was changed: then nothing tells which files a person edited.
    """
    path = target / LEDGER
    if not path.exists():
        return NOTHING
    document = own_document(path.read_bytes())
    files = document.get(FILES) if document is not None else None
    if document is None or not isinstance(files, dict):
        raise ExtractError(
            f"{path}: was changed after nb2pkg wrote it, so nothing tells which files a person edited; "
            "put it back as it was, or extract into another folder"
        )
    return Earlier(files, document)


def owner(path: str, target: Path, known: Earlier) -> Owner:
    """Whose the file at a path of the package is."""
    place = target / path
    if not (place.exists() or place.is_symlink()):
        return Owner.NOBODY
    plain = place.is_file() and not place.is_symlink()
    if path in SELF_CHECKED and known.ledger:
        return Owner.OURS if plain and own_document(place.read_bytes()) is not None else Owner.EDITED
    if path not in known.files:
        return Owner.FOREIGN
    return Owner.OURS if plain and known.files[path] in _digests(place.read_bytes()) else Owner.EDITED


def _digests(content: bytes) -> tuple[str, str]:
    """The checksum of a file, and the one it had before a version control that writes CRLF on Windows checked it out."""
    return digest(content), digest(content.replace(b"\r\n", b"\n"))
