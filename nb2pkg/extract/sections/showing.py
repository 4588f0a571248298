"""What a notebook shows below its cells, and what of it a package leaves out."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.errors import ExtractError
from nb2pkg.facts import Facts
from nb2pkg.syntax import Program

INTERACTIVITY = "ast_node_interactivity"
INSTALL = re.compile(r"(?:!|%)?\s*(?:\S*python\S*\s+-m\s+)?(?:pip3?|conda|mamba)\s+install\s+(.*)")
REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.\-]*(?:\[[\w,\-]+\])?(?:[=<>~!]=?[\w.*]+)?$")
MAGICS = {
    "shell": "a shell line: run it before the package where it is needed, as for files that it brings",
    "help": "asks for help on screen",
    "line": "a notebook command without effect on the values",
    "cell": "a cell in another language or a notebook command",
}


class Shown(NamedTuple):
    """Which cells show their last expression, which show all of them, and which show nothing at all."""

    last: frozenset[int]
    every: bool
    silent: frozenset[int]


def shown(program: Program) -> Shown:
    """What the cells show."""
    every = any(INTERACTIVITY in cell.text and "all" in cell.text for cell in program.cells)
    silent = {cell.cell.number for cell in program.cells for magic in cell.magics if magic.text.startswith("%%capture")}
    return Shown(frozenset(cell.cell.number for cell in program.cells), every, frozenset(silent))


def left_out(facts: Facts) -> dict[int, str]:
    """Statements without a place in the package, with the reason. Raises ExtractError where leaving one out may matter."""
    found = {}
    timed = dict(_timed(facts.program))
    for statement in facts.program.statements:
        node = statement.node
        if isinstance(node, ast.Assign) and INTERACTIVITY in ast.unparse(node):
            found[statement.index] = "sets how the notebook shows things"
        reason = timed.get(statement.index)
        if reason is not None:
            effects = facts.effects[statement.index]
            changed = sorted(effects.mutates | effects.maybe)
            if changed:
                place = f"cell {statement.cell} line {node.lineno}"
                raise ExtractError(
                    f"{place}: `%timeit` runs what changes `{changed[0]}`, and how often is left to chance"
                )
            found[statement.index] = reason
    return found


def _timed(program: Program) -> Iterator[tuple[int, str]]:
    for cell in program.cells:
        for magic in cell.magics:
            if "timeit" in magic.text.partition(" ")[0]:
                whole = magic.text.startswith("%%")
                for statement in cell.statements:
                    if whole or magic.line <= statement.node.lineno <= magic.end_line:
                        yield statement.index, "measures how long something takes"


def installed(program: Program) -> tuple[str, ...]:
    """What the notebook installs, as requirements."""
    found: set[str] = set()
    for cell in program.cells:
        for magic in cell.magics:
            match = INSTALL.match(magic.text.splitlines()[0]) if magic.text else None
            if match is not None:
                words = match[1].split("#")[0].replace("'", "").replace('"', "").split()
                found |= {word for word in words if REQUIREMENT.match(word) and not word.endswith((".txt", ".whl"))}
    return tuple(sorted(found))


def installs_in_blocks(program: Program) -> Iterator[tuple[int, int, int]]:
    """The places inside blocks where a line installs something: there is nothing to do there in a package."""
    lines = {
        (magic.cell, magic.line) for cell in program.cells for magic in cell.magics if INSTALL.match(magic.text.strip())
    }
    yield from (place for place in program.magic_values if place[:2] in lines)


def reason_of(kind: str, text: str) -> str:
    """Why a magic has no place in the package."""
    if INSTALL.match(text.splitlines()[0] if text else ""):
        return "installs a library: the package requires it in pyproject.toml"
    if text.startswith(("%cd", "cd ")):
        return "changes the working directory: the data directory takes its place"
    if text.startswith(("%env", "%set_env")):
        return "sets a variable of the environment: set it where the package runs"
    if text.startswith(("%matplotlib", "%config InlineBackend")):
        return "sets how the notebook shows figures"
    if text.startswith(("%time", "%%time")):
        return (
            "measures how long something takes; what it runs is kept"
            if "timeit" not in text
            else "measures how long something takes"
        )
    return MAGICS.get(kind, MAGICS["line"])
