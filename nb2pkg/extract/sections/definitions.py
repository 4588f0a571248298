"""The notebook's functions and classes: which stand on their own, and which notebook variables they are then given.

For ``def cost(x): return x * rate`` in a notebook that binds ``rate``, ``cost`` moves to the package's functions as
``cost(x, *, rate)``, and each call becomes ``cost(x, rate=rate)``: the variable is bound when the function is called, as it was.
"""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from nb2pkg.extract.sections.uses import Use
from nb2pkg.extract.trace import free_names

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.FunctionDef, ast.AsyncFunctionDef)


class Definitions(NamedTuple):
    """Functions and classes that stand alone: where they are made, and the variables each is given by keyword."""

    made: Mapping[str, Use]
    given: Mapping[str, tuple[str, ...]]


AtOnce = Callable[[ast.Call], bool]


def stand_alone(uses: Sequence[Use], outside: Collection[str], at_once: AtOnce) -> Definitions:
    """The definitions that can be moved out.

    ``outside`` are names that stand at the top of every module; ``at_once`` tells calls that call what they are handed
    before they are over.
    """
    binders: dict[str, list[Use]] = {}
    for use in uses:
        for name in use.binds:
            binders.setdefault(name, []).append(use)
    variables = set(binders) - set(outside)
    made = {
        use.node.name: use
        for use in uses
        if isinstance(use.node, DEFINITION)
        and len(binders[use.node.name]) == 1
        and not use.deletes
        and not _acts(use.node)
    }
    while True:
        given = _given(made, variables - set(made))
        wrong = [name for name, use in made.items() if not _movable(name, use, made, given, variables, uses, at_once)]
        if not wrong:
            return Definitions(made, given)
        for name in wrong:
            del made[name]


def _given(made: Mapping[str, Use], variables: set[str]) -> dict[str, tuple[str, ...]]:
    """The notebook variables that each definition needs, those of the functions it calls included."""
    needs = {name: set(use.later & variables) for name, use in made.items()}
    changed = True
    while changed:
        changed = False
        for name, use in made.items():
            more = {one for other in use.later & made.keys() for one in needs[other]} - needs[name]
            if more:
                needs[name] |= more
                changed = True
    return {name: tuple(sorted(found)) for name, found in needs.items()}


def _movable(
    name: str,
    use: Use,
    made: Mapping[str, Use],
    given: Mapping[str, tuple[str, ...]],
    variables: set[str],
    uses: Sequence[Use],
    at_once: AtOnce,
) -> bool:
    now = use.reads & variables - {name}
    if now - made.keys() or any(given[one] for one in now & made.keys()):
        return False
    if not given[name]:
        return True
    if not isinstance(use.node, FUNCTION) or use.node.decorator_list or _yields(use.node):
        return False
    if set(given[name]) & _own_names(use.node):
        return False
    return all(_callable_at(one, name, given[name], uses, at_once) for one in uses)


def _acts(node: ast.AST) -> bool:
    """Does a definition call something when it is made: for a default, a decorator, or in the body of a class?"""
    if isinstance(node, ast.ClassDef):
        return any(_acts(part) for part in ast.iter_child_nodes(node))
    if isinstance(node, FUNCTION):
        given = [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
        return any(_acts(part) for part in given)
    return any(isinstance(part, ast.Call) for part in ast.walk(node))


def _yields(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(node))


def _own_names(node: ast.AST) -> set[str]:
    """Every name bound anywhere inside a function: none of them can be handed through it."""
    stored = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return stored | {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}


def _callable_at(use: Use, name: str, given: tuple[str, ...], uses: Sequence[Use], at_once: AtOnce) -> bool:
    """Can the variables be handed over wherever this statement names the function?"""
    references = [part for part in free_names(use.node) if part.id == name]
    if not references:
        return name not in use.reads | use.later or _is_own(use, name)
    if set(given) & _inner_names(use.node):
        return False
    called = {id(call.func) for call in _calls(use.node)}
    handed = {id(one) for call in _calls(use.node) if at_once(call) for one in call.args}
    if all(id(one) in called for one in references):
        return not any(
            isinstance(argument, ast.GeneratorExp)
            for call in _calls(use.node)
            if isinstance(call.func, ast.Name) and call.func.id == name
            for argument in call.args
        )
    if all(id(one) in called | handed for one in references):
        return True
    later = {one for other in uses if other.number >= use.number for one in other.binds | other.deletes}
    return not set(given) & later


def _is_own(use: Use, name: str) -> bool:
    return isinstance(use.node, DEFINITION) and use.node.name == name


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    yield from (part for part in ast.walk(node) if isinstance(part, ast.Call))


def _inner_names(node: ast.AST) -> set[str]:
    """Names that comprehensions, lambdas and functions inside a statement bind for themselves."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.comprehension):
            found |= {n.id for n in ast.walk(part.target) if isinstance(n, ast.Name)}
        elif isinstance(part, ast.Lambda | FUNCTION):
            found |= _own_names(part)
    return found


def with_given(use: Use, definitions: Definitions) -> Use:
    """The statement's names where the variables of the functions it names are handed over by it."""
    more: set[str] = set()
    for name in (use.reads | use.later) & definitions.made.keys():
        more |= set(definitions.given[name])
    if not more:
        return use
    inner = any(isinstance(part, SCOPES) for part in ast.walk(use.node))
    return use._replace(reads=use.reads | more, later=use.later | more if inner else use.later)
