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
    "sklearn": "scikit-learn",
    "umap": "umap-learn",
    "yaml": "pyyaml",
}
NAME_END = re.compile(r"[<>=!~;@ \[]")
ALWAYS = frozenset({"joblib", "numpy", "pandas", "sklearn"})
# What the scaffold's own modules are known to run with.
TESTED = {
    "joblib": "joblib>=1.3",
    "numpy": "numpy>=1.26",
    "pandas": "pandas>=2.2",
    "scikit-learn": "scikit-learn>=1.5",
    "scipy": "scipy>=1.11",
}
OF_EVERY_PACKAGE = tuple(sorted(TESTED[DISTRIBUTIONS.get(module, module)] for module in ALWAYS))


def dependencies(name: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The distributions that modules with these texts import, beside those of every package, sorted."""
    modules = {module for text in texts for module in imported(ast.parse(text))}
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


def requirements(name: str, texts: Iterable[str], given: Iterable[str] = ()) -> tuple[str, ...]:
    """What a package with these texts requires, sorted; ``given`` are requirements that the notebook installs or its model needs."""
    modules = {module for text in texts for module in imported(ast.parse(text))} - sys.stdlib_module_names - {name}
    installed = {module for module in modules if not module.startswith("_")}  # the others are there for mypy alone
    found = {DISTRIBUTIONS.get(module, module) for module in installed}
    wanted = {distribution: TESTED.get(distribution, distribution) for distribution in found}
    for requirement in given:
        distribution = NAME_END.split(requirement)[0]
        if distribution in DISTRIBUTIONS:
            distribution = requirement = DISTRIBUTIONS[distribution]
        wanted[distribution] = TESTED.get(distribution, requirement)
    return tuple(sorted(wanted.values()))


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that a module imports, each by its first name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
