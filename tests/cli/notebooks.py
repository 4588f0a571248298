"""Notebooks written for tests of the command line, and ways to run it."""

import io
import json
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from nb2pkg.cli import main

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


def run_here(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """The same in this process, a hundred times as fast: for what does not depend on how the process starts."""
    command = ["nb2pkg", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with chdir(folder), patch.object(sys, "argv", command), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    written = [stream.buffer.getvalue().decode() for stream in (out, err)]
    assert isinstance(code, int)
    return subprocess.CompletedProcess(command, code, *written)
