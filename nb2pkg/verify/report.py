"""The rows of a verification's report: frames, scores, serving, corrections."""

import ast
import math
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from nb2pkg.verify.compare import Comparison, as_table, columns_of, compare_frames, compare_scores, numbers, same_scalar
from nb2pkg.verify.difference import About, Difference, Subject
from nb2pkg.verify.kernel_side.values import Plain, encode
from nb2pkg.verify.matching import Matched, frame_events, frame_name, recorded_values, score_events, score_name
from nb2pkg.verify.plan import Entry, Plan, site_of
from nb2pkg.verify.recording import Recording
from nb2pkg.verify.replay import distinct, model_steps, parameters_of, reported

NO_MATTER = frozenset({"n_jobs", "verbose"})


class FrameRow(NamedTuple):
    """A frame, or a fact about the fit, compared."""

    name: str
    rows: int
    equal: bool
    detail: str
    about: About | None = None
    where: Difference | None = None

    def as_json(self) -> dict[str, object]:
        """The form of verify.json."""
        return {"name": self.name, "rows": self.rows, "equal": self.equal, "detail": self.detail}


KINDS = {"demonstration": "prediction", "attribute": "attribute"}


class ScoreRow(NamedTuple):
    """A score of the notebook's run and the package's; ``saved`` is what the saved notebook shows, None where nothing surely is.

    ``kind``: a score, a prediction on rows that were written down, or an attribute of the fitted model that is shown. ``part``: the
    rows that it is about: all, train, validation, test, or those of a reader.
    """

    name: str
    notebook: object
    package: object
    equal: bool
    about: About | None = None
    saved: object = None
    kind: str = "score"
    part: str = ""

    def as_json(self) -> dict[str, object]:
        """The form of verify.json."""
        compared = {"notebook": self.notebook, "package": self.package, "equal": self.equal}
        return {"name": self.name, "kind": self.kind, "part": self.part, "saved": self.saved, **compared}


class Serving(NamedTuple):
    """Held-out rows answered alone and in the batch."""

    rows: int
    equal: bool
    ties: int
    detail: str


class Change(NamedTuple):
    """A score, or what a step learned, before and after a correction."""

    name: str
    before: object
    after: object


