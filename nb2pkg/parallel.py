"""Lint many files, on all cores where that is worth starting processes (never threads: ast.parse is not safe there)."""

import gc
import os
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from nb2pkg.apis import load_tables
from nb2pkg.lint import Linted, Linter, lint_file
from nb2pkg.packs import load_rules
from nb2pkg.rule import Confidence
from nb2pkg.selection import choose

WORTH_A_PROCESS = 60
CHUNK = 12


class Job(NamedTuple):
    """What to lint by: all of it pickles, which functions loaded by path do not."""

    packs: tuple[str, ...]
    select: tuple[str, ...] | None
    ignore: tuple[str, ...]
    confidence: Confidence


@cache
def linter_of(job: Job) -> Linter:
    """Load rules and tables, once a process."""
    chosen = choose(load_rules(job.packs), select=job.select, ignore=job.ignore)
    return Linter(chosen, load_tables(job.packs), job.confidence)


def lint_files(paths: Sequence[str], job: Job) -> list[Linted]:
    """Lint the files in their order; few files stay in this process."""
    linter = linter_of(job)
    processes = min(_cores(), len(paths) // WORTH_A_PROCESS + 1)
    if processes == 1:
        with _UncollectedGarbage():
            return [lint_file(path, linter) for path in paths]
    return _lint_in_processes(paths, job, processes)


def _lint_in_processes(paths: Sequence[str], job: Job, processes: int) -> list[Linted]:
    from concurrent.futures import ProcessPoolExecutor

    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    with ProcessPoolExecutor(processes) as pool:
        done = pool.map(_lint_chunk, chunks, [job] * len(chunks))
        return [linted for chunk in done for linted in chunk]


def _lint_chunk(paths: Sequence[str], job: Job) -> list[Linted]:
    linter = linter_of(job)
    with _UncollectedGarbage():
        return [lint_file(path, linter) for path in paths]


class _UncollectedGarbage:
    """No cycle search while a few files are linted: it would walk the same syntax trees again and again."""

    def __enter__(self) -> None:
        gc.freeze()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        gc.enable()
        gc.unfreeze()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
