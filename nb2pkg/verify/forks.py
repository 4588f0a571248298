"""Run commands of a package as children of one process that has imported what all of them import, which takes longer than most of them."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SAFE = sys.platform == "linux"  # elsewhere libraries do not survive a fork
ANSWER = 32


class Ended(NamedTuple):
    """A command that ended: its exit code, what it printed, and its errors."""

    code: int
    out: str
    err: str


class Forks:
    """The process that runs commands, and the socket it is asked over."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self.process = process
        self.control = control
        self.ended = False

    def run(self, command: Sequence[str], *, timeout: float) -> Ended | None:
        """Run ``-m NAME ...`` or a module of ``kernel_side``; None where the process is gone. Raises TimeoutError, also after ``end``."""
        if self.ended:
            raise TimeoutError
        ours, theirs = socket.socketpair()
        with ours, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            with theirs:
                files = [out.fileno(), err.fileno(), theirs.fileno()]
                try:
                    socket.send_fds(self.control, [json.dumps(list(command)).encode()], files)
                except OSError:
                    return None
            ours.settimeout(timeout)
            code = ours.recv(ANSWER)
            if self.ended:
                raise TimeoutError
            out.seek(0)
            err.seek(0)
            texts = (file.read().decode(errors="replace") for file in (out, err))
            return Ended(int(code), *texts) if code else None

    def end(self) -> None:
        """End the process and all that it runs."""
        self.ended = True
        end(self.process)


@contextmanager
def forks(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Forks | None]:
    """Start the process by ``command``, to which the number of its socket is added; None where it is not safe to fork."""
    if not SAFE:
        yield None
        return
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with control:
        with theirs:
            process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=[theirs.fileno()],
            )
        found = Forks(process, control)
        try:
            yield found
        finally:
            found.end()


def end(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """End a process that leads a session, and what it started there."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()
