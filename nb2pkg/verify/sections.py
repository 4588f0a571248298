"""Verify a package below level 3: run the notebook and the package, and compare texts and values section by section."""

import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import from_dict

from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.verify import record, workspace
from nb2pkg.verify.compare import compare_frames, compare_scores
from nb2pkg.verify.conditions import Conditions
from nb2pkg.verify.difference import About, Subject
from nb2pkg.verify.kept import model_told
from nb2pkg.verify.kernel_side import values
from nb2pkg.verify.kernel_side.values import Plain
from nb2pkg.verify.plan import Plan
from nb2pkg.verify.printed import TextComparison, compare_printed, count_words
from nb2pkg.verify.progress import stage
from nb2pkg.verify.raised import cell_errors, said
from nb2pkg.verify.recording import NotRecorded, Repair, Site
from nb2pkg.verify.replay import Failed, Side, ask
from nb2pkg.verify.report import FrameRow, ScoreRow, Serving

INSTALL = ("!pip", "%pip", "!conda", "%conda", "pip install", "!python -m pip", "!pip3", "conda install")
STREAMS = (
    (r"tensorflow|keras", "tensorflow", "random.set_seed"),
    (r"torch|torchvision|pytorch_lightning|lightning|skorch|fastai", "torch", "manual_seed"),
)  # what imports a library, and what starts its random stream
SHORT = 200
FIGURE = "<Figure size "
ANSWERS = "answers"  # no name of a notebook's variable is asked for beside it
CUT = "\x1e the next section begins inside of this cell\n"


@dataclass(frozen=True, slots=True)
class Told:
    """What the comparison of all sections says: frames are values, scores are printed texts."""

    frames: tuple[FrameRow, ...]
    scores: tuple[ScoreRow, ...]
    notes: tuple[str, ...]
    environment: Mapping[str, str]
    reason: str
    serving: Serving
    sample: str
    model: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """A notebook's run: the outputs of each cell, and what names held at the end of each section.

    Where a section ends inside a cell, ``CUT`` stands in what the cell printed.
    """

    outputs: Mapping[int, Sequence[Mapping[str, Any]]]
    held: Mapping[str, Mapping[str, Plain]]


def compare_sections(
    notebook: Notebook, plan: Plan, sections: Sequence[Mapping[str, Any]], side: Side, deadline: float
) -> Told | NotRecorded | Failed:
    """Run both sides and compare them."""
    ran = run_notebook(notebook, plan, sections, side.conditions, deadline)
    if isinstance(ran, NotRecorded):
        return ran
    stage("running the package's sections")
    answer = ask(
        replace(side, timeout=max(1.0, deadline - time.monotonic())),
        {"package": plan.package, "home": str(side.data), "sections": [dict(one) for one in sections]},
        module="sections",
    )
    if isinstance(answer, Failed):
        return answer
    return told_of(plan, list(zip(sections, answer["sections"], strict=True)), ran, answer)


def told_of(
    plan: Plan, both: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], ran: Ran, answer: Mapping[str, Any]
) -> Told:
    """Compare sections with what the package's own printed and held; ``answer`` is all that it told."""
    frames, scores, notes = [], [], []
    for one, theirs in both:
        ours = printed_text(one, ran)
        text = compare_printed(ours, theirs["printed"], plan.package)
        if text.masked:
            notes.append(f"{one['function']}: clock times in the text were masked")
        if ours.strip() or theirs["printed"].strip():
            scores.append(_text_row(str(one["function"]), ours, text)._replace(about=printed_in(one, ran, text)))
        held = ran.held.get(str(one["function"]), {})
        frames += list(_value_rows(str(one["function"]), held, theirs["held"], one["cells"][-1]))
    serving, sample = _served(answer["serving"])
    serving = _evaluated(serving, answer["evaluated"], plan.package)
    served = [] if answer["serving"] is None or serving.equal else [f"the kept model: {serving.detail}"]
    reason = next(iter([*_differences(frames, scores), *served]), "")
    return Told(
        tuple(frames),
        tuple(scores),
        tuple(notes),
        answer["environment"],
        reason,
        serving,
        sample,
        model_told(answer["serving"]),
    )


def _served(answer: Mapping[str, Any] | None) -> tuple[Serving, str]:
    """Feature rows answered from text, beside the model's own answers; and those rows."""
    if answer is None:
        return Serving(0, False, 0, ""), ""
    if "error" in answer:
        return Serving(0, False, 0, str(answer["error"])), ""
    if answer["refused"]:
        return Serving(answer["rows"], False, 0, f"{answer['refused']} rows of the training are refused"), answer[
            "sample"
        ]
    found = compare_scores(answer["model"], answer["bundle"])
    return Serving(answer["rows"], found.equal, 0, found.detail), str(answer["sample"])


