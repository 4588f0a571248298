"""The name of a package where none is given: the notebook's own, unless something else goes by it."""

import re
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from sysconfig import get_path

from nb2pkg.extract.names import snake
from nb2pkg.extract.runtime import SCAFFOLD

COUNTED = re.compile(r"^[\d\W_]+")
COMMANDS = frozenset({"train", "evaluate", "predict", "report", "search", "run"})
WRITTEN = frozenset({"tests", "sections", "functions", "reports"})


def package_name(notebook: str) -> str:
    """The notebook's stem as an identifier, without a number that only counts it; ``train`` becomes ``train_model``."""
    stem = Path(notebook).stem
    name = snake(COUNTED.sub("", stem) or stem, fallback="notebook")
    if name not in own_names() and name not in sys.stdlib_module_names and not is_installed(name):
        return name
    return f"{name}_package" if name.endswith("model") else f"{name}_model"


def is_installed(name: str) -> bool:
    """Whether an installed library is imported by this name."""
    return PathFinder.find_spec(name, [get_path("purelib"), get_path("platlib")]) is not None


def own_names() -> frozenset[str]:
    """What a package has under its own name: ``train.train`` and ``python -m train train`` tell nobody anything."""
    places = [path for path in SCAFFOLD.rglob("*") if path.is_dir() or path.suffix == ".py"]
    return COMMANDS | WRITTEN | {path.stem for path in places}
