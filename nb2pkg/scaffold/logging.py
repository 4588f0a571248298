"""Messages go to standard error, so that standard output stays data."""

import logging
import sys


def start_logging(*, quiet: bool = False) -> None:
    """Show messages of this package from INFO on, or only warnings where ``quiet``."""
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    package = logging.getLogger(__name__.rpartition(".")[0])
    package.handlers = [shown]
    package.setLevel(logging.WARNING if quiet else logging.INFO)


def logger_of(module: str) -> logging.Logger:
    """Give the logger of a module, by its ``__name__``."""
    return logging.getLogger(module)
