"""What the plan of a notebook hands over to the assembly of its package."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nb2pkg.notebook import CellKind, Notebook


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One constant lifted from the notebook.

    ``annotation`` and ``default`` are Python source without imports of their own (``int``, ``float``, ``str``, ``bool``,
    ``Path``, ``X | None``, ``tuple[str, ...]``; no mutable default). ``comment`` says what it is, in one line; it
    becomes the attribute's documentation. Never ``data_dir``, ``artifacts_dir`` or ``seed``: those are always there.
    """

    name: str
    annotation: str
    default: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What verify recorded, kept in the package's ``tests/data``.

    ``files`` are paths relative to ``tests/data`` (a data directory with the notebook's own relative names, at most 200
    rows each, and ``sample.csv``: raw rows as comma-separated text with a header). ``golden`` is what the notebook's own
    statements give on these files (None: they could not run on them; ``why`` says so). nb2pkg/verify/golden.py writes it.
    ``best``: the file with the parameters that the package's own search found, where it has one.
    ``undrawn`` are the figures that cannot be drawn on these files, each with the reason.
    """

    files: Mapping[str, bytes]
    golden: Mapping[str, object] | None
    why: str = ""
    best: bytes | None = None
    undrawn: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of the notebook as extraction.html shows it."""

    number: int
    code: bool
    source: str
    notebook: str = ""


def shown(notebook: Notebook) -> tuple[ShownCell, ...]:
    """The cells as extraction.html shows them."""
    return tuple(ShownCell(cell.number, cell.kind is CellKind.CODE, cell.source) for cell in notebook.cells)


def place_of(entry: Mapping[str, object]) -> str:
    """Cell and line of an entry of the ledger, with its notebook where there are several."""
    of = f" of {entry['notebook']}" if entry.get("notebook") else ""
    return f"cell {entry.get('cell')}{of}, line {entry.get('line')}"


@dataclass(frozen=True, slots=True)
class Modules:
    """Everything about one notebook that its package is made of; ``assemble`` adds the rest.

    ``files``: notebook-specific texts by path below ``src/NAME``: ``data/ingestion.py``, ``data/preprocessing.py``,
    ``model/pipeline.py`` and ``model/scores.py`` at level 3 (other modules may be added).
    ``dependencies``: requirements beside numpy, pandas, scikit-learn and joblib (``xgboost>=2``).
    ``report_dependencies``: what ``reports.py`` requires beside these.
    ``extraction``: the content of ``extraction.json``. ``bundled``: the rows come with a library, no file is read.
    ``own_seed``: the notebook itself sets ``seed``, or gives it to what it draws.
    ``store``: modules that keep and ask a model of its own kind, by path in the package, with their place in the scaffold.
    ``notes``: plain sentences for the README on what was left out or could not be carried over.
    ``served``: which rows ``predict`` takes, where they are not those of one file.
    ``verdict``: the content of ``verify.json`` where verify has run.
    ``searches``: parameters are searched for by a command of its own.
    ``about``: what the notebook says of itself.
    ``cells`` and ``graph`` (an SVG document) are what extraction.html shows of the notebook.
    ``extra_ignores``: path -> ruff code -> reason; twelve codes in all, six are taken.
    """

    name: str
    title: str
    notebook: str
    level: int
    files: Mapping[str, str]
    extraction: Mapping[str, object]
    config: tuple[ConfigField, ...] = ()
    seed: int = 0
    own_seed: bool = False
    dependencies: tuple[str, ...] = ()
    report_dependencies: tuple[str, ...] = ()
    bundled: bool = False
    model: str = ""
    store: Mapping[str, str] = field(default_factory=dict)
    searches: bool = False
    notes: tuple[str, ...] = ()
    served: str = ""
    recorded: Recorded | None = None
    verdict: Mapping[str, object] | None = None
    cells: tuple[ShownCell, ...] = ()
    graph: str = ""
    about: str = ""
    extra_ignores: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
