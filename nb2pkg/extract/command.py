"""The command `nb2pkg extract`: plan, write beside the target, verify if asked, move into place, and tell what happened."""

import os
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from nb2pkg.errors import ExtractError, Nb2pkgError
from nb2pkg.extract.changes import changes, copy_work_of_others
from nb2pkg.extract.default_names import package_name
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.levels import RAW_ROWS, LowerPlan, best_plan
from nb2pkg.extract.package import inside_package, refuse_name, refuse_target, write
from nb2pkg.extract.plan import Plan
from nb2pkg.extract.plots.leaving import without_figures
from nb2pkg.extract.recalled import as_before, with_earlier_records, with_earlier_rows
from nb2pkg.extract.replacing import settle
from nb2pkg.extract.sections.package import assembled
from nb2pkg.extract.telling import folder_lines, plan_lines, say, show_difference, verdict_lines
from nb2pkg.verify.conditions import Conditions, prepare
from nb2pkg.verify.progress import stage

WRITTEN, DIFFERENT, REFUSED = 0, 1, 2
SECONDS = 280.0


def run_extract(
    notebook: str,
    *,
    further: Sequence[str] = (),
    output: str | None,
    name: str | None,
    model: str | None,
    verify: bool,
    conditions: Conditions,
    dry_run: bool,
    force: bool,
    diff: bool = False,
) -> int:
    """Extract a package; ``further`` notebooks run after the first.

    Exit 0 written (and equal where verified), 1 written but not shown equal, 2 nothing written. With ``diff`` nothing is
    written either: 0 nothing would change, 1 something would.
    """
    package = name or package_name((notebook, *further)[-1])
    target = Path(output or package)
    _refuse_absent((notebook, *further))
    refuse_name(package)
    if not dry_run:
        refuse_target(target, force=force or diff)
        settle(target, may_write=not diff)
    if verify:
        prepare(conditions)
    stage("reading the notebook")
    found = best_plan(notebook, name=package, model=model, packs=conditions.packs, further=further)
    if dry_run:
        would = f"level {found.modules.level} would be written to {target}; nothing was written"
        say(iter([*plan_lines(found), would]))
        return WRITTEN
    if verify:
        modules, verdict = verified(found.modules, notebook, target, conditions, further)
    else:
        modules, verdict = with_earlier_records(found.modules, target), None
    stage("comparing with the target" if diff else "writing the package")
    if diff:
        return show_difference(changes(assembled(modules), target), target)
    return _write(found, modules, verdict, target, force=force)


def _refuse_absent(notebooks: Sequence[str]) -> None:
    for one in notebooks:
        if not os.path.isfile(one):
            raise ExtractError(f"{one}: no such notebook")


def _write(
    found: Plan | LowerPlan, modules: Modules, verdict: dict[str, object] | None, target: Path, *, force: bool
) -> int:
    """Write the package and tell what happened."""
    written = write(assembled(modules), target, force=force)
    told = [f"level {modules.level}, written to {target}", *verdict_lines(verdict, modules)]
    say(iter([*plan_lines(found), *told, *folder_lines(written, target)]))
    return WRITTEN if verdict is None or verdict["verdict"] == "equal" else DIFFERENT


def verified(
    modules: Modules, notebook: str, target: Path, conditions: Conditions, further: Sequence[str] = ()
) -> tuple[Modules, dict[str, object]]:
    """The package with recorded rows and its verdict; what could not run is the verdict's reason."""
    sample, judge = import_module("nb2pkg.verify.sample"), import_module("nb2pkg.verify.verdict")
    below = import_module("nb2pkg.verify.section_sample")
    then = tuple(map(Path, further))
    with TemporaryDirectory(prefix="nb2pkg-extract-") as scratch:
        folder = Path(scratch) / "package"
        write(assembled(modules), folder)
        copy_work_of_others(target, folder)
        try:
            recorded = (
                sample.record_sample(Path(notebook), folder, conditions=conditions, timeout=SECONDS, further=then)
                if modules.level == RAW_ROWS
                else None
            )
        except Nb2pkgError as error:
            verdict: dict[str, object] = {"verdict": "not-verified", "reason": str(error)}
            return replace(with_earlier_rows(modules, target), verdict=verdict), verdict
        judged = judge.verify(Path(notebook), folder, conditions=conditions, timeout=SECONDS, further=then)
        if recorded is None:
            recorded = below.record_sections(
                Path(notebook), folder, judged, conditions=conditions, timeout=SECONDS, further=then
            )
    if modules.searches:
        recorded = replace(recorded, best=judged.best)
    verdict = as_before({**judged.as_json(), "package": str(target)}, target)
    drawn = without_figures(modules, recorded.undrawn)
    found = with_earlier_rows(replace(drawn, recorded=inside_package(recorded)), target)
    return replace(found, verdict=verdict), verdict
