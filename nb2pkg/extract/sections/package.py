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
from nb2pkg.extract.levels import RAW_ROWS
from nb2pkg.extract.package import RUFF, can_be_imported, ledger_of, put, recorded_files, run_ruff
from nb2pkg.extract.package import assemble as assemble_raw_rows
from nb2pkg.extract.page import page
from nb2pkg.extract.reached import reached
from nb2pkg.extract.sections import pages
from nb2pkg.extract.sections.runtime import runtime

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
    own = {f"{source}/{path}": text for path, text in modules.files.items()}
    own |= {f"{source}/config.py": documents.config(modules)}
    own |= {"tests/__init__.py": '"""Tests of the package."""\n'}
    own |= {"tests/expected_settings.py": documents.expected_settings(modules)}
    texts = runtime(modules) | own
    texts = reached(texts, modules.name, {*own, f"{source}/__main__.py"})
    texts |= {f"{source}/py.typed": "", f"{source}/__init__.py": documents.introduction(modules)}
    texts |= {"pyproject.toml": pages.pyproject(modules, texts, ())} | pages.pages(modules)
    texts |= {LEDGER: ledger_of(modules)}
    if modules.verdict is not None:
        texts[VERDICT] = as_json(modules.verdict)
    return texts


def _cleaned(texts: Mapping[str, str], modules: Modules) -> dict[str, bytes]:
    """The texts as ruff writes them; what the author's code has against it stands in pyproject.toml, the rare on its line."""
    with TemporaryDirectory(prefix="nb2pkg-") as scratch:
        folder = Path(scratch)
        put(folder, {path: text.encode() for path, text in texts.items()})
        run_ruff(("check", *RUFF), folder=folder)
        run_ruff(("format", "--no-cache"), folder=folder)
        cleaned = {path: (folder / path).read_text(encoding="utf-8") for path in texts}
        ignored = pages.pyproject(modules, cleaned, _found(folder, modules))
        (folder / "pyproject.toml").write_text(ignored, encoding="utf-8")
        run_ruff((*CHECK, "--add-noqa"), folder=folder)
        run_ruff(("format", "--no-cache"), folder=folder)  # may part a line that a comment made too long
        run_ruff((*CHECK, "--fix-only", "--fixable", "RUF100"), folder=folder)
        run_ruff((*CHECK, "--add-noqa"), folder=folder)
        return {path: (folder / path).read_bytes() for path in texts}


def _found(folder: Path, modules: Modules) -> list[tuple[str, str, int]]:
    """What ruff finds in the author's statements: code, its words, how often; the most frequent first."""
    source = folder / "src" / modules.name
    own = [str(source / path) for path in modules.files]
    command = [sys.executable, "-m", "ruff", *CHECK, "--output-format", "json", *own]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    rows = [row for row in json.loads(done.stdout or "[]") if row.get("code")]
    counted = Counter(row["code"] for row in rows)
    words = {row["code"]: str(row["message"]) for row in rows}
    return [(code, words[code], count) for code, count in counted.most_common()]
