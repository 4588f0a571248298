"""The command `nb2pkg verify`: a table or JSON, verify.json in the package, and an exit code."""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nb2pkg.extract.checksums import with_checksum
from nb2pkg.verify.conditions import Conditions, prepare
from nb2pkg.verify.terminal import table
from nb2pkg.verify.verdict import DIFFERENT, EQUAL, FOREIGN, NOT_VERIFIED, Verdict, verify

EXIT = {EQUAL: 0, DIFFERENT: 1, NOT_VERIFIED: 2}


def run_verify(
    notebook: str,
    package: str,
    *,
    further: Sequence[str] = (),
    conditions: Conditions,
    timeout: float,
    output_format: str,
) -> int:
    """Verify, write verify.json into the package, print the verdict; exit 0 equal, 1 different, 2 not verified."""
    prepare(conditions)
    then = tuple(map(Path, further))
    verdict = verify(Path(notebook), Path(package), conditions=conditions, timeout=timeout, further=then)
    if verdict.reason != FOREIGN:  # else nothing was run, and what an earlier run found stays
        write_verdict(verdict, Path(package))
    text = as_text(verdict) if output_format == "json" else table(verdict)
    sys.stdout.write(text)
    return EXIT[verdict.verdict]


def as_text(verdict: Verdict) -> str:
    """The JSON of a verdict; a number that JSON has not is an error of ours."""
    return json.dumps(with_checksum(verdict.as_json()), indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def write_verdict(verdict: Verdict, package: Path) -> None:
    """Write verify.json in one step."""
    handle, name = tempfile.mkstemp(dir=package, prefix=".verify-", suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(as_text(verdict))
    os.chmod(name, 0o644)
    os.replace(name, package / "verify.json")
