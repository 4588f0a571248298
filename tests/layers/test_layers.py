"""Imports point down only: facts know no rule, the engine knows no report, scaffold knows nobody."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import nb2pkg

PACKAGE = Path(nb2pkg.__file__).parent
# From top to bottom. The commands of extract and verify belong to the command line: `extract --verify` calls both.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("extract.command", "verify.command"),
    ("linting",),
    ("discovery",),
    ("config", "parallel", "cache", "gitignore"),
    ("patterns",),
    ("reports",),
    ("verify",),
    ("extract", "fix", "lint"),
    ("suppression",),
    ("cards", "selection"),
    ("packs",),
    ("rule",),
    ("beliefs",),
    ("graphs",),
    ("facts",),
    ("graph",),
    ("chance", "columns", "names"),
    ("apis", "syntax"),
    ("notebook",),
    ("source", "errors"),
)
ALONE = "scaffold"


def layer_of(module: str) -> int | None:
    """The height of a module such as `facts.values`; 0 is the bottom, None stands outside."""
    for height, layer in enumerate(reversed(LAYERS)):
        if module in layer:
            return height
    return layer_of(module.rpartition(".")[0]) if "." in module else None


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules of ours that a module imports anywhere: at its top, in functions, for types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("nb2pkg.") for alias in node.names if alias.name.startswith("nb2pkg."))
        if isinstance(node, ast.ImportFrom) and node.module == "nb2pkg":
            yield from (alias.name for alias in node.names if not alias.name.startswith("__"))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("nb2pkg."):
            below = node.module.removeprefix("nb2pkg.")
            yield below
            yield from (f"{below}.{alias.name}" for alias in node.names if is_module(f"{below}.{alias.name}"))


def is_module(dotted: str) -> bool:
    path = PACKAGE / dotted.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        dotted = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        if dotted != "__init__":
            yield dotted, ast.parse(path.read_text(encoding="utf-8"))


def top(module: str) -> str:
    return module.partition(".")[0]


def climbs(module: str, other: str) -> bool:
    """Does this import point up, or sideways to another part of its layer?"""
    if top(module) == top(other) and not other.endswith(".command"):
        return False
    here, there = layer_of(module), layer_of(other)
    return here is None or there is None or there >= here


def is_data(module: str) -> bool:
    """Files that run outside of nb2pkg: a generated package's modules, and what is injected into a kernel."""
    return top(module) == ALONE or module.startswith("verify.kernel_side")


def test_imports_point_down() -> None:
    wrong = [
        f"{module} imports {other}"
        for module, tree in modules()
        if not is_data(module)
        for other in imported(tree)
        if climbs(module, other) and not is_template_folder(other)
    ]
    assert not wrong


def is_template_folder(module: str) -> bool:
    return top(module) == ALONE


def test_every_part_has_a_layer() -> None:
    parts = {top(module) for module, _ in modules()} - {ALONE}
    assert {part for part in parts if layer_of(part) is None} == set()


def test_what_runs_elsewhere_imports_nothing_of_ours() -> None:
    wrong = [
        f"{module}: {other}"
        for module, tree in modules()
        if is_data(module)
        for other in imported(tree)
        if top(module) != top(other)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("module", "other", "expected"),
    [
        ("lint", "packs", False),
        ("facts.values", "facts.rows", False),
        ("facts", "rule", True),
        ("lint", "extract", True),
        ("extract.plan", "verify.record", True),
        ("extract.command", "verify.record", False),
        ("extract.plan", "extract.command", True),
    ],
)
def test_climbing_is_seen(*, module: str, other: str, expected: bool) -> None:
    assert climbs(module, other) is expected


def test_no_drawers_and_no_long_modules() -> None:
    drawers = {"utils", "common", "helpers", "base", "misc"}
    assert [path for path in PACKAGE.rglob("*.py") if path.stem in drawers] == []
    long = [path.name for path in PACKAGE.rglob("*.py") if len(path.read_text(encoding="utf-8").splitlines()) > 400]
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [module for module, tree in modules() if not ast.get_docstring(tree)]
    assert silent == []
