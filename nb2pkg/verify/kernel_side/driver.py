"""Replay a notebook in its package: fit step by step on the rows the notebook learned from, and give back what came out.

    read_raw -> select_rows -> split_rows -> each step fitted on its rows -> the model fitted -> frames, scores, serving

Runs in a process of its own with the package on its path; knows the package's public functions and nothing else.
"""

from __future__ import annotations

import importlib
import math
import os
import platform
import sys
import warnings
from collections.abc import Callable
from typing import Any

from . import values
from .learned import changed, learned

BETWEEN = ("learning", "held_out")
WITH = "with:"  # the rows that are learned from, with those of a reader below them
REFUSALS = (ValueError, KeyError, TypeError, IndexError, AttributeError)


class Package:
    """The package's functions, found by name."""

    def __init__(self, name: str) -> None:
        self.ingestion = importlib.import_module(f"{name}.data.ingestion")
        self.preprocessing = importlib.import_module(f"{name}.data.preprocessing")
        self.pipeline = importlib.import_module(f"{name}.model.pipeline")
        self.evaluation = importlib.import_module(f"{name}.model.evaluate")
        self.config = importlib.import_module(f"{name}.config").load_config()
        self.searches = hasattr(self.pipeline, "build_search")
        self.search = importlib.import_module(f"{name}.model.search") if self.searches else None

    def selected(self, raw: Any) -> Any:
        """The rows that are learned from: all, where the package chooses none."""
        select = getattr(self.preprocessing, "select_rows", None)
        return raw if select is None else select(raw, self.config)

    def target_encoder(self) -> Any:
        """What turns the target's labels into numbers; None where the package has none."""
        build = getattr(self.pipeline, "build_target_encoder", None)
        return None if build is None else build()

    def replayed(self) -> Any:
        """The unfitted pipeline as the notebook has it: with the search, where there is one."""
        build = self.pipeline.build_search if self.searches else self.pipeline.build_pipeline
        return build(self.config)

    def own(self) -> Any:
        """The unfitted pipeline that the package trains, with the parameters that its own search found."""
        if self.search is not None:
            self.search.keep_best(self.config)
        return self.pipeline.build_pipeline(self.config)


class Rows:
    """The raw rows by part, and what is to be predicted for them."""

    def __init__(self, package: Package, *, split: bool) -> None:
        self.package = package
        raw = package.ingestion.read_raw(package.config)
        selected = package.selected(raw)
        self.parts = {"raw": raw, "all": selected}
        if split:
            train, *tuning, test = package.preprocessing.split_rows(selected, package.config)
            self.parts |= {"train": train, "test": test, **({"validation": tuning[0]} if tuning else {})}
        self.encoder = package.target_encoder()
        if self.encoder is not None:
            self.encoder.fit(package.preprocessing.target_of(selected, package.config))

    def of(self, part: str) -> Any:
        """The raw rows of a part, those that a reader reads, or both together."""
        if part.startswith("reader:") and part not in self.parts:
            reader = getattr(self.package.ingestion, part.partition(":")[2])
            self.parts[part] = reader(self.package.config)
        if part in BETWEEN and part not in self.parts:
            first = self.package.preprocessing.first_parts(self.parts["all"], self.package.config)
            self.parts[part] = first[BETWEEN.index(part)]
        if part.startswith(WITH) and part not in self.parts:
            import pandas

            other = self.of(f"reader:{part.removeprefix(WITH)}")
            self.parts[part] = pandas.concat([self.parts["all"], other], ignore_index=True)
        return self.parts[part]

    def target(self, part: str) -> Any:
        """The target of a part, encoded where there is an encoder; None where nothing is predicted."""
        target = self.package.preprocessing.target_of(self.of(part), self.package.config)
        if self.encoder is None or target is None:
            return target
        return type(target)(self.encoder.transform(target), index=target.index, name=target.name)

    def positions(self, part: str) -> list[int] | None:
        """Which of all rows a part holds; None where their labels do not tell."""
        index, labels = self.parts["all"].index, self.of(part).index
        if not index.is_unique or not labels.isin(index).all():
            return None
        return [int(i) for i in index.get_indexer(labels)]


