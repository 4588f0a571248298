"""A package as text: put the notebook's own modules and the scaffold together, format them, write them in one step."""

import json
import posixpath
import subprocess
import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from keyword import iskeyword
from pathlib import Path
from tempfile import TemporaryDirectory

from nb2pkg.errors import ExtractError
from nb2pkg.extract import documents
from nb2pkg.extract.changes import Change, Changes, changes
from nb2pkg.extract.checksums import LEDGER, VERDICT, as_json, sealed
from nb2pkg.extract.handover import ConfigField, Modules, Recorded
from nb2pkg.extract.hooks import REPORTS
from nb2pkg.extract.ignores import needed_ignores
from nb2pkg.extract.page import page
from nb2pkg.extract.plots.ignoring import ignored_codes
from nb2pkg.extract.replacing import replace_files, settle
from nb2pkg.extract.runtime import STAND_INS, runtime_modules, tests_of
from nb2pkg.extract.searching import BEST

__all__ = ["ConfigField", "Modules", "Recorded", "assemble", "write"]

RECORDED, ROWS, NOTE, GOLDEN, UNDRAWN = "recorded", "rows", "note", "golden.json", "undrawn"
OPTIONS_TAKEN = frozenset(
    {"input", "output", "output_format", "changed_data", "strict_ranges", "help", "version", "command", "quiet"}
)
NAMES_TAKEN = frozenset({"tests", "nb2pkg", "numpy", "pandas", "scipy", "sklearn", "joblib", "pytest"})
PYPROJECT = "pyproject.toml"
OWN_WORDS = ("data/preprocessing.py", REPORTS)
NOTING = ("--select", "ALL", "--ignore", "D203,D213,COM812,CPY001", "--exit-zero", "--quiet", "--no-cache")
RUFF = ("--select", "ALL", "--ignore", "D203,D213,COM812,CPY001", "--fix-only", "--exit-zero", "--quiet", "--no-cache")


def assemble(modules: Modules) -> dict[str, bytes]:
    """Give the whole package, path to content, formatted and ready to be written.

    Raises ExtractError where the parts do not make a package: a module missing, a setting's name taken.
    """
    refuse_what_is_no_package(modules)
    modules = _with_ignores(modules)
    texts = {f"src/{modules.name}/{path}": text for path, text in runtime_modules(modules).items()}
    texts |= {f"src/{modules.name}/{path}": text for path, text in modules.files.items()}
    texts |= {f"tests/{path}": text for path, text in tests_of(modules).items()}
    texts |= {f"src/{modules.name}/config.py": documents.config(modules), f"src/{modules.name}/py.typed": ""}
    texts |= {f"src/{modules.name}/__init__.py": documents.introduction(modules)}
    texts |= {"tests/expected_settings.py": documents.expected_settings(modules)}
    texts |= documents.pages(modules)
    texts |= {LEDGER: ledger_of(modules)}
    if modules.verdict is not None:
        texts[VERDICT] = as_json(modules.verdict)
    html = {"extraction.html": page(modules).encode(errors="replace")}
    return formatted(texts, modules) | html | recorded_files(modules) | kept_parameters(modules)


def refuse_what_is_no_package(modules: Modules) -> None:
    """Raise ExtractError where a module is missing or a setting would collide with an option of the command line."""
    if modules.level != 3:
        raise ExtractError(f"{modules.notebook}: a package of level {modules.level} cannot be written yet")
    missing = [path for path in STAND_INS[1:] if path not in modules.files]
    if missing:
        raise ExtractError(f"{modules.notebook}: no text for {', '.join(missing)}")
    taken = sorted({setting.name for setting in modules.config} & OPTIONS_TAKEN)
    if taken:
        raise ExtractError(f"{modules.notebook}: setting {', '.join(taken)} has the name of a command line option")
    refuse_name(modules.name)


def refuse_name(name: str) -> None:
    """Raise ExtractError where a package cannot have this name."""
    if not can_be_imported(name):
        raise ExtractError(f"{name!r} cannot be the name of a package: lower case letters, digits, underscores")


def can_be_imported(name: str) -> bool:
    """Tell whether a package may have this name: a lower case identifier that hides no module we need."""
    taken = name in NAMES_TAKEN or name in sys.stdlib_module_names or iskeyword(name)
    return name.isidentifier() and name.isascii() and name == name.lower() and not taken


def ledger_of(modules: Modules) -> str:
    """Give the text of extraction.json; checksums come with writing."""
    if modules.recorded is None:
        return as_json(modules.extraction)
    told: dict[str, object] = {ROWS: sorted(recorded_files(modules)), NOTE: modules.recorded.why}
    if modules.recorded.undrawn:
        told[UNDRAWN] = dict(modules.recorded.undrawn)
    return as_json({**modules.extraction, RECORDED: told})


