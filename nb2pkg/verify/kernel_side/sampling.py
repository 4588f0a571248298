"""Cut a small data directory out of a large one, so that the package reads the same rows from it, only fewer.

    data files -> records of text -> rows chosen by position -> the chosen records, as they were written -> read back, equal

Runs in the package's interpreter. Records are copied as text: options, encoding and digits stay the author's.
"""

from __future__ import annotations

import csv
import importlib
import io
import os
import shutil
import urllib.request
import warnings
from pathlib import Path
from typing import Any

from . import values
from .driver import Package
from .joined import Need, Reading, positions, rows_needed

TEXTS = (".csv", ".tsv", ".txt", ".data", ".dat")
PACKED = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma"}
FEW = 20
SHOWN = 200


def records_of(text: str) -> list[str]:
    """The records of delimited text, each with its line end; a quoted line break stays inside its record."""
    lines = list(io.StringIO(text, newline=""))
    if not lines:
        return []
    delimiter = max(",;\t|", key=lines[0].count)
    reader = csv.reader(lines, delimiter=delimiter)
    found, start = [], 0
    for cells in reader:
        if cells:
            found.append("".join(lines[start : reader.line_num]))
        start = reader.line_num
    return found


def cut_file(source: Path, target: Path, rows: int, chosen: list[int]) -> bool:
    """Write the chosen rows of a text file that holds ``rows`` rows; False where its records do not show them."""
    packed = importlib.import_module(PACKED[suffix]) if (suffix := source.suffix.lower()) in PACKED else None
    content = source.read_bytes()
    records = records_of((content if packed is None else packed.decompress(content)).decode("latin-1"))
    header = len(records) - rows
    if header not in (0, 1):
        return False
    kept = records[:header] + [records[header + row] for row in chosen]
    ended = [record if record.endswith(("\n", "\r")) else record + "\n" for record in kept]
    target.parent.mkdir(parents=True, exist_ok=True)
    cut = "".join(ended).encode("latin-1")
    target.write_bytes(cut if packed is None else packed.compress(cut, **({"mtime": 0} if suffix == ".gz" else {})))
    return True


class Choice:
    """Rows chosen so far, and for each thing that must be seen which rows show it."""

    def __init__(self, strata: Any, size: int, seed: int) -> None:
        numpy = importlib.import_module("numpy")
        self.draw = numpy.random.default_rng(seed)
        self.strata = strata
        self.chosen: set[int] = set()
        for group, share in shares(strata, size).items():
            members = numpy.flatnonzero(strata == group)
            self.chosen |= {int(i) for i in self.draw.choice(members, share, replace=False)}

    def swap_in(self, needs: list[set[int]]) -> None:
        """Exchange rows until each need is seen, never one that is the last to show another."""
        for need in needs:
            if self.chosen & need:
                continue
            row = sorted(need)[int(self.draw.integers(len(need)))]
            spare = [i for i in self.spare(needs) if self.strata[i] == self.strata[row]] or self.spare(needs)
            if spare:
                self.chosen.remove(spare[int(self.draw.integers(len(spare)))])
            self.chosen.add(row)

    def spare(self, needs: list[set[int]]) -> list[int]:
        """Chosen rows that can go without any need being unseen."""
        last = set()
        for need in needs:
            seen = self.chosen & need
            if len(seen) == 1:
                last |= seen
        return sorted(self.chosen - last)


def shares(strata: Any, size: int) -> dict[int, int]:
    """How many rows of each stratum: in proportion, and two of each where it has two."""
    numbers = {int(group): int((strata == group).sum()) for group in sorted(set(strata.tolist()))}
    total = sum(numbers.values())
    return {group: min(count, max(2, round(size * count / total))) for group, count in numbers.items()}


def strata_of(raw: Any, target: Any) -> Any:
    """A stratum for each row: the target's value where it has few, else one for all; rows not selected apart."""
    numpy, pandas = importlib.import_module("numpy"), importlib.import_module("pandas")
    if target is None or target.ndim > 1 or not raw.index.is_unique or target.nunique() > FEW:
        return numpy.zeros(len(raw), dtype=int)
    codes, _ = pandas.factorize(target.reindex(raw.index), sort=False)
    return codes


def needs_of(raw: Any) -> list[set[int]]:
    """For each column: the rows where it is missing, and those of each category where it has few."""
    needs = []
    for number in range(raw.shape[1]):
        column = raw.iloc[:, number].reset_index(drop=True)
        missing = column.index[column.isna()]
        if len(missing):
            needs.append({int(i) for i in missing})
        if column.dtype.kind not in "fcmM" and column.nunique() <= FEW:
            needs += [{int(i) for i in rows} for rows in column.groupby(column, observed=True).indices.values()]
    return needs


