"""The public rule API: all that a rule file needs, and nothing it does not."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from nb2pkg.source import Span

if TYPE_CHECKING:
    from nb2pkg.facts import Facts

__all__ = [
    "Confidence",
    "Facts",
    "Finding",
    "IdleSuppression",
    "Related",
    "Severity",
    "Span",
    "SuppressionForm",
]


def __getattr__(name: str) -> object:
    """Bring ``Facts`` in when a rule asks for it: the reports need severities and no interpreter."""
    if name == "Facts":
        from nb2pkg.facts import Facts

        return Facts
    raise AttributeError(name)


class Severity(Enum):
    """How much harm the defect does."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Confidence(Enum):
    """How sure the finding is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a finding, in its own words."""

    place: Span
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect at a place. ``severity`` None means the rule's own."""

    place: Span
    message: str
    confidence: Confidence = Confidence.CERTAIN
    related: tuple[Related, ...] = ()
    severity: Severity | None = None


class SuppressionForm(Enum):
    """How an author silences rules."""

    NOQA = "noqa"
    CELL = "ignore-cell"
    METADATA = "metadata"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class IdleSuppression:
    """A suppression of which something silences nothing; ``place`` is its comment's, or the file's for the metadata.

    ``unused``: words whose rules looked and found nothing there; ``unknown``: words that mean no rule. Both empty: all of it.
    """

    place: Span
    form: SuppressionForm
    unused: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
