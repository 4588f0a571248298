"""Run a notebook through nbclient in a temporary copy of its folder, and record what it did.

folder -> copy -> kernel of the chosen Python -> recorder injected -> cell by cell -> events and values -> Recording
"""

import ast
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode, from_dict

from nb2pkg.errors import VerifyError
from nb2pkg.notebook import Cell, CellKind, Notebook, Unreadable, read
from nb2pkg.notebook.joining import join, part_of
from nb2pkg.verify import workspace
from nb2pkg.verify.conditions import AS_USUAL, Conditions
from nb2pkg.verify.kernel_side.values import Plain
from nb2pkg.verify.progress import stage
from nb2pkg.verify.raised import cell_errors, said
from nb2pkg.verify.recording import CellError, Event, NotRecorded, Recording, Repair, Site, read_events, read_values
from nb2pkg.verify.repairs import idle_when, repairs_of

HERE = Path(__file__).parent
STARTUP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What to record, and how to run.

    ``fit`` is the chosen model's fit call (None: keep the values of every call); ``sites`` are further calls that
    are needed. ``repairs`` are put right in the code before it runs, ``order`` the cells to run (None: all, as they
    stand), ``replaced`` data files that take the place of the author's, ``loads`` the data files that are read, ``addresses``
    the names under which files of the network are looked for beside the notebook first.
    """

    fit: Site | None = None
    sites: tuple[Site, ...] = ()
    seed: int = 0
    repairs: tuple[Repair, ...] = ()
    order: tuple[int, ...] | None = None
    replaced: Mapping[str, bytes] | None = None
    loads: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)


def read_notebook(path: Path, further: Sequence[Path] = ()) -> Notebook:
    """The notebook, joined with those that run after it, or VerifyError where a file is none."""
    found = []
    for one in (path, *further):
        notebook = read(str(one))
        if isinstance(notebook, Unreadable):
            raise VerifyError(f"{one}: {notebook.reason}")
        found.append(notebook)
    return join(found)


def record(
    notebook: Notebook, wish: Wish, *, conditions: Conditions = AS_USUAL, timeout: float = 600
) -> Recording | NotRecorded:
    """Run the notebook once; NotRecorded where it could not run as far as the wish needs."""
    missing = workspace.missing_module(conditions, ("ipykernel",))
    if missing:
        return NotRecorded(f"module {missing} missing")
    source = Path(notebook.path).resolve().parent
    with conditions.folder("notebook") as folder:
        home = workspace.copy_folder(source, folder / "a" / "b" / "c" / source.name, replaced=wish.replaced)
        if wish.replaced is None:
            workspace.copy_lent_files(source, home, wish.loads)
        stage("running the notebook" if wish.replaced is None else "running the notebook on the sample")
        run = Run(notebook, wish, conditions, folder, home, source, time.monotonic() + timeout)
        runs = list(run.parts())
        errors: list[CellError] = []
        for one in runs:
            raised = _run_cells(one)
            if isinstance(raised, NotRecorded):
                return raised
            errors += raised
        return _recording(runs, tuple(errors))


@dataclass(frozen=True, slots=True)
class Run:
    """One run: where things lie and when it must be over; ``part`` of several notebooks, each in a kernel of its own."""

    notebook: Notebook
    wish: Wish
    conditions: Conditions
    folder: Path
    home: Path
    source: Path
    deadline: float
    part: int = 0

    def parts(self) -> Iterator["Run"]:
        """The run of each notebook, one after the other in the same folder; of one notebook the run itself."""
        for part in range(max(1, len(self.notebook.parts))):
            folder = self.folder / f"part-{part}" if self.notebook.parts else self.folder
            (folder / "values").mkdir(parents=True)
            (folder / "tmp").mkdir(exist_ok=True)
            yield replace(self, folder=folder, part=part)

    @property
    def values(self) -> Path:
        """Where the recorder keeps events and values."""
        return self.folder / "values"

    def environment(self) -> dict[str, str]:
        """The variables that the kernel sees."""
        return self.conditions.environment(IPYTHONDIR=str(self.folder / "ipython"), TMPDIR=str(self.folder / "tmp"))


def cells_of(run: Run) -> list[Cell]:
    """The cells to run, in their order."""
    code = (cell for cell in run.notebook.cells if cell.kind is CellKind.CODE)
    cells = {cell.number: cell for cell in code if part_of(run.notebook, cell.number) == run.part}
    order = run.wish.order if run.wish.order is not None else tuple(cells)
    return [cells[number] for number in order if number in cells and cells[number].source.strip()]


def kernel_manager(run: Run) -> AsyncKernelManager:
    """A kernel manager for exactly this interpreter; nothing is read from or left in the user's Jupyter folders."""
    spec = run.folder / "kernels" / "nb2pkg"
    spec.mkdir(parents=True)
    options = ["--HistoryManager.enabled=False"]
    command = run.conditions.command("-m", "ipykernel_launcher", "-f", "{connection_file}", *options)
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "nb2pkg", "language": "python"}))
    specs = KernelSpecManager(kernel_dirs=[str(spec.parent)])
    connection = str(run.folder / "connection.json")
    manager = AsyncKernelManager(kernel_name="nb2pkg", kernel_spec_manager=specs, connection_file=connection)
    if os.name == "posix":
        manager.transport, manager.ip = "ipc", str(run.folder / "ipc")  # no port that another user could reach
    return manager


def _node(**content: object) -> NotebookNode:
    node: NotebookNode = from_dict({"metadata": {}, **content})  # type: ignore[no-untyped-call]
    return node


def code_cell(source: str) -> NotebookNode:
    return _node(cell_type="code", source=source, outputs=[], execution_count=None)