def choose(raw: Any, target: Any, size: int, seed: int) -> list[int]:
    """Positions of the rows to keep, in their own order."""
    if len(raw) <= size:
        return list(range(len(raw)))
    choice = Choice(strata_of(raw, target), size, seed)
    choice.swap_in(needs_of(raw))
    while len(choice.chosen) > size:
        spare = choice.spare(needs_of(raw))
        if not spare:
            break
        choice.chosen.remove(spare[-1])
    return sorted(choice.chosen)


def sample(settings: dict[str, Any]) -> dict[str, Any]:
    """Write the sample of each file below ``folder``; what comes back says which, and how many rows were kept."""
    package = Package(settings["package"])
    config, prepare = package.config, package.preprocessing
    home, folder = Path(getattr(config, "data_dir", "")), Path(settings["folder"])
    fetch(home, settings["addresses"])
    raw = package.ingestion.read_raw(config)
    chosen = choose(raw, prepare.target_of(package.selected(raw), config), settings["size"], settings["seed"])
    if settings["joined"] is not None:
        return _joined(settings, package, raw, chosen)
    for name in settings["loads"]:
        _write_file(home / name, folder / name, len(raw), chosen, settings["size"])
    rows = raw.iloc[chosen].reset_index(drop=True)
    if settings["loads"]:
        read = importlib.import_module(f"{settings['package']}.config").load_config(data_dir=folder)
        back = package.ingestion.read_raw(read)
        if not same(back, rows):
            return {"rows": len(back), "of": len(raw), "equal": False, "sample": ""}
    shown = package.selected(rows).head(SHOWN)
    return {"rows": len(rows), "of": len(raw), "equal": True, "sample": shown.to_csv(index=False)}


def _joined(settings: dict[str, Any], package: Package, raw: Any, chosen: list[int]) -> dict[str, Any]:
    """The sample of several files that are joined: rows of each whose keys occur."""
    ingestion, config = package.ingestion, package.config
    needs = [Need(ingestion.read_raw, raw, chosen)]
    for name in settings["joined"]["readers"]:
        rows = getattr(ingestion, name)(config)
        needs.append(Need(getattr(ingestion, name), rows, list(range(min(len(rows), settings["size"])))))
    every = all(len(one.chosen) == len(one.rows) for one in needs)
    reading = Reading(ingestion, config, settings["loads"])
    folder = Path(settings["folder"])
    there = importlib.import_module(f"{settings['package']}.config").load_config(data_dir=folder)
    for kept in [{}] if every else rows_needed(reading, needs, settings["joined"]["keys"]):
        for name in settings["loads"]:
            _write_rows(Path(config.data_dir) / name, folder / name, kept.get(name), reading)
        back = [one.read(there) for one in needs]
        found = [positions(one.rows, rows) for one, rows in zip(needs, back)]
        if all(one is not None for one in found) and len(back[0]) >= len(chosen):
            shown = package.selected(back[0]).head(SHOWN)
            return {"rows": len(back[0]), "of": len(raw), "equal": True, "sample": shown.to_csv(index=False)}
    return {"rows": len(raw), "of": len(raw), "equal": False, "sample": ""}


def _write_rows(source: Path, target: Path, rows: set[int] | None, reading: Reading) -> None:
    """Cut the rows of one file out; all of it where they are not known, or cannot be cut out."""
    target.parent.mkdir(parents=True, exist_ok=True)
    count = reading.count(source)
    if rows is None or len(rows) == count or not _is_text(source) or not cut_file(source, target, count, sorted(rows)):
        shutil.copyfile(source, target)


def _is_text(path: Path) -> bool:
    """Is a file delimited text, perhaps compressed?"""
    return (path.with_suffix("") if path.suffix.lower() in PACKED else path).suffix.lower() in TEXTS


def fetch(folder: Path, addresses: dict[str, str]) -> None:
    """Save what the notebook reads from the network beside it, in the copy of its folder, so that rows can be cut from it."""
    for address, name in addresses.items():
        if not (folder / name).exists():
            with urllib.request.urlopen(address, timeout=60) as answer:
                (folder / name).write_bytes(answer.read())


def _write_file(source: Path, target: Path, rows: int, chosen: list[int], size: int) -> None:
    """Cut one file: the rows chosen where it holds the raw rows, its first rows where it is another long one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if len(chosen) == rows or source.suffix.lower() not in TEXTS or not cut_file(source, target, rows, chosen):
        records = records_of(source.read_bytes().decode("latin-1")) if source.suffix.lower() in TEXTS else []
        if len(records) > size + 1 and len(chosen) < rows:
            target.write_bytes("".join(records[: size + 1]).encode("latin-1"))
        else:
            shutil.copyfile(source, target)


def same(one: Any, other: Any) -> bool:
    """Equal rows, columns, values and types."""
    return (
        list(one.columns) == list(other.columns) and list(one.dtypes) == list(other.dtypes) and bool(one.equals(other))
    )


def main(question: str, answer: str) -> None:
    """Answer the question in one file in another."""
    warnings.simplefilter("ignore")
    found = sample(values.load(question))
    os.replace(os.path.join(os.path.dirname(answer), values.store(found, os.path.dirname(answer))), answer)
