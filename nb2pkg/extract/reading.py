"""Read a notebook and run it abstractly, or say why it cannot be read."""

from collections.abc import Sequence

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.errors import ExtractError
from nb2pkg.facts import Facts, interpret
from nb2pkg.notebook import Notebook, Unreadable, read
from nb2pkg.syntax import parse


def read_notebook(path: str) -> Notebook:
    """The notebook. Raises ExtractError where the file is none, or not Python."""
    book = read(path)
    if isinstance(book, Unreadable):
        raise ExtractError(f"{path}: {book.reason}")
    if book.language not in (None, "python"):
        raise ExtractError(f"{path}: the language is {book.language}, not Python")
    return book


def facts_of(notebook: Notebook, packs: Sequence[str] | None = None) -> Facts:
    """Run a notebook abstractly; what calls do stands in the packs' tables (None: the built-in ones).

    Raises ExtractError where a cell does not parse.
    """
    program = parse(notebook)
    broken = next((cell.error for cell in program.cells if cell.error is not None), None)
    if broken is not None:
        raise ExtractError(f"{notebook.path}: cell {broken.cell} does not parse: {broken.message}")
    return interpret(program, load_tables(packs or [rules_folder()]), values=True)


def read_facts(path: str, packs: Sequence[str] | None = None) -> Facts:
    """Read a notebook and run it abstractly. Raises ExtractError where it cannot be read."""
    return facts_of(read_notebook(path), packs)