def recorded_files(modules: Modules) -> dict[str, bytes]:
    """Give the recorded rows and golden values by path."""
    if modules.recorded is None:
        return {}
    files = {place_of_rows(path): content for path, content in modules.recorded.files.items()}
    if modules.recorded.golden is not None:
        files[place_of_rows(GOLDEN)] = json.dumps(modules.recorded.golden).encode()
    return files


def kept_parameters(modules: Modules) -> dict[str, bytes]:
    """Give what the package's own search found by path."""
    best = modules.recorded.best if modules.recorded is not None else None
    return {f"src/{modules.name}/{BEST}": best} if best is not None and modules.searches else {}


def place_of_rows(path: str) -> str:
    """Where a data file lies for the tests: the notebook reads it at ``path``, from its own folder."""
    return posixpath.normpath(f"tests/data/{path}")


def inside_package(recorded: Recorded) -> Recorded:
    """What was recorded, or nothing where a data file would lie outside the package (``../../../rows.csv``)."""
    if not any(place_of_rows(path).startswith("../") for path in recorded.files):
        return recorded
    return Recorded({}, None, "the data files lie too far above the notebook to be kept with the tests")


def formatted(texts: Mapping[str, str], modules: Modules) -> dict[str, bytes]:
    """Give the texts as ruff writes them, under the package's own configuration, which then ignores no more than it must."""
    with TemporaryDirectory(prefix="nb2pkg-") as scratch:
        folder = Path(scratch)
        put(folder, {path: text.encode() for path, text in texts.items()})
        for command in (("check", *RUFF), ("format", "--no-cache")):
            run_ruff(command, folder=folder)
        for path in _unlike_ruff(folder, {path for path in texts if path.startswith("src/")}):
            _note_the_rest(folder, path)
        pyproject = documents.pyproject(modules, needed_ignores(modules, folder))
        (folder / PYPROJECT).write_text(pyproject, encoding="utf-8")
        return {path: (folder / path).read_bytes() for path in texts}


def _unlike_ruff(folder: Path, paths: AbstractSet[str]) -> list[str]:
    """The modules with statements of the author's that ruff has something against."""
    command = [sys.executable, "-m", "ruff", "check", *NOTING, "--output-format", "json", "src"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = {Path(one["filename"]).resolve() for one in json.loads(done.stdout or "[]")}
    return sorted(path for path in paths if (folder / path).resolve() in found)


def _note_the_rest(folder: Path, path: str) -> None:
    """Note on its line what ruff has against a statement of the author's, where that is rare."""
    for command in (
        ("check", *NOTING, "--add-noqa", path),
        ("format", "--no-cache", path),  # may part a line that a comment made too long
        ("check", *NOTING, "--fix-only", "--fixable", "RUF100", path),
        ("check", *NOTING, "--add-noqa", path),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ExtractError(f"the package's figures cannot be formatted: {done.stderr.strip()}")


def _with_ignores(modules: Modules) -> Modules:
    """The modules with what is ignored in the author's statements that prepare rows, and in those that draw."""
    found = dict(modules.extra_ignores)
    for path in (path for path in OWN_WORDS if path in modules.files):
        taken = sum(len(codes) for codes in found.values())
        codes = ignored_codes(modules.files[path], taken=taken)
        found |= {f"src/{modules.name}/{path}": codes} if codes else {}
    return replace(modules, extra_ignores=found)


def run_ruff(arguments: tuple[str, ...], *, folder: Path) -> None:
    """Run ruff over a folder. Raises ExtractError with its words where it cannot read what was written."""
    command = [sys.executable, "-m", "ruff", *arguments, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ExtractError(f"the package's code cannot be formatted: {done.stderr.strip() or done.stdout.strip()}")


def put(folder: Path, package: Mapping[str, bytes]) -> None:
    """Write files below a folder."""
    for path, content in package.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def write(package: Mapping[str, bytes], target: Path, *, force: bool = False) -> Changes:
    """Write a package, whole or not at all; give what was changed and what was kept.

    A target that is not empty raises ExtractError without ``force``. With it an earlier package is replaced: files that
    are as nb2pkg wrote them are written anew or removed, all others stay. A target that is new is moved there in one step.
    """
    target = target.absolute()
    refuse_target(target, force=force)
    if target.exists():
        settle(target, may_write=True)
        found = changes(package, target)
        replace_files(target, found.changed)
        return found
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        made = Path(scratch) / "new"
        put(made, sealed(package, {}))
        made.rename(target)
    return Changes(tuple(Change(path, None, content) for path, content in sorted(package.items())), ())


def refuse_target(target: Path, *, force: bool) -> None:
    """Raise ExtractError where the target is taken."""
    if target.exists() and not target.is_dir():
        raise ExtractError(f"{target}: is a file")
    if target.is_dir() and any(target.iterdir()) and not force:
        raise ExtractError(f"{target}: is not empty; --force replaces an earlier package")
