"""Patterns for files, read as ruff reads them: `*` crosses folders, `**/` may be nothing, `{a,b}` is either."""

import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

EITHER = re.compile(r"\{([^{}]*)\}")


class Spot(NamedTuple):
    """What patterns are compared with: the name of a file or folder, and its place below where patterns start."""

    name: str
    place: str
    absolute: str
    is_folder: bool


def spot_of(path: str, *, start: str, is_folder: bool = False) -> Spot:
    """The spot of a path, seen from the folder ``start`` where the patterns start."""
    absolute = os.path.abspath(path)
    place = os.path.relpath(absolute, start).replace(os.sep, "/")
    return Spot(os.path.basename(absolute), place, absolute.replace(os.sep, "/"), is_folder)


def means(pattern: str, spot: Spot) -> bool:
    """Does the pattern mean this very file or folder, by its name or its place? One that ends with a slash means folders."""
    if pattern.endswith("/") and not spot.is_folder:
        return False
    outside = spot.place.startswith("..") and not pattern.startswith("..")
    texts = (spot.name, spot.absolute) if outside or pattern.startswith("/") else (spot.name, spot.place)
    return any(fnmatchcase(text, one) for one in _alternatives(pattern) for text in texts)


def concerns(pattern: str, spot: Spot) -> bool:
    """Does a pattern of per-file-ignores mean this file? One that starts with ``!`` means all that the rest does not."""
    return not means(pattern[1:], spot) if pattern.startswith("!") else means(pattern, spot)


def reach(patterns: Iterable[str], path: str, *, start: str) -> bool:
    """Does a pattern mean this file or folder, or a folder above it, up to ``start``?"""
    spots = tuple(_upwards(path, os.path.abspath(start)))
    return any(means(pattern, spot) for pattern in patterns for spot in spots)


def _upwards(path: str, start: str) -> Iterator[Spot]:
    """The path, and the folders above it but for ``start`` and what is above that."""
    yield spot_of(path, start=start, is_folder=os.path.isdir(path))
    above = os.path.dirname(os.path.abspath(path))
    while above not in (start, os.path.dirname(above)):
        yield spot_of(above, start=start, is_folder=True)
        above = os.path.dirname(above)


@cache
def _alternatives(pattern: str) -> tuple[str, ...]:
    """The patterns without braces that this one stands for."""
    return tuple(_expanded(pattern.rstrip("/").removeprefix("./").replace("**/", "{,**/}")))


def _expanded(pattern: str) -> Iterator[str]:
    found = EITHER.search(pattern)
    if found is None:
        yield pattern
        return
    for choice in found[1].split(","):
        yield from _expanded(pattern[: found.start()] + choice + pattern[found.end() :])
