"""Conditions of the API tables: ``axis=1``, ``bins:literal``, ``shuffle``."""

from nb2pkg.facts.arguments import Given
from nb2pkg.facts.values import Collection, Constant


def holds(condition: str, args: dict[str, Given]) -> bool:
    """Does the condition surely hold for these arguments?"""
    if ":" in condition:
        name, _, what = condition.partition(":")
        given = args.get(name)
        if given is None:
            return False
        return what == "given" or isinstance(given[1], Collection)
    name, equals, values = condition.partition("=")
    given = args.get(name)
    if given is None or not isinstance(given[1], Constant):
        return False
    if not equals:
        return bool(given[1].value)
    text = str(given[1].value)
    return any(text.startswith(one[:-1]) if one.endswith("*") else text == one for one in values.split("|"))
