"""A path that exists on one machine only."""

import os
import re
from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Related, Severity

CODE = "NB201"
SEVERITY = Severity.WARNING

ABSOLUTE = re.compile(r"(?i)([a-z]:[\\/]|\\\\[\w.-]+\\|file://|~[\w.-]*/|/(?!dev/|tmp/|proc/)[\w.-]+)")
MOUNTS = {"/content": "a Colab machine", "/kaggle": "Kaggle", "/gdrive": "a Colab machine", "/dbfs": "Databricks"}


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a literal path, however it reaches the call that uses it."""
    seen = set()
    for use in facts.paths:
        if use.place in seen or not ABSOLUTE.match(use.text):
            continue
        seen.add(use.place)
        elsewhere = (use.use.cell, use.use.line) != (use.place.cell, use.place.line)
        related = (Related(use.use, "used here"),) if elsewhere else ()
        yield Finding(use.place, f"`{use.text}` {_where(use.text)}; {_remedy(facts, use.text)}", related=related)


def _where(path: str) -> str:
    if path.startswith("~/"):
        return "lies in the home folder of whoever runs the notebook"
    mount = "/" + path.split("/")[1] if path.startswith("/") else ""
    return f"exists only on {MOUNTS.get(mount, 'the machine it was written on')}"


def _remedy(facts: Facts, path: str) -> str:
    """The relative form, where the file lies beside the notebook."""
    name = re.split(r"[\\/]", path.rstrip("\\/"))[-1]
    folder = os.path.dirname(facts.program.notebook.path)
    if name and os.path.exists(os.path.join(folder, name)):
        return f'the file lies beside the notebook: write "{name}"'
    return "write it relative to the notebook, or read it from the configuration"
