"""The command `nb2pkg graph`: read a notebook, follow it, and write its graph."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import ModuleType

from nb2pkg.apis import load_tables
from nb2pkg.errors import Nb2pkgError
from nb2pkg.facts import interpret
from nb2pkg.graphs.drawing import Drawing, draw
from nb2pkg.notebook import Notebook, Unreadable, read
from nb2pkg.syntax import Program, parse

PYTHON = (None, "python")
RENDERERS: Mapping[str, str] = {form: f"nb2pkg.graphs.as_{form}" for form in ("text", "mermaid", "dot", "json", "svg")}


def run_graph(notebook: str, *, packs: Sequence[str], output_format: str, statements: bool, of: str | None) -> None:
    """Write the graph to standard output; what calls do stands in the packs' tables. Raises Nb2pkgError where the file is no Python notebook or no cell binds ``of``."""
    facts = interpret(program_of(notebook), load_tables(packs), values=True)
    drawing = draw(facts, statements=statements, of=of)
    if output_format == "svg" and (reason := import_module(RENDERERS["svg"]).too_large(drawing)):
        raise Nb2pkgError(f"{notebook}: {reason}")
    module: ModuleType = import_module(RENDERERS[output_format])
    render: Callable[[Drawing], str] = module.render
    sys.stdout.write(render(drawing))


def program_of(path: str) -> Program:
    """The notebook's code. Raises Nb2pkgError where it cannot be read or is not Python."""
    notebook = read(path)
    if isinstance(notebook, Unreadable):
        raise Nb2pkgError(f"{path}:{notebook.line}:{notebook.column}: {notebook.reason}")
    return parse(python_only(notebook))


def python_only(notebook: Notebook) -> Notebook:
    """The notebook, if it is written in Python."""
    if notebook.language not in PYTHON:
        raise Nb2pkgError(f"{notebook.path}: the notebook's language is {notebook.language}, not Python")
    return notebook
