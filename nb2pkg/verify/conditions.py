"""How notebook and package are run: by which interpreter, with which variables, with or without network, leaving what behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nb2pkg.errors import VerifyError
from nb2pkg.verify.environment import clean_environment

OFFLINE = Path(__file__).parent / "kernel_side" / "offline.py"
OWN_NETWORK = Path("/proc/self/ns/net")
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Conditions:
    """``python`` runs both sides; ``passed`` are variables on top of the list; ``keep`` leaves the temporary folders.

    ``packs`` are the rule packs whose tables say what calls do (None: the built-in one).
    """

    python: str = sys.executable
    network: bool = True
    passed: tuple[str, ...] = ()
    keep: bool = False
    packs: tuple[str, ...] | None = None

    @classmethod
    def of(
        cls, python: str | None, *, network: bool, passed: Iterable[str] | None, keep: bool, packs: tuple[str, ...]
    ) -> "Conditions":
        """The conditions that options of the command line and the project's configuration ask for."""
        interpreter = python or sys.executable
        if os.path.dirname(interpreter):
            interpreter = os.path.abspath(
                interpreter
            )  # both sides start elsewhere; a link is kept, it is what an environment is
        return cls(interpreter, network, tuple(passed or ()), keep, packs)

    def command(self, *arguments: str) -> list[str]:
        """A command of the interpreter. Raises VerifyError where it cannot be kept from the network."""
        plain = [self.python, *arguments]
        return plain if self.network else [*_cut_off(self.python), *plain]

    def environment(self, **more: str) -> dict[str, str]:
        """What both sides see of our environment, and ``more``."""
        return clean_environment(self.passed, **more)

    @contextmanager
    def folder(self, what: str) -> Iterator[Path]:
        """A temporary folder that is gone afterwards, whatever the code in it left behind, or is kept and named."""
        folder = Path(tempfile.mkdtemp(prefix=f"nb2pkg-{what}-")).resolve()
        (folder / "tmp").mkdir()
        try:
            yield folder
        finally:
            if self.keep:
                print(f"kept the {what}'s run in {folder}", file=sys.stderr)
            else:
                shutil.rmtree(folder, ignore_errors=True)


AS_USUAL = Conditions()


def prepare(conditions: Conditions) -> None:
    """Before the first run of a command: whoever ends it finds nothing left behind, and no network where there should be none.

    Raises VerifyError where there is no such interpreter, or this machine cannot cut a process off.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # unwinds as Ctrl-C does
    if shutil.which(conditions.python) is None:
        raise VerifyError(f"--python {conditions.python}: no such program")
    if conditions.network:
        return
    done = subprocess.run(
        conditions.command("-c", "pass"),
        capture_output=True,
        text=True,
        check=False,
        env=conditions.environment(),
        timeout=SECONDS,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise VerifyError(f"--no-network: this machine cannot cut a process off from the network: {said}")


def _cut_off(python: str) -> list[str]:
    """What a command starts with to run in a network of its own, in which there is but itself."""
    unshare = shutil.which("unshare")
    if unshare is None or not OWN_NETWORK.exists():
        raise VerifyError("--no-network needs Linux and the program `unshare` (util-linux); neither side was run")
    return [unshare, "-rn", python, "-I", "-S", str(OFFLINE), os.readlink(OWN_NETWORK)]
