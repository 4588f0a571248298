"""What a package must require, read off the imports of its own modules."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping

# Where the name to install is not the name to import.
DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "category_encoders": "category-encoders",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "imblearn": "imbalanced-learn",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "umap": "umap-learn",
    "yaml": "pyyaml",
}
NAME_END = re.compile(r"[<>=!~;@ \[]")
ALWAYS = frozenset({"joblib", "numpy", "pandas", "sklearn"})


def dependencies(name: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The distributions that modules with these texts import, beside those of every package, sorted."""
    modules = {module for text in texts for module in _imported(ast.parse(text))}
    needed = modules - ALWAYS - sys.stdlib_module_names - {name}
    return tuple(sorted(DISTRIBUTIONS.get(module, module) for module in needed))


def bounded(requirements: Iterable[str], verified: Mapping[str, object]) -> list[str]:
    """Give requirements sorted, each below the next major version of the one that the package was ``verified`` with."""
    return sorted(_bounded(one, str(verified.get(NAME_END.split(one)[0], ""))) for one in requirements)


def _bounded(requirement: str, version: str) -> str:
    major = version.partition(".")[0]
    if not major.isdigit() or "<" in requirement:
        return requirement
    comma = "," if NAME_END.search(requirement) else ""
    return f"{requirement}{comma}<{int(major) + 1}"


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
