"""Turn diagnostics into text: one function per format."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, assert_never

from nb2pkg.errors import ConfigError

if TYPE_CHECKING:
    from nb2pkg.lint import Diagnostic


class Format(Enum):
    """The output formats of lint."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"


def render(
    diagnostics: "Sequence[Diagnostic]", output_format: Format, piped: "Mapping[str, bytes] | None" = None
) -> str:
    """The report, with its last newline; only the format asked for is imported.

    ``piped`` are the contents of files that came by standard input, by the names they are to have.
    """
    match output_format:
        case Format.FULL:
            from nb2pkg.reports.full import full

            return full(diagnostics)
        case Format.CONCISE:
            from nb2pkg.reports.concise import concise

            return concise(diagnostics)
        case Format.JSON:
            from nb2pkg.reports.as_json import as_json

            return as_json(diagnostics)
        case Format.GITHUB:
            from nb2pkg.reports.github import github

            return github(diagnostics, piped or {})
        case _:
            assert_never(output_format)


def render_statistics(diagnostics: "Sequence[Diagnostic]", output_format: Format) -> str:
    """How many findings each rule has. Raises ConfigError for a format whose every line is a finding."""
    from nb2pkg.reports.statistics import statistics, statistics_as_json

    match output_format:
        case Format.FULL | Format.CONCISE:
            return statistics(diagnostics)
        case Format.JSON:
            return statistics_as_json(diagnostics)
        case Format.GITHUB:
            raise ConfigError("--statistics: cannot be written in the format github; take full, concise or json")
        case _:
            assert_never(output_format)
