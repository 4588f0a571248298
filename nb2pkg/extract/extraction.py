"""Write extraction.json: the ledger, the corrections, the candidates, and how the notebook is replayed."""

import ast
import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from nb2pkg.extract.choose import Candidate, better, loop_around
from nb2pkg.extract.corrections import Correction
from nb2pkg.extract.ingestion import IngestionWriter
from nb2pkg.extract.lane import Lane
from nb2pkg.extract.ledger import Entry
from nb2pkg.extract.not_compared import cross_validated, other_scores
from nb2pkg.extract.outputs import read_outputs
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.saved_scores import SavedScores
from nb2pkg.extract.sites import Sites
from nb2pkg.facts import Facts
from nb2pkg.notebook import CellKind, Notebook


class Told(NamedTuple):
    """What the plan found out; ``model_steps`` counts the pipeline's last steps that are the notebook's model;
    ``watching`` are arguments of its fit that only watch it."""

    chosen: Candidate
    found: tuple[Candidate, ...]
    corrections: Sequence[Correction]
    ledger: Sequence[Entry]
    lane: Lane
    model_steps: int
    watching: frozenset[str] = frozenset()


def extraction(
    name: str, notebook: Notebook, told: Told, pieces: Pieces, loads: IngestionWriter, sites: Sites
) -> dict[str, object]:
    """The content of extraction.json."""
    return {
        "format": 1,
        "level": 3,
        "model": told.chosen.estimator.cls,
        "notebook_sha256": code_hash(notebook),
        "entries": list(told.ledger),
        "corrections": [one.as_json() for one in told.corrections],
        "candidates": [_candidate(one, told, pieces, sites.facts) for one in told.found],
        "saved_scores": saved_scores(sites, notebook),
        "cross_validated": cross_validated(sites.facts, notebook),
        "other_scores": _other_scores(told, sites, notebook),
        "replay": {"package": name, **_replay(told, pieces, loads, sites)},
    }


def saved_scores(sites: Sites, notebook: Notebook) -> list[dict[str, object]]:
    """What the saved notebook shows of each score that is replayed, in their order; null where nothing surely is."""
    saved = SavedScores(sites.facts, read_outputs(notebook))
    nodes = (sites.scored.get(position) for position in range(len(sites.scores)))
    return [
        {"site": score["site"], "value": saved.value(node) if node is not None else None}
        for score, node in zip(sites.scores, nodes, strict=True)
    ]


def _other_scores(told: Told, sites: Sites, notebook: Notebook) -> list[dict[str, object]]:
    """The scores that neither the package computes nor a candidate is told with."""
    known = [one.score for one in told.found if one.score is not None]
    found = other_scores(sites.facts, notebook, sites.scored.values())
    return [one for one in found if one["value"] not in known]


def _candidate(one: Candidate, told: Told, pieces: Pieces, facts: Facts) -> dict[str, object]:
    """What is told of one; ``better`` names the score by which it beats the chosen one, ``option`` what ``train --model`` calls it."""
    loop = loop_around(facts, one)
    option = next((name for name, tried in pieces.tried.items() if tried is one.estimator), "")
    return {
        "name": one.name,
        "cell": one.cell,
        "line": one.line,
        "class": one.estimator.cls,
        "score": one.score,
        **({"metric": one.metric} if one.read else {}),
        **({"chosen": True} if one.fit is told.chosen.fit else {}),
        **({"loop": loop} if loop else {}),
        **({"option": option} if option else {}),
        **({"better": one.metric} if one in better(told.chosen, told.found) else {}),
    }


def _replay(told: Told, pieces: Pieces, loads: IngestionWriter, sites: Sites) -> dict[str, object]:
    fit, split = told.chosen.fit, told.lane.split
    division = sites.lowering.division
    once = split is not None and not split.by_hand and (division is None or len(division.calls) == 1)
    return {
        "seed": pieces.settings.seed,
        "repairs": [repair for one in told.corrections for repair in one.repairs],
        "loads": [
            {**sites.place(one.call), "call": ast.unparse(one.call)[:100], "path": one.path, "address": one.address}
            for one in loads.loads
        ],
        "fit": {
            **sites.place(fit.node),
            "end_line": getattr(fit.node, "end_lineno", None),
            "part": told.lane.whole_part,
            "model_steps": told.model_steps,
            **({"watching": sorted(told.watching)} if told.watching else {}),
        },
        "split": sites.place(split.call) if split is not None and once else None,
        "steps": [
            {"step": one.name, "rows": one.rows if one.verb != "none" else "all", "verb": one.verb}
            for one in pieces.steps[: -told.model_steps]
        ],
        "constants": {one.name: one.default for one in pieces.settings.fields},
        "cells": sorted({sites.facts.program.statements[index].cell for index in pieces.placed}),
        **({"joined": {"keys": loads.keys}} if loads.keys is not None else {}),
        "frames": sites.frames,
        "scores": sites.scores,
    }


def code_hash(notebook: Notebook) -> str:
    """What the code of a notebook is known by: verify refuses a notebook that was edited since."""
    code = [[cell.number, cell.source] for cell in notebook.cells if cell.kind is CellKind.CODE]
    return hashlib.sha256(json.dumps(code, ensure_ascii=False).encode()).hexdigest()
