"""The ledger of a package below level 3, and what verify runs the notebook with."""

from collections.abc import Mapping, Sequence

from nb2pkg.extract.sections.bodies import Place
from nb2pkg.extract.sections.paths import PathEdit
from nb2pkg.extract.sections.rewriting import Rewriter
from nb2pkg.extract.sections.showing import reason_of
from nb2pkg.extract.text import first_line
from nb2pkg.syntax import Program

NOWHERE = Place("definition", None, None, "defined here and replaced or not needed later")


def entries(program: Program, places: Mapping[int, Place], package: str) -> list[dict[str, object]]:
    """One entry for each statement and each magic, in the order of the notebook."""
    found = []
    for statement in program.statements:
        place = places.get(statement.index, NOWHERE)
        node = statement.node
        end = node.end_lineno or node.lineno
        file = f"src/{package}/{place.file}" if place.file else None
        found.append(_entry(statement.cell, first_line(node), end, place._replace(file=file)))
    for cell in program.cells:
        for magic in cell.magics:
            place = Place("magic", None, None, reason_of(magic.kind, magic.text))
            found.append(_entry(magic.cell, magic.line, magic.end_line, place))
    return sorted(found, key=lambda one: (int(str(one["cell"])), int(str(one["line"])), int(str(one["end_line"]))))


def _entry(cell: int, line: int, end_line: int, place: Place) -> dict[str, object]:
    return {"cell": cell, "line": line, "end_line": end_line, **place._asdict()}


def repairs(edits: Sequence[PathEdit], rewriter: Rewriter) -> list[dict[str, object]]:
    """Absolute paths, as verify replaces them in the notebook."""
    return [
        {"cell": one.cell, "line": one.line, "before": rewriter.literal(one.cell, one.node), "after": repr(one.path)}
        for one in edits
        if one.absolute
    ]


def corrected(edits: Sequence[PathEdit]) -> list[dict[str, object]]:
    """What was put right below level 3: absolute paths."""
    found: list[dict[str, object]] = []
    for edit in edits:
        if edit.absolute:
            what = f"`{edit.before}` is read as `{edit.path}` below the data directory"
            found.append({"rule": "hardcoded-path", "cell": edit.cell, "line": edit.line, "what": what})
    return found
