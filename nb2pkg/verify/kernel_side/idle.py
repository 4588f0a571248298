"""Which estimators never draw with the arguments they are made with: these stay without a seed, as in the package."""

from __future__ import annotations

from typing import Any

UNKNOWN = object()


def is_idle(made: dict[str, Any], conditions: dict[str, Any]) -> bool:
    """Does a class made like this surely draw nothing? ``conditions``, by class: when it draws, and when it never does."""
    known = conditions.get(made.get("made", ""))
    if known is None:
        return False
    given = {name: made["with"].get(name, UNKNOWN) for name in made["given"]}
    if any(_holds(condition, given) for condition in known["never"]):
        return True
    return all(_holds(condition, given) is False for condition in known["draws"])


def _holds(condition: str, given: dict[str, Any]) -> bool | None:
    """Does a condition of the tables hold? None where the value that decides it is no plain one; see nb2pkg/chance.py."""
    if condition == "always":
        return True
    name, colon, what = condition.partition(":")
    if colon:
        return (given.get(name) is not None) == (what == "given")
    name, equals, values = condition.partition("=")
    if name not in given:
        return False
    if given[name] is UNKNOWN:
        return None
    text = str(given[name])
    ways = values.split("|")
    return (
        any(text.startswith(one[:-1]) if one.endswith("*") else text == one for one in ways)
        if equals
        else bool(given[name])
    )
