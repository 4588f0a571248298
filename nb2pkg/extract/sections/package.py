"""A package below level 3 as text: its own modules, what every package has, and ruff's last word on the author's code."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from nb2pkg.errors import ExtractError
from nb2pkg.extract import documents
from nb2pkg.extract.checksums import LEDGER, VERDICT, as_json
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.hooks import ENCODER, cut
from nb2pkg.extract.levels import RAW_ROWS
from nb2pkg.extract.package import RUFF, can_be_imported, ledger_of, put, recorded_files, run_ruff
from nb2pkg.extract.package import assemble as assemble_raw_rows
from nb2pkg.extract.page import page
from nb2pkg.extract.runtime import OWN_NAME, SCAFFOLD, renamed
from nb2pkg.extract.sections import pages

EVERYWHERE = ("__main__.py", "settings.py", "logging.py")
SHOWING = {"showing.py": "running/showing.py", "refusals.py": "running/refusals.py"}
RUNNING = {"cli.py": "running/cli.py"}
STAGES = {
    "cli.py": "running/stages/cli.py",
    "bundle.py": "running/stages/bundle.py",
    "keeping.py": "running/stages/keeping.py",
    "store.py": "running/stages/store.py",
    "train.py": "running/stages/train.py",
    **{
        path: path
        for path in (
            "data/__init__.py",
            "data/contract.py",
            "model/__init__.py",
            "model/artifacts.py",
            "model/predict.py",
        )
    },
}
TESTS = {"test_config.py": "tests/test_config.py", "test_showing.py": "running/tests/test_showing.py"}
TESTS_OF_GOLDEN = {
    "alike.py": "tests/alike.py",
    "recorded.py": "running/tests/recorded.py",
    "test_sections.py": "running/tests/test_sections.py",
}
TESTS_OF_ANSWERS = {"test_answers.py": "running/tests/test_answers.py"}
TESTS_OF_LEVEL = {
    1: {"test_running.py": "running/tests/test_running.py"},
    2: {
        "test_stages.py": "running/tests/test_stages.py",
        "test_refusals.py": "running/tests/test_refusals.py",
    },
}
CHECK = ("check", "--select", "ALL", "--ignore", "D203,D213,COM812,CPY001", "--no-cache", "--exit-zero", "--quiet")


def assembled(modules: Modules) -> dict[str, bytes]:
    """A package of any level, path to content, without checksums."""
    return assemble_raw_rows(modules) if modules.level == RAW_ROWS else assemble(modules)


def assemble(modules: Modules) -> dict[str, bytes]:
    """The whole package, path to content. Raises ExtractError where its name cannot be one."""
    html = {"extraction.html": page(modules).encode(errors="replace")}
    return _cleaned(texts_of(modules), modules) | html | recorded_files(modules)


def texts_of(modules: Modules) -> dict[str, str]:
    """Every text of the package by its path, as it was written, before ruff."""
    if not can_be_imported(modules.name):
        raise ExtractError(f"{modules.name!r} cannot be the name of a package: lower case letters, digits, underscores")
    source = f"src/{modules.name}"
    texts = {f"{source}/{path}": runtime_text(path, modules.name) for path in EVERYWHERE}
    runtime = SHOWING | (RUNNING if modules.level == 1 else STAGES)
    runtime |= modules.store
    texts |= {f"{source}/{path}": runtime_text(place, modules.name) for path, place in runtime.items()}
    texts |= {f"{source}/{path}": text for path, text in modules.files.items()}
    texts |= {f"{source}/config.py": documents.config(modules), f"{source}/py.typed": ""}
    texts |= {f"{source}/__init__.py": documents.introduction(modules)}
    tests = TESTS | TESTS_OF_LEVEL[modules.level] | _tests_of_golden(modules)
    texts |= {f"tests/{path}": runtime_text(place, modules.name) for path, place in tests.items()}
    if modules.level == 1:  # no model is kept
        text = texts["tests/test_config.py"]
        texts["tests/test_config.py"] = text.replace("ARTIFACTS_DIR", "DATA_DIR").replace("artifacts_dir", "data_dir")
    texts |= {"tests/__init__.py": '"""Tests of the package."""\n'}
    texts |= {"tests/expected_settings.py": documents.expected_settings(modules)}
    texts |= pages.pages(modules)
    texts |= {LEDGER: ledger_of(modules)}
    if modules.verdict is not None:
        texts[VERDICT] = as_json(modules.verdict)
    return texts


def _tests_of_golden(modules: Modules) -> dict[str, str]:
    """The tests that need what the notebook itself printed and held; without it they are not written."""
    golden = modules.recorded.golden if modules.recorded is not None else None
    if golden is None:
        return {}
    return TESTS_OF_GOLDEN | (TESTS_OF_ANSWERS if "answers" in golden else {})


def runtime_text(path: str, name: str) -> str:
    text = (SCAFFOLD / path).read_text(encoding="utf-8")
    text = cut(text, (ENCODER,))  # feature rows are answered as the model answers them
    for place in (f"{OWN_NAME}.running.stages", f"{OWN_NAME}.running"):
        text = (
            text.replace(f"{place}.tests", f"{OWN_NAME}.tests")
            .replace(f"{place}.", f"{OWN_NAME}.")
            .replace(f"{place} ", f"{OWN_NAME} ")
        )
    return renamed(text, name)


def _cleaned(texts: Mapping[str, str], modules: Modules) -> dict[str, bytes]:
    """The texts as ruff writes them; what the author's code has against it stands in pyproject.toml, the rare on its line."""
    with TemporaryDirectory(prefix="nb2pkg-") as scratch:
        folder = Path(scratch)
        put(folder, {path: text.encode() for path, text in texts.items()})
        run_ruff(("check", *RUFF), folder=folder)
        run_ruff(("format", "--no-cache"), folder=folder)
        ignored = pages.with_ignores(modules, _found(folder))
        (folder / "pyproject.toml").write_text(ignored, encoding="utf-8")
        run_ruff((*CHECK, "--add-noqa"), folder=folder)
        run_ruff(("format", "--no-cache"), folder=folder)  # may part a line that a comment made too long
        run_ruff((*CHECK, "--fix-only", "--fixable", "RUF100"), folder=folder)
        run_ruff((*CHECK, "--add-noqa"), folder=folder)
        return {path: (folder / path).read_bytes() for path in texts}


def _found(folder: Path) -> list[tuple[str, str, int]]:
    """What ruff finds outside the tests: code, its words, how often; the most frequent first."""
    command = [sys.executable, "-m", "ruff", *CHECK, "--output-format", "json", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    rows = [row for row in json.loads(done.stdout or "[]") if row.get("code") and "/src/" in row["filename"]]
    counted = Counter(row["code"] for row in rows)
    words = {row["code"]: str(row["message"]) for row in rows}
    return [(code, words[code], count) for code, count in counted.most_common()]
