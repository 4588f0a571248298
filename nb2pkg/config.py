"""Read `[tool.nb2pkg]` of the nearest pyproject.toml above the paths that are linted."""

import os
from collections.abc import Iterable, Mapping
from enum import Enum
from fnmatch import fnmatch
from typing import Any, NamedTuple, TypeVar

from nb2pkg.errors import ConfigError
from nb2pkg.reports import Format
from nb2pkg.rule import Confidence, Severity

FILE = "pyproject.toml"
TABLE = "[tool.nb2pkg"
Choice = TypeVar("Choice", bound=Enum)


class Config(NamedTuple):
    """What the project says; None where it says nothing. ``folder`` is where its patterns start."""

    folder: str = "."
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    min_confidence: Confidence | None = None
    fail_on: Severity | None = None
    output_format: Format | None = None
    exclude: tuple[str, ...] = ()


def load_config(paths: Iterable[str]) -> Config:
    """The configuration nearest to the folder that holds all paths. Raises ConfigError naming file and key."""
    folder = _common_folder(paths)
    while True:
        file = os.path.join(folder, FILE)
        text = _text(file)
        if TABLE in text:
            return _checked(_table(text, file), file)
        if folder == os.path.dirname(folder):
            return Config()
        folder = os.path.dirname(folder)


def excluded(path: str, config: Config) -> bool:
    """Does a pattern mean this file, a folder above it, or its place below the folder of the configuration?"""
    place = os.path.relpath(path, config.folder)
    parts = place.split(os.sep)
    above = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return any(fnmatch(spot, pattern.rstrip("/")) for pattern in config.exclude for spot in (*parts, *above))


def _common_folder(paths: Iterable[str]) -> str:
    absolute = [os.path.abspath(path) for path in paths]
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in absolute]
    try:
        return os.path.commonpath(folders)
    except ValueError:  # no paths, or two drives
        return os.getcwd()


def _text(file: str) -> str:
    try:
        with open(file, encoding="utf-8") as opened:
            return opened.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from error


def _table(text: str, file: str) -> Mapping[str, Any]:
    import tomllib

    try:
        found = tomllib.loads(text).get("tool", {}).get("nb2pkg", {})
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: {error}") from error
    if not isinstance(found, dict):
        raise ConfigError(f"{file}: tool.nb2pkg: must be a table")
    return found


def _checked(table: Mapping[str, Any], file: str) -> Config:
    known = {word.replace("_", "-") for word in Config._fields} - {"folder"}
    for key in table:
        if key not in known:
            raise ConfigError(f"{file}: tool.nb2pkg.{key}: unknown key; known are {', '.join(sorted(known))}")
    return Config(
        folder=os.path.dirname(file),
        select=_words(table["select"], f"{file}: tool.nb2pkg.select") if "select" in table else None,
        ignore=_words(table.get("ignore", []), f"{file}: tool.nb2pkg.ignore"),
        min_confidence=_choice(table, "min-confidence", Confidence, file),
        fail_on=_choice(table, "fail-on", Severity, file),
        output_format=_choice(table, "output-format", Format, file),
        exclude=_words(table.get("exclude", []), f"{file}: tool.nb2pkg.exclude"),
    )


def _words(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ConfigError(f"{place}: must be an array of texts")
    return tuple(value)


def _choice(table: Mapping[str, Any], key: str, kind: type[Choice], file: str) -> Choice | None:
    if key not in table:
        return None
    for choice in kind:
        if choice.value == table[key]:
            return choice
    words = ", ".join(choice.value for choice in kind)
    raise ConfigError(f"{file}: tool.nb2pkg.{key}: must be one of {words}, not {table[key]!r}")
