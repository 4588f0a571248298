"""Cut several files that are joined, so that reading them gives some of the joined rows, each with all that belongs to it.

    joined rows chosen -> the rows of each file that they come from -> the files with those rows alone -> read back, compared

Which rows of a file a joined row comes from is seen by reading once more with the rows of each file numbered in a column of
their own. Where that column is lost on the way (one value for each key is computed) all rows with the keys that occur are kept.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

NUMBER = "__nb2pkg_row_{}__"
Rows = dict[str, set[int]]
Change = Callable[[str, Any], Any]


class Need(NamedTuple):
    """A function of the package that reads joined rows, what it gives, and the positions of the rows to keep."""

    read: Callable[[Any], Any]
    rows: Any
    chosen: list[int]


class Reading:
    """The files of a package by their paths, as its own calls read them."""

    def __init__(self, ingestion: Any, config: Any, paths: list[str]) -> None:
        self.ingestion = ingestion
        self.config = config
        home = Path(config.data_dir)
        self.paths = {os.path.normpath(home / path): path for path in paths}
        self.tables: dict[str, list[Any]] = {path: [] for path in paths}
        self.users: dict[str, list[Need]] = {path: [] for path in paths}

    def tables_of(self, needs: list[Need]) -> dict[str, Any]:
        """Each file as a table; None where it is read in ways that give different rows, or in no way that can be watched."""
        for need in needs:
            before = {path: len(found) for path, found in self.tables.items()}
            with self.changed(self._keep):
                need.read(self.config)
            for path, found in self.tables.items():
                self.users[path] += [need] if len(found) > before[path] else []
        return {
            path: found[0] if len({len(one) for one in found}) == 1 else None for path, found in self.tables.items()
        }

    def count(self, source: Path) -> int:
        """How many rows a file was read as."""
        found = self.tables.get(self.paths.get(os.path.normpath(source), ""), [])
        return len(found[0]) if found else 0

    def _keep(self, path: str, table: Any) -> Any:
        self.tables[path].append(table.copy())
        return table

    def numbered(self, need: Need, path: str) -> Any:
        """The joined rows with the row numbers of one file; None where that makes other rows of them."""
        name = NUMBER.format(list(self.tables).index(path))

        def change(read: str, table: Any) -> Any:
            return table.assign(**{name: range(len(table))}) if read == path else table

        with self.changed(change):
            try:
                found = need.read(self.config)
            except (ValueError, KeyError, TypeError, IndexError, AttributeError):
                return None
        if name not in found.columns or len(found) != len(need.rows):
            return None
        return found[name] if found.drop(columns=name).equals(need.rows) else None

    @contextmanager
    def changed(self, change: Change) -> Iterator[None]:
        """Every reading call of pandas gives what ``change`` makes of its table."""
        pandas = importlib.import_module("pandas")
        names = [name for name in dir(pandas) if name.startswith("read_")]
        before = {
            (owner, name): vars(owner)[name]
            for owner in (pandas, self.ingestion)
            for name in names
            if name in vars(owner)
        }
        for (owner, name), function in before.items():
            setattr(owner, name, self._watched(function, change))
        try:
            yield
        finally:
            for (owner, name), function in before.items():
                setattr(owner, name, function)

    def _watched(self, function: Callable[..., Any], change: Change) -> Callable[..., Any]:
        def read(*args: Any, **kwargs: Any) -> Any:
            table = function(*args, **kwargs)
            given = args[0] if args else next(iter(kwargs.values()), "")
            path = self.paths.get(os.path.normpath(str(given)))
            return change(path, table) if path is not None and hasattr(table, "columns") else table

        return read


def rows_needed(reading: Reading, needs: list[Need], keys: list[list[list[str]]]) -> list[Rows]:
    """The rows of each file that chosen joined rows come from, the best answer first; a file that is not named is kept whole."""
    tables = reading.tables_of(needs)
    kept: Rows = {}
    for path, table in tables.items():
        users = reading.users[path] if table is not None else []
        numbers = [reading.numbered(need, path) for need in users]
        if numbers and all(one is not None for one in numbers):
            kept[path] = {int(n) for need, one in zip(users, numbers) for n in one.iloc[need.chosen].dropna()}
    numbered = dict(kept)
    shown = [need.rows.iloc[need.chosen] for need in needs]
    for path in sorted(set(tables) - set(kept)):
        others = shown + [tables[other].iloc[sorted(rows)] for other, rows in kept.items()]
        found = with_keys(tables[path], others, keys) if tables[path] is not None else None
        if found is not None:
            kept[path] = found
    return [kept, numbered, {}]


def with_keys(table: Any, others: list[Any], keys: list[list[list[str]]]) -> set[int] | None:
    """The rows of a table whose keys occur in others; None where no key of it does. ``keys`` are names that mean the same."""
    table = table.reset_index() if any(name is not None for name in table.index.names) else table.reset_index(drop=True)
    found: set[int] = set()
    met = False
    for pair in keys:
        for own in pair:
            if not all(name in table.columns for name in own):
                continue
            wanted = {row for other in others for names in pair for row in _values(other, names)}
            if wanted:
                met = True
                found |= {number for number, row in enumerate(_values(table, own)) if row in wanted}
    return found if met else None


def _values(table: Any, names: list[str]) -> list[tuple[Any, ...]]:
    """The keys of a table, row by row; none where it has no such columns."""
    if any(name not in table.columns for name in names):
        return []
    return list(zip(*(table[name].astype(object).tolist() for name in names)))


def positions(rows: Any, back: Any) -> list[int] | None:
    """Where rows that were read back stand among all rows, in their order; None where one is not there, or its types are others."""
    hashes = importlib.import_module("pandas.util").hash_pandas_object
    if list(rows.columns) != list(back.columns) or list(rows.dtypes) != list(back.dtypes):
        return None
    try:
        every, wanted = hashes(rows, index=False).tolist(), hashes(back, index=False).tolist()
    except TypeError:
        return None
    found, start = [], 0
    for one in wanted:
        try:
            start = every.index(one, start) + 1
        except ValueError:
            return None
        found.append(start - 1)
    return found if rows.iloc[found].reset_index(drop=True).equals(back) else None
