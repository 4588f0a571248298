"""Commands and options of the command line, made alike for all of them."""

import argparse
from collections.abc import Callable, Sequence

from nb2pkg.scaffold.config import Config

QUIET = "show only warnings"


def add_command(add_parser: Callable[..., argparse.ArgumentParser], name: str, told: str) -> argparse.ArgumentParser:
    """Add a command that says what it does and can be told to be quiet."""
    parser = add_parser(name, help=told, description=f"{told[0].upper()}{told[1:]}.")
    parser.add_argument("--quiet", action="store_true", default=argparse.SUPPRESS, help=QUIET)
    return parser


def add_settings(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    """Make options of these fields of the configuration."""
    defaults = Config()
    for name in names:
        shown = str(getattr(defaults, name)).replace("%", "%%")
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            dest=name,
            metavar="VALUE",
            default=argparse.SUPPRESS,
            help=f"default: {shown}",
        )
    parser.epilog = "What each setting is stands in the README and in config.py."


def add_version(parser: argparse.ArgumentParser) -> None:
    """Let a model be named."""
    parser.add_argument("--version", metavar="NAME", help="which model below the artifacts (default: the newest)")
