"""What of the scaffold a package does not need: places where other notebooks do something and this one does nothing."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from nb2pkg.extract.codemods.without import without

REPORTS = "reports.py"
NO_TARGET = "Give no target: the model learns without one."
PREPROCESSING, PIPELINE, INGESTION = "data/preprocessing.py", "model/pipeline.py", "data/ingestion.py"


class Hook(NamedTuple):
    """Names of the scaffold that go where a package does not need them; calls of ``identities`` become their first argument."""

    gone: frozenset[str]
    identities: frozenset[str] = frozenset()
    module: str = ""


SELECTION = Hook(frozenset({"test_selection_adds_no_row_and_changes_none"}), frozenset({"select_rows"}))
ENCODER = Hook(
    frozenset({"encoder", "fitted_encoder", "build_target_encoder"}),
    frozenset({"encoded", "decoded"}),
    "model/labels.py",
)
VALIDATION = Hook(frozenset({"validation", "validation_lines"}))
RESAMPLING = Hook(frozenset({"made_targets", "resampled", "resamples"}), frozenset({"serving"}))
FIGURES = Hook(frozenset({"REPORTING", "find_spec", "import_module"}), module="reporting.py")
DATA_FILES = Hook(
    frozenset(
        {
            *("data_dir", "--data-dir", "data_options", "read_from", "FILE_ERRORS"),
            "test_a_file_that_is_not_there_is_named_with_the_option",
        }
    )
)
TARGET = Hook(
    frozenset(
        {"missing_targets", "require_labels", "require_target", "source_labels", "target_labels", "warn_of_new_labels"}
    ),
    module="model/targets.py",
)
FEATURE_ROWS = Hook(frozenset({"nothing", "beside", "holds"}))  # what a package of level 2 keeps beside its model
SEED = Hook(frozenset({"seed", "test_a_setting_that_cannot_be_read_is_named", "test_a_changed_setting_is_named"}))
SCORES = Hook(
    frozenset({"test_every_score_is_what_the_notebook_gets_on_these_rows", "can_be_replayed", "score_of", "alike"})
)
PREDICTIONS = Hook(frozenset({"test_the_model_answers_as_it_did_in_the_notebook"}))
FURTHER_ROWS = Hook(frozenset({"BETWEEN", "READER", "WITH", "further_parts", "further_rows"}))


def unneeded(files: Mapping[str, str]) -> tuple[Hook, ...]:
    """Give the hooks that a package of level 3 does not need, asked of its own modules."""
    defined = {path: set(functions(files.get(path, ""))) for path in (PREPROCESSING, PIPELINE, INGESTION)}
    needed = {
        FIGURES: REPORTS in files,
        DATA_FILES: reads_files(files),
        SEED: draws_by_seed(files),
        SELECTION: "select_rows" in defined[PREPROCESSING],
        ENCODER: "build_target_encoder" in defined[PIPELINE],
        VALIDATION: parts_of_split(files.get(PREPROCESSING, "")) > 2,
        TARGET: has_target(files.get(PREPROCESSING, "")),
        RESAMPLING: "from imblearn.pipeline import Pipeline" in files.get(PIPELINE, ""),
        FURTHER_ROWS: "first_parts" in defined[PREPROCESSING] or bool(defined[INGESTION] - {"read_raw", "located"}),
    }
    return (FEATURE_ROWS, *(hook for hook, is_needed in needed.items() if not is_needed))


def reads_files(files: Mapping[str, str]) -> bool:
    """Tell whether rows come from files, and not with a library."""
    return any("data_dir" in text for text in files.values())


def draws_by_seed(files: Mapping[str, str]) -> bool:
    """Tell whether anything is drawn by the seed of the configuration."""
    return any("config.seed" in text for text in files.values())


def functions(text: str) -> Iterator[str]:
    """Name the functions of a module."""
    return (node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))


def has_target(text: str) -> bool:
    """Tell whether a model learns with a target."""
    return NO_TARGET not in text


def parts_of_split(text: str) -> int:
    """Count the parts that ``split_rows`` gives."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == "split_rows" and isinstance(node.returns, ast.Subscript):
            parts = node.returns.slice
            return len(parts.elts) if isinstance(parts, ast.Tuple) else 1
    return 0


@cache
def cut(text: str, hooks: tuple[Hook, ...]) -> str:
    """Give a module of the scaffold without what these hooks are for."""
    gone = frozenset[str]().union(*(hook.gone for hook in hooks))
    return without(text, gone, frozenset[str]().union(*(hook.identities for hook in hooks)))


def modules_of(hooks: tuple[Hook, ...]) -> set[str]:
    """Give the modules that are there for these hooks alone."""
    return {hook.module for hook in hooks if hook.module}
