"""Tell what was repaired while a notebook ran, in the words of its author."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nb2pkg.apis import ApiTable, load_tables, rules_folder
from nb2pkg.chance import UNKNOWN, Chance, chance
from nb2pkg.notebook import Notebook
from nb2pkg.verify.recording import Repair


def repairs_of(
    notebook: Notebook, rows: Sequence[Mapping[str, Any]], packs: Sequence[str] | None = None
) -> Iterator[Repair]:
    """The repairs the recorder made; a seed given to a model that never draws, as the packs' tables say, is none."""
    sources = {cell.number: cell.source.split("\n") for cell in notebook.cells}
    table = load_tables(packs or [rules_folder()])
    for row in rows:
        cell, line, column, end_line, end_column = row["place"]
        if row["what"] == "path":
            yield Repair(cell, line, repr(row["before"]), repr(row["after"]))
        elif draws(row, table):
            before = segment(sources.get(cell, []), line, column, end_line, end_column)
            yield Repair(cell, line, before, with_seed(before, row["seed"]))


def draws(row: Mapping[str, Any], table: ApiTable) -> bool:
    """Does a class made like this use its seed? What the tables do not know is taken to."""
    known = table.get(row["made"]) if "made" in row else None
    if known is None:
        return True
    given = {name: row["with"].get(name, UNKNOWN) for name in row["given"]}
    return chance(known, given) is not Chance.NEVER


def idle_when(packs: Sequence[str] | None = None) -> dict[str, dict[str, list[str]]]:
    """The classes that draw only under conditions: those under which they do, and those under which they never do."""
    table = load_tables(packs or [rules_folder()])
    rows = [row for name in table.names() if not name.endswith("*") and (row := table.get(name)) is not None]
    return {
        row.name: {
            "draws": [*([row.stochastic] if row.stochastic else []), *row.may_draw],
            "never": list(row.never_draws),
        }
        for row in rows
        if row.kind and row.seed and isinstance(row.stochastic, str | bool) and row.stochastic is not True
    }


def segment(lines: list[str], line: int, column: int, end_line: int, end_column: int) -> str:
    """A stretch of a cell's source; characters are counted from 0, lines from 1."""
    part = lines[line - 1 : end_line]
    if not part:
        return ""
    part[-1] = part[-1][:end_column]
    part[0] = part[0][column:]
    return "\n".join(part)


def with_seed(call: str, seed: object) -> str:
    """The call with the seed as its last argument."""
    inside = call.rstrip().removesuffix(")").rstrip()
    separator = "" if inside.endswith("(") else " " if inside.endswith(",") else ", "
    return f"{inside}{separator}random_state={seed})"
