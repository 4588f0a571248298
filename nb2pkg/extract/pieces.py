"""What the lowering of one lane is written into: pipeline steps, functions and classes, and where statements went."""

from dataclasses import dataclass, field

from nb2pkg.extract.imports import Imports
from nb2pkg.extract.prose import Words
from nb2pkg.extract.settings import Settings
from nb2pkg.facts.values import Estimator

RESAMPLER = "resampler"
UNREAD = "it changes nothing that the model reads"
RENUMBERED = "in the package rows keep the numbers they were read with"


@dataclass(frozen=True, slots=True)
class PipelineStep:
    """One named step: the expression that makes it, the rows it learned from in the notebook and by which verb."""

    name: str
    text: str
    rows: str = "train"
    verb: str = "none"
    kind: str = ""
    cell: int = 0
    line: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a statement went: the kind of work it does, the module and the function or class."""

    kind: str
    file: str
    function: str


@dataclass(slots=True)
class Pieces:
    """Everything collected while the modules of one package are written.

    ``candidates`` and ``tried`` are the models of a loop by name: as written, and as the notebook makes them.
    """

    settings: Settings
    words: Words = field(default_factory=Words)
    steps: list[PipelineStep] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    preamble: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    bound: dict[str, int] = field(default_factory=dict)
    unread: dict[int, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    placed: dict[int, Placed] = field(default_factory=dict)
    preprocessing: Imports = field(default_factory=Imports)
    pipeline: Imports = field(default_factory=Imports)
    from_preprocessing: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    served: str = ""
    candidates: dict[str, str] = field(default_factory=dict)
    tried: dict[str, Estimator] = field(default_factory=dict)
    reads_config: bool = False
    searches: bool = False

    def place(self, index: int, kind: str, file: str, function: str) -> None:
        """Remember where a statement went; the first place wins."""
        self.placed.setdefault(index, Placed(kind, file, function))