class Fitted:
    """A pipeline fitted step by step; ``learned`` says which rows each step learned from and ``fit`` the model."""

    def __init__(self, rows: Rows, learned: dict[str, str], fit: str, verbs: dict[str, str]) -> None:
        self.rows = rows
        self.pipeline = rows.package.replayed()
        self.given: dict[tuple[str, int], Any] = {}
        self.apart: set[int] = set()
        self.drawn: Any = None
        for depth, (name, step) in enumerate(self.pipeline.steps[:-1]):
            self._fit_step(depth, step, learned.get(name, fit), fit, verbs.get(name, "fit"))
        last = self.pipeline.steps[-1][1]
        fit = fit if self.drawn is None else "resampled"
        target = self.target(fit)
        inputs = self.at(fit, len(self.pipeline.steps) - 1)
        last.fit(inputs) if target is None else last.fit(inputs, target)

    def _fit_step(self, depth: int, step: Any, part: str, fit: str, verb: str) -> None:
        if step is None or step == "passthrough":
            return
        if hasattr(step, "fit_resample"):
            self.given["resampled", depth + 1], self.drawn = step.fit_resample(
                self.at(fit, depth), self.rows.target(fit)
            )
            return
        if part == "each":
            self.apart.add(depth)
            part = fit
        taught = part != "raw" and not part.startswith(WITH)  # the others have no target
        inputs, target = self.at(part, depth), self.target(part) if taught else None
        given = (inputs,) if target is None else (inputs, target)
        if verb == "fit_transform" and depth not in self.apart:
            self.given[part, depth + 1] = step.fit_transform(*given)
        else:
            step.fit(*given)

    def target(self, part: str) -> Any:
        """The target of a part, or of the rows that resampling made."""
        return self.drawn if part == "resampled" else self.rows.target(part)

    def at(self, part: str, depth: int) -> Any:
        """What the step at ``depth`` receives for the rows of ``part``."""
        if depth == 0:
            return self.rows.of(part)
        if (part, depth) not in self.given:
            inputs = self.at(part, depth - 1)
            step = self.pipeline.steps[depth - 1][1]
            self.given[part, depth] = self._transformed(step, inputs, part, depth - 1)
        return self.given[part, depth]

    def _transformed(self, step: Any, inputs: Any, part: str, depth: int) -> Any:
        if step is None or step == "passthrough" or hasattr(step, "fit_resample"):
            return inputs
        if depth not in self.apart:
            return step.transform(inputs)
        from sklearn.base import clone

        return clone(step).fit_transform(inputs, self.rows.target(part))

    def scorable(self, part: str) -> tuple[Any, Any]:
        """A pipeline and rows to score: the whole one, or the model alone where a step learned from each part anew."""
        pipeline = self.answering() if self.rows.package.searches else self.pipeline
        if not self.apart and part != "resampled":
            return pipeline, self.rows.of(part)
        depth = len(pipeline.steps) - 1
        return pipeline[-1:], self.at(part, depth)

    def answering(self) -> Any:
        """The pipeline as it answers: what a search found stands in its place."""
        name, search = self.pipeline.steps[-1]
        return type(self.pipeline)([*self.pipeline.steps[:-1], (name, getattr(search, "best_estimator_", search))])


def cut(rows: Any, slice_: list[int | None] | None) -> Any:
    """The rows from start to stop, by position."""
    if slice_ is None:
        return rows
    start, stop = slice_
    return rows.iloc[start:stop] if hasattr(rows, "iloc") else rows[start:stop]


def replayed(settings: dict[str, Any], fitted: Fitted) -> dict[str, Any]:
    """Frames, results and scores as the notebook's own fits give them."""
    depth = len(fitted.pipeline.steps) - settings["model_steps"]
    model = fitted.pipeline[depth:]
    return {
        "frames": [frame_of(frame, fitted, model, depth) for frame in settings["frames"]],
        "scores": [score_of(score, fitted, model) for score in settings["scores"]],
    }


def frame_of(frame: dict[str, Any], fitted: Fitted, model: Any, depth: int) -> dict[str, Any]:
    """One frame, and what the model answers to it where the notebook asked."""
    if frame["argument"] == "y":
        return {"value": values.encode(cut(fitted.target(frame["part"]), frame.get("slice"))), "result": None}
    rows = cut(fitted.at(frame["part"], depth), frame.get("slice"))
    answer = None
    if frame.get("ask"):
        answer = values.encode(getattr(model, frame["ask"])(rows))
    return {"value": values.encode(rows), "result": answer}


