"""Verify a package against its notebook: record, replay, compare, and say equal, different or not verified.

notebook -> Recording    package -> replay    both -> rows of a report -> Verdict
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from nb2pkg.notebook import Notebook
from nb2pkg.notebook.joining import in_own_words, own_cell
from nb2pkg.verify import workspace
from nb2pkg.verify.conditions import AS_USUAL, Conditions
from nb2pkg.verify.first import First, facts_of, first_difference
from nb2pkg.verify.kept import model_kept
from nb2pkg.verify.matching import Matched, match
from nb2pkg.verify.plan import Plan, hash_of, read_plan
from nb2pkg.verify.progress import stage
from nb2pkg.verify.record import Wish, read_notebook, record
from nb2pkg.verify.recording import NotRecorded, Recording, Repair
from nb2pkg.verify.replay import SERVED, Failed, Side, ask, evaluated, forking, question
from nb2pkg.verify.report import (
    CorrectionRow,
    FrameRow,
    ScoreRow,
    Serving,
    correction_rows,
    frame_rows,
    score_rows,
    serving,
)
from nb2pkg.verify.sections import compare_sections
from nb2pkg.verify.variables import withheld

BEST = Path("artifacts", "best_parameters.json")
EQUAL, DIFFERENT, NOT_VERIFIED = "equal", "different", "not-verified"
SECONDS = 600.0
FOREIGN = "the package was extracted from other code than this notebook's"
NOT_SERVED = Serving(0, False, 0, "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found; ``reason`` is the first difference, or why nothing could be compared.

    ``best`` is what the package's own search found, where it kept nothing yet. ``model`` tells of the one that its `train` kept.
    """

    notebook: str
    package: str
    level: int
    verdict: str
    reason: str
    seed: int
    environment: Mapping[str, str]
    repairs: tuple[Repair, ...] = ()
    frames: tuple[FrameRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()
    serving: Serving = NOT_SERVED
    corrections: tuple[CorrectionRow, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    sample: str = ""
    best: bytes | None = None
    conditions: Conditions = AS_USUAL
    first: First | None = None
    model: Mapping[str, object] | None = None

    def as_json(self) -> dict[str, object]:
        """The content of verify.json."""
        return {
            "notebook": self.notebook,
            "package": self.package,
            "level": self.level,
            "verdict": self.verdict,
            "reason": self.reason,
            "environment": dict(self.environment),
            "network": self.conditions.network,
            "allowed_environment": list(self.conditions.passed),
            "first_difference": self.first.as_json() if self.first is not None else None,
            "seed": self.seed,
            "notes": list(self.notes),
            "repairs": [repair.as_json() for repair in self.repairs],
            "replay": {
                "frames": [row.as_json() for row in self.frames],
                "scores": [row.as_json() for row in self.scores],
            },
            "serving": {"rows": self.serving.rows, "equal": self.serving.equal, "ties": self.serving.ties},
            "corrections": [row.as_json() for row in self.corrections],
            "model": self.model,
            "seconds": round(self.seconds, 2),
        }


def verify(
    notebook: Path,
    package: Path,
    *,
    conditions: Conditions = AS_USUAL,
    timeout: float = SECONDS,
    further: Sequence[Path] = (),
) -> Verdict:
    """Run notebook and package and compare them; ``further`` notebooks run after the first.

    Raises VerifyError where one of them cannot be read.
    """
    start = time.monotonic()
    read, plan = read_notebook(notebook, further), read_plan(package)
    names = " and ".join(map(str, (notebook, *further)))
    blank = Verdict(names, str(package), plan.level, NOT_VERIFIED, "", plan.seed, {}, conditions=conditions)
    found = located(_verdict(blank, read, plan, conditions, start + timeout), read, plan)
    found = replace(found, notes=(*found.notes, *withheld(read, conditions)))
    found = _in_own_words(found, read)
    return replace(found, seconds=time.monotonic() - start)


def located(verdict: Verdict, notebook: Notebook, plan: Plan) -> Verdict:
    """The verdict with the first difference and what made it, where anything compared differs."""
    if verdict.verdict == EQUAL:
        return verdict
    if verdict.verdict == NOT_VERIFIED and not verdict.conditions.network:
        verdict = replace(verdict, reason=f"{verdict.reason} (it ran without network)")
    facts = partial(facts_of, notebook, plan.order, verdict.conditions.packs)
    return replace(verdict, first=first_difference(verdict.frames, verdict.scores, facts))


def _in_own_words(found: Verdict, notebook: Notebook) -> Verdict:
    """The verdict on several notebooks with each cell as its own notebook knows it."""
    if not notebook.parts:
        return found
    repairs = []
    for one in found.repairs:
        of, cell = own_cell(notebook, one.cell)
        before, after = in_own_words(notebook, one.before), in_own_words(notebook, one.after)
        repairs.append(replace(one, cell=cell, notebook=of, before=before, after=after))
    first = found.first
    if first is not None and first.made is not None:
        of, cell = own_cell(notebook, first.made.cell)
        first = first._replace(made=first.made._replace(cell=cell, notebook=of))
    notes = tuple(in_own_words(notebook, note) for note in found.notes)
    reason = in_own_words(notebook, found.reason)
    return replace(found, reason=reason, notes=notes, repairs=tuple(repairs), first=first)


def wish_of(plan: Plan, replaced: Mapping[str, bytes] | None = None) -> Wish:
    """What the recorder has to watch for this plan."""
    return Wish(plan.fit, plan.sites, plan.seed, plan.repairs, plan.order, replaced, plan.loads, plan.addresses)


def _verdict(blank: Verdict, notebook: Notebook, plan: Plan, conditions: Conditions, deadline: float) -> Verdict:
    if plan.fit is None and not plan.sections:
        return replace(blank, reason=f"the package is of level {plan.level} and has no model to replay")
    if plan.notebook_hash is not None and plan.notebook_hash != hash_of(notebook):
        return replace(blank, verdict=DIFFERENT, reason=FOREIGN)
    source = Path(notebook.path).resolve().parent
    with conditions.folder("package") as folder:
        data = workspace.copy_folder(source, folder / "a" / "b" / "c" / source.name)
        workspace.copy_lent_files(source, data, plan.loads)
        scratch = folder / "scratch"
        scratch.mkdir()
        package = workspace.copy_folder(Path(blank.package).resolve(), folder / "package")
        side = Side(package, plan.package, data, scratch, conditions, deadline - time.monotonic())
        if plan.sections:
            return _by_section(blank, notebook, plan, side, deadline)
        with forking(side) as forked:
            return _by_pipeline(blank, notebook, plan, forked, deadline)


def _by_pipeline(blank: Verdict, notebook: Notebook, plan: Plan, side: Side, deadline: float) -> Verdict:
    """The verdict on a package of level 3."""
    with ThreadPoolExecutor(1) as beside:
        stage("running the package's `train` and `evaluate` beside the notebook")
        printed = beside.submit(evaluated, side)
        recording = record(notebook, wish_of(plan), conditions=side.conditions, timeout=deadline - time.monotonic())
        if isinstance(recording, NotRecorded):
            return replace(blank, reason=recording.reason)
        found = compared(blank, plan, recording, replace(side, timeout=deadline - time.monotonic()), printed.result)
        found = replace(found, model=model_kept(side.scratch, found.model or {}))
        best = side.scratch / BEST
        return replace(found, best=best.read_bytes()) if best.is_file() else found


def _by_section(blank: Verdict, notebook: Notebook, plan: Plan, side: Side, deadline: float) -> Verdict:
    """The verdict on a package below level 3."""
    known = replace(blank, repairs=(*plan.late, *plan.repairs))
    told = compare_sections(notebook, plan, plan.sections, side, deadline)
    match told:
        case NotRecorded():
            return replace(known, reason=told.reason)
        case Failed():
            return replace(known, verdict=NOT_VERIFIED if told.missing else DIFFERENT, reason=told.reason)
    found = replace(
        known,
        environment=told.environment,
        frames=told.frames,
        scores=told.scores,
        notes=told.notes,
        serving=told.serving,
        sample=told.sample,
        model=told.model,
    )
    if not told.frames and not told.scores:
        return replace(found, reason="the notebook prints nothing and keeps nothing that could be compared")
    return replace(found, verdict=DIFFERENT if told.reason else EQUAL, reason=told.reason)


def compared(
    blank: Verdict,
    plan: Plan,
    recording: Recording,
    side: Side,
    printed: Callable[[], dict[str, Any] | Failed],
    *,
    served: int = SERVED,
) -> Verdict:
    """Compare a recorded run with the package on ``side``; ``printed`` gives what its `evaluate` printed."""
    notes = tuple(f"cell {error.cell} raised {error.name}, after all that matters" for error in recording.errors)
    known = replace(blank, repairs=(*plan.late, *recording.repairs), notes=notes)
    matched = match(plan, recording)
    if matched is None:
        assert plan.fit is not None
        reason = (
            f"the fit in cell {plan.fit.cell}, line {plan.fit.line} never happened: the package is not of this notebook"
        )
        return replace(known, verdict=DIFFERENT, reason=reason)
    stage("fitting the package's pipeline on the rows the notebook learned from")
    answer = ask(side, question(plan, matched, recording, served=served))
    shown = printed()
    if isinstance(answer, Failed) or isinstance(shown, Failed):
        failed = answer if isinstance(answer, Failed) else shown
        assert isinstance(failed, Failed)
        return replace(known, verdict=NOT_VERIFIED if failed.missing else DIFFERENT, reason=failed.reason)
    return _judged(known, plan, recording, matched, answer, shown)


def _judged(
    known: Verdict, plan: Plan, recording: Recording, matched: Matched, answer: dict[str, Any], shown: dict[str, Any]
) -> Verdict:
    corrections, last = correction_rows(plan, answer, shown)
    found = replace(
        known,
        environment=answer["environment"],
        frames=tuple(frame_rows(plan, matched, recording, answer)),
        scores=tuple(score_rows(plan, matched, recording, answer)),
        serving=serving(answer),
        corrections=corrections,
        model={"classes": answer["classes"]},
    )
    reason = next(_differences(found, plan, matched, last), "")
    raised = next((error for error in recording.errors if error.cell in plan.cells), None)
    if reason and raised is not None:
        return replace(found, verdict=NOT_VERIFIED, reason=f"cell {raised.cell} raised {raised.name}, and {reason}")
    return replace(found, verdict=DIFFERENT if reason else EQUAL, reason=reason)


def _differences(found: Verdict, plan: Plan, matched: Matched, last: str) -> Iterator[str]:
    """Everything that is not equal, the weightiest first."""
    yield from matched.troubles
    for frame in found.frames:
        if not frame.equal:
            yield f"{frame.name}: {frame.detail}"
    for score in found.scores:
        if not score.equal:
            yield f"{score.name}: {score.notebook} in the notebook, {score.package} in the package"
    if not any(
        frame["argument"] == "X" and (frame["cell"], frame["line"]) == plan.fit[:2] for frame in plan.frames if plan.fit
    ):
        yield "the plan holds no frame of the chosen fit"
    if not found.serving.equal:
        yield f"serving: {found.serving.detail or 'no held-out rows to serve'}"
    if last:
        yield last
