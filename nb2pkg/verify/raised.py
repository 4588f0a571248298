"""What a cell raised, in words that say what to do about it."""

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from nb2pkg.verify.recording import CellError

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LOOKED_UP = re.compile(r"(?:\bos\.py|<frozen os>)\D*\d+, in (?:_Environ\.)?__getitem__")


def cell_errors(cell: int, outputs: Sequence[Mapping[str, Any]], environment: Collection[str]) -> Iterator[CellError]:
    """The errors among the outputs of a cell that ran with this environment."""
    for output in outputs:
        if output.get("output_type") == "error":
            yield CellError(cell, str(output["ename"]), _message(output, environment))


def said(error: CellError) -> str:
    """Where it was raised, and what."""
    if error.name == "ModuleNotFoundError":
        return f"module {error.message} missing"
    first = (error.message.splitlines() or [""])[0]
    return f"cell {error.cell} raised {error.name}: {first}"


def _message(output: Mapping[str, Any], environment: Collection[str]) -> str:
    name, message = str(output["ename"]), str(output["evalue"])
    if name == "ModuleNotFoundError":
        return message.partition("'")[2].partition("'")[0] or message
    trace = COLOURS.sub("", "\n".join(output.get("traceback") or ()))
    variable = message.strip("'\"")
    if name == "KeyError" and LOOKED_UP.search(trace) and variable not in environment:
        return f"{message}: {_not_there(variable)}"
    return message


def _not_there(variable: str) -> str:
    if variable in os.environ:
        return (
            f"the environment variable is set, but kept from notebook and package; --allow-env {variable} passes it on"
        )
    return "the environment variable is not set"
