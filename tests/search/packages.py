"""Run a planned package in this process, and tell what it does differently from its notebook."""

import importlib
import itertools
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.pipeline import Pipeline

from nb2pkg.extract.handover import Modules
from nb2pkg.extract.package import put
from nb2pkg.extract.plan import Plan
from nb2pkg.extract.sections.package import texts_of
from nb2pkg.verify.kernel_side.driver import Fitted, Package, Rows, cut, served
from tests.extract import replaying
from tests.search.running import Call, Run, copied, difference, watched

TARGET = "left"
PRINTED = ("<Axes", "<Figure", "array([<Axes")


def raw_rows(plan: Plan, folder: Path, notebook: Run) -> list[str]:
    """Level 3: what differs in the rows and answers of the chosen model, and in rows that come alone."""
    replay: Any = plan.modules.extraction["replay"]
    with replaying.package(folder, plan), watched():
        rows = Rows(Package(replaying.NAME), split=True)
        learned = {step["step"]: step["rows"] for step in replay["steps"]}
        fitted = Fitted(rows, learned, replay["fit"]["part"], {step["step"]: step["verb"] for step in replay["steps"]})
        own = rows.package.own()
        own.fit(rows.of("train"), rows.target("train"))
        answers = served({"served": 6, "seed": 0}, rows, own)
        depth = len(fitted.pipeline.steps) - replay["fit"]["model_steps"]
        found = [*_frames(replay, fitted, depth, notebook), *_alone(fitted, depth)]
    return found + ([] if answers["equal"] else [f"served: {answers['detail']}"])


def _frames(replay: Mapping[str, Any], fitted: Fitted, depth: int, notebook: Run) -> Iterator[str]:
    """Each frame of the plan beside the call of the notebook, and the calls of the model that the plan has no frame for."""
    fits = [call for call in notebook.calls if call.method == "fit" and _site(replay["fit"]) == call.site]
    if not fits:
        yield "the chosen fit was never made"
        return
    later = notebook.calls[notebook.calls.index(fits[-1]) :]
    calls = [call for call in later if call.owner in (fits[-1].owner, getattr(fits[-1].owner, "best_estimator_", None))]
    for frame in replay["frames"]:
        call = next((one for one in calls if _is_of(frame, one)), None)
        how = _differs(frame, call, fitted, depth) if call is not None else "never asked in the notebook"
        if how:
            yield f"{frame['site']}: {how}"
    known = {_site(frame) for frame in (*replay["frames"], *replay["scores"])}
    for call in calls:
        if call.site not in known:
            yield f"no frame for {call.method} in cell {call.site[0]}"


def _site(entry: Mapping[str, Any]) -> tuple[int, int, int]:
    return entry["cell"], entry["line"], entry["column"]


def _is_of(frame: Mapping[str, Any], call: Call) -> bool:
    return _site(frame) == call.site and f".{call.method} " in frame["site"]


def _differs(frame: Mapping[str, Any], call: Call, fitted: Fitted, depth: int) -> str:
    if frame["argument"] == "y":
        return difference(call.y, cut(fitted.target(frame["part"]), frame.get("slice")))
    rows = cut(fitted.at(frame["part"], depth), frame.get("slice"))
    how = difference(call.X, rows)
    if how or not call.method.startswith("predict"):
        return how
    how = difference(call.result, getattr(fitted.pipeline[depth:], call.method)(rows))
    return f"answers: {how}" if how else ""


def _alone(fitted: Fitted, depth: int) -> Iterator[str]:
    """A row of each part that comes alone, without its target, beside the same row among the others."""
    for part in ("train", "test") if depth > 0 and not fitted.apart else ():
        rows, together = fitted.rows.of(part), copied(fitted.at(part, depth))
        for place in (0, len(rows) - 1):
            alone = rows.iloc[[place]].reset_index(drop=True)
            how = difference(together[[place]], prepared(fitted.pipeline[:depth], alone))
            if how:
                yield f"row {place} of {part} alone: {how}"


def prepared(steps: Pipeline, row: pd.DataFrame) -> Any:
    """A row as the model gets it: without its target, where the package does not ask for that."""
    try:
        return steps.transform(row.drop(columns=TARGET, errors="ignore"))
    except (KeyError, ValueError):
        return steps.transform(row)


def sections(modules: Modules, folder: Path, notebook: Run) -> list[str]:
    """Below level 3: what differs in what estimators are given, one call after the other, and in what is printed."""
    package = _ran(modules, folder)
    found = list(_calls(notebook, package))
    before, after = _text(notebook), _text(package)
    if before != after:
        lines = next(pair for pair in itertools.zip_longest(before, after, fillvalue="") if pair[0] != pair[1])
        found.append(f"printed {lines[0]!r} and {lines[1]!r}")
    return found


def _ran(modules: Modules, folder: Path) -> Run:
    texts = {path: text.encode() for path, text in texts_of(modules).items() if path.startswith("src/")}
    put(folder, texts)
    sys.path.insert(0, str(folder / "src"))
    importlib.invalidate_caches()
    try:
        with watched() as found:
            config = importlib.import_module(f"{modules.name}.config").load_config({})
            importlib.import_module(f"{modules.name}.run").run(config)
    finally:
        sys.path.remove(str(folder / "src"))
        for name in [name for name in sys.modules if name.partition(".")[0] == modules.name]:
            del sys.modules[name]
    return found


def _calls(notebook: Run, package: Run) -> Iterator[str]:
    if len(notebook.calls) != len(package.calls):
        yield f"{len(notebook.calls)} calls of estimators and {len(package.calls)}"
        return
    for before, after in zip(notebook.calls, package.calls, strict=True):
        how = "another method" if before.method != after.method else ""
        how = how or difference(before.X, after.X) or difference(before.y, after.y)
        how = how or difference(before.result, after.result)
        if how:
            yield f"cell {before.site[0]} {type(before.owner).__name__}.{before.method}: {how}"


def _text(found: Run) -> list[str]:
    """The printed lines, without those that hold addresses of figures."""
    return [line for line in found.printed.split("\n") if not line.startswith(PRINTED)]
