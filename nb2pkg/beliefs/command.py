"""The command `nb2pkg facts`: follow a notebook and tell, after each cell, what is believed about its variables."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from typing import NamedTuple

from nb2pkg.apis import load_tables
from nb2pkg.beliefs.belief import Belief, believed
from nb2pkg.errors import Nb2pkgError
from nb2pkg.facts import Facts, interpret
from nb2pkg.facts.machine import Machine
from nb2pkg.graphs.command import program_of
from nb2pkg.syntax import Program

FORM, VERSION = "nb2pkg-facts", 1


class AfterCell(NamedTuple):
    """What is believed when a cell has run: of the variables it bound or changed, or of every variable."""

    cell: int
    beliefs: tuple[Belief, ...]


def run_facts(notebook: str, *, packs: Sequence[str], cell: int | None, of: str | None, output_format: str) -> None:
    """Write the beliefs to standard output; what calls do stands in the packs' tables. Raises Nb2pkgError where there is no such notebook, code cell or variable."""
    program = program_of(notebook)
    if cell is not None and cell not in {one.cell.number for one in program.cells}:
        raise Nb2pkgError(f"{notebook}: cell {cell} is no code cell; cells count from 1, Markdown included")
    facts, found = followed(program, packs, cell=cell, of=of)
    if of is not None and not any(one.beliefs for one in found):
        raise Nb2pkgError(_no_such_name(facts, of, cell))
    sys.stdout.write(as_json(facts, found) if output_format == "json" else as_text(facts, found))


def followed(
    program: Program, packs: Sequence[str], *, cell: int | None = None, of: str | None = None
) -> tuple[Facts, list[AfterCell]]:
    """Run the notebook abstractly and gather beliefs: after each cell of what it bound or changed, or of all after one cell."""
    found: list[AfterCell] = []

    def after_cell(number: int, machine: Machine, touched: frozenset[str]) -> None:
        if cell in (None, number):
            names = machine.globals.keys() & (touched if cell is None else machine.globals.keys())
            wanted = (name for name in sorted(names) if of in (None, name))
            found.append(AfterCell(number, tuple(believed(machine, name) for name in wanted)))

    facts = interpret(program, load_tables(packs), values=True, after_cell=after_cell)
    return facts, found


def _no_such_name(facts: Facts, name: str, cell: int | None) -> str:
    known = sorted({name for effects in facts.effects for name in effects.binds})
    close = get_close_matches(name, known, n=3) or known[:10]
    where = f" after cell {cell}" if cell is not None else ""
    return (
        f"{facts.program.notebook.path}: there is no variable {name!r}{where}; there are {', '.join(close) or 'none'}"
    )


def as_text(facts: Facts, found: list[AfterCell]) -> str:
    """A paragraph for each cell, without what is only imported."""
    lines = [facts.program.notebook.path]
    if facts.limited:
        lines.append("The notebook was too large to follow to its end: its last cells are missing.")
    for after in found:
        told = [belief for belief in after.beliefs if not belief.imported] or (after.beliefs if len(found) == 1 else ())
        if told:
            lines += ["", f"after cell {after.cell}"]
        for belief in told:
            lines += [f"  {belief.name}: {belief.kind}", *(f"      {line}" for line in _told(belief))]
    return "\n".join(lines) + "\n"


def _told(belief: Belief) -> Iterator[str]:
    if belief.rows is not None:
        yield f"rows       {belief.rows}"
    if belief.columns is not None:
        yield f"columns    {', '.join(belief.columns)}"
    for word, items in (("learned", belief.learned), ("fitted", belief.fitted)):
        for item in items:
            yield f"{word:<10} {item}"
    if belief.predicted is not None:
        yield f"predicted  by {belief.predicted}"
    for word, items in (("holds", belief.holds), ("bound", belief.bound), ("changed", belief.changed)):
        for item in items:
            yield f"{word:<10} {item}"


def as_json(facts: Facts, found: list[AfterCell]) -> str:
    """One document, with what is only imported."""
    document = {
        "format": FORM,
        "version": VERSION,
        "notebook": facts.program.notebook.path,
        "complete": not facts.limited,
        "cells": [
            {"cell": after.cell, "variables": [asdict(belief) for belief in after.beliefs]}
            for after in found
            if after.beliefs
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
