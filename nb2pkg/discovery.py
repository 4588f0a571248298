"""Which files are linted: what the user named, and what stands in named folders and nobody leaves out."""

import os
from collections.abc import Sequence

from nb2pkg.config import Config, Configurations
from nb2pkg.gitignore import ignored
from nb2pkg.notebook import Candidate, find
from nb2pkg.patterns import means, reach, spot_of


def notebooks(named: Sequence[str], configurations: Configurations, *, force_exclude: bool = False) -> list[str]:
    """The notebooks to lint, in order. With ``force_exclude`` exclusions hold for what was named, too.

    Raises Nb2pkgError where a path does not exist.
    """

    def left_out(candidate: Candidate) -> bool:
        config = configurations.of(candidate.path)
        spot = spot_of(candidate.path, start=config.folder, is_folder=candidate.is_folder)
        if any(means(pattern, spot) for pattern in _patterns(config)):
            return True
        return ignored(candidate.path, is_folder=candidate.is_folder, below=candidate.below)

    kept = [path for path in named if not (force_exclude and os.path.exists(path) and excluded(path, configurations))]
    return list(find(kept, left_out=left_out))


def excluded(path: str, configurations: Configurations) -> bool:
    """Is this file or folder, or one above it, excluded by the configuration?"""
    config = configurations.of(path)
    return reach(_patterns(config), path, start=config.folder)


def _patterns(config: Config) -> tuple[str, ...]:
    return (*config.exclude, *config.extend_exclude)