def score_of(score: dict[str, Any], fitted: Fitted, model: Any) -> list[dict[str, Any]]:
    """The values of one score: one for each time the notebook came by."""
    kind = score["kind"]
    if kind == "attribute":
        model = fitted.pipeline.steps[-1][1]
        found = getattr(model, "best_estimator_", model)  # what a search found answers for it
        return [values.encode(getattr(model if hasattr(model, score["attribute"]) else found, score["attribute"]))]
    if kind == "demonstration":
        target = fitted.pipeline if score.get("space") == "raw" else model
        return [demonstrated(target, score["method"], given) for given in score["given"]]
    pipeline, rows = fitted.scorable(score["part"])
    rows, target = cut(rows, score.get("slice")), cut(fitted.target(score["part"]), score.get("slice"))
    return [computed(score["name"], fitted.rows.package, pipeline, rows, target)]


def demonstrated(model: Any, method: str, given: dict[str, Any]) -> dict[str, Any]:
    """What the model answers to the notebook's own literal rows."""
    arguments = [values.decode(given[name]) for name in ("X", "y") if name in given]
    answer = getattr(model, method)(*arguments)
    return values.encode(answer)


def computed(name: str, package: Package, pipeline: Any, rows: Any, target: Any) -> dict[str, Any]:
    """A score by its name in the package; undefined ones say why."""
    score: Callable[..., object] | None = package.evaluation.SCORES.get(name)
    if score is None:
        return {"kind": "opaque", "type": f"score that the package has not ({name})"}
    try:
        return values.encode(score(pipeline, rows, target))
    except ValueError as error:
        return {"kind": "opaque", "type": f"undefined score ({error})"}


def corrected(
    settings: dict[str, Any], rows: Rows, first: Fitted
) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]], Fitted]:
    """The scores after each correction, one on top of the other, the replayed ones first; what the steps that it is about
    learned before and after each; and the last of the fits."""
    taught = {step["step"]: step["rows"] for step in settings["steps"]}
    verbs = {step["step"]: step["verb"] for step in settings["steps"]}
    fit, held_out = settings["fit"], settings["split"]
    last = rows.package.replayed().steps[-1][0]
    fitted, stages = first, [stage_scores(settings, first, held_out)]
    values_learned: list[list[dict[str, Any]]] = []
    for correction in settings["corrections"]:
        names = set(correction.get("steps") or ())
        if not names and not correction.get("split"):
            stages.append(stages[-1])
            values_learned.append([])
            continue
        if correction.get("split"):
            taught |= {name: "train" for name, part in taught.items() if part == fit}
            held_out, fit = True, "train"
        fit = "train" if last in names else fit
        taught |= {name: "train" for name in names}
        verbs |= {name: "fit" for name in names}
        about = [name for name in taught if name in names or not names]
        before, fitted = learned(fitted.pipeline, about), Fitted(rows, taught, fit, verbs)
        values_learned.append(changed(before, learned(fitted.pipeline, about)))
        stages.append(stage_scores(settings, fitted, held_out))
    return stages, values_learned, fitted


def stage_scores(settings: dict[str, Any], fitted: Fitted, held_out: bool) -> dict[str, Any]:
    """Each score by name: of held-out rows where rows are held out, else of the rows the notebook scored."""
    found: dict[str, Any] = {}
    for label, about in settings["reported"].items():
        part = about["part"] if about["part"] == "validation" or not held_out else "test"
        pipeline, rows = fitted.scorable(part)
        found[label] = computed(about["name"], fitted.rows.package, pipeline, rows, fitted.rows.target(part))
    return found


def tested(rows: Rows, part: str) -> tuple[Any, Any]:
    """The rows that a score is computed on in the end, and their target."""
    part = part if part == "validation" else "test"
    return rows.of(part), rows.target(part)


def kept(package: Package, fitted: Fitted) -> dict[str, Any] | None:
    """What the package keeps of its search, and what the search finds on the rows that the package trains on."""
    search = fitted.pipeline.steps[-1][1]
    if package.search is None or not package.search.is_search(search):
        return None
    best = package.search.kept(package.config)
    found = package.search.described(search.best_params_)
    return {"found": found, "kept": best.entry["parameters"], "file": best.path.name}


