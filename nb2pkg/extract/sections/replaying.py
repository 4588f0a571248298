"""What verify, the tests and the README are told of the sections and of the model below level 3."""

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nb2pkg.extract.outputs import read_outputs
from nb2pkg.extract.sections.bodies import Drawing
from nb2pkg.extract.sections.fitting import FitPoint
from nb2pkg.extract.sections.grouping import Section
from nb2pkg.extract.sections.kinds import TABLE
from nb2pkg.extract.sections.stages import Stages
from nb2pkg.extract.sections.stores import BUNDLE, NETWORKS
from nb2pkg.extract.sections.writing import Written
from nb2pkg.facts import Facts

SERVED = 50  # rows of features that the tests keep
SCORING = frozenset({"score", "metric", "crossval"})


class Told(NamedTuple):
    """The sections as they were written, with the names that are compared; the first ``before`` of them end with the fit.

    ``kinds`` are those of the names whose kind is known, ``held`` the variables that cross the fit.
    """

    facts: Facts
    fit: FitPoint | None
    sections: Sequence[tuple[Section, Written, tuple[str, ...]]]
    before: int
    drawings: Sequence[Drawing]
    kinds: Mapping[str, str]
    held: Sequence[str]


def replayed(told: Told) -> list[dict[str, object]]:
    """Each section: where it stands, what is compared of it."""
    outputs = read_outputs(told.facts.program.notebook)
    found = []
    for position, (section, written, compared) in enumerate(told.sections):
        one: dict[str, object] = {
            "function": written.name,
            "stage": section.stage.value,
            "cells": list(section.cells),
            "names": list(compared),
            "gives": list(written.crossing.gives),
            "unshown": [drawing.cell for drawing in told.drawings if drawing.section == written.name],
        }
        if section.open:
            one["until"] = told.facts.program.statements[section.until].node.end_lineno
        if told.fit is not None and position >= told.before - 1:
            one["saved"] = "\n".join(filter(None, (outputs.text(number) for number in section.cells))).strip()
        found.append(one | _tested(told, position))
    return found


def _tested(told: Told, position: int) -> dict[str, object]:
    """What the tests ask of the fitted model; a network's numbers are others on each machine, in their last digits."""
    fit = told.fit
    if fit is None or position < told.before - 1:
        return {}
    if fit.store in NETWORKS:
        return {"tested": False}
    if fit.store is not BUNDLE or position >= told.before:
        return {}
    return {"asked": f"({fit.model}).predict(({ast.unparse(fit.features)})[:{SERVED}])"}


def bundled(told: Told, stages: Stages) -> dict[str, object]:
    """The model that is kept, and whether the notebook scores it where it fits it."""
    fit = told.fit
    if fit is None:
        return {}
    section, written, _ = told.sections[told.before - 1]
    own = told.facts.program.statements[fit.chosen.fit.statement : min(section.until, fit.end + 1000) + 1]
    scored = any(SCORING & set(stages.roles(one.node)) for one in own if one.cell == fit.cell)
    return {
        "bundle": {
            "model": fit.model,
            "target": _target(told.facts, fit),
            "features": ast.unparse(fit.features),
            "table": told.kinds.get(ast.unparse(fit.features), "").rpartition(".")[2] == TABLE,
            "transformers": [name for name in fit.transformers if name in told.held],
            "cell": fit.cell,
            "function": written.name,
            "scored": scored,
            "last": told.before == len(told.sections),
        }
    }


def _target(facts: Facts, fit: FitPoint) -> dict[str, object]:
    """The target of the fit: its column where it is one of a known name, and the words of the notebook for it."""
    learning = fit.chosen.fit
    names = learning.target.names if learning.target is not None else None
    call = facts.call(learning.node) if isinstance(learning.node, ast.Call) else None
    given = call.args.get("y") if call is not None else None
    words = ast.unparse(given[0]) if given is not None else None
    return {"column": names[0] if names is not None and len(names) == 1 else None, "given": words}
