"""Read what a project wishes: nb2pkg.toml, or `[tool.nb2pkg]` in pyproject.toml, nearest to each file."""

import os
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from nb2pkg.apis import rules_folder
from nb2pkg.errors import ConfigError
from nb2pkg.reports import Format
from nb2pkg.rule import Confidence, Severity

OWN_FILE = "nb2pkg.toml"
PROJECT_FILE = "pyproject.toml"
NAME = "nb2pkg"
NEVER_SEARCHED = (".*/", "node_modules/", "__pycache__/", "venv/", "site-packages/", "__pypackages__/")
Choice = TypeVar("Choice", bound=Enum)
PerFile = tuple[tuple[str, tuple[str, ...]], ...]


class Config(NamedTuple):
    """What a project says; None where it says nothing.

    ``place`` stands before a key in messages (``/x/pyproject.toml: tool.nb2pkg.``); ``folder`` is where patterns start.
    """

    place: str = ""
    folder: str = "."
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: PerFile = ()
    min_confidence: Confidence | None = None
    fail_on: Severity | None = None
    output_format: Format | None = None
    exclude: tuple[str, ...] = NEVER_SEARCHED
    extend_exclude: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()


KEYS = sorted(word.replace("_", "-") for word in set(Config._fields) - {"place", "folder"})


class Configurations:
    """The configuration of each file: the nearest above it, or the one that was asked for; each is read once."""

    def __init__(self, only: Config | None = None) -> None:
        """``only``: what holds for every file, whatever stands beside it."""
        self._only = only
        self._of_folder: dict[str, Config] = {}

    def of(self, path: str) -> Config:
        """The configuration of a file. Raises ConfigError naming file and key."""
        return self._only or self.of_folder(os.path.dirname(os.path.abspath(path)))

    def of_folder(self, folder: str) -> Config:
        """The configuration of the files in a folder."""
        if self._only is not None:
            return self._only
        folder = os.path.abspath(folder)
        if folder not in self._of_folder:
            self._of_folder[folder] = self._nearest(folder)
        return self._of_folder[folder]

    def _nearest(self, folder: str) -> Config:
        config = _in_folder(folder)
        if config is not None:
            return config
        above = os.path.dirname(folder)
        return Config() if above == folder else self.of_folder(above)


def packs_for(config: Config) -> tuple[str, ...]:
    """The rule packs of a project: the built-in one and those that it names."""
    return (rules_folder(), *config.packs)


def read_config(file: str) -> Config:
    """The configuration in a file that the user named; its patterns start at the working directory."""
    if not os.path.isfile(file):
        raise ConfigError(f"--config: {file}: no such file")
    config = _of_project(file) if os.path.basename(file) == PROJECT_FILE else _of_own(file)
    if config is None:
        raise ConfigError(f"--config: {file}: there is no table tool.{NAME}")
    return config._replace(folder=os.getcwd())


def _in_folder(folder: str) -> Config | None:
    own = os.path.join(folder, OWN_FILE)
    return _of_own(own) if os.path.isfile(own) else _of_project(os.path.join(folder, PROJECT_FILE))


def _of_own(file: str) -> Config:
    return _checked(_parsed(_text(file), file), file, f"{file}: ")


def _of_project(file: str) -> Config | None:
    """The table of a pyproject.toml; None where there is none. Who does not speak of us is not even parsed."""
    text = _text(file)
    if NAME not in text:
        return None
    tools = _parsed(text, file).get("tool", {})
    if not isinstance(tools, dict) or NAME not in tools:
        return None
    table = tools[NAME]
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: tool.{NAME}: must be a table")
    return _checked(table, file, f"{file}: tool.{NAME}.")


def _text(file: str) -> str:
    try:
        with open(file, encoding="utf-8") as opened:
            return opened.read()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: {error}") from error


def _parsed(text: str, file: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: {error}") from error


def _checked(table: Mapping[str, Any], file: str, place: str) -> Config:
    for key in table:
        if key not in KEYS:
            raise ConfigError(f"{place}{key}: unknown key; known are {', '.join(KEYS)}")
    folder = os.path.dirname(os.path.abspath(file))
    return Config(
        place=place,
        folder=folder,
        select=_words(table, "select", place) if "select" in table else None,
        extend_select=_words(table, "extend-select", place),
        ignore=_words(table, "ignore", place),
        per_file_ignores=_per_file(table.get("per-file-ignores", {}), f"{place}per-file-ignores"),
        min_confidence=_choice(table, "min-confidence", Confidence, place),
        fail_on=_choice(table, "fail-on", Severity, place),
        output_format=_choice(table, "output-format", Format, place),
        exclude=_words(table, "exclude", place) if "exclude" in table else NEVER_SEARCHED,
        extend_exclude=_words(table, "extend-exclude", place),
        packs=tuple(_pack(pack, folder, f"{place}packs") for pack in _words(table, "packs", place)),
    )


def _words(table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ConfigError(f"{place}{key}: must be an array of texts")
    return tuple(value)


def _per_file(value: object, place: str) -> PerFile:
    if not isinstance(value, dict):
        raise ConfigError(f'{place}: must be a table such as {{ "drafts/*" = ["NB401"] }}')
    return tuple((pattern, _words(value, pattern, f"{place}.")) for pattern in value)


def _pack(pack: str, folder: str, place: str) -> str:
    path = os.path.normpath(os.path.join(folder, os.path.expanduser(pack)))
    if not os.path.isdir(path):
        raise ConfigError(f"{place}: {pack}: no such folder: {path}")
    if not _holds_something(path):
        raise ConfigError(f"{place}: {path}: neither rules nor API tables are there")
    return path


def _holds_something(pack: str) -> bool:
    """Is there a rule file in a group, or a table: `<group>/<name>.py`, `apis/<library>.toml`?"""
    groups = [entry.path for entry in os.scandir(pack) if entry.is_dir() and not entry.name.startswith((".", "_"))]
    names = ((os.path.basename(group) == "apis", name) for group in groups for name in os.listdir(group))
    return any(name.endswith(".toml") if is_apis else name.endswith(".py") for is_apis, name in names)


def _choice(table: Mapping[str, Any], key: str, kind: type[Choice], place: str) -> Choice | None:
    if key not in table:
        return None
    for choice in kind:
        if choice.value == table[key]:
            return choice
    words = ", ".join(choice.value for choice in kind)
    raise ConfigError(f"{place}{key}: must be one of {words}, not {table[key]!r}")
