"""What becomes of one random notebook: it fails by itself, is refused, is the same as a package, or shows a fault of ours."""

import contextlib
import functools
import shutil
import tempfile
import traceback
import warnings
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from nb2pkg.errors import Nb2pkgError
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.levels import LowerPlan, best_plan
from nb2pkg.extract.plan import Plan
from tests.extract import replaying
from tests.search.drafts import Draft, is_markdown, write
from tests.search.files import write_files
from tests.search.packages import raw_rows, sections
from tests.search.running import Run, run

Result = TypeVar("Result")
Cells = Sequence[tuple[int, str]]


class Kind(Enum):
    """How it ended."""

    NO_NOTEBOOK = "notebook fails"
    REFUSED = "refused"
    EQUAL = "equal"
    DIFFERENT = "DIFFERENT"
    FAILS = "PACKAGE FAILS"
    TRACEBACK = "TRACEBACK"


FAULTS = (Kind.DIFFERENT, Kind.FAILS, Kind.TRACEBACK)


class Outcome(NamedTuple):
    """How it ended; at which level (0: at none), and ``detail``: what differs, or why it is at no higher level."""

    kind: Kind
    level: int = 0
    detail: str = ""


class Raised(NamedTuple):
    """What the code of a notebook, of a package or of ours raised."""

    error: Exception

    def said(self) -> str:
        """The error and the calls that led to it last."""
        return "".join(traceback.format_exception(self.error, limit=-3)).strip()


def outcome(draft: Draft, seed: int) -> Outcome:
    """What becomes of a notebook, with the data files of a seed beside it."""
    folder = Path(tempfile.mkdtemp(prefix="nb2pkg-search-"))
    try:
        with contextlib.chdir(folder), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            write_files(seed, folder)
            return _outcome(draft, folder)
    finally:
        shutil.rmtree(folder)


def _outcome(draft: Draft, folder: Path) -> Outcome:
    done = _done(draft)
    if done is None:
        return Outcome(Kind.NO_NOTEBOOK)
    path = str(write(draft, folder))
    found = attempt(lambda: best_plan(path, name=replaying.NAME, model=None))
    if isinstance(found, Raised):
        refused = isinstance(found.error, Nb2pkgError)
        return Outcome(Kind.REFUSED, 0, str(found.error)) if refused else Outcome(Kind.TRACEBACK, 0, found.said())
    why = found.reasons[0][1] if isinstance(found, LowerPlan) else ""
    level = found.modules.level
    cells = repaired(done.cells, found.modules)
    notebook = done.run if cells == done.cells else attempt(functools.partial(run, cells))
    if isinstance(notebook, Raised):
        return Outcome(Kind.TRACEBACK, level, f"repaired, the notebook fails: {notebook.said()}")
    told = attempt(lambda: differences(found, folder, notebook))
    if isinstance(told, Raised):
        return Outcome(Kind.FAILS if done.as_saved or ordered(found.modules) else Kind.NO_NOTEBOOK, level, told.said())
    return Outcome(Kind.DIFFERENT, level, ", ".join(told)) if told else Outcome(Kind.EQUAL, level, why)


def ordered(modules: Modules) -> bool:
    """Does the plan put cells in another order? What fails in the file's order may fail in the package."""
    replay: Any = modules.extraction["replay"]
    return "order" in replay


def differences(found: Plan | LowerPlan, folder: Path, notebook: Run) -> list[str]:
    """What a package does differently from its notebook, whatever its level."""
    if isinstance(found, LowerPlan):
        return sections(found.modules, folder, notebook)
    return raw_rows(found, folder, notebook)


class Done(NamedTuple):
    """A notebook that ran: its code in the order that it ran in, whether that is the file's, and what was seen."""

    cells: Cells
    as_saved: bool
    run: Run


def _done(draft: Draft) -> Done | None:
    """The notebook run as it stands in the file where it runs so, else as it ran once; None where it fails anyway."""
    for cells, as_saved in ((draft.as_saved(), True), (draft.as_run(), False)):
        code = [(number, text) for number, text in cells if not is_markdown(text)]
        found = attempt(functools.partial(run, code))
        if not isinstance(found, Raised):
            return Done(code, as_saved, found)
    return None


def repaired(cells: Cells, modules: Modules) -> Cells:
    """The cells with what the plan put right on both sides."""
    replay: Any = modules.extraction["replay"]
    texts = {number: text.split("\n") for number, text in cells}
    for one in replay.get("repairs", ()):
        lines = texts[one["cell"]]
        lines[one["line"] - 1] = lines[one["line"] - 1].replace(one["before"], one["after"], 1)
    return [(number, "\n".join(lines)) for number, lines in texts.items()]


def attempt(work: Callable[[], Result]) -> Result | Raised:
    """What the work gives, or what it raised."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the search is for
        return Raised(error)
