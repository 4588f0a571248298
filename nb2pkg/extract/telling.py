"""What the terminal says of an extraction: the plan, the verdict, and what stayed in the folder."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from nb2pkg.extract.changes import Changes, as_diff
from nb2pkg.extract.corrections import Correction
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.levels import RAW_ROWS, LowerPlan
from nb2pkg.extract.plan import Plan
from nb2pkg.notebook.joining import in_own_words

SAME, DIFFERS = 0, 1


def say(lines: Iterator[str]) -> None:
    """Write lines to standard output."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def plan_lines(found: Plan | LowerPlan) -> Iterator[str]:
    """What the plan says: the model, the others, the corrections; below level 3 the reasons."""
    for line in _plan_lines(found):
        yield in_own_words(found.notebook, line) if found.notebook is not None else line


def _plan_lines(found: Plan | LowerPlan) -> Iterator[str]:
    if isinstance(found, LowerPlan):
        yield from (f"not level {level}: {reason}" for level, reason in found.reasons)
        yield from map(_corrected, found.corrections)
        return
    chosen = found.chosen
    yield f"model: {chosen.name} ({chosen.estimator.short}), fitted in cell {chosen.cell}"
    for one in found.found:
        if one is not chosen:
            shown = f", shown {one.metric} {one.score:g}" if one.score is not None else ""
            yield f"candidate: {one.name}@{one.cell} ({one.estimator.short}){shown}"
    for one in found.rivals:
        yield f"warning: {one.name}@{one.cell} shows a better {one.metric} ({one.score:g} against {chosen.score:g})"
    yield from map(_corrected, found.corrections)


def _corrected(one: Correction) -> str:
    kind = "repair" if one.repair else "correction"
    return f"{kind}: {one.rule}, cell {one.cell} line {one.line}: {one.what}"


def verdict_lines(verdict: dict[str, object] | None, modules: Modules) -> Iterator[str]:
    """What verification found, now or earlier, or that there was none."""
    if verdict is not None:
        yield f"verified: {verdict['verdict']}"
        if verdict.get("reason"):
            yield f"reason: {verdict['reason']}"
        yield from _statement(verdict.get("first_difference"))
    elif modules.verdict is not None:
        yield f"not run again (--verify does): the code is that of the last verdict, {modules.verdict['verdict']}"
    else:
        rest = "the contract is learned by `train`, and tests that need recorded rows are not written"
        yield "not verified: nothing was run (--verify does)" + (f"; {rest}" if modules.level == RAW_ROWS else "")


def _statement(first: object) -> Iterator[str]:
    """The statement of the notebook that made what differs first."""
    made = first.get("statement") if isinstance(first, Mapping) else None
    if made is not None:
        of = f" of {made['notebook']}" if made.get("notebook") else ""
        yield f"made in: cell {made['cell']}{of}, line {made['line']}: {made['source']}"


def folder_lines(done: Changes, target: Path) -> Iterator[str]:
    """What stayed in the folder, and what there is older than the package now."""
    for one in done.kept:
        yield f"kept {target / one.path}: {one.why}"
    removed = [change.path for change in done.changed if change.after is None]
    if any(path.startswith("tests/data/") for path in removed):
        yield "removed the rows and values that --verify had recorded, and the tests on them: they were of the code before"
    new_code = any(change.path.startswith("src/") for change in done.changed)
    if new_code and any((target / "artifacts").glob("*")):
        yield f"{target / 'artifacts'} holds models that the code before trained; train again"


def show_difference(found: Changes, target: Path) -> int:
    """Write the diff to standard output and what stays to standard error; 1 where something would change, else 0."""
    say(as_diff(found, target, colour=wants_colour()))
    for one in found.kept:
        sys.stderr.write(f"would keep {target / one.path}: {one.why}\n")
    count = len(found.changed)
    sys.stderr.write(f"{count} file{'' if count == 1 else 's'} would change\n" if count else "nothing would change\n")
    return DIFFERS if found.changed else SAME


def wants_colour() -> bool:
    """Is standard output a terminal that shows colours, and did nobody ask for none (https://no-color.org)?"""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