def _evaluated(serving: Serving, told: Sequence[tuple[str, str]], package: str) -> Serving:
    """The same, unequal where ``evaluate`` prints something else than the run did after the fit."""
    for first, again in told:
        text = compare_printed(first, again, package)
        if not text.equal:
            detail = f"`evaluate` prints `{text.package[:SHORT]}`, the run `{text.notebook[:SHORT]}`"
            return serving._replace(equal=False, detail=detail)
    return serving


def _text_row(function: str, ours: str, text: TextComparison) -> ScoreRow:
    if text.equal:
        shown = " ".join(ours.split())[:SHORT]
        return ScoreRow(f"{function} prints", shown, shown, True)
    return ScoreRow(f"{function} prints", text.notebook[:SHORT], text.package[:SHORT], False)


def _value_rows(function: str, ours: Mapping[str, Plain], theirs: Mapping[str, Plain], cell: int) -> Iterator[FrameRow]:
    for name, value in ours.items():
        other = theirs.get(name, {"kind": "none"})
        if value["kind"] == "opaque" and other["kind"] == "opaque":
            continue
        found = compare_frames(value, other)
        yield FrameRow(f"{function} {name}", int(value.get("rows") or 1), found.equal, found.detail)._replace(
            about=About(Subject.VARIABLE, Site(cell, 0, 0), name), where=found.where
        )


def _differences(frames: Sequence[FrameRow], scores: Sequence[ScoreRow]) -> Iterator[str]:
    for row in scores:
        if not row.equal:
            yield f"{row.name}: `{row.notebook}` in the notebook, `{row.package}` in the package"
    for frame in frames:
        if not frame.equal:
            yield f"{frame.name}: {frame.detail}"


def printed_in(section: Mapping[str, Any], ran: Ran, text: TextComparison) -> About | None:
    """The cell that printed what differs first."""
    if text.equal:
        return None
    words = 0
    for cell in section["cells"]:
        words += count_words(printed_text({**section, "cells": [cell]}, ran))
        if words > text.position:
            return About(Subject.PRINTED, Site(cell, 0, 0))
    return About(Subject.PRINTED, Site(section["cells"][-1], 0, 0))


def printed_text(section: Mapping[str, Any], ran: Ran) -> str:
    """What a section's cells printed and showed; figures, and the values of calls that only draw, are left out."""
    pieces = []
    for cell in section["cells"]:
        for output in _own_part(ran.outputs.get(cell, ()), ends=bool(section.get("until"))):
            kind = output.get("output_type")
            data = output.get("data") or {}
            if kind == "stream" and output.get("name") == "stdout":
                pieces.append(str(output.get("text")))
            elif (
                kind == "execute_result"
                and cell not in section["unshown"]
                or kind == "display_data"
                and not _is_figure(data)
            ):
                pieces.append(str(data.get("text/plain", "")) + "\n")
    return "".join(pieces)


def _own_part(outputs: Sequence[Mapping[str, Any]], *, ends: bool) -> list[Mapping[str, Any]]:
    """The outputs of a cell that belong to one section, where another ends or begins inside of the cell."""
    texts = [str(one.get("text")) if one.get("output_type") == "stream" else "" for one in outputs]
    at = next((i for i, text in enumerate(texts) if CUT in text), None)
    if at is None:
        return list(outputs)
    before, _, after = texts[at].partition(CUT)
    if ends:
        return [*outputs[:at], {**outputs[at], "text": before}]
    return [{**outputs[at], "text": after}, *outputs[at + 1 :]]


def _is_figure(data: Mapping[str, Any]) -> bool:
    """Is what is displayed a figure, be it an empty one that is told in words only?"""
    return any(str(key).startswith("image/") for key in data) or str(data.get("text/plain", "")).startswith(FIGURE)


def run_notebook(
    notebook: Notebook,
    plan: Plan,
    sections: Sequence[Mapping[str, Any]],
    conditions: Conditions,
    deadline: float,
    *,
    replaced: Mapping[str, bytes] | None = None,
) -> Ran | NotRecorded:
    """Run the notebook in a copy of its folder, and keep what names hold at the end of each section.

    With files in the place of its own (``replaced``) what the sections ask for is kept, too.
    """
    missing = workspace.missing_module(conditions, ("ipykernel",))
    if missing:
        return NotRecorded(f"module {missing} missing")
    source = Path(notebook.path).resolve().parent
    with conditions.folder("notebook") as folder:
        home = workspace.copy_folder(source, folder / "a" / "b" / "c" / source.name, replaced=replaced)
        workspace.copy_lent_files(source, home, plan.loads)
        stage("running the notebook" if replaced is None else "running the notebook on the sample")
        wish = record.Wish(seed=plan.seed, order=plan.order, replaced=replaced)
        run = record.Run(notebook, wish, conditions, folder, home, source, deadline)
        try:
            return _run_parts(run, plan, sections)
        except CellTimeoutError:
            return NotRecorded("the notebook ran past the time limit")
        except (DeadKernelError, RuntimeError) as error:
            return NotRecorded(f"the kernel died: {str(error).splitlines()[0]}")


