"""What `nb2pkg lint` does between its options and its exit code."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from nb2pkg.config import Config, Configurations, PerFile, packs_for, read_config
from nb2pkg.discovery import excluded, notebooks
from nb2pkg.errors import ConfigError
from nb2pkg.lint import Diagnostic, Linted
from nb2pkg.parallel import Job, PerFileIgnores, Task, lint_files, linter_of
from nb2pkg.reports import Format, render, render_statistics
from nb2pkg.rule import Confidence, Severity
from nb2pkg.selection import Wishes, split_pairs, split_words

STANDARD_INPUT = "-"


class LintOptions(NamedTuple):
    """The options of the command line; None where one was not given."""

    select: list[str] | None = None
    extend_select: list[str] | None = None
    ignore: list[str] | None = None
    per_file_ignores: list[str] | None = None
    min_confidence: Confidence | None = None
    output_format: Format | None = None
    statistics: bool = False
    config: str | None = None
    isolated: bool = False
    force_exclude: bool = False
    jobs: int | None = None
    fail_on: Severity | None = None
    exit_zero: bool = False
    stdin_filename: str | None = None


def run_lint(named: Sequence[str], options: LintOptions) -> int:
    """Lint files and folders, print the report, and return the exit code. Raises Nb2pkgError where it cannot."""
    configurations = configurations_of(options)
    here = configurations.of_folder(".")
    linter_of(job_of(here, options))  # an option that cannot be is an error even where there is nothing to lint
    piped = piped_file(named, options)
    if piped is None:
        paths = notebooks(named, configurations, force_exclude=options.force_exclude)
    else:
        paths = [path for path in piped if not (options.force_exclude and excluded(path, configurations))]
    contents = piped or {}
    tasks = [Task(path, job_of(configurations.of(path), options), contents.get(path)) for path in paths]
    linted = lint_files(tasks, jobs=options.jobs)
    _say_what_was_passed_over(linted)
    sys.stdout.write(report_of(linted, here, options, contents))
    return exit_code(linted, configurations, options)


def piped_file(named: Sequence[str], options: LintOptions) -> dict[str, bytes] | None:
    """The content of standard input by the name it is to have; None where files are linted.

    Raises ConfigError where files are named, too.
    """
    if STANDARD_INPUT not in named and options.stdin_filename is None:
        return None
    if any(path not in (STANDARD_INPUT, ".") for path in named):
        raise ConfigError("standard input is linted alone: name no other files beside - and --stdin-filename")
    return {options.stdin_filename or "stdin.ipynb": sys.stdin.buffer.read()}


def configurations_of(options: LintOptions) -> Configurations:
    """Where the wishes of projects are read. Raises ConfigError for ``--config`` with ``--isolated``."""
    if options.config is None:
        return Configurations(Config() if options.isolated else None)
    if options.isolated:
        raise ConfigError("--config: cannot be used with --isolated, which reads no configuration")
    return Configurations(read_config(options.config))


def job_of(config: Config, options: LintOptions) -> Job:
    """What files of this configuration are linted by: the options go over it."""
    return Job(
        packs=packs_for(config),
        layers=(
            Wishes(config.place, config.select, config.extend_select, config.ignore),
            Wishes(
                "--",
                None if options.select is None else split_words(options.select),
                split_words(options.extend_select or ()),
                split_words(options.ignore or ()),
            ),
        ),
        confidence=options.min_confidence or config.min_confidence or Confidence.LIKELY,
        per_file=_per_file(config, options),
    )


def _per_file(config: Config, options: LintOptions) -> PerFileIgnores:
    """The option instead of what the configuration says, as with ruff; its patterns start at the working directory."""
    if options.per_file_ignores is None:
        return PerFileIgnores(f"{config.place}per-file-ignores.", config.folder, config.per_file_ignores)
    pairs: PerFile = split_pairs(options.per_file_ignores)
    return PerFileIgnores("--per-file-ignores: ", ".", pairs)


def report_of(linted: Iterable[Linted], config: Config, options: LintOptions, piped: Mapping[str, bytes]) -> str:
    """The text for standard output; its format is that of the working directory's configuration."""
    diagnostics = [one for file in linted for one in file.diagnostics]
    output_format = options.output_format or config.output_format or Format.FULL
    return (
        render_statistics(diagnostics, output_format)
        if options.statistics
        else render(diagnostics, output_format, piped)
    )


def exit_code(linted: Iterable[Linted], configurations: Configurations, options: LintOptions) -> int:
    """1 where a file has a finding at or above the severity at which its project, or the option, fails."""
    if options.exit_zero:
        return 0
    failing = (
        _fails(one, options.fail_on or configurations.of(file.path).fail_on or Severity.WARNING)
        for file in linted
        for one in file.diagnostics
    )
    return int(any(failing))


def _fails(one: Diagnostic, floor: Severity) -> bool:
    order = list(Severity)
    return order.index(one.severity) <= order.index(floor)


def _say_what_was_passed_over(linted: Sequence[Linted]) -> None:
    if not linted:
        print("nb2pkg: warning: no notebooks were found", file=sys.stderr)
    skipped = [file for file in linted if file.language is not None]
    if skipped:
        languages = ", ".join(sorted({str(file.language) for file in skipped}))
        noun = "notebook" if len(skipped) == 1 else "notebooks"
        print(f"Skipped {len(skipped)} {noun} with another kernel than Python: {languages}", file=sys.stderr)
    for file in linted:
        if file.limited:
            print(
                f"nb2pkg: warning: {file.path}: too much code to follow it all; not every rule could look",
                file=sys.stderr,
            )
