"""Where two compared values first differ, by position, and what of the notebook they are."""

import math
from enum import Enum
from typing import NamedTuple

from nb2pkg.verify.recording import Site


class Kind(Enum):
    """What differs."""

    ROWS = "number of rows"
    COLUMNS = "number of columns"
    MISSING = "missing column"
    NAMES = "order of columns"
    TYPE = "type"
    VALUE = "value"


class Difference(NamedTuple):
    """The first place that differs: rows and columns count from 0.

    ``name`` is the column's in the notebook, None without one; ``instead`` is what the package calls the column there.
    """

    kind: Kind
    column: int | None = None
    name: str | None = None
    row: int | None = None
    notebook: object = None
    package: object = None
    instead: str | None = None

    def as_json(self) -> dict[str, object]:
        """The form of verify.json; what JSON has no number for is a word."""
        return {
            **self._asdict(),
            "kind": self.kind.value,
            "notebook": plain(self.notebook),
            "package": plain(self.package),
        }


class Subject(Enum):
    """What of the notebook was compared."""

    ARGUMENT = "argument"
    MODEL = "model"
    SPLIT = "split"
    SCORE = "score"
    VARIABLE = "variable"
    PRINTED = "printed"


class About(NamedTuple):
    """What a row of the report is about: ``site`` is the call, or the last cell of a section; ``name`` the argument or variable."""

    subject: Subject
    site: Site
    name: str = ""


def plain(value: object) -> object:
    """A number as Python's own, where it is finite; else its word."""
    item = getattr(value, "item", None)
    number = item() if callable(item) else value
    return str(number) if isinstance(number, float) and not math.isfinite(number) else number