def _run_parts(run: record.Run, plan: Plan, sections: Sequence[Mapping[str, Any]]) -> Ran | NotRecorded:
    """The notebooks one after the other; of each section what its notebook held."""
    outputs: dict[int, Sequence[Mapping[str, Any]]] = {}
    held: dict[str, Mapping[str, Plain]] = {}
    for part in run.parts():
        ran = _run(part, plan, sections)
        if isinstance(ran, NotRecorded):
            return ran
        outputs |= ran.outputs
        held |= {name: values for name, values in ran.held.items() if values or name not in held}
    return Ran(outputs, held)


def _run(run: record.Run, plan: Plan, sections: Sequence[Mapping[str, Any]]) -> Ran | NotRecorded:
    cells = record.cells_of(run)
    inside = {one["cells"][-1]: one for one in sections if one.get("until")}
    sources = [_without_installs(_repaired(cell, plan.repairs)) for cell in cells]
    nodes = [
        record.code_cell(_cut(source, inside[cell.number], run) if cell.number in inside else source)
        for cell, source in zip(cells, sources, strict=True)
    ]
    ends = {one["cells"][-1]: one for one in sections if not one.get("until")}
    notebook = from_dict({"cells": nodes, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        km=record.kernel_manager(run),
        resources={"metadata": {"path": str(run.home)}},
        allow_errors=True,
        timeout=max(1, int(run.deadline - time.monotonic())),
        startup_timeout=record.STARTUP_SECONDS,
        shutdown_kernel="immediate",
    )
    environment = run.environment()
    outputs: dict[int, Sequence[Mapping[str, Any]]] = {}
    with client.setup_kernel(env=environment, stderr=subprocess.DEVNULL, cleanup_kc=True):
        record.silently(client, _start(run))
        for index, cell in enumerate(cells):
            client.timeout = max(1, int(run.deadline - time.monotonic()))
            done = client.execute_cell(nodes[index], index)
            outputs[cell.number] = done.get("outputs", ())
            failed = next(cell_errors(cell.number, outputs[cell.number], environment), None)
            if failed is not None:
                return NotRecorded(said(failed))
            if cell.number in ends:
                record.silently(client, _keeping(ends[cell.number], run))
        record.execute_ours(client, "None")
    held = {str(one["function"]): _held(run.values / f"end-{one['function']}") for one in sections}
    return Ran(outputs, held)


def _held(path: Path) -> Mapping[str, Plain]:
    found: Mapping[str, Plain] = values.load(str(path)) if path.exists() else {}
    return found


def _start(run: record.Run) -> str:
    """Start the random streams as the package does."""
    seed = run.wish.seed
    path = f"__import__('sys').path.append({str(record.HERE)!r})"
    lines = [path, f"__import__('random').seed({seed})", f"__import__('numpy').random.seed({seed})", "None"]
    sources = [cell.source for cell in run.notebook.cells if cell.kind is CellKind.CODE]
    for importing, library, start in STREAMS:
        imported = re.compile(rf"^\s*(?:import|from)\s+(?:{importing})\b", re.MULTILINE)
        if any(imported.search(source) for source in sources):
            there = f"__import__('importlib.util').util.find_spec({library!r})"
            lines.insert(1, f"{there} and __import__({library!r}).{start}({seed})")  # imports it before streams are set
    return "\n".join(lines)


def _keeping(section: Mapping[str, Any], run: record.Run) -> str:
    names, key = list(section["names"]), f"end-{section['function']}"
    asked = {ANSWERS: section["asked"]} if section.get("asked") and run.wish.replaced is not None else {}
    given = f"globals(), {names!r}, {str(run.values)!r}, {key!r}, {asked!r}"
    return f"__import__('kernel_side.sections').sections.keep({given})"


def _cut(source: str, section: Mapping[str, Any], run: record.Run) -> str:
    """The source of a cell that keeps what the names of a section hold where the section ends."""
    lines, until = source.split("\n"), int(section["until"])
    return "\n".join([*lines[:until], f"{_keeping(section, run)}; print({CUT!r}, end='')", *lines[until:]])


def _repaired(cell: Cell, repairs: Sequence[Repair]) -> str:
    """The source of a cell with the repairs that the package has, too."""
    lines = cell.source.split("\n")
    for one in repairs:
        if one.cell == cell.number and 0 < one.line <= len(lines):
            lines[one.line - 1] = lines[one.line - 1].replace(one.before, one.after, 1)
    return "\n".join(lines)


def _without_installs(source: str) -> str:
    """The source without lines that install: nothing is put into the interpreter that verifies."""
    lines = source.split("\n")
    return "\n".join("pass" if line.startswith(INSTALL) else line for line in lines)
