"""Lint many files, on all cores where that is worth starting processes (never threads: ast.parse is not safe there)."""

import gc
import os
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from nb2pkg.apis import load_tables
from nb2pkg.errors import Nb2pkgError
from nb2pkg.lint import Linted, Linter, lint_file
from nb2pkg.packs import load_rules
from nb2pkg.patterns import concerns, spot_of
from nb2pkg.rule import Confidence
from nb2pkg.selection import Wishes, check_words, choose_by, means

# Below this many notebooks for each, processes cost too much for what they save: they start Python and the rules anew.
WORTH_A_PROCESS = 250
CHUNK = 12


class PerFileIgnores(NamedTuple):
    """Rules that do not concern some files; ``place`` stands before a pattern in messages, ``start`` is their folder."""

    place: str = ""
    start: str = "."
    pairs: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Job(NamedTuple):
    """What to lint by: all of it pickles, which functions loaded by path do not."""

    packs: tuple[str, ...]
    layers: tuple[Wishes, ...]
    confidence: Confidence
    per_file: PerFileIgnores = PerFileIgnores()


class Task(NamedTuple):
    """A file and what to lint it by; ``data`` is its content where that came by standard input."""

    path: str
    job: Job
    data: bytes | None = None


def linter_for(task: Task) -> Linter:
    """The linter of a job, without the rules that do not concern this file. Raises Nb2pkgError as ``linter_of``."""
    linter, per_file = linter_of(task.job), task.job.per_file
    if not per_file.pairs:
        return linter
    spot = spot_of(task.path, start=per_file.start)
    words = [word for pattern, words in per_file.pairs if concerns(pattern, spot) for word in words]
    chosen = tuple(one for one in linter.chosen if not any(means(word, one.rule) for word in words))
    return linter._replace(chosen=chosen)


@cache
def linter_of(job: Job) -> Linter:
    """Load rules and tables, once a process. Raises Nb2pkgError for what does not load or a word that means no rule."""
    rules = _rules(job.packs)
    for pattern, words in job.per_file.pairs:
        check_words(words, rules, place=f"{job.per_file.place}{pattern}: ")
    return Linter(choose_by(job.layers, rules), _tables(job.packs), job.confidence, rules)


_rules = cache(load_rules)
_tables = cache(load_tables)


def lint_files(tasks: Sequence[Task], *, jobs: int | None = None) -> list[Linted]:
    """Lint the files in their order, the same by any number of processes; few files stay in this one."""
    for job in {task.job for task in tasks}:
        linter_of(job)  # what does not load is an error here, and not in a worker
    chunks = [tasks[start : start + CHUNK] for start in range(0, len(tasks), CHUNK)]
    wanted = jobs or min(_cores(), len(tasks) // WORTH_A_PROCESS)
    processes = max(1, min(wanted, len(chunks)))
    return _lint_chunk(tasks) if processes == 1 else list(_lint_in_processes(chunks, processes))


def _lint_in_processes(chunks: Sequence[Sequence[Task]], processes: int) -> Iterator[Linted]:
    from concurrent.futures.process import BrokenProcessPool

    from joblib import Parallel, delayed

    try:
        for linted in Parallel(n_jobs=processes)(delayed(_lint_chunk)(chunk) for chunk in chunks):
            yield from linted
    except BrokenProcessPool as error:
        raise Nb2pkgError("a worker process died, of too little memory perhaps; try --jobs 1") from error


def _lint_chunk(tasks: Sequence[Task]) -> list[Linted]:
    with _UncollectedGarbage():
        return [lint_file(task.path, linter_for(task), task.data) for task in tasks]


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
