"""What each section is given and gives back, so that passing values along means the same as the notebook's one scope.

A section gives back the names that a later one needs from it; a name it may or may not bind anew is passed through it.
What is changed in place travels with the object.
"""

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from nb2pkg.extract.refuse import refused
from nb2pkg.extract.sections.refusals import HISTORY, PROVIDED, undefined
from nb2pkg.extract.sections.uses import Use
from nb2pkg.facts import Facts

AT_ONCE = frozenset({"sorted", "min", "max"})
READ_FIRST = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)  # all that they read, they read before they bind
CALLED = frozenset({"rowwise", "statistic", "learns", "select"})


class Crossing(NamedTuple):
    """The names that enter and leave a stretch of statements, and those that are needed after it, as the notebook binds them."""

    takes: tuple[str, ...]
    gives: tuple[str, ...]
    live: tuple[str, ...] = ()


class Needs(NamedTuple):
    """What one stretch needs from outside, may bind, and surely binds."""

    needs: frozenset[str]
    binds: frozenset[str]
    certain: frozenset[str]


def needs_of(uses: Iterable[Use]) -> Needs:
    """Read a stretch from its first statement to its last."""
    needed: set[str] = set()
    binds: set[str] = set()
    certain: set[str] = set()
    for use in uses:
        needed |= (use.reads | use.later) - certain
        binds |= use.binds
        certain = (certain | use.certain) - use.deletes
    return Needs(frozenset(needed), frozenset(binds), frozenset(certain))


def crossings(
    stretches: Sequence[Sequence[Use]], outside: frozenset[str], *, star: bool, kept: Mapping[int, frozenset[str]]
) -> list[Crossing]:
    """What every stretch takes and gives; ``kept`` are names that are needed at the end of a stretch, by its position.

    Raises RefusedError where a name is read that nothing before it binds.
    """
    found = [needs_of(uses) for uses in stretches]
    defined = _defined(stretches, outside, star=star)
    order = bound_first(use for uses in stretches for use in uses)
    live: frozenset[str] = frozenset()
    crossed: list[Crossing] = []
    for position in reversed(range(len(found))):
        one, known = found[position], defined[position]
        live |= kept.get(position, frozenset()) & (known | one.binds)
        gives = one.binds & live
        takes = (one.needs | (gives - one.certain)) & known
        crossed.append(Crossing(*(in_order(names, order) for names in (takes, gives, live & (known | one.binds)))))
        live = (live - one.certain) | takes
    return crossed[::-1]


def bound_first(uses: Iterable[Use]) -> list[str]:
    """The names in the order in which the notebook first binds them."""
    found: dict[str, None] = {}
    for use in uses:
        stored = [one for one in ast.walk(use.node) if isinstance(one, ast.Name) and one.id in use.binds]
        found |= dict.fromkeys(
            one.id for one in sorted(stored, key=lambda one: (one.lineno, one.col_offset)) if _binds(one)
        )
        found |= dict.fromkeys(sorted(use.binds))
    return list(found)


def _binds(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def in_order(names: Collection[str], order: Sequence[str]) -> tuple[str, ...]:
    """These names in an order."""
    return tuple(name for name in order if name in names)


def _defined(stretches: Sequence[Sequence[Use]], outside: frozenset[str], *, star: bool) -> list[frozenset[str]]:
    """The variables bound before each stretch, checked against what it reads."""
    variables: frozenset[str] = frozenset()
    before = []
    everywhere = {name for uses in stretches for use in uses for name in use.binds}
    for uses in stretches:
        before.append(variables)
        own = frozenset(name for use in uses for name in use.binds)
        known = variables
        for use in uses:
            before_it = known
            known |= use.certain
            later = known | (own if name_is_later(use) else use.binds)
            at_once = before_it | (later - _read_at_once(use.node)) if isinstance(use.node, READ_FIRST) else later
            for name in () if star else undefined(use, at_once | outside, later | outside):
                raise refused(use.statement, _missing(name, everywhere))
            taken = sorted((use.reads - before_it - outside) & own & PROVIDED)
            if taken:
                reason = f"`{taken[0]}` is Python's own here, and a variable of the notebook below; rename the variable"
                raise refused(use.statement, reason)
            known |= use.binds
        variables |= own
    return before


def _read_at_once(node: ast.AST) -> set[str]:
    """The names that are read while a statement runs, and not only by a function that it makes."""
    if isinstance(node, ast.Lambda):
        return set()
    own = {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else set()
    return own.union(*(_read_at_once(child) for child in ast.iter_child_nodes(node)))


def name_is_later(use: Use) -> bool:
    """Does the statement define what runs only later?"""
    return isinstance(use.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _missing(name: str, bound: Collection[str]) -> str:
    if name in HISTORY:
        return f"`{name}` takes what another cell showed; give that value a name"
    if name not in bound:
        return f"`{name}` is needed here and nothing in the notebook binds it"
    return f"`{name}` is needed here and nothing above binds it: the cells do not run from top to bottom"


def refuse_rebound(stretches: Sequence[Sequence[Use]], facts: Facts) -> None:
    """Raise RefusedError where a function keeps a variable that a later section binds anew: it would see the old value."""
    for position, uses in enumerate(stretches):
        later = {name: use for other in stretches[position + 1 :] for use in other for name in use.binds | use.deletes}
        for use in uses:
            for name in sorted(use.later & later.keys()):
                if name in _kept(use.node, name, facts):
                    cell = later[name].cell
                    reason = (
                        f"a function made here reads `{name}` when it is called, and cell {cell} binds that name anew"
                    )
                    raise refused(use.statement, f"{reason}; give `{name}` to the function as an argument")


def _kept(node: ast.stmt, name: str, facts: Facts) -> set[str]:
    """The name, where something that may outlive the statement reads it: not what is called at once, as by ``map``."""
    inner = [
        argument
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and calls_at_once(call, facts)
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(argument, ast.Lambda)
    ]
    at_once = {id(part) for one in inner for part in ast.walk(one)}
    readers = [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name]
    lambdas = {id(part) for one in ast.walk(node) if isinstance(one, SCOPED) for part in ast.walk(one)}
    return {name} if any(id(one) in lambdas and id(one) not in at_once for one in readers) else set()


SCOPED = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.GeneratorExp)


def calls_at_once(call: ast.Call, facts: Facts) -> bool:
    """Does a call call the functions it is handed before it is over, as ``map`` of a column does?"""
    if isinstance(call.func, ast.Name) and call.func.id in AT_ONCE:
        return True
    found = facts.call(call)
    return found is not None and bool(getattr(found.row, "function", "")) and getattr(found.row, "role", "") in CALLED
