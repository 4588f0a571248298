"""Every setting, replaceable by the environment (``PASSENGERS_<FIELD>``) and on the command line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nb2pkg.scaffold.settings import read_settings

PLACES = ("data_dir", "artifacts_dir")


@dataclass(frozen=True, slots=True)
class Config:
    """The notebook's values; a value that it does not have is the package's own, and says so."""

    data_dir: Path = Path()
    """Where the package looks for the data files."""

    artifacts_dir: Path = Path("artifacts")
    """Where the package keeps trained models."""

    seed: int = 0
    """Seed of draws for which the notebook gives none: the package's own."""

    test_size: float = 0.2
    """Share of the rows held out (cell 7)."""

    max_depth: int | None = 4
    """Deepest level of the tree (cell 8)."""


def load_config(environ: Mapping[str, str] | None = None, **overrides: object) -> Config:
    """Give these values, replaced by the environment's, replaced by ``overrides``."""
    source = os.environ if environ is None else environ
    return read_settings(Config, prefix="PASSENGERS_", environ=source, overrides=overrides)
