"""Stand-in: a package's own ``run`` calls its sections in the notebook's order."""

import sys

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.running.showing import start_notebook

DATA_FILES: tuple[str, ...] = ()


def run(config: Config) -> None:
    """Do what the notebook did."""
    start_notebook(config.seed)
    sys.stdout.write("done\n")
