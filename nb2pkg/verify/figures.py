"""Which figures of a package cannot be drawn on the rows that are kept for its tests."""

import time
from collections.abc import Mapping
from pathlib import Path

from nb2pkg.verify.conditions import Conditions
from nb2pkg.verify.plan import Plan
from nb2pkg.verify.progress import stage
from nb2pkg.verify.replay import Failed, Side, ask

REPORTS = "reports.py"


def undrawn_figures(
    plan: Plan, package: Path, files: Mapping[str, bytes], conditions: Conditions, deadline: float
) -> dict[str, str]:
    """The reason for each figure that cannot be drawn on these files, by name; ``"*"`` for all where none could be tried."""
    if not (package / "src" / plan.package / REPORTS).is_file():
        return {}
    with conditions.folder("figures") as folder:
        data = folder / "x" / "y" / "z"
        for path, content in files.items():
            (data / path).parent.mkdir(parents=True, exist_ok=True)
            (data / path).write_bytes(content)
        data.mkdir(parents=True, exist_ok=True)
        (folder / "scratch").mkdir()
        side = Side(package, plan.package, data, folder / "scratch", conditions, deadline - time.monotonic())
        stage("drawing the notebook's figures on the sample")
        answer = ask(side, {"package": plan.package, "folder": str(data)}, module="figures")
    return {"*": answer.reason} if isinstance(answer, Failed) else dict(answer)
