"""The highest level a notebook allows: 3 raw rows in, 2 feature rows in, 1 functions and a run; refused where none does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2pkg.errors import ExtractError
from nb2pkg.extract.corrections import Correction
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.plan import Plan, plan_of
from nb2pkg.extract.prepared import Prepared, prepare
from nb2pkg.extract.sections.fitting import fit_point
from nb2pkg.extract.sections.plan import SectionPlanner
from nb2pkg.notebook import Notebook

RAW_ROWS, FEATURE_ROWS, FUNCTIONS = 3, 2, 1


@dataclass(frozen=True, slots=True)
class LowerPlan:
    """A plan below level 3, why it is no higher (level and reason), and what was put right."""

    modules: Modules
    reasons: tuple[tuple[int, str], ...]
    corrections: tuple[Correction, ...] = ()
    notebook: Notebook | None = None


def best_plan(
    notebook: str, *, name: str, model: str | None, packs: Sequence[str] | None = None, further: Sequence[str] = ()
) -> Plan | LowerPlan:
    """The plan of the highest level, by the packs' tables; ``further`` notebooks run after the first.

    Raises ExtractError with every level's reason where none can be reached.
    """
    prepared = prepare(notebook, packs, further=further)
    facts, model = prepared.facts, prepared.wanted(model)
    try:
        return plan_of(prepared, notebook, name=name, model=model)
    except ExtractError as error:
        reasons = [(RAW_ROWS, str(error))]
    try:
        fit = fit_point(facts, model)
        planner = SectionPlanner(facts, notebook, name, fit, answers=prepared.answers)
        return _lower(prepared, planner.plan(reason=reasons[0][1]), reasons)
    except ExtractError as error:
        reasons.append((FEATURE_ROWS, prepared.why(str(error))))
    try:
        planner = SectionPlanner(facts, notebook, name, answers=prepared.answers)
        return _lower(prepared, planner.plan(reason=_why(reasons)), reasons)
    except ExtractError as error:
        reasons.append((FUNCTIONS, prepared.why(str(error))))
    names = " and ".join(Path(one).name for one in (notebook, *further))
    raise ExtractError(f"{names} {'are' if further else 'is'} refused: {prepared.words(_why(reasons))}")


def _lower(prepared: Prepared, modules: Modules, reasons: Sequence[tuple[int, str]]) -> LowerPlan:
    return LowerPlan(prepared.finished(modules), tuple(reasons), prepared.corrections, prepared.notebook)


def _why(reasons: Sequence[tuple[int, str]]) -> str:
    """The reasons, each once: a notebook that fits no model says so for levels 3 and 2."""
    levels: dict[str, list[int]] = {}
    for level, reason in reasons:
        levels.setdefault(reason, []).append(level)
    return "; ".join(f"level {' and '.join(map(str, found))}: {reason}" for reason, found in levels.items())
