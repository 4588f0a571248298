"""The scaffold's modules and tests, made to speak of the package they are copied into."""

from pathlib import Path

from nb2pkg.extract.handover import Modules

SCAFFOLD = Path(__file__).parent.parent / "scaffold"
OWN_NAME = "nb2pkg.scaffold"
STAND_INS = ("config.py", "data/ingestion.py", "data/preprocessing.py", "model/pipeline.py", "model/scores.py")
TESTS = ("__init__", "conftest", "test_artifacts", "test_command_line", "test_config", "test_contract")
TESTS_OF_ROWS = ("test_end_to_end", "test_pipeline", "test_rows", "test_steps")
TESTS_OF_SAMPLE = ("test_sample",)
TESTS_OF_GOLDEN = ("replay", "test_parity")


def runtime_modules(name: str) -> dict[str, str]:
    """Give the scaffold's modules by path below ``src/NAME``, speaking of ``name``."""
    found = {path.relative_to(SCAFFOLD).as_posix(): path for path in sorted(SCAFFOLD.rglob("*.py"))}
    kept = {path for path in found if path not in STAND_INS and not path.startswith(("tests/", "running/"))} - {
        "__init__.py"
    }
    return {path: renamed(found[path].read_text(encoding="utf-8"), name) for path in sorted(kept)}


def tests_of(modules: Modules) -> dict[str, str]:
    """Give the tests that can run on what was recorded, by path below ``tests``."""
    names = tests_written(modules)
    return {
        f"{name}.py": renamed((SCAFFOLD / "tests" / f"{name}.py").read_text(encoding="utf-8"), modules.name)
        for name in names
    }


def tests_written(modules: Modules) -> tuple[str, ...]:
    """Name the test modules that have the rows they need; a test that would have to be skipped is not written."""
    recorded = modules.recorded
    golden = recorded is not None and recorded.golden is not None
    rows = TESTS_OF_ROWS if golden or modules.bundled else ()
    sample = TESTS_OF_SAMPLE if rows and recorded is not None and "sample.csv" in recorded.files else ()
    return (*TESTS, *rows, *sample, *(TESTS_OF_GOLDEN if golden else ()))


def renamed(text: str, name: str) -> str:
    """Make a scaffold module speak of the package it is copied into."""
    return text.replace(f"{OWN_NAME}.tests", "tests").replace(OWN_NAME, name)
