"""A library call about to be performed: its row, its arguments by name, and what it works on."""

import ast
from typing import NamedTuple

from nb2pkg.apis import Row
from nb2pkg.facts.arguments import Arguments, Given
from nb2pkg.facts.combining import contents_of
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.values import Constant, Content, Data, Value


class Site(NamedTuple):
    """A call of a library function, or of a method of data (``receiver``), with its row and its arguments by name."""

    node: ast.Call
    name: str
    row: Row
    args: dict[str, Given]
    arguments: Arguments
    receiver: Data | None

    def value(self, name: str) -> Value | None:
        """The argument of that name, None where it is not given."""
        given = self.args.get(name)
        return None if given is None else given[1]

    @property
    def label(self) -> str:
        """The call as a reader would write it, for messages."""
        text = ast.unparse(self.node)
        return text if len(text) <= 60 else f"{ast.unparse(self.node.func)}(…)"


def subject(site: Site) -> Value | None:
    """What the call works on: the receiver, the argument the row names, else the first argument that is data."""
    if site.receiver is not None:
        return site.receiver
    value = site.value(site.row.rows) if site.row.rows else None
    if value is not None:
        return value
    values = site.arguments.values()
    return next((value for value in values if contents_of((value,))), values[0] if values else None)


def given_contents(site: Site) -> list[Content]:
    """The contents the call sees: the subject's first, then those of every other argument."""
    first = subject(site)
    others = [value for value in site.arguments.values() if value is not first]
    return contents_of(([first] if first is not None else []) + others)


def result(machine: Machine, site: Site, content: Content) -> Value:
    """The content as the call's value; written back to the receiver where the call changes it in place."""
    if site.receiver is not None and changes_in_place(site):
        machine.write(site.receiver, content)
        return Constant(None) if site.row.mutates != "always" else site.receiver
    return Data(content)


def changes_in_place(site: Site) -> bool:
    """Does the call change its receiver?"""
    mutates = site.row.mutates
    if not mutates or mutates == "always":
        return mutates == "always"
    given = site.value(mutates)
    return isinstance(given, Constant) and bool(given.value)
