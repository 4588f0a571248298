"""The highest level a notebook allows: 3 raw rows in, 2 feature rows in, 1 functions and a run; refused where none does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2pkg.errors import ExtractError
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.plan import Plan, Planner, read_facts
from nb2pkg.extract.sections.fitting import fit_point
from nb2pkg.extract.sections.plan import SectionPlanner

RAW_ROWS, FEATURE_ROWS, FUNCTIONS = 3, 2, 1


@dataclass(frozen=True, slots=True)
class LowerPlan:
    """A plan below level 3, and why it is no higher: level and reason."""

    modules: Modules
    reasons: tuple[tuple[int, str], ...]


def best_plan(notebook: str, *, name: str, model: str | None, packs: Sequence[str] | None = None) -> Plan | LowerPlan:
    """The plan of the highest level, by the packs' tables. Raises ExtractError with every level's reason where none can be reached."""
    facts = read_facts(notebook, packs)
    try:
        return Planner(facts, notebook, name).plan(model)
    except ExtractError as error:
        reasons = [(RAW_ROWS, str(error))]
    try:
        fit = fit_point(facts, notebook, model)
        planner = SectionPlanner(facts, notebook, name, fit)
        return LowerPlan(planner.plan(reason=reasons[0][1]), tuple(reasons))
    except ExtractError as error:
        reasons.append((FEATURE_ROWS, str(error)))
    try:
        planner = SectionPlanner(facts, notebook, name)
        return LowerPlan(planner.plan(reason=_why(reasons)), tuple(reasons))
    except ExtractError as error:
        reasons.append((FUNCTIONS, str(error)))
    raise ExtractError(f"{Path(notebook).name} is refused: {_why(reasons)}")


def _why(reasons: Sequence[tuple[int, str]]) -> str:
    """The reasons, each once: a notebook that fits no model says so for levels 3 and 2."""
    levels: dict[str, list[int]] = {}
    for level, reason in reasons:
        levels.setdefault(reason, []).append(level)
    return "; ".join(f"level {' and '.join(map(str, found))}: {reason}" for reason, found in levels.items())
