"""The command line: run does what the notebook did, and prints what it printed."""

import argparse
from collections.abc import Sequence
from dataclasses import fields

from nb2pkg.scaffold.config import Config, load_config
from nb2pkg.scaffold.logging import logger_of, start_logging
from nb2pkg.scaffold.options import QUIET, add_command, add_settings
from nb2pkg.scaffold.running.refusals import DataError, explained
from nb2pkg.scaffold.running.run import run
from nb2pkg.scaffold.settings import SettingsError

LOGGER = logger_of(__name__)
DONE, FAILED = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give the exit code: 0 done, 2 could not run."""
    options = vars(build_parser().parse_args(arguments))
    start_logging(quiet=bool(options.pop("quiet")))
    command = options.pop("command")
    try:
        config = load_config(None, **options)
        with explained(config):
            command(config)
    except (DataError, SettingsError, OSError) as error:
        return fail(error)
    return DONE


def fail(error: Exception) -> int:
    """Say in one line why nothing could be done."""
    LOGGER.error("%s", error)
    return FAILED


def build_parser() -> argparse.ArgumentParser:
    """Give the parser; every field of the configuration is an option."""
    parser = argparse.ArgumentParser(prog=__package__, description=__doc__)
    parser.add_argument("--quiet", action="store_true", help=QUIET)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    running = add_command(commands.add_parser, "run", "do what the notebook did, from its first cell to its last")
    running.set_defaults(command=run)
    add_settings(running, [field.name for field in fields(Config)])
    return parser
