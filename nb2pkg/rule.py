"""The public rule API: all that a rule file needs, and nothing it does not."""

from dataclasses import dataclass
from enum import Enum

from nb2pkg.source import Span


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
