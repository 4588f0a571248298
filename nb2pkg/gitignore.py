"""What git ignores: nested .gitignore files and .git/info/exclude, read as git reads them, by pathspec."""

import os
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nb2pkg.errors import ConfigError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

FILE = ".gitignore"


class Repository(NamedTuple):
    """A working tree; ``exclude`` is the file of what only this clone ignores."""

    folder: str
    exclude: str


def ignored(path: str, *, is_folder: bool, below: str) -> bool:
    """Does git ignore this file or folder, found in the folder ``below`` that the user named?

    A named folder that is itself ignored is read in spite of that; the .gitignore files inside of it still count.
    Outside of a git repository nothing is ignored.
    """
    path, below = os.path.abspath(path), os.path.abspath(below)
    repository = _repository(os.path.dirname(path))
    if repository is None:
        return False
    top = below if _is_inside(below, repository.folder) and _named_though_ignored(below) else repository.folder
    return _decided(path, is_folder=is_folder, top=top, repository=repository)


@cache
def _named_though_ignored(folder: str) -> bool:
    """Is this folder, or one above it in the repository, ignored?"""
    repository = _repository(folder)
    if repository is None or folder == repository.folder:
        return False
    if _decided(folder, is_folder=True, top=repository.folder, repository=repository):
        return True
    return _named_though_ignored(os.path.dirname(folder))


def _decided(path: str, *, is_folder: bool, top: str, repository: Repository) -> bool:
    """The word of the nearest file that has one about the path, of those in ``top`` and below."""
    for start, file in _sources(os.path.dirname(path), top, repository):
        spec = _spec(file)
        if spec is None:
            continue
        place = os.path.relpath(path, start).replace(os.sep, "/")
        decision = spec.check_file(f"{place}/" if is_folder else place).include
        if decision is not None:
            return decision
    return False


def _sources(folder: str, top: str, repository: Repository) -> Iterator[tuple[str, str]]:
    """The files that may ignore what is in the folder, each with the folder its patterns start in, nearest first."""
    while True:
        yield folder, os.path.join(folder, FILE)
        if folder == top:
            break
        folder = os.path.dirname(folder)
    if top == repository.folder:
        yield repository.folder, repository.exclude


def _is_inside(folder: str, other: str) -> bool:
    return os.path.commonpath([folder, other]) == other


@cache
def _spec(file: str) -> "GitIgnoreSpec | None":
    """The patterns of a file, None where there is none; only who has such a file pays for the library."""
    try:
        with open(file, "rb") as opened:
            text = opened.read().decode("utf-8-sig", "surrogateescape")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror or error}") from error
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(line for line in text.split("\n") if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    """Git passes over a line that is no pattern, such as a lone `!`, and so do we."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


@cache
def _repository(folder: str) -> Repository | None:
    """The repository a folder belongs to; a submodule and a linked worktree are repositories of their own."""
    git = os.path.join(folder, ".git")
    if os.path.isdir(git):
        return Repository(folder, os.path.join(git, "info", "exclude"))
    if os.path.isfile(git):
        return Repository(folder, os.path.join(_common_folder(git, folder), "info", "exclude"))
    above = os.path.dirname(folder)
    return None if above == folder else _repository(above)


def _common_folder(file: str, folder: str) -> str:
    """Where the git folder is that a ``.git`` file points to; a linked worktree shares that of its main one."""
    own = os.path.join(folder, _line(file).removeprefix("gitdir:").strip())
    return os.path.normpath(os.path.join(own, _line(os.path.join(own, "commondir")) or "."))


def _line(file: str) -> str:
    try:
        with open(file, encoding="utf-8", errors="surrogateescape") as opened:
            return opened.readline().strip()
    except OSError:
        return ""
