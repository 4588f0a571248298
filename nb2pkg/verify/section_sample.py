"""Draw the rows that the tests of a package below level 3 work on, and record what the notebook itself makes of them."""

import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nb2pkg.extract.handover import Recorded
from nb2pkg.notebook import Notebook
from nb2pkg.verify.conditions import AS_USUAL, Conditions
from nb2pkg.verify.kernel_side.sampling import PACKED, TEXTS, records_of
from nb2pkg.verify.kernel_side.values import Plain
from nb2pkg.verify.plan import Plan, read_plan
from nb2pkg.verify.record import read_notebook
from nb2pkg.verify.recording import NotRecorded
from nb2pkg.verify.replay import Failed, Side, ask
from nb2pkg.verify.section_golden import section_golden
from nb2pkg.verify.sections import ANSWERS, Ran, run_notebook, told_of
from nb2pkg.verify.verdict import EQUAL, SECONDS, Verdict

SIZES = (200, 1_000, sys.maxsize)
WHOLE_BYTES = 5_000_000
LONGEST = 60.0  # seconds that a test may take
OTHERWISE = {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}
"""Tests run in processes that are not like the one of verify: what depends on that is not tested."""


class NoSampleError(Exception):
    """No rows can be kept with the tests; says why."""


def record_sections(
    notebook: Path,
    package: Path,
    judged: Verdict,
    *,
    conditions: Conditions = AS_USUAL,
    timeout: float = SECONDS,
    further: Sequence[Path] = (),
) -> Recorded:
    """Give the files of ``tests/data`` and the golden values; ``why`` tells why there are none. ``judged`` is of the whole data."""
    served = {"sample.csv": judged.sample.encode()} if judged.sample else {}
    if judged.verdict != EQUAL:
        return Recorded(served, None, f"the package was not shown equal to its notebook ({judged.reason})")
    read, plan = read_notebook(notebook, further), read_plan(package)
    deadline = time.monotonic() + timeout
    why = ""
    try:
        for size in SIZES:
            files, whole = sampled(Path(notebook).resolve().parent, plan, size)
            found = _recorded(read, plan, package.resolve(), files, conditions, deadline)
            why = found.why
            if found.golden is not None or whole:
                break
    except NoSampleError as error:
        return Recorded(served, None, str(error))
    return found if found.golden is not None else Recorded(served, None, why)


def sampled(folder: Path, plan: Plan, size: int) -> tuple[dict[str, bytes], bool]:
    """At most ``size`` rows of each file that the notebook reads, and whether that is all of them. Raises NoSampleError."""
    files: dict[str, bytes] = {}
    whole = True
    for name in dict.fromkeys(plan.loads):
        path = folder / name
        if path.is_dir():
            raise NoSampleError(f"the notebook works in a folder ({name}), of which no rows can be drawn")
        if not path.is_file():
            continue  # the notebook writes it
        if name.startswith(("..", "/")):
            raise NoSampleError(f"the notebook reads what lies above its folder ({name})")
        content = cut(path, size, plan.seed)
        whole = whole and content is None
        files[name] = path.read_bytes() if content is None else content
    if sum(map(len, files.values())) > WHOLE_BYTES:
        raise NoSampleError("the data files are too large to keep with the tests")
    return files, whole


def cut(path: Path, size: int, seed: int) -> bytes | None:
    """The first record of a text file and ``size`` others, drawn by the seed, in their order; None where there are no more."""
    suffix = path.suffix.lower()
    if suffix in PACKED or suffix not in TEXTS:
        return None
    records = records_of(path.read_bytes().decode("latin-1"))
    if len(records) <= size + 1:
        return None
    chosen = sorted(random.Random(seed).sample(range(1, len(records)), size))
    return "".join(records[number] for number in (0, *chosen)).encode("latin-1")


def _recorded(
    notebook: Notebook, plan: Plan, package: Path, files: Mapping[str, bytes], conditions: Conditions, deadline: float
) -> Recorded:
    """Run notebook and package on these files; golden values where both do the same."""
    ran = run_notebook(notebook, plan, plan.sections, conditions, deadline, replaced=files)
    if isinstance(ran, NotRecorded):
        return Recorded({}, None, f"the notebook does not run on the rows for tests ({ran.reason})")
    ran, answers = _parted(ran)
    start = time.monotonic()
    answer = _asked(plan, package, files, conditions, deadline)
    if isinstance(answer, Failed):
        return Recorded({}, None, f"the package does not run on the data files alone ({answer.reason})")
    if time.monotonic() - start > LONGEST:
        return Recorded({}, None, "the notebook runs too long for a test")
    tested = [pair for pair in zip(plan.sections, answer["sections"], strict=True) if pair[0].get("tested", True)]
    told = told_of(plan, tested, ran, answer)
    whole = len(tested) == len(plan.sections)
    reason = told.reason if whole else next((one.name for one in told.frames + told.scores if not one.equal), "")
    if reason:
        return Recorded({}, None, f"in another process, on the rows for tests, the package differs ({reason})")
    printed = {one["function"]: theirs["printed"] for one, theirs in tested}
    golden = section_golden(plan, [one for one, _ in tested], ran, printed, answers if told.sample else None)
    if golden is None:
        return Recorded({}, None, "the notebook prints and holds nothing that a test could compare")
    json.dumps(golden, allow_nan=False)
    return Recorded({**files, **({"sample.csv": told.sample.encode()} if told.sample else {})}, golden)


def _parted(ran: Ran) -> tuple[Ran, Plain | None]:
    """The run, and what its model answered apart."""
    answers = next((held[ANSWERS] for held in ran.held.values() if ANSWERS in held), None)
    held = {name: {key: one for key, one in values.items() if key != ANSWERS} for name, values in ran.held.items()}
    return replace(ran, held=held), answers if answers is not None and answers["kind"] == "table" else None


def _asked(
    plan: Plan, package: Path, files: Mapping[str, bytes], conditions: Conditions, deadline: float
) -> Plain | Failed:
    """What the package's sections do in a folder that holds these files and nothing else."""
    with conditions.folder("sample") as folder:
        data, scratch = folder / "data", folder / "scratch"
        scratch.mkdir()
        data.mkdir()
        for name, content in files.items():
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            (data / name).write_bytes(content)
        side = Side(package, plan.package, data, scratch, conditions, max(1.0, deadline - time.monotonic()), OTHERWISE)
        sections = [dict(one) for one in plan.sections]
        return ask(side, {"package": plan.package, "home": str(data), "sections": sections}, module="sections")
