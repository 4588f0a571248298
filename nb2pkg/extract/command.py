"""The command `nb2pkg extract`: plan, write beside the target, verify if asked, move into place, and tell what happened."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from nb2pkg.errors import ExtractError, Nb2pkgError
from nb2pkg.extract.handover import Modules, Recorded
from nb2pkg.extract.levels import RAW_ROWS, LowerPlan, best_plan
from nb2pkg.extract.names import snake
from nb2pkg.extract.package import assemble, refuse_name, write
from nb2pkg.extract.plan import Plan
from nb2pkg.extract.sections.package import assemble as assemble_sections
from nb2pkg.verify.conditions import Conditions, prepare
from nb2pkg.verify.progress import stage

WRITTEN, DIFFERENT, REFUSED = 0, 1, 2
SECONDS = 280.0


def run_extract(
    notebook: str,
    *,
    output: str | None,
    name: str | None,
    model: str | None,
    verify: bool,
    conditions: Conditions,
    dry_run: bool,
    force: bool,
) -> int:
    """Extract a package. Exit 0 written (and equal where verified), 1 written but not shown equal, 2 nothing written."""
    package = name or package_name(notebook)
    target = Path(output or package)
    if not os.path.isfile(notebook):
        raise ExtractError(f"{notebook}: no such notebook")
    refuse_name(package)
    if not dry_run:
        refuse_target(target, force=force)
    if verify:
        prepare(conditions)
    stage("reading the notebook")
    found = best_plan(notebook, name=package, model=model)
    if dry_run:
        _say([*told(found), f"level {found.modules.level} would be written to {target}; nothing was written"])
        return WRITTEN
    modules = found.modules
    verdict: dict[str, object] | None = None
    if verify:
        modules, verdict = verified(modules, notebook, target, conditions)
    stage("writing the package")
    write(assembled(modules), target, force=force)
    _say([*told(found), f"level {modules.level}, written to {target}", *_verdict_lines(verdict, modules.level)])
    return WRITTEN if verdict is None or verdict["verdict"] == "equal" else DIFFERENT


def package_name(notebook: str) -> str:
    """The name of a package where none is given: the notebook's stem as an identifier."""
    return snake(Path(notebook).stem, fallback="notebook")


def refuse_target(target: Path, *, force: bool) -> None:
    """Raise ExtractError early where the target is taken."""
    if target.is_dir() and any(target.iterdir()) and not force:
        raise ExtractError(f"{target}: is not empty; --force replaces an earlier package")


def verified(
    modules: Modules, notebook: str, target: Path, conditions: Conditions
) -> tuple[Modules, dict[str, object]]:
    """The package with recorded rows and its verdict; what could not run is the verdict's reason."""
    sample, judge = import_module("nb2pkg.verify.sample"), import_module("nb2pkg.verify.verdict")
    with TemporaryDirectory(prefix="nb2pkg-extract-") as scratch:
        folder = Path(scratch) / "package"
        write(assembled(modules), folder)
        if modules.level < RAW_ROWS:
            judged = judge.verify(Path(notebook), folder, conditions=conditions, timeout=SECONDS)
            verdict = {**judged.as_json(), "package": str(target)}
            files = {"sample.csv": judged.sample.encode()} if judged.sample else {}
            return replace(modules, verdict=verdict, recorded=Recorded(files, None)), verdict
        try:
            recorded = sample.record_sample(Path(notebook), folder, conditions=conditions, timeout=SECONDS)
        except Nb2pkgError as error:
            return modules, {"verdict": "not-verified", "reason": str(error)}
        verdict = judge.verify(Path(notebook), folder, conditions=conditions, timeout=SECONDS).as_json()
    verdict["package"] = str(target)
    return replace(modules, recorded=recorded, verdict=verdict), verdict


def assembled(modules: Modules) -> dict[str, bytes]:
    """The package as text, by its level."""
    return assemble(modules) if modules.level == RAW_ROWS else assemble_sections(modules)


def told(found: Plan | LowerPlan) -> Iterator[str]:
    """What the plan says: the model, the others, the corrections."""
    if isinstance(found, LowerPlan):
        yield from (f"not level {level}: {reason}" for level, reason in found.reasons)
        return
    chosen = found.chosen
    yield f"model: {chosen.name} ({chosen.estimator.short}), fitted in cell {chosen.cell}"
    for one in found.found:
        if one is not chosen:
            shown = f", shown {one.metric} {one.score:g}" if one.score is not None else ""
            yield f"candidate: {one.name}@{one.cell} ({one.estimator.short}){shown}"
    for one in found.rivals:
        yield f"warning: {one.name}@{one.cell} shows a better {one.metric} ({one.score:g} against {chosen.score:g})"
    for correction in found.corrections:
        yield f"correction: {correction.rule}, cell {correction.cell} line {correction.line}: {correction.what}"


def _verdict_lines(verdict: dict[str, object] | None, level: int) -> Iterator[str]:
    if verdict is None:
        rest = "the contract is learned by `train`, and tests that need recorded rows are not written"
        yield "not verified: nothing was run (--verify does)" + (f"; {rest}" if level == RAW_ROWS else "")
        return
    yield f"verified: {verdict['verdict']}"
    if verdict.get("reason"):
        yield f"reason: {verdict['reason']}"


def _say(lines: list[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
