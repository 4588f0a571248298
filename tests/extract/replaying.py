"""Run a small notebook's cells and its planned package in this process, and say whether the model was given the same."""

import contextlib
import importlib
import io
import sys
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from nb2pkg.extract import documents
from nb2pkg.extract.package import put
from nb2pkg.extract.plan import Plan
from nb2pkg.extract.runtime import runtime_modules

NAME = "people_model"
TARGET = "left"


def difference(
    folder: Path, cells: list[str], plan: Plan, monkeypatch: pytest.MonkeyPatch, *, served_with: str = ""
) -> str:
    """What differs between notebook and package in the model's rows, alone and together; "" where nothing does.

    A row that comes alone has no target; ``served_with`` names it where the package cannot do without.
    """
    monkeypatch.chdir(folder)
    given, target, tested = received(cells, monkeypatch)
    with package(folder, plan) as modules:
        return compared(plan, modules, given, target, tested, unknown={TARGET} - {served_with})


def received(cells: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any, Any]:
    """The rows and the target that the notebook's last tree was fitted on, and the rows of its last prediction, None without one."""
    seen: list[tuple[Any, Any]] = []
    asked: list[Any] = [None]
    fit, predict = DecisionTreeClassifier.fit, DecisionTreeClassifier.predict

    def watched(self: Any, X: Any, y: Any = None, **options: Any) -> Any:
        seen.append((np.array(X), np.array(y)))
        return fit(self, X, y, **options)

    def asking(self: Any, X: Any, *options: Any, **more: Any) -> Any:
        asked.append(np.array(X))
        return predict(self, X, *options, **more)

    with monkeypatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setattr(DecisionTreeClassifier, "fit", watched)
        patch.setattr(DecisionTreeClassifier, "predict", asking)
        names: dict[str, object] = {"__name__": "__main__"}
        for cell in cells:
            exec(cell, names)  # noqa: S102
    return (*seen[-1], asked[-1])


@contextlib.contextmanager
def package(folder: Path, plan: Plan) -> Iterator[dict[str, ModuleType]]:
    """The package's own modules, imported for the while."""
    texts = {
        **runtime_modules(plan.modules),
        **plan.modules.files,
        "config.py": documents.config(plan.modules),
        "__init__.py": "",
    }
    put(folder / "src", {f"{NAME}/{path}": text.encode() for path, text in texts.items()})
    sys.path.insert(0, str(folder / "src"))
    importlib.invalidate_caches()
    try:
        names = ("config", "data.ingestion", "data.preprocessing", "model.pipeline")
        yield {name: importlib.import_module(f"{NAME}.{name}") for name in names}
    finally:
        sys.path.remove(str(folder / "src"))
        for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
            del sys.modules[name]


def compared(
    plan: Plan, modules: dict[str, ModuleType], given: Any, target: Any, tested: Any, *, unknown: AbstractSet[str]
) -> str:
    """Fit step by step on the rows that the notebook's steps learned from, and compare."""
    config, preparing = modules["config"].load_config(), modules["data.preprocessing"]
    replay: Any = plan.modules.extraction["replay"]
    raw = modules["data.ingestion"].read_raw(config)
    rows = preparing.select_rows(raw, config) if hasattr(preparing, "select_rows") else raw
    train, *tuning, test = preparing.split_rows(rows, config)
    tables = {"raw": raw, "all": rows, "train": train, "test": test, **dict(zip(["validation"], tuning, strict=False))}
    if hasattr(preparing, "first_parts"):
        tables |= dict(zip(("learning", "held_out"), preparing.first_parts(rows, config), strict=True))
    tables |= {part: read(part, rows, modules["data.ingestion"], config) for part in parts_of(replay)}
    steps = modules["model.pipeline"].build_pipeline(config).steps[: -replay["fit"]["model_steps"]]
    for (_, step), told in zip(steps, replay["steps"], strict=True):
        step.fit(tables[told["rows"]])
        tables = {name: step.transform(table) for name, table in tables.items()}
    alone = rows.iloc[[7]].reset_index(drop=True).drop(columns=list(unknown))
    for _, step in steps:
        alone = step.transform(alone)
    asked = next((one["part"] for one in reversed(replay["frames"]) if one["argument"] == "X"), "test")
    pairs = {
        "features": (given, tables[replay["fit"]["part"]]),
        "target": (target, preparing.target_of(rows if replay["fit"]["part"] == "all" else train, config)),
        "one row alone, without its target": (np.array(tables["all"])[[7]], alone),
        "test rows": (tables[asked] if tested is None else tested, tables[asked]),
    }
    return ", ".join(name for name, (one, other) in pairs.items() if not same(np.array(one), np.array(other)))


def parts_of(replay: Any) -> set[str]:
    """The rows that only readers of their own give."""
    named = {entry.get("part") or "all" for entry in replay["frames"]} | {told["rows"] for told in replay["steps"]}
    return {part for part in named if part.startswith(("reader:", "with:"))}


def read(part: str, rows: Any, ingestion: ModuleType, config: Any) -> Any:
    """The rows of a reader, alone or below the rows that are learned from."""
    found = getattr(ingestion, part.partition(":")[2])(config)
    return pd.concat([rows, found], ignore_index=True) if part.startswith("with:") else found


def same(one: Any, other: Any) -> bool:
    """Equal numbers, by position."""
    return one.shape == other.shape and np.allclose(one.astype(float), other.astype(float), rtol=1e-9, equal_nan=True)
