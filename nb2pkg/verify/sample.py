"""Draw the rows a package's tests work on, and record what the notebook's own statements make of them."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from nb2pkg.extract.handover import Recorded
from nb2pkg.notebook import Notebook
from nb2pkg.verify import workspace
from nb2pkg.verify.conditions import AS_USUAL, Conditions
from nb2pkg.verify.figures import undrawn_figures
from nb2pkg.verify.golden import golden
from nb2pkg.verify.matching import match
from nb2pkg.verify.plan import Plan, read_plan
from nb2pkg.verify.progress import stage
from nb2pkg.verify.record import read_notebook, record
from nb2pkg.verify.recording import NotRecorded
from nb2pkg.verify.replay import Failed, Side, ask
from nb2pkg.verify.verdict import SECONDS, wish_of

SIZES = (200, 1_000, sys.maxsize)
WHOLE_BYTES = 5_000_000


def record_sample(
    notebook: Path,
    package: Path,
    *,
    conditions: Conditions = AS_USUAL,
    timeout: float = SECONDS,
    further: Sequence[Path] = (),
) -> Recorded:
    """Give the files of ``tests/data`` and the golden values; ``why`` tells where the sample had to grow, or is missing.

    ``further`` notebooks run after the first. Raises VerifyError where notebook or package cannot be read.
    """
    read, plan = read_notebook(notebook, further), read_plan(package)
    deadline = time.monotonic() + timeout
    tried = list(_tries(read, plan, package.resolve(), conditions, deadline))
    whys = [one.why for one in tried if one.why]
    last = tried[-1]
    undrawn = undrawn_figures(plan, package.resolve(), last.files, conditions, deadline)
    return Recorded(last.files, last.golden, "; ".join(dict.fromkeys(whys)), undrawn=undrawn)


def _tries(
    notebook: Notebook, plan: Plan, package: Path, conditions: Conditions, deadline: float
) -> Iterator[Recorded]:
    """Larger and larger samples, until the notebook runs on one."""
    for size in SIZES if plan.loads else SIZES[:1]:
        done, whole = _try(notebook, plan, package, conditions, deadline, size)
        yield done
        if done.golden is not None or whole:
            return


def _try(
    notebook: Notebook, plan: Plan, package: Path, conditions: Conditions, deadline: float, size: int
) -> tuple[Recorded, bool]:
    """One sample, and whether it is already everything there is."""
    source = Path(notebook.path).resolve().parent
    with conditions.folder("sample") as folder:
        data = workspace.copy_folder(source, folder / "a" / "b" / "c" / source.name)
        workspace.copy_lent_files(source, data, plan.loads)
        (folder / "scratch").mkdir()
        target = folder / "x" / "y" / "z"
        target.mkdir(parents=True)
        side = Side(package, plan.package, data, folder / "scratch", conditions, deadline - time.monotonic())
        asked = {
            "package": plan.package,
            "seed": plan.seed,
            "size": size,
            "loads": loads_of(plan),
            "addresses": dict(plan.addresses),
            "joined": {**plan.joined, "readers": readers_of(plan)} if plan.joined is not None else None,
            "folder": str(target),
        }
        stage("drawing sample rows for the package's tests")
        answer = ask(side, asked, module="sampling")
        if isinstance(answer, Failed):
            return Recorded({}, None, f"no sample: {answer.reason}"), True
        whole = answer["rows"] == answer["of"]
        if not answer["equal"]:
            return Recorded({}, None, f"{answer['rows']} rows do not read back as they were"), whole
        files = {name: (target / name).read_bytes() for name in loads_of(plan)}
    if any(len(content) > WHOLE_BYTES for content in files.values()):
        return Recorded({}, None, "the data files are too large to keep with the tests"), True
    replaced = files if files and not whole else None
    sampled = {**files, "sample.csv": answer["sample"].encode()}
    return _recorded(notebook, plan, conditions, deadline, sampled, replaced), whole


def readers_of(plan: Plan) -> list[str]:
    """The functions that read rows which are only predicted on."""
    parts = (str(frame.get("part", "")) for frame in plan.frames)
    return list(dict.fromkeys(part.partition(":")[2] for part in parts if part.startswith("reader:")))


def loads_of(plan: Plan) -> list[str]:
    """The files that are read, each once."""
    return list(dict.fromkeys(plan.loads))


def _recorded(
    notebook: Notebook,
    plan: Plan,
    conditions: Conditions,
    deadline: float,
    files: dict[str, bytes],
    replaced: dict[str, bytes] | None,
) -> Recorded:
    """Run the notebook on the sample."""
    recording = record(notebook, wish_of(plan, replaced), conditions=conditions, timeout=deadline - time.monotonic())
    if isinstance(recording, NotRecorded):
        return Recorded(files, None, f"the notebook does not run on so few rows ({recording.reason})")
    matched = match(plan, recording)
    if matched is None or matched.troubles:
        why = matched.troubles[0] if matched else "the chosen fit never happened"
        return Recorded(files, None, f"the notebook takes another way on so few rows ({why})")
    found = golden(plan, matched, recording)
    json.dumps(found, allow_nan=False)
    return Recorded(files, found)