def served(settings: dict[str, Any], rows: Rows, pipeline: Any) -> dict[str, Any]:
    """Is each held-out row, alone, answered as in the batch?"""
    import numpy

    held_out = rows.of("test")
    count = len(held_out)
    chosen = list(range(count))
    if count >= settings["served"]:
        drawn = numpy.random.default_rng(settings["seed"]).choice(count, settings["served"], replace=False)
        chosen = sorted(int(i) for i in drawn)
    batch = pipeline.predict(held_out)
    shares = pipeline.predict_proba(held_out) if hasattr(pipeline, "predict_proba") else None
    ties = 0
    for row in chosen:
        alone = held_out.iloc[[row]].reset_index(drop=True)  # as a row that comes alone is labelled
        try:
            answer = pipeline.predict(alone)
            share = [None] if shares is None else pipeline.predict_proba(alone)
        except REFUSALS as error:
            why = f"row {row} alone: {type(error).__name__}: {error}".splitlines()[0]
            return {"rows": len(chosen), "equal": False, "ties": ties, "detail": why}
        if not agree(batch[row], answer[0]):
            if shares is None or not tied(shares[row]):
                why = f"row {row}: {batch[row]} in the batch, {answer[0]} alone"
                return {"rows": len(chosen), "equal": False, "ties": ties, "detail": why}
            ties += 1
        elif shares is not None and not agree(shares[row], share[0]):
            why = f"row {row}: probabilities differ alone"
            return {"rows": len(chosen), "equal": False, "ties": ties, "detail": why}
    return {"rows": len(chosen), "equal": bool(chosen), "ties": ties, "detail": ""}


def classes(pipeline: Any, encoder: Any) -> list[Any] | None:
    """The labels that a classifier answers with, none of one that gives several answers; None for any other model."""
    found: Any = getattr(encoder if encoder is not None else pipeline, "classes_", None)
    return None if found is None else list(found.tolist()) if hasattr(found, "tolist") else []


def agree(one: Any, other: Any) -> bool:
    """Labels equal, numbers to relative 1e-9; a row of several answers throughout."""
    if getattr(one, "shape", ()):
        return all(agree(a, b) for a, b in zip(one, other))
    if hasattr(one, "dtype") and one.dtype.kind == "f":
        return math.isclose(one, other, rel_tol=1e-9) or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


def tied(shares: Any) -> bool:
    """Are the two most likely answers equally likely?"""
    best = sorted((float(share) for share in shares), reverse=True)
    return len(best) > 1 and best[0] - best[1] <= 1e-12


def versions() -> dict[str, str]:
    """What both sides ran with."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for module, name in (("numpy", "numpy"), ("pandas", "pandas"), ("scipy", "scipy"), ("sklearn", "scikit-learn")):
        if module in sys.modules:
            found[name] = str(getattr(sys.modules[module], "__version__", "unknown"))
    return found


def replay(settings: dict[str, Any]) -> dict[str, Any]:
    """Everything verify asks of the package."""
    rows = Rows(Package(settings["package"]), split=True)
    learned = {step["step"]: step["rows"] for step in settings["steps"]}
    verbs = {step["step"]: step["verb"] for step in settings["steps"]}
    fitted = Fitted(rows, learned, settings["fit"], verbs)
    names = [name for name, _ in fitted.pipeline.steps[:-1]]
    stages, values_learned, last = corrected(settings, rows, fitted)
    own = rows.package.own()
    target = rows.target("train")
    own.fit(rows.of("train")) if target is None else own.fit(rows.of("train"), target)
    return {
        **replayed(settings, fitted),
        "parameters": values.parameters(fitted.pipeline),
        "steps": names,
        "rows": len(rows.of("all")),
        "positions": {part: rows.positions(part) for part in ("train", "test")},
        "stages": stages,
        "learned": values_learned,
        "classes": classes(own, rows.encoder),
        "kept": kept(rows.package, last),
        "final": {
            label: computed(about["name"], rows.package, own, *tested(rows, about["part"]))
            for label, about in settings["reported"].items()
        },
        "serving": served(settings, rows, own),
        "held_out": len(rows.of("test")),
        "constants": {name: values.encode(getattr(rows.package.config, name, None)) for name in settings["constants"]},
        "environment": versions(),
    }


def main(question: str, answer: str) -> None:
    """Answer the question in one file in another."""
    warnings.simplefilter("ignore")
    settings = values.load(question)
    task = {"replay": replay}
    found = task[settings["task"]](settings)
    os.replace(os.path.join(os.path.dirname(answer), values.store(found, os.path.dirname(answer))), answer)
