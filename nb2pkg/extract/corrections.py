"""The corrections of a package, in notebook order: each names the defect, its place, and what the package does instead."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pkg.extract.choose import Candidate, saved_estimators
from nb2pkg.extract.columns import Columns
from nb2pkg.extract.dividing import HELD_OUT, LEARNING, VALIDATION
from nb2pkg.extract.draws import Draw
from nb2pkg.extract.estimators import EstimatorWriter
from nb2pkg.extract.ingestion import IngestionWriter
from nb2pkg.extract.lane import WITH, Lane
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.modern import Renamed, modern_names
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.sites import Sites
from nb2pkg.extract.text import Sources
from nb2pkg.syntax import Statement


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction; ``steps`` are pipeline steps that now learn from training rows, ``split`` that rows are held out from here on.

    ``repair``: it is applied to the notebook, too, so that it can be run and run again; ``repairs`` are the texts that change.
    """

    rule: str
    cell: int
    line: int
    what: str
    steps: tuple[str, ...] = ()
    split: bool = False
    repairs: tuple[dict[str, object], ...] = ()
    repair: bool = False

    def as_json(self) -> dict[str, object]:
        """As it stands in extraction.json."""
        return {
            "rule": self.rule,
            "cell": self.cell,
            "line": self.line,
            "what": self.what,
            "steps": list(self.steps),
            "split": self.split,
            "repair": self.repair,
        }


def corrections(
    lowering: Lowering,
    sources: Sources,
    pieces: Pieces,
    estimators: EstimatorWriter,
    ingestion: IngestionWriter,
    chosen: Candidate,
    x: Lane,
    sites: Sites,
    *,
    draws: Sequence[Draw],
    selected: Sequence[Draw],
) -> tuple[Correction, ...]:
    """Everything the package does differently from the notebook."""
    found = _paths(ingestion, sources, sites)
    found += _chained(lowering, sources, pieces)
    found += _modern([*modern_names(lowering.facts, sources), *ingestion.joining.renamed], sources)
    found += _leaks(pieces, x)
    found += _seeds([*estimators.unseeded, *ingestion.unseeded, *selected, *draws], lowering)
    found += _held_out(lowering, chosen, x, sites)
    found += _saved(lowering, chosen)
    return tuple(sorted(found, key=lambda one: (one.cell, one.line)))


def _paths(ingestion: IngestionWriter, sources: Sources, sites: Sites) -> list[Correction]:
    found = []
    for load in ingestion.loads:
        if load.absolute is not None:
            literal = next(
                (n for n in ast.walk(load.call) if isinstance(n, ast.Constant) and n.value == load.absolute), load.call
            )
            text = sources.of(literal)
            repair = {
                "cell": sources.cell_of(literal),
                "line": literal.lineno,
                "before": text,
                "after": repr(load.path),
            }
            place = sites.place(literal)
            what = f"`{load.absolute}` is read as `{load.path}` below the data directory"
            found.append(
                Correction(
                    "hardcoded-path", int(str(place["cell"])), literal.lineno, what, repairs=(repair,), repair=True
                )
            )
    return found


def _chained(lowering: Lowering, sources: Sources, pieces: Pieces) -> list[Correction]:
    """``df.age.fillna(0, inplace=True)`` changes nothing from pandas 3 on; the author's column is assigned instead."""
    found, columns = [], Columns(lowering)
    for index in sorted(pieces.placed):
        statement = lowering.statement(index)
        match statement.node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=table), keywords=keywords)) if columns.read(table):
                inplace = next((k for k in keywords if k.arg == "inplace"), None)
                if inplace is not None and isinstance(inplace.value, ast.Constant) and inplace.value.value is True:
                    found.append(_assigned(statement, sources.of(table), inplace, sources.of(inplace)))
            case _:
                pass
    return found


def _modern(names: Sequence[Renamed], sources: Sources) -> list[Correction]:
    """Names that were removed from their libraries, as both sides use them now."""
    found = []
    for one in names:
        cell = sources.cell_of(one.node)
        repair: dict[str, object] = {"cell": cell, "line": one.line, "before": one.before, "after": one.after}
        what = f"`{one.before}` is `{one.after}` in today's releases"
        found.append(Correction("removed-api", cell, one.line, what, repairs=(repair,), repair=True))
    return found


def _assigned(statement: Statement, column: str, inplace: ast.keyword, option: str) -> Correction:
    cell, line = statement.cell, statement.node.lineno
    repairs: tuple[dict[str, object], ...] = (
        {"cell": cell, "line": inplace.lineno, "before": option, "after": "inplace=False"},
        {"cell": cell, "line": line, "before": column, "after": f"{column} = {column}"},
    )
    what = f"`{column}` is assigned, since pandas 3 no longer changes a table through a column taken out of it"
    return Correction("removed-api", cell, line, what, repairs=repairs, repair=True)


def _leaks(pieces: Pieces, x: Lane) -> list[Correction]:
    found = []
    for step in pieces.steps:
        both = step.rows.startswith(WITH)
        if step.verb != "none" and (both or (x.split is not None and step.rows in _LEAKED)):
            rows = "the rows of both files" if both else f"{_LEAKED[step.rows]} rows"
            what = f"{step.label} learned from {rows}; it learns from the training rows"
            found.append(Correction("fit-before-split", step.cell, step.line, what, (step.name,)))
    return found


_LEAKED = {
    "all": "all",
    "raw": "all",
    LEARNING: "training and validation",
    HELD_OUT: "held-out",
    VALIDATION: "validation",
}


def _seeds(draws: Sequence[Draw], lowering: Lowering) -> list[Correction]:
    return [
        Correction(
            "unseeded-randomness",
            lowering.statement(draw.statement).cell,
            draw.node.lineno,
            draw.told,
            repairs=_repairs(draw, lowering),
            repair=True,
        )
        for draw in draws
    ]


def _repairs(draw: Draw, lowering: Lowering) -> tuple[dict[str, object], ...]:
    if not draw.before:
        return ()
    cell = lowering.statement(draw.statement).cell
    return ({"cell": cell, "line": draw.node.lineno, "before": draw.before, "after": draw.after},)


def _held_out(lowering: Lowering, chosen: Candidate, x: Lane, sites: Sites) -> list[Correction]:
    if x.split is not None:
        return []
    scored = next((one for one in sites.scores if one["kind"] in ("score", "metric")), None)
    statement = lowering.statement(chosen.fit.statement)
    if scored is not None:
        what = "the score on the rows that were learned from becomes a score on rows held out"
        return [Correction("training-score", int(str(scored["cell"])), int(str(scored["line"])), what, split=True)]
    what = "rows are held out, and the model is fitted on the others"
    return [Correction("no-held-out-evaluation", statement.cell, chosen.fit.place.line, what, split=True)]


def _saved(lowering: Lowering, chosen: Candidate) -> list[Correction]:
    return [
        Correction(
            "unversioned-artifact",
            save.place.cell,
            save.place.line,
            f"`{save.path}` becomes a versioned, hashed artifact",
        )
        for save in lowering.facts.saves
        if save.path is not None and save.statement >= chosen.fit.statement and saved_estimators(save)
    ]
