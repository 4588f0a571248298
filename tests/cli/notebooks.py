"""Notebooks written for tests of the command line, and a way to run it as users do."""

import json
import subprocess
import sys
from pathlib import Path

# What rule NB201 finds by name and value, in one line: an absolute path.
BAD = 'import pandas as pd\n\ndata = pd.read_csv("/home/ada/data.csv")'
GOOD = 'import pandas as pd\n\ndata = pd.read_csv("data.csv")'


def write(path: Path, *sources: str, language: str = "python") -> Path:
    """A notebook of version 4 with these code cells."""
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "source": source.splitlines(keepends=True),
            "execution_count": None,
            "metadata": {},
            "outputs": [],
        }
        for source in sources
    ]
    metadata = {"kernelspec": {"name": language, "language": language, "display_name": language}}
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return path


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """`nb2pkg ...` in a folder."""
    command = [sys.executable, "-m", "nb2pkg", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
