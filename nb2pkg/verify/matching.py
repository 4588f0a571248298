"""Find the recorded calls that the replay plan speaks of, and those it leaves out."""

from collections.abc import Iterator
from dataclasses import dataclass

from nb2pkg.verify.kernel_side.values import Plain
from nb2pkg.verify.plan import Called, Entry, Plan, called_of, site_of
from nb2pkg.verify.recording import Event, Recording, Site

FITS = ("fit", "fit_transform", "fit_predict", "partial_fit")
ANSWERS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform")


@dataclass(frozen=True, slots=True)
class Matched:
    """The chosen fit, every later call of that fitted model, and what does not fit together (``troubles``)."""

    fit: Event
    calls: tuple[Event, ...]
    metrics: tuple[Event, ...]
    attributes: tuple[Event, ...]
    split: Event | None
    troubles: tuple[str, ...]


def match(plan: Plan, recording: Recording) -> Matched | None:
    """Match plan and recording; None where the chosen fit never happened."""
    assert plan.fit is not None
    fits = [event for event in recording.at(plan.fit) if event.kind == "call" and event.method in FITS]
    fits = [event for event in fits if _is_by(event, plan.fit_called)]
    if not fits:
        return None
    fit = fits[-1]
    same = [
        event for event in recording.events if (event.estimator, event.generation) == (fit.estimator, fit.generation)
    ]
    calls = tuple(event for event in same if event.kind == "call" and event.number >= fit.number)
    again = [e.number for e in recording.events if e.estimator == fit.estimator and e.generation > fit.generation]
    end = min(again, default=len(recording.events) + max(e.number for e in recording.events))
    metrics = tuple(e for e in recording.events if e.kind == "metric" and fit.number < e.number <= end)
    attributes = tuple(event for event in same if event.kind == "attribute")
    splits = [event for event in recording.events if event.kind == "split" and event.site == plan.split]
    above = [event for event in splits if event.number < fit.number and _is_by(event, plan.split_called)]
    split = above[-1] if above else None
    matched = Matched(fit, calls, metrics, attributes, split, ())
    troubles = (*_unplanned(plan, matched), *_unrecorded(plan, matched))
    return Matched(fit, calls, metrics, attributes, split, troubles)


def _is_by(event: Event, called: Called | None) -> bool:
    """Did it happen while these lines ran?"""
    return called is None or (event.cell == called.cell and called.line <= event.line <= called.end_line)


def frame_events(frame: Entry, matched: Matched) -> list[Event]:
    """The recorded calls a frame is about; where a chain puts several at one place, those its name tells."""
    found = [event for event in _there(frame, matched.calls) if frame["argument"] in event.arguments]
    named = [event for event in found if f".{event.method} " in f"{frame.get('site', '')} "]
    return named or found


def score_events(score: Entry, matched: Matched) -> list[Event]:
    """The recorded calls a score is about."""
    match score["kind"]:
        case "score":
            return [event for event in _there(score, matched.calls) if event.method == "score"]
        case "demonstration":
            return [e for e in _there(score, matched.calls) if e.method == score.get("method", e.method)]
        case "attribute":
            return [e for e in _there(score, matched.attributes) if e.method == score["attribute"]]
        case _:
            return list(_there(score, matched.metrics))


def _there(entry: Entry, events: tuple[Event, ...]) -> Iterator[Event]:
    """The events at the place of an entry."""
    return (event for event in events if event.site == site_of(entry) and _is_by(event, called_of(entry)))


def recorded_values(events: list[Event], recording: Recording, argument: str | None = None) -> Iterator[Plain]:
    """The different values these events received (or gave, without ``argument``), in order."""
    keys = [event.arguments.get(argument) if argument else event.result for event in events]
    return (recording.values[key] for key in dict.fromkeys(keys) if key)


def said(site: Site, method: str) -> str:
    """A call in words."""
    return f"{method} in cell {site.cell}, line {site.line}"


def _unplanned(plan: Plan, matched: Matched) -> Iterator[str]:
    """Calls of the chosen model that the plan does not know."""
    planned = {site_of(entry) for entry in (*plan.frames, *plan.scores)}
    seen = set()
    for event in matched.calls:
        if event.site not in planned and event.site not in seen:
            seen.add(event.site)
            yield f"the plan has no entry for {said(event.site, event.method)}"
    rest = [name for name in matched.fit.rest if name not in plan.watching]
    if rest:
        yield f"the fit was also given {', '.join(rest)}, which the plan does not hold"
    if plan.split is not None and matched.split is None:
        yield f"the split in cell {plan.split.cell} was not recorded before the fit"


def _unrecorded(plan: Plan, matched: Matched) -> Iterator[str]:
    """Entries of the plan that no recorded call stands for."""
    for frame in plan.frames:
        if not frame_events(frame, matched):
            yield f"no call of the chosen model was recorded for {frame_name(frame)}"
    for score in plan.scores:
        if not score_events(score, matched):
            yield f"nothing was recorded for {score_name(score)}"


def frame_name(frame: Entry) -> str:
    """A frame as it is called in the report: ``cell 15 model.fit X``."""
    site = str(frame.get("site") or f"cell {frame['cell']}, line {frame['line']}")
    return site if site.endswith(f" {frame['argument']}") else f"{site} {frame['argument']}"


def score_name(score: Entry) -> str:
    """A score as it is called in the report, validation rows named."""
    site = str(score.get("site") or f"cell {score['cell']}, line {score['line']}")
    name = score.get("name") or score.get("attribute") or score.get("method") or ""
    told = site if not name or str(name) in site else f"{site} {name}"
    return f"{told} (validation rows)" if score.get("part") == "validation" else told
