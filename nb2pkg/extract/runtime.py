"""The scaffold's modules and tests, made to speak of the package they are copied into."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from nb2pkg.extract.handover import Modules
from nb2pkg.extract.hooks import (
    PREDICTIONS,
    PREPROCESSING,
    REPORTS,
    SCORES,
    Hook,
    cut,
    has_target,
    modules_of,
    unneeded,
)
from nb2pkg.extract.markdown import mappings
from nb2pkg.extract.searching import modules_of_search, tests_of_search, with_search

SCAFFOLD = Path(__file__).parent.parent / "scaffold"
OWN_NAME = "nb2pkg.scaffold"

STAND_INS = ("config.py", "data/ingestion.py", "data/preprocessing.py", "model/pipeline.py", "model/scores.py")
OTHERS = ("tests/", "running/", "searching/")
TESTS = ("__init__", "conftest", "test_artifacts", "test_command_line", "test_config", "test_contract", "test_refusals")
TESTS_OF_ROWS = ("test_end_to_end", "test_pipeline", "test_rows", "test_steps")
TESTS_OF_TARGET = ("test_targets",)
TESTS_OF_SEARCH = ("test_search",)
TESTS_OF_SAMPLE = ("test_sample",)
PARITY = "test_parity.py"
TESTS_OF_GOLDEN = ("alike", "replay", "test_parity")
TESTS_OF_FIGURES = ("test_reports",)


def runtime_modules(modules: Modules) -> dict[str, str]:
    """Give the scaffold's modules by path below ``src/NAME``, speaking of the package, with what this one needs."""
    hooks = unneeded(modules.files)
    found = {path.relative_to(SCAFFOLD).as_posix(): path for path in sorted(SCAFFOLD.rglob("*.py"))}
    absent = {*STAND_INS, REPORTS, "__init__.py", *modules_of(hooks)}
    kept = sorted(path for path in found if path not in absent and not path.startswith(OTHERS))
    texts = {path: found[path].read_text(encoding="utf-8") for path in kept}
    if modules.searches:
        texts = {path: with_search(path, text) for path, text in texts.items()} | modules_of_search()
    return {path: renamed(cut(text, hooks), modules.name) for path, text in texts.items()}


def tests_of(modules: Modules) -> dict[str, str]:
    """Give the tests that can run on what was recorded, by path below ``tests``."""
    names = [f"{name}.py" for name in tests_written(modules) if name not in TESTS_OF_SEARCH]
    texts = {name: (SCAFFOLD / "tests" / name).read_text(encoding="utf-8") for name in names}
    if modules.searches:
        texts = {name: with_search(f"tests/{name}", text) for name, text in texts.items()}
    if set(TESTS_OF_SEARCH) <= set(tests_written(modules)):
        texts |= tests_of_search()
    hooks = unneeded(modules.files)
    own = {PARITY: (*hooks, *unrecorded(modules))}
    return {name: renamed(cut(text, own.get(name, hooks)), modules.name) for name, text in texts.items()}


def unrecorded(modules: Modules) -> Iterator[Hook]:
    """Give the hooks of golden values that the notebook's run did not leave."""
    golden = modules.recorded.golden if modules.recorded is not None else None
    if golden is None:
        return
    if not golden.get("predictions"):
        yield PREDICTIONS
    if not any(map(_can_be_replayed, mappings(golden.get("scores")))):
        yield SCORES


def _can_be_replayed(score: Mapping[str, object]) -> bool:
    """Has a score all that it takes, as ``can_be_replayed`` of the generated tests has it?"""
    return score.get("kind") != "demonstration" or ("input" in score and score.get("space") != "raw")


def tests_written(modules: Modules) -> tuple[str, ...]:
    """Name the test modules that have the rows they need; a test that would have to be skipped is not written."""
    recorded = modules.recorded
    golden = recorded is not None and recorded.golden is not None
    target = TESTS_OF_TARGET if has_target(modules.files.get(PREPROCESSING, "")) else ()
    rows = (*TESTS_OF_ROWS, *target) if golden or modules.bundled else ()
    sample = TESTS_OF_SAMPLE if rows and recorded is not None and "sample.csv" in recorded.files else ()
    search = TESTS_OF_SEARCH if rows and modules.searches else ()
    figures = TESTS_OF_FIGURES if rows and REPORTS in modules.files else ()
    return (*TESTS, *rows, *search, *sample, *(TESTS_OF_GOLDEN if golden else ()), *figures)


def renamed(text: str, name: str) -> str:
    """Make a scaffold module speak of the package it is copied into."""
    placed = text.replace(f"{OWN_NAME}.tests", "tests").replace(f"{OWN_NAME}.searching", f"{name}.model")
    return placed.replace(OWN_NAME, name)
