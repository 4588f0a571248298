"""Run commands of a package, each in a child of this process, which has imported the libraries that all of them need.

Only libraries are imported here, and a child draws at random as a fresh process does: what a command does is what it does alone.
"""

from __future__ import annotations

import ast
import glob
import importlib
import importlib.util
import json
import os
import runpy
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress

LIBRARIES = frozenset({"joblib", "numpy", "pandas", "sklearn"})
LONGEST = 65536
FILES = 3  # where a command writes what it prints, its errors, and how it ended


def main(package: str, control: str) -> None:
    """Import what ``package`` needs, then run what is asked for over the socket ``control`` until nobody is there to ask."""
    for name in sorted(set(imported(package))):
        with suppress(ImportError):
            importlib.import_module(name)
    with socket.socket(fileno=int(control)) as asked:
        command = served(asked)
    if command:
        run(command)


def imported(package: str) -> Iterator[str]:
    """The modules of libraries that any module of the package imports."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        for path in glob.glob(os.path.join(folder, "**", "*.py"), recursive=True):
            with open(path, encoding="utf-8") as file:
                yield from of_libraries(ast.parse(file.read()))


def of_libraries(tree: ast.Module) -> Iterator[str]:
    """The modules of libraries that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] in LIBRARIES)


def served(asked: socket.socket) -> list[str] | None:
    """Wait for commands; gives one in a child that is to run it, None at the end."""
    while True:
        message, files, _, _ = socket.recv_fds(asked, LONGEST, FILES)
        if not message:
            return None
        if os.fork() == 0:
            asked.close()
            return watched(message, files)
        for file in files:
            os.close(file)
        with suppress(ChildProcessError):  # those that ended meanwhile
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def watched(message: bytes, files: list[int]) -> list[str]:
    """Become the child that runs the command; its parent waits, and tells how it ended."""
    out, err, ended = files
    worker = os.fork()
    if worker:
        _, status = os.waitpid(worker, 0)
        os.write(ended, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    for source, target in ((out, 1), (err, 2)):
        os.dup2(source, target)
        os.close(source)
    os.close(ended)
    command: list[str] = json.loads(message)
    return command


def run(command: list[str]) -> None:
    """Run ``-m NAME ...`` or one of the modules beside this one, as a process of its own would."""
    first, *others = command
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if first == "-m":
        sys.argv = others
        runpy.run_module(others[0], run_name="__main__", alter_sys=True)
    else:
        importlib.import_module(f".{first}", __package__).main(*others)
