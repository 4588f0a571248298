"""Messages go to standard error, so that standard output stays data."""

import logging
import sys


def start_logging(*, quiet: bool = False) -> None:
    """Show messages of this package from INFO on, or only warnings where ``quiet``."""
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s: %(message)s", force=True)


def logger_of(module: str) -> logging.Logger:
    """Give the logger of a module, by its ``__name__``."""
    return logging.getLogger(module)
