"""How a package makes a trained network again: by the notebook's own call, with the values that its variables had."""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from nb2pkg.extract.refuse import refused
from nb2pkg.extract.sections import writing
from nb2pkg.extract.sections.fitting import FitPoint
from nb2pkg.extract.sections.stores import MODULE, STATE
from nb2pkg.extract.sections.uses import Use
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Library
from nb2pkg.syntax import Statement


def made_with(fit: FitPoint, variables: Collection[str]) -> tuple[str, ...]:
    """The notebook's variables that the network was made with."""
    return () if fit.made is None else tuple(name for name in fit.made.names if name in variables)


def network_module(
    name: str, fit: FitPoint, variables: Collection[str], lines: Sequence[str], functions: Sequence[str]
) -> str:
    """The text of ``network.py``."""
    assert fit.made is not None
    given = [f'    {one} = made_with["{one}"]' for one in made_with(fit, variables)] or ["    del made_with"]
    cell = fit.chosen.estimator.place.cell
    function = [
        "def build_network(made_with: Mapping[str, Any]) -> Any:",
        f'    """Make the network (cell {cell})."""',
        *given,
        f"    return {ast.unparse(fit.made.call)}",
    ]
    imports = ["from collections.abc import Mapping", *writing.imports_of(name, lines, functions, [])]
    return writing.module("The network as it is before it is trained.", imports, ["\n".join(function)])


def refuse_inner_classes(fit: FitPoint, facts: Facts, moved: Mapping[str, Use]) -> None:
    """Raise RefusedError where a network is of a class that cannot stand outside the notebook's own flow."""
    if fit.store not in (STATE, MODULE):
        return
    for statement, node in _classes(facts):
        if node.name not in moved and any(_is_network(facts, base) for base in node.bases):
            reason = f"the class `{node.name}` reads variables of the notebook, or is made under a condition or anew; give it what it needs as arguments, and its network can be kept"
            raise refused(statement, reason)


def _classes(facts: Facts) -> Iterator[tuple[Statement, ast.ClassDef]]:
    for statement in facts.program.statements:
        for node in ast.walk(statement.node):
            if isinstance(node, ast.ClassDef):
                yield statement, node


def _is_network(facts: Facts, base: ast.expr) -> bool:
    value = facts.value(base)
    return isinstance(value, Library) and value.name.startswith("torch.nn.")
