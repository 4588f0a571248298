"""The imports of a generated module, collected while its text is written."""

import ast
from collections.abc import Iterable

from nb2pkg.extract.trace import free_names
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Library


class Imports:
    """Import lines without repetition; the formatter sorts them."""

    def __init__(self) -> None:
        self._lines: set[str] = set()
        self._names: dict[str, str] = {}

    def add(self, dotted: str, alias: str | None = None) -> str:
        """Import a dotted name and give the name it is known by."""
        module, _, last = dotted.rpartition(".")
        name = alias or last
        while self._names.setdefault(name, dotted) != dotted:
            name += "_"
        if module:
            self._lines.add(f"from {module} import {last}" + (f" as {name}" if name != last else ""))
        else:
            self._lines.add(f"import {dotted}" + (f" as {name}" if name != dotted else ""))
        return name

    def of(self, nodes: Iterable[ast.AST], facts: Facts) -> None:
        """Import what the author's code reads from libraries, under the author's names."""
        for node in nodes:
            for name in free_names(node):
                value = facts.value(name)
                if isinstance(value, Library) and not value.name.startswith("builtins."):
                    self.add(value.name, name.id)

    def text(self) -> str:
        """All import lines."""
        return "\n".join(sorted(self._lines))