def _run_cells(run: Run) -> tuple[CellError, ...] | NotRecorded:
    """Run every cell; what raised is noted and the next cell runs all the same."""
    cells = [code_cell(_repaired(cell, run.wish.repairs)) for cell in cells_of(run)]
    node = _node(cells=cells, nbformat=4, nbformat_minor=5)
    manager = kernel_manager(run)
    resources = {"metadata": {"path": str(run.home)}}
    limit = max(1, int(run.deadline - time.monotonic()))
    client = NotebookClient(
        node,
        km=manager,
        resources=resources,
        allow_errors=True,
        timeout=limit,
        startup_timeout=STARTUP_SECONDS,
        shutdown_kernel="immediate",
    )
    environment = run.environment()
    group = None
    try:
        with client.setup_kernel(env=environment, stderr=subprocess.DEVNULL, cleanup_kc=True):
            group = getattr(manager.provisioner, "pgid", None)
            return _run_in(client, run)
    except CellTimeoutError:
        return NotRecorded("the notebook ran past the time limit")
    except (DeadKernelError, RuntimeError) as error:
        return NotRecorded(f"the kernel died: {str(error).splitlines()[0]}")
    finally:
        _end_group(group)


def _end_group(group: int | None) -> None:
    """End what the kernel started and left running."""
    if group is not None and hasattr(os, "killpg"):
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return


def _run_in(client: NotebookClient, run: Run) -> tuple[CellError, ...] | NotRecorded:
    failed = execute_ours(client, _injection(run))
    if failed:
        return NotRecorded(
            f"module {failed.message} missing" if failed.name == "ModuleNotFoundError" else failed.message
        )
    errors: list[CellError] = []
    for index, cell in enumerate(cells_of(run)):
        left = run.deadline - time.monotonic()
        if left <= 0:
            return NotRecorded(f"cell {cell.number} was not reached within the time limit")
        client.timeout = max(1, int(left))
        _announce(client, cell, client.nb.cells[index].source, run.wish.repairs)
        try:
            done = client.execute_cell(client.nb.cells[index], index)
        except CellTimeoutError:
            return NotRecorded(f"cell {cell.number} ran past the time limit")
        errors.extend(cell_errors(cell.number, done.get("outputs", ()), run.environment()))
    silently(client, "__nb2pkg_end__()")
    execute_ours(client, "None")
    return tuple(errors)


def _injection(run: Run) -> str:
    """The first cell: it binds no name."""
    settings = {
        "folder": str(run.values),
        "home": str(run.source),
        "seed": run.wish.seed,
        "fit": run.wish.fit and tuple(run.wish.fit),
        "addresses": dict(run.wish.addresses),
        "idle": idle_when(run.conditions.packs),
        "wanted": [tuple(site) for site in run.wish.sites],
    }
    path, here = "__import__('sys').path", repr(str(HERE))
    start = f"__import__('kernel_side.recorder').recorder.start({settings!r})"
    return f"{path}.append({here})\n{start}\n{path}.remove({here})\nNone"


def execute_ours(client: NotebookClient, code: str) -> CellError | None:
    """Run a cell of our own; returns what it raised."""
    cell = code_cell(code)
    client.nb.cells.append(cell)
    done = client.execute_cell(cell, len(client.nb.cells) - 1)
    client.nb.cells.pop()
    return next(cell_errors(0, done.get("outputs", ()), ()), None)


def silently(client: NotebookClient, code: str) -> None:
    """Send code that leaves no trace; the kernel takes requests in order, so there is nothing to wait for."""
    assert client.kc is not None
    client.kc.execute(code, silent=True, store_history=False)


def _announce(client: NotebookClient, cell: Cell, source: str, repairs: Iterable[Repair]) -> None:
    """Tell the recorder which cell comes next: a ``%%`` cell has no room for a header."""
    texts = [(one.line, *texts) for one in repairs if one.cell == cell.number and (texts := _texts(one))]
    silently(client, f"__nb2pkg_cell__({cell.number}, {source!r}, {texts!r})")


def _texts(repair: Repair) -> tuple[str, str] | None:
    """A repair of a text constant, as values; None where it repairs other code."""
    before, after = _literal(repair.before), _literal(repair.after)
    return (before, after) if before is not None and after is not None else None


def _literal(text: str) -> str | None:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def _repaired(cell: Cell, repairs: Iterable[Repair]) -> str:
    """The cell's source with repairs that are no text constants (those are put right in the tree, and keep columns)."""
    lines = cell.source.split("\n")
    for repair in repairs:
        if repair.cell == cell.number and _texts(repair) is None and 0 < repair.line <= len(lines):
            lines[repair.line - 1] = lines[repair.line - 1].replace(repair.before, repair.after, 1)
    return "\n".join(lines)


def _recording(runs: Sequence[Run], errors: tuple[CellError, ...]) -> Recording | NotRecorded:
    run, events, raw = runs[0], tuple[Event, ...](), tuple[dict[str, object], ...]()
    kept: dict[str, Plain] = {}
    for one in runs:
        more, repaired, ended = read_events(one.values)
        if not ended:
            return NotRecorded("the recorder was lost: " + (said(errors[0]) if errors else "the notebook took it out"))
        events += tuple(event.of_part(one.part) for event in more)
        raw += repaired
        kept |= read_values(one.values)
    reached = {event.site for event in events}
    needed = [site for site in ((run.wish.fit,) if run.wish.fit else ()) + run.wish.sites if site not in reached]
    if needed and errors:
        return NotRecorded(said(errors[0]))
    repairs = tuple(dict.fromkeys(run.wish.repairs + tuple(repairs_of(run.notebook, raw, run.conditions.packs))))
    return Recording(events, kept, repairs, errors)