class CorrectionRow(NamedTuple):
    """One correction and what it did; of a repair, the scores of the saved notebook and of its run with all repairs.

    ``learned``: what the steps that it is about learned, as far as it can be told in few values.
    ``held_out``: how many rows the later scores are of, where the notebook holds none out.
    """

    rule: str
    what: str
    scores: tuple[Change, ...]
    repair: bool = False
    held_out: int | None = None
    learned: tuple[Change, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The form of verify.json."""
        scores = [score._asdict() for score in self.scores]
        learned = [value._asdict() for value in self.learned]
        counted = {} if self.held_out is None else {"held_out": self.held_out}
        return {
            "rule": self.rule,
            "what": self.what,
            "repair": self.repair,
            "scores": scores,
            "learned": learned,
            **counted,
        }


def frame_rows(plan: Plan, matched: Matched, recording: Recording, answer: Mapping[str, Any]) -> Iterator[FrameRow]:
    """Every frame and the answers to it; then the split, the steps and the model's parameters."""
    model = About(Subject.MODEL, plan.fit) if plan.fit is not None else None
    for frame, found in zip(plan.frames, answer["frames"], strict=True):
        events = frame_events(frame, matched)
        names = frame["argument"] == "X" and not frame.get("array")
        ours = list(recorded_values(events, recording, frame["argument"]))
        about = About(Subject.ARGUMENT, site_of(frame), str(frame["argument"]))
        yield _frame_row(frame_name(frame), ours, found["value"], names=names)._replace(about=about)
        if found["result"] is not None:
            ours, theirs = list(recorded_values(events, recording)), found["result"]
            yield _frame_row(f"{frame_name(frame)} answer", ours, theirs, names=False)._replace(about=model)
    if matched.split is not None:
        yield _split_row(matched, recording, answer)._replace(about=About(Subject.SPLIT, matched.split.site))
    yield _steps_row(plan, answer, model_steps(plan, matched, recording))._replace(about=model)
    yield _parameters_row(parameters_of(matched, recording), answer["parameters"])._replace(about=model)
    if plan.constants:
        yield _constants_row(plan, answer)
    if answer.get("kept"):
        yield _kept_row(answer["kept"])


def _frame_row(name: str, notebook: list[Plain], package: Plain, *, names: bool) -> FrameRow:
    if not notebook:
        return FrameRow(name, 0, False, "nothing was recorded")
    found = Comparison(True)
    for ours in notebook:
        found = compare_frames(ours, package, names=names)
        if not found.equal:
            break
    first = as_table(notebook[0])
    return FrameRow(name, int(first.get("rows", 1)), found.equal, found.detail, where=found.where)


def _split_row(matched: Matched, recording: Recording, answer: Mapping[str, Any]) -> FrameRow:
    assert matched.split is not None
    details, rows = matched.split.details, answer["rows"]
    if details["rows"] != rows:
        return FrameRow(
            "split positions", rows, False, f"the notebook split {details['rows']} rows, the package {rows}"
        )
    for part in ("train", "test"):
        ours = [int(i) for i in numbers(recording.values[str(details[part])]["matrix"])]
        theirs = answer["positions"][part]
        if theirs is None:
            return FrameRow("split positions", rows, True, "rows have no labels of their own; the frames tell")
        pairs = enumerate(zip_longest(ours, theirs))
        differs = next((f"row {i} of {part} is row {a} or row {b}" for i, (a, b) in pairs if a != b), "")
        if differs:
            return FrameRow("split positions", rows, False, differs)
    return FrameRow("split positions", rows, True, "")


def _steps_row(plan: Plan, answer: Mapping[str, Any], model: int) -> FrameRow:
    """The steps before the model: those the plan names, where the plan leaves out the model's own first ones or not."""
    ours, theirs = [step["step"] for step in plan.steps], answer["steps"]
    same = ours in (theirs, theirs[: len(theirs) + 1 - model])
    detail = "" if same else f"the plan has {', '.join(ours) or 'none'}, the pipeline {', '.join(theirs) or 'none'}"
    return FrameRow("pipeline steps", len(theirs), not detail, detail)


def _constants_row(plan: Plan, answer: Mapping[str, Any]) -> FrameRow:
    """The configuration's defaults: those that are literals must be the ones lifted from the notebook."""
    checked = 0
    for name, source in plan.constants.items():
        try:
            wanted = ast.literal_eval(source)
        except (ValueError, SyntaxError):
            continue  # a path, say
        checked += 1
        found = answer["constants"][name]
        if not compare_scores(encode(wanted), found).equal:
            detail = f"{name} is {source} in the notebook, {jsonable(found)} in the package"
            return FrameRow("configuration", len(plan.constants), False, detail)
    return FrameRow("configuration", checked, True, "")


def _kept_row(kept: Mapping[str, Any]) -> FrameRow:
    """The parameters that the package trains with: those that its search finds on its training rows."""
    found, theirs = kept["found"], kept["kept"]
    name = next((one for one in {**found, **theirs} if found.get(one) != theirs.get(one)), None)
    if found == theirs or name is None:
        return FrameRow("best parameters", len(found), True, "")
    detail = f"the search finds {name} = {found.get(name)!r}, {kept['file']} keeps {theirs.get(name)!r}"
    return FrameRow("best parameters", len(found), False, detail)


def _parameters_row(notebook: Plain, package: Plain) -> FrameRow:
    """The chosen model's parameters; of a notebook's pipeline, each of its steps from the last."""
    ours = list(flattened(notebook))
    theirs = list(flattened(package))[-len(ours) :]
    for one, other in zip(reversed(ours), reversed(theirs), strict=False):
        detail = next(_different_parameters(one, other), "")
        if detail and (one["class"] == other["class"] or one is ours[-1]):
            return FrameRow("model parameters", len(ours), False, detail)
    return FrameRow("model parameters", len(ours), True, "")


def flattened(described: Plain) -> Iterator[Plain]:
    """The estimators of a pipeline in order; of anything else, itself."""
    if not described.get("steps"):
        yield described
    for step in described.get("steps") or ():
        yield from flattened(step)


def _different_parameters(ours: Plain, theirs: Plain) -> Iterator[str]:
    if ours["class"] != theirs["class"]:
        yield f"{ours['class']} in the notebook, {theirs['class']} in the package"
        return
    for name, value in ours["parameters"].items():
        other = theirs["parameters"].get(name)
        unseeded = name == "random_state" and None in (value, other)
        if name not in NO_MATTER and not unseeded and not _same_parameter(value, other):
            yield f"{ours['class']}({name}) is {_shown(value)} in the notebook, {_shown(other)} in the package"


def _same_parameter(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict) and "class" in ours and isinstance(theirs, dict) and "class" in theirs:
        return next(_different_parameters(ours, theirs), None) is None
    if isinstance(ours, dict) and "kind" in ours and isinstance(theirs, dict) and "kind" in theirs:
        return compare_scores(ours, theirs).equal
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(_same_parameter(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_same_parameter, ours, theirs))
    return same_scalar(ours, theirs)


def _shown(value: object) -> str:
    return str(value.get("class", "something else")) if isinstance(value, dict) else repr(value)


def score_rows(plan: Plan, matched: Matched, recording: Recording, answer: Mapping[str, Any]) -> Iterator[ScoreRow]:
    """Every score of the plan, each time it was computed."""
    for score, theirs, saved in zip(plan.scores, answer["scores"], plan.saved, strict=True):
        kind, part = KINDS.get(str(score["kind"]), "score"), str(score.get("part") or "all")
        about = About(Subject.SCORE, site_of(score), str(score.get("name") or ""))
        events = [event for event in distinct(score_events(score, matched)) if event.result]
        ours = [recording.values[event.result] for event in events]
        if score["kind"] != "demonstration":
            ours = list(recorded_values(events, recording))
            theirs = theirs * len(ours)
        for one, other in zip(ours, theirs, strict=False):
            equal = compare_scores(one, other).equal
            yield ScoreRow(score_name(score), jsonable(one), jsonable(other), equal, about, saved, kind, part)
        if not ours or not theirs:
            yield ScoreRow(score_name(score), None, None, False, about, saved, kind, part)


def serving(answer: Mapping[str, Any]) -> Serving:
    """What the driver found when it served rows one by one."""
    found = answer["serving"]
    return Serving(found["rows"], found["equal"], found["ties"], found["detail"])


def correction_rows(
    plan: Plan, answer: Mapping[str, Any], shown: Mapping[str, object]
) -> tuple[tuple[CorrectionRow, ...], str]:
    """The corrections with their scores, and how the last of them differs from what ``evaluate`` prints ("" if not)."""
    stages = [{name: jsonable(value) for name, value in stage.items()} for stage in answer["stages"]]
    repaired = tuple(Change(name, saved, stages[0][name]) for name, saved in saved_scores(plan).items())
    rows = tuple(
        CorrectionRow(
            str(correction["rule"]),
            str(correction["what"]),
            repaired if is_repair(correction) else tuple(Change(name, before[name], after[name]) for name in before),
            is_repair(correction),
            answer["held_out"] if correction.get("split") else None,
            tuple(Change(one["name"], one["before"], one["after"]) for one in learned),
        )
        for correction, before, after, learned in zip(
            plan.corrections, stages[:-1], stages[1:], answer["learned"], strict=True
        )
    )
    for name, value in stages[-1].items():
        if name not in shown:
            return rows, f"`evaluate` prints no {name}"
        if not same_json(value, shown[name]):
            return rows, f"after all corrections {name} is {value}, but `evaluate` prints {shown[name]}"
    return rows, ""


def is_repair(correction: Entry) -> bool:
    """Is it applied to the notebook's own run, too, so that it cannot change a score from there on?"""
    return bool(correction.get("repair"))


def saved_scores(plan: Plan) -> dict[str, object]:
    """What the saved notebook shows of the scores that corrections are followed with."""
    found: dict[str, object] = {}
    for label, about in reported(plan).items():
        own = [
            saved
            for score, saved in zip(plan.scores, plan.saved, strict=True)
            if score.get("name") == about["name"] and (score.get("part") or "all") == about["part"]
        ]
        shown = [saved for saved in own if saved is not None]
        if shown and all(saved == shown[0] for saved in shown):
            found[label] = shown[0]
    return found


def same_json(ours: object, theirs: object) -> bool:
    """Equal JSON values, numbers to relative 1e-9."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same_json(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same_json, ours, theirs))
    return same_scalar(ours, theirs)


def jsonable(plain: Plain) -> object:
    """A plain value as JSON: not a number becomes null, a frame an object of columns and values."""
    match plain["kind"]:
        case "number":
            return _finite(plain["value"])
        case "text":
            return plain["value"]
        case "mapping":
            return {str(jsonable(key)): jsonable(item) for key, item in plain["items"]}
        case "sequence":
            return [jsonable(item) for item in plain["items"]]
        case "table":
            rows = table_rows(plain)
            if plain["container"] == "DataFrame":
                return {"columns": [str(label) for label in plain["labels"]], "values": rows}
            return [row[0] for row in rows] if plain["flat"] else rows
        case "array":
            return [_finite(item) for item in numbers(plain).tolist()]
        case "sparse":
            return [_finite(item) for item in numbers(plain["values"]).tolist()]
        case _:
            return None


def table_rows(table: Plain) -> list[list[object]]:
    """The cells of a table, row by row, as JSON can hold them."""
    columns: list[list[object]] = []
    for column in columns_of(table):
        cells = column.items if column.array is None else column.array.tolist()
        columns.append([_finite(cell) for cell in cells or ()])
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(table["rows"])]


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
