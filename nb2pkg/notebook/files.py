"""Find notebooks in folders and read a file of any form."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from nb2pkg.errors import Nb2pkgError
from nb2pkg.notebook.cells import Notebook, Unreadable
from nb2pkg.notebook.decode import decode_text, plain_newlines
from nb2pkg.notebook.ipynb import read_ipynb
from nb2pkg.notebook.text import CHUNK_ENDINGS, MARKDOWN_ENDINGS, TEXT_ENDINGS, form_of, is_text, read_text

IPYNB_ENDING = ".ipynb"
# What is found in every text notebook, by the ending of its name; no file of a folder is read as one without it.
SIGNS = {
    ".py": (b"%%", b"jupytext"),
    **dict.fromkeys(MARKDOWN_ENDINGS, (b"jupytext:", b"kernelspec:", b"{code-cell}")),
    **dict.fromkeys(CHUNK_ENDINGS, (b"{python",)),
}


class Candidate(NamedTuple):
    """A file or folder met in the folder ``below`` that the user named."""

    path: str
    is_folder: bool
    below: str


def read(path: str, *, named: bool = True) -> Notebook | Unreadable:
    """Read the notebook at ``path``; ``named`` says that the user named it, so that ordinary Python or Markdown is read too.

    Raises Nb2pkgError where the file cannot be opened.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise Nb2pkgError(f"{path}: {error.strerror or error}") from error
    return read_bytes(data, path, named=named)


def read_bytes(data: bytes, path: str, *, named: bool = True) -> Notebook | Unreadable:
    """Read a notebook from the bytes of a file; ``path`` tells the form by its ending (for standard input, too)."""
    if not is_text(path):
        return read_ipynb(data, path)
    text = plain_newlines(decode_text(data))
    form = form_of(text, path)
    if form is None and not named:
        return Unreadable(path, "ordinary text, no notebook")
    return read_text(text, path, form)


def find(paths: Iterable[str], *, left_out: Callable[[Candidate], bool]) -> Iterator[str]:
    """The notebooks below the paths: files as they are named, folders searched in sorted order, nothing twice.

    ``left_out`` is asked about what is met in folders. Raises Nb2pkgError where a path does not exist.
    """
    seen = set()
    for path in paths:
        if not os.path.exists(path):
            raise Nb2pkgError(f"{path}: no such file or folder")
        for found in _in_folder(path, left_out) if os.path.isdir(path) else (path,):
            key = os.path.realpath(found)
            if key not in seen:
                seen.add(key)
                yield found


def _in_folder(folder: str, left_out: Callable[[Candidate], bool]) -> Iterator[str]:
    for where, folders, names in os.walk(folder):
        below = ((name, os.path.join(where, name)) for name in sorted(folders))
        folders[:] = [
            name for name, path in below if not (_is_environment(path) or left_out(Candidate(path, True, folder)))
        ]
        for name in sorted(names):
            path = os.path.normpath(os.path.join(where, name))
            if not name.endswith((IPYNB_ENDING, *TEXT_ENDINGS)) or left_out(Candidate(path, False, folder)):
                continue
            if name.endswith(IPYNB_ENDING) or _is_text_notebook(path):
                yield path


def _is_environment(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, "pyvenv.cfg"))


def _is_text_notebook(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return False
    signs = next(signs for ending, signs in SIGNS.items() if path.endswith(ending))
    return any(sign in data for sign in signs) and form_of(plain_newlines(decode_text(data)), path) is not None
