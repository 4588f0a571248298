"""The scaffold's modules of a package below level 3, without what this package's own modules do not ask for."""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from nb2pkg.extract.dependencies import imported
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.hooks import ENCODER, Hook, cut
from nb2pkg.extract.markdown import mappings
from nb2pkg.extract.reached import Module
from nb2pkg.extract.runtime import OWN_NAME, SCAFFOLD, renamed

STAGES = "running/stages"
EVERYWHERE = {path: path for path in ("__main__.py", "settings.py", "logging.py", "options.py")}
SHOWING = {"showing.py": "running/showing.py", "refusals.py": "running/refusals.py"}
RUNNING = {"cli.py": "running/cli.py"}
TRAINING = {
    **{path: f"{STAGES}/{path}" for path in ("cli.py", "bundle.py", "forms.py", "keeping.py", "train.py")},
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
TESTS = {
    "test_config.py": "tests/test_config.py",
    **{f"test_{one}.py": f"running/tests/test_{one}.py" for one in ("showing", "refusals")},
}
TESTS_OF_GOLDEN = {
    "alike.py": "tests/alike.py",
    "recorded.py": "running/tests/recorded.py",
    "test_sections.py": "running/tests/test_sections.py",
}
TESTS_OF_ANSWERS = {"test_answers.py": "running/tests/test_answers.py"}
TESTS_OF_LEVEL = {
    1: {"test_running.py": "running/tests/test_running.py"},
    2: {f"test_{one}.py": f"running/tests/test_{one}.py" for one in ("stages", "forms")},
}

TABLE = Hook(frozenset({"Form", "form", "form_of"}), frozenset({"in_form", "as_rows"}))
OWN_STORE = Hook(frozenset(), frozenset({"kept_model"}))
TRANSFORMERS = Hook(frozenset({"transformers"}))
CODE_HASHED = Hook(frozenset({"CODE", "hash_of_code", "code"}))
FILES_HASHED = Hook(frozenset({"DATA_FILES", "hashes_of_files", "warn_of_changed_files", "data"}))
FILES_TOLD = Hook(frozenset({"DATA_FILES", "config", "Config"}), frozenset({"with_files"}))
TORCH = Hook(frozenset({"torch"}), frozenset({"with_torch"}))
TENSORFLOW, FIGURES = Hook(frozenset({"tensorflow"})), Hook(frozenset({"matplotlib"}))
TABLES_SHOWN = Hook(frozenset({"pd", "COLUMNS_OF_A_NOTEBOOK"}))

BRINGS_TORCH = frozenset({"torch", "torchvision", "pytorch_lightning", "lightning", "skorch", "fastai"})
BRINGS_TENSORFLOW = frozenset({"tensorflow", "keras"})
BRINGS_FIGURES = frozenset({"matplotlib", "seaborn"})
WITHOUT_TABLES = frozenset({"numpy", "scipy", "matplotlib", "torch", "torchvision", "PIL", "cv2"})

# Below level 3 what answers is no pipeline, and something is always kept beside it.
OF_THE_BUNDLE = (
    ("from sklearn.pipeline import Pipeline\n", f"from {OWN_NAME}.{STAGES.replace('/', '.')}.bundle import Bundle\n"),
    ("pipeline: Pipeline\n", "pipeline: Bundle\n"),
    ("the fitted pipeline, the contract", "the fitted objects, the contract"),
    ("]] = nothing)", "]])"),
)


def runtime(modules: Modules) -> dict[str, str]:
    """Give the modules of the scaffold and their tests by path, speaking of the package, as this one needs them."""
    source = f"src/{modules.name}"
    places = EVERYWHERE | SHOWING | (RUNNING if modules.level == 1 else TRAINING)
    found = {f"{source}/{path}": place for path, place in (places | dict(modules.store)).items()}
    tests = TESTS | TESTS_OF_LEVEL[modules.level] | _tests_of_golden(modules)
    found |= {f"tests/{path}": place for path, place in tests.items()}
    if bundle_of(modules).get("table"):
        found = {path: place for path, place in found.items() if not place.endswith("forms.py")}
    return {path: runtime_text(place, modules) for path, place in found.items()}


def _tests_of_golden(modules: Modules) -> dict[str, str]:
    """The tests that need what the notebook itself printed and held; without it they are not written."""
    golden = modules.recorded.golden if modules.recorded is not None else None
    if golden is None:
        return {}
    return TESTS_OF_GOLDEN | (TESTS_OF_ANSWERS if "answers" in golden else {})


def runtime_text(place: str, modules: Modules) -> str:
    """Give one module of the scaffold as this package has it."""
    text = (SCAFFOLD / place).read_text(encoding="utf-8")
    if place == "model/artifacts.py":
        for before, after in OF_THE_BUNDLE:
            assert before in text, before
            text = text.replace(before, after)
    if place == "tests/test_config.py" and modules.level == 1:  # no model is kept
        text = text.replace(', f"{PREFIX}ARTIFACTS_DIR": "elsewhere"', "")
        text = text.replace('(config.seed, config.artifacts_dir) == (7, Path("elsewhere"))', "config.seed == 7")
    text = cut(text, tuple(_unneeded(place, modules)))
    text = _calls(text, modules)
    text = _of_store(text, modules)
    for folder in (f"{OWN_NAME}.running.stages", f"{OWN_NAME}.running"):
        text = (
            text.replace(f"{folder}.tests", f"{OWN_NAME}.tests")
            .replace(f"{folder}.", f"{OWN_NAME}.")
            .replace(f"{folder} ", f"{OWN_NAME} ")
        )
    return renamed(text, modules.name)


def _unneeded(place: str, modules: Modules) -> Iterator[Hook]:
    """The hooks of one module that this package does not need."""
    own = "\n".join(modules.files.values())
    roots = {name for text in modules.files.values() for name in imported(ast.parse(text))}
    bundle = bundle_of(modules)
    yield ENCODER  # feature rows are answered as the model answers them
    if place.endswith(("showing.py", "keeping.py")):
        if not roots & BRINGS_TORCH and "tensors.py" not in modules.store:
            yield TORCH
        if not roots & BRINGS_TENSORFLOW:
            yield TENSORFLOW
        if not roots & BRINGS_FIGURES and "close_figures(" not in own:
            yield FIGURES
        if modules.level == 1 and roots <= WITHOUT_TABLES | sys.stdlib_module_names | {modules.name}:
            yield TABLES_SHOWN
    if bundle.get("table"):
        yield TABLE
    if not bundle.get("transformers"):
        yield TRANSFORMERS
    if not modules.store:
        yield OWN_STORE
    if place == "model/artifacts.py":
        yield CODE_HASHED  # what is kept answers feature rows by itself
    if not names_files(modules):
        yield from {"refusals.py": [FILES_TOLD], "train.py": [FILES_HASHED]}.get(Path(place).name, [])


def _calls(text: str, modules: Modules) -> str:
    """Give a text with the calls of ``run_from_fit`` and ``explained`` as they are defined in this package."""
    if "def run_from_fit(held" in modules.files["run.py"] or "def run_from_fit(_held" in modules.files["run.py"]:
        text = text.replace("run_from_fit(config, held)", "run_from_fit(held)")
    if not names_files(modules):
        text = text.replace("explained(config)", "explained()").replace("explained(load_config({}))", "explained()")
    return text


def _of_store(text: str, modules: Modules) -> str:
    """Give a text where ``save`` and ``load`` are those of the package's own store, which has some."""
    store = (SCAFFOLD / modules.store["store.py"]).read_text(encoding="utf-8") if modules.store else ""
    own = {"save", "load"} & Module("store", store, ()).binds.keys()
    artifacts, kept = (
        f"from {OWN_NAME}.model.artifacts import ",
        f"from {OWN_NAME}.{STAGES.replace('/', '.')}.store import ",
    )
    lines = []
    for line in text.splitlines(keepends=True):
        names = line.removeprefix(artifacts).strip().split(", ")
        if own and line.startswith(artifacts) and own & set(names):
            others = [name for name in names if name not in own]
            line = f"{artifacts}{', '.join(others)}\n" if others else ""
            line += f"{kept}{', '.join(sorted(own & set(names)))}\n"
        lines.append(line)
    return "".join(lines)


def bundle_of(modules: Modules) -> Mapping[str, object]:
    """What the ledger says of the model that is kept; nothing where none is."""
    replay = modules.extraction["replay"]
    found = replay.get("bundle") if isinstance(replay, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def sections_of(modules: Modules) -> list[Mapping[str, object]]:
    """What the ledger says of each section."""
    replay = modules.extraction["replay"]
    return mappings(replay.get("sections")) if isinstance(replay, Mapping) else []


def names_files(modules: Modules) -> bool:
    """Whether the notebook names files that it reads."""
    return "DATA_FILES" in modules.files["run.py"]
