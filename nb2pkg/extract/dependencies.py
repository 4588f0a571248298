"""What a package must require, read off the imports of its own modules."""

import ast
import sys
from collections.abc import Iterable, Iterator

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
ALWAYS = frozenset({"joblib", "numpy", "pandas", "sklearn"})


def dependencies(name: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The distributions that modules with these texts import, beside those of every package, sorted."""
    modules = {module for text in texts for module in _imported(ast.parse(text))}
    needed = modules - ALWAYS - sys.stdlib_module_names - {name}
    return tuple(sorted(DISTRIBUTIONS.get(module, module) for module in needed))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
