"""The imports of a generated module, collected while its text is written."""

import ast
from collections.abc import Iterable

from nb2pkg.extract.trace import free_names
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Library

HALVING = "from sklearn.experimental import enable_halving_search_cv  # noqa: F401"
ENABLED_BY = {
    "sklearn.impute.IterativeImputer": "from sklearn.experimental import enable_iterative_imputer  # noqa: F401",
    "sklearn.model_selection.HalvingGridSearchCV": HALVING,
    "sklearn.model_selection.HalvingRandomSearchCV": HALVING,
}


class Imports:
    """Import lines without repetition; the formatter sorts them."""

    def __init__(self) -> None:
        self._lines: set[str] = set()
        self._names: dict[str, str] = {}

    def add(self, dotted: str, alias: str | None = None) -> str:
        """Import a dotted name and give the name it is known by."""
        module, _, last = dotted.rpartition(".")
        if module == "builtins":
            return last
        name = alias or last
        while self._names.setdefault(name, dotted) != dotted:
            name += "_"
        if dotted in ENABLED_BY:
            self._lines.add(ENABLED_BY[dotted])
        if module:
            self._lines.add(f"from {module} import {last}" + (f" as {name}" if name != last else ""))
        else:
            self._lines.add(f"import {dotted}" + (f" as {name}" if name != dotted else ""))
        return name

    def of(self, nodes: Iterable[ast.AST], facts: Facts) -> None:
        """Import what the author's code reads from libraries, under the author's names."""
        for node in nodes:
            for name in free_names(node):
                value = facts.value(name) or imported(name.id, facts)
                if isinstance(value, Library) and not value.name.startswith("builtins."):
                    self.add(value.name, name.id)

    def text(self) -> str:
        """All import lines."""
        return "\n".join(sorted(self._lines))


def imported(name: str, facts: Facts) -> Library | None:
    """What a name stands for in a function that was never called, where nothing but one import ever binds it."""
    bindings = [
        one for one, effects in zip(facts.program.statements, facts.effects, strict=True) if name in effects.binds
    ]
    found = {_dotted(one.node, name) for one in bindings}
    dotted = found.pop() if len(found) == 1 else None
    return Library(dotted) if dotted is not None else None


def _dotted(node: ast.stmt, name: str) -> str | None:
    """The full name of what an import binds to a name."""
    match node:
        case ast.Import(names=names):
            return next(
                (one.name for one in names if one.asname == name or (not one.asname and one.name == name)), None
            )
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return next((f"{module}.{one.name}" for one in names if (one.asname or one.name) == name), None)
        case _:
            return None
