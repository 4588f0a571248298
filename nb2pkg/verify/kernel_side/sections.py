"""Keep what a notebook's names hold at the end of a section, and run a package's sections one by one to compare.

Runs in the notebook's kernel (``keep``) and in a process with the package on its path (``main``).
"""

from __future__ import annotations

import importlib.util
import inspect
import io
import json
import os
import platform
import random
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import values

SERVED = 50
TROUBLES = (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError, RecursionError, MemoryError)


def plain(value: object) -> values.Plain:
    """The plain form of a value; what cannot be compared is opaque."""
    try:
        return values.encode(value)
    except TROUBLES:
        return {"kind": "opaque", "type": type(value).__name__}


def keep(
    scope: Mapping[str, object], names: Iterable[str], folder: str, key: str, asked: Mapping[str, str] | None = None
) -> None:
    """Write what these names hold, and the values of expressions that are ``asked``."""
    found = {name: plain(scope[name]) for name in names if name in scope}
    for name, expression in (asked or {}).items():
        try:
            found[name] = plain(eval(expression, dict(scope)))
        except TROUBLES as error:
            found[name] = {"kind": "opaque", "type": type(error).__name__}
    os.replace(os.path.join(folder, values.store(found, folder)), os.path.join(folder, key))


class Section:
    """One section of a package as it runs: what it printed, and what its names held when it was over."""

    def __init__(self, function: Callable[..., Any], names: Iterable[str], gives: list[str]) -> None:
        self.function = function
        self.names = list(names)
        self.gives = gives
        self.printed = ""
        self.held: dict[str, values.Plain] = {}
        self.ran = False

    def __call__(self, *arguments: object) -> object:
        """Run it."""
        printed = io.StringIO()
        with redirect_stdout(printed):
            result = self.function(*arguments)
        self.printed, self.ran = printed.getvalue(), True
        held: dict[str, object] = dict(zip(inspect.signature(self.function).parameters, arguments, strict=True))
        if self.gives:
            held.update(zip(self.gives, result if len(self.gives) > 1 else (result,), strict=True))
        self.held = {name: plain(held[name]) for name in self.names if name in held}
        return result


class Serving:
    """Feature rows as text, answered by the kept model as the command line does, beside the model's own answer to the same rows."""

    def __init__(self, name: str, function: Callable[..., Any] | None, folder: str) -> None:
        self.name = name
        self.function = function
        self.answer: dict[str, Any] | None = None
        self.folder = Path(folder, "kept-by-train")
        self.kept: Path | None = None

    def __call__(self, config: Any) -> Any:
        """Run the sections up to the fit, keep what was fitted as `train` does, and ask both."""
        assert self.function is not None
        fitted = self.function(config)
        state = random.getstate(), sys.modules["numpy"].random.get_state()
        torch = sys.modules.get("torch")
        drawn = torch.get_rng_state() if torch is not None else None
        try:
            self.kept = self._module("train").save_fitted(fitted, replace(config, artifacts_dir=self.folder))
            self.answer = self._asked(fitted, self.kept)
        except TROUBLES as error:
            self.answer = {"error": f"{type(error).__name__}: {error}"}
        random.setstate(state[0])
        sys.modules["numpy"].random.set_state(state[1])
        if torch is not None:
            torch.set_rng_state(drawn)
        return fitted

    def evaluated(self, config: Any, sections: Sequence[Section]) -> list[tuple[str, str]]:
        """What the sections after the fit printed, and what `evaluate` prints; nothing where nothing could be kept for it."""
        if self.kept is None or not self.kept.joinpath("held.joblib").exists():
            return []
        first = [section.printed for section in sections]
        for section in sections:
            section.ran = False
        self._module("train").evaluate(replace(config, artifacts_dir=self.folder))
        return [(before, section.printed) for before, section in zip(first, sections) if section.ran]

    def _asked(self, fitted: Any, kept: Path) -> dict[str, Any]:
        rows, model = fitted.features, fitted.model
        if self._has("forms"):
            rows = self._module("forms").as_rows(rows)
        if self._has("store"):
            model = self._module("store").kept_model(model)
        loaded = self._module("train").load(kept)
        some = rows.head(SERVED)
        sample = self.folder / "sample.csv"
        some.to_csv(sample, index=False)
        answers = self._module("model.predict").predict_file(loaded, sample)
        own = model.predict(fitted.features[: len(some)])
        return {
            "rows": len(some),
            "refused": len(answers.refused),
            "bundle": plain(list(answers.predictions)),
            "model": plain((own if hasattr(own, "tolist") else sys.modules["numpy"].asarray(own)).tolist()),
            "sample": some.to_csv(index=False),
            "trained": self._trained(fitted.model, kept),
        }

    @staticmethod
    def _trained(model: Any, kept: Path) -> dict[str, Any]:
        """What the README says of the model: its rows, and the contract of them."""
        metadata, contract = (
            json.loads(kept.joinpath(name).read_text(encoding="utf-8")) for name in ("metadata.json", "contract.json")
        )
        known = {"training_rows": metadata["training_rows"], "contract": contract["columns"]}
        if hasattr(model, "classes_"):
            classes = sys.modules["numpy"].asarray(model.classes_)
            return {**known, "classes": classes.tolist() if classes.ndim == 1 else []}
        return {**known, "classes": None} if is_regressor(model) else known

    def _module(self, name: str) -> Any:
        return importlib.import_module(f"{self.name}.{name}")

    def _has(self, name: str) -> bool:
        return importlib.util.find_spec(f"{self.name}.{name}") is not None


def main(question: str, answer: str) -> None:
    """Run the package as its command line does, and answer what every section printed and held."""
    asked = values.load(question)
    sys.argv = [asked["package"]]
    sys.path[:] = [path for path in sys.path if path]  # a file beside the notebook hides no module of the package
    os.chdir(asked["home"])
    module: Any = importlib.import_module(f"{asked['package']}.run")
    config = importlib.import_module(f"{asked['package']}.config").load_config({})
    sections = [Section(getattr(module, one["function"]), one["names"], one["gives"]) for one in asked["sections"]]
    for one, section in zip(asked["sections"], sections, strict=True):
        setattr(module, one["function"], section)
    serving = Serving(asked["package"], getattr(module, "run_to_fit", None), os.path.dirname(answer))
    if serving.function is not None:
        module.run_to_fit = serving
    module.run(config)
    told = [{"printed": one.printed, "held": one.held, "ran": one.ran} for one in sections]
    again = serving.evaluated(config, sections) if serving.answer is not None else []
    found = {"serving": serving.answer, "evaluated": again, "sections": told, "environment": environment()}
    os.replace(os.path.join(os.path.dirname(answer), values.store(found, os.path.dirname(answer))), answer)


def is_regressor(model: Any) -> bool:
    """Whether a model answers with numbers, as it says itself."""
    try:
        return bool(importlib.import_module("sklearn.base").is_regressor(model))
    except TROUBLES:
        return False


def environment() -> dict[str, str]:
    """The versions that ran."""
    found = {"python": platform.python_version()}
    for module, name in (("numpy", "numpy"), ("pandas", "pandas"), ("sklearn", "scikit-learn"), ("scipy", "scipy")):
        if module in sys.modules:
            found[name] = str(getattr(sys.modules[module], "__version__", ""))
    return found
