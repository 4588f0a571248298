"""Say whether two values are equal as EXTRACT.md means it, and where they first differ.

Frames are compared by position: rows in order, columns in order, names as text. Integers, text and booleans must be
equal; floats to relative 1e-9, in frames also to 1e-12 of their column's largest magnitude; missing equals missing.
A lossless widening (bool or int to float, and numbers in an array of objects to numbers) is equal and noted; any other
change of type is different.
"""

from collections.abc import Callable, Iterator
from itertools import islice, zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nb2pkg.verify.difference import Difference, Kind
from nb2pkg.verify.kernel_side.values import Plain

RELATIVE = 1e-9
OF_LARGEST = 1e-12
WIDENINGS = ({"bool", "int"}, {"bool", "float"}, {"int", "float"})
Array = NDArray[np.generic]


class Comparison(NamedTuple):
    """Equal or not; ``detail`` and ``where`` say what differs first, ``detail`` also what is worth a note though it is equal."""

    equal: bool
    detail: str = ""
    where: Difference | None = None


def compare_frames(notebook: Plain, package: Plain, *, names: bool = True) -> Comparison:
    """Compare what a model received; ``names`` False where the notebook's own input had none."""
    notebook, package = as_table(notebook), as_table(package)
    if "sparse" in (notebook["kind"], package["kind"]):
        return _compare_sparse(notebook, package)
    if notebook["kind"] != "table" or package["kind"] != "table":
        return compare_scores(notebook, package)
    shape = _compare_shapes(notebook, package)
    if shape:
        return shape
    if names and notebook["labels"] is not None and not notebook["flat"]:
        different = _compare_names(notebook, package)
        if different:
            return different
    return _compare_columns(notebook, package, largest=True)


def as_table(plain: Plain) -> Plain:
    """Lists of rows, or of numbers, as the tables a model takes them for."""
    if plain["kind"] != "sequence" or not plain["items"]:
        return plain
    rows = [item["items"] if item["kind"] == "sequence" else [item] for item in plain["items"]]
    flat = plain["items"][0]["kind"] != "sequence"
    if len({len(row) for row in rows}) != 1 or any(
        cell["kind"] not in ("number", "text") for row in rows for cell in row
    ):
        return plain
    columns = [_column_of([row[i]["value"] for row in rows]) for i in range(len(rows[0]))]
    table = {"kind": "table", "container": "list", "flat": flat, "rows": len(rows), "width": len(columns)}
    return {**table, "labels": None, "columns": columns}


def _column_of(cells: list[object]) -> Plain:
    if all(type(cell) in (bool, int, float) for cell in cells):
        array = np.asarray(cells)
        kind = {"b": "bool", "i": "int", "f": "float"}.get(array.dtype.kind)
        if kind:
            return {"type": kind, "dtype": str(array.dtype), "numpy": array.dtype.str, "data": array.tobytes()}
    return {"type": "object", "dtype": "object", "items": cells}


def _compare_shapes(notebook: Plain, package: Plain) -> Comparison | None:
    for key, kind, word in (("rows", Kind.ROWS, "rows"), ("width", Kind.COLUMNS, "columns")):
        ours, theirs = notebook[key], package[key]
        if ours != theirs:
            only, missing = ("", None) if key == "rows" else _only_in(notebook, package)
            column = _names(notebook).index(missing) if missing is not None else None
            where = Difference(kind if missing is None else Kind.MISSING, column, missing, None, ours, theirs)
            return Comparison(False, f"{ours} {word} in the notebook, {theirs} in the package{only}", where)
    return None


def _names(table: Plain) -> list[str]:
    return [str(name) for name in table["labels"] or ()]


def _only_in(notebook: Plain, package: Plain) -> tuple[str, str | None]:
    """The columns that are on one side only, in words; the first that the package lacks."""
    ours, theirs = _names(notebook), _names(package)
    if not ours or not theirs:
        return "", None
    missing = [name for name in ours if name not in theirs]
    added = [name for name in theirs if name not in ours]
    words = "".join(
        f"; {where}: {', '.join(map(repr, some[:3]))}"
        for where, some in (("not in the package", missing), ("not in the notebook", added))
        if some
    )
    return words, missing[0] if missing else None


def _compare_names(notebook: Plain, package: Plain) -> Comparison | None:
    if package["labels"] is None:
        said = f"columns are named in the notebook ({notebook['labels'][0]!r}, …), not in the package"
        return Comparison(False, said, Difference(Kind.NAMES, 0, str(notebook["labels"][0]), instead=""))
    for number, (ours, theirs) in enumerate(zip(_names(notebook), _names(package), strict=True)):
        if ours != theirs:
            found = _first_value(notebook, package, number)
            kind = Kind.NAMES if ours in _names(package) else Kind.MISSING
            where = Difference(kind, number, ours, found.row, found.notebook, found.package, theirs)
            return Comparison(False, f"column {number} is {ours!r} in the notebook, {theirs!r} in the package", where)
    return None


def _first_value(notebook: Plain, package: Plain, number: int) -> Difference:
    """Where the columns at one position first differ in a value."""
    ours, theirs = (next(islice(columns_of(table), number, None)) for table in (notebook, package))
    found = compare_columns(ours, theirs, largest=True).where
    return found if found is not None else Difference(Kind.NAMES)


class Column(NamedTuple):
    """One column, ready to compare: numbers as an array, everything else as a list."""

    type: str
    dtype: str
    array: Array | None
    items: list[object] | None


def columns_of(table: Plain) -> Iterator[Column]:
    """The columns of a table in order."""
    if "matrix" in table:
        matrix = table["matrix"]
        grid = numbers(matrix).reshape(table["rows"], table["width"])
        for number in range(table["width"]):
            yield Column(matrix["type"], matrix["dtype"], grid[:, number], None)
        return
    for column in table["columns"]:
        yield _column(column, named=table["labels"] is not None)


def _column(column: Plain, *, named: bool = True) -> Column:
    """One column; numbers in an array of objects, as a table of mixed types becomes one, are numbers still."""
    if "items" in column and not named and column["items"]:
        found = _column_of(column["items"])
        if "numpy" in found:
            return Column(found["type"], f"{column['dtype']} of {found['type']}", numbers(found), None)
    if "items" in column:
        return Column(column["type"], column["dtype"], None, column["items"])
    return Column(column["type"], column["dtype"], numbers(column), None)


def numbers(column: Plain) -> Array:
    """The numbers of a plain column or matrix."""
    return np.frombuffer(column["data"], dtype=column["numpy"])


def _compare_columns(notebook: Plain, package: Plain, *, largest: bool) -> Comparison:
    names = notebook["labels"] or range(notebook["width"])
    notes: dict[str, int] = {}
    pairs = zip(names, columns_of(notebook), columns_of(package), strict=True)
    for number, (name, ours, theirs) in enumerate(pairs):
        where = f"column {str(name)!r}" if notebook["labels"] else f"column {number}"
        found = compare_columns(ours, theirs, largest=largest)
        if not found.equal:
            place = found.where and found.where._replace(column=number, name=str(name) if notebook["labels"] else None)
            return Comparison(False, found.detail if notebook["flat"] else f"{where}: {found.detail}", place)
        if found.detail:
            notes[found.detail] = notes.get(found.detail, 0) + 1
    said = [note if count == 1 else f"{note} in {count} columns" for note, count in notes.items()]
    return Comparison(True, "; ".join(said))


def compare_columns(notebook: Column, package: Column, *, largest: bool) -> Comparison:
    """Compare two columns of the same length; ``largest`` also allows 1e-12 of the largest magnitude."""
    note = ""
    if notebook.type != package.type:
        if {notebook.type, package.type} not in WIDENINGS:
            where = Difference(Kind.TYPE, notebook=notebook.dtype, package=package.dtype)
            return Comparison(False, f"{notebook.dtype} in the notebook, {package.dtype} in the package", where)
        note = f"{notebook.dtype} became {package.dtype}"
    if notebook.type == package.type and notebook.dtype.startswith("object of "):
        note = f"{notebook.dtype} became {package.dtype}"
    if notebook.items is not None and package.items is not None:
        differs = _first_differing_item(notebook.items, package.items)
        if differs >= 0:
            return _differing(differs, notebook.items[differs], package.items[differs], repr)
    else:
        assert notebook.array is not None and package.array is not None
        differs = _first_differing_number(notebook.array, package.array, largest=largest)
        if differs >= 0:
            return _differing(differs, notebook.array[differs], package.array[differs], str)
    return Comparison(True, note)


def _differing(row: int, ours: object, theirs: object, shown: Callable[[object], str]) -> Comparison:
    detail = f"row {row}: {shown(ours)} in the notebook, {shown(theirs)} in the package"
    return Comparison(False, detail, Difference(Kind.VALUE, row=row, notebook=ours, package=theirs))


def _first_differing_item(ours: list[object], theirs: list[object]) -> int:
    for row, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        if not same_scalar(one, other):
            return row
    return -1


def same_scalar(one: object, other: object) -> bool:
    """Equal plain values: numbers by value (floats to relative 1e-9), text and missing exactly."""
    if one is other:
        return True
    if isinstance(one, (bool, int, float)) and isinstance(other, (bool, int, float)):
        return _first_differing_number(np.asarray([one]), np.asarray([other]), largest=False) < 0
    return type(one) is type(other) and one == other


def _first_differing_number(ours: Array, theirs: Array, *, largest: bool) -> int:
    if ours.dtype.kind != "f" and theirs.dtype.kind != "f":
        differs = ours != theirs
    else:
        differs = ~_close(ours.astype(np.float64), theirs.astype(np.float64), largest=largest)
    found = np.flatnonzero(differs)
    return int(found[0]) if found.size else -1


def _close(ours: NDArray[np.float64], theirs: NDArray[np.float64], *, largest: bool) -> NDArray[np.bool_]:
    finite = np.isfinite(ours) & np.isfinite(theirs)
    same: NDArray[np.bool_] = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    magnitude = np.maximum(np.abs(ours, where=finite, out=np.zeros(ours.shape)), 0)
    other = np.abs(theirs, where=finite, out=np.zeros(ours.shape))
    allowed = RELATIVE * np.maximum(magnitude, other)
    if largest and magnitude.size:
        allowed = np.maximum(allowed, OF_LARGEST * magnitude.max())
    gap = np.abs(np.subtract(ours, theirs, where=finite, out=np.zeros(ours.shape)))
    return same | (finite & (gap <= allowed))


def _compare_sparse(notebook: Plain, package: Plain) -> Comparison:
    if notebook["kind"] != package["kind"]:
        return Comparison(False, f"{notebook['kind']} in the notebook, {package['kind']} in the package")
    shape = _compare_shapes({"labels": None, **notebook}, {"labels": None, **package})
    if shape:
        return shape
    for part in ("starts", "indices"):
        ours, theirs = numbers(notebook[part]), numbers(package[part])
        if ours.size != theirs.size or (ours != theirs).any():
            row, column = _place_of_difference(notebook, package)
            where = Difference(Kind.VALUE, column=column, row=row)
            return Comparison(False, f"row {row}: other columns are filled", where)
    found = compare_columns(_column(notebook["values"]), _column(package["values"]), largest=True)
    if found.equal:
        return found
    assert found.where is not None and found.where.row is not None
    place = found.where.row
    row = int(np.searchsorted(numbers(notebook["starts"]), place, side="right")) - 1
    column = int(numbers(notebook["indices"])[place])
    where = found.where._replace(row=row, column=column)
    return Comparison(False, f"column {column}, row {row}:{found.detail.partition(':')[2]}", where)


def _place_of_difference(notebook: Plain, package: Plain) -> tuple[int, int]:
    """The first row, and of it the first column, that one side fills and the other does not."""
    for row in range(notebook["rows"]):
        parts = []
        for matrix in (notebook, package):
            starts, indices = numbers(matrix["starts"]), numbers(matrix["indices"])
            parts.append(indices[int(starts[row]) : int(starts[row + 1])].tolist())
        if parts[0] != parts[1]:
            return row, min(set(parts[0]) ^ set(parts[1]))
    return -1, -1


def compare_scores(notebook: Plain, package: Plain) -> Comparison:
    """Compare numbers, arrays, mappings, sequences and text reports."""
    notebook, package = as_table(notebook), as_table(package)
    kinds = notebook["kind"], package["kind"]
    if kinds[0] != kinds[1]:
        return Comparison(False, f"{kinds[0]} in the notebook, {kinds[1]} in the package")
    match kinds[0]:
        case "number":
            equal = same_scalar(notebook["value"], package["value"])
            return Comparison(equal, "" if equal else f"{notebook['value']!r} became {package['value']!r}")
        case "text":
            return _compare_texts(notebook["value"], package["value"])
        case "none":
            return Comparison(True)
        case "mapping" | "sequence":
            return _compare_items(notebook, package)
        case "table":
            shape = _compare_shapes(notebook, package)
            return shape if shape else _compare_columns(notebook, package, largest=False)
        case "sparse":
            return _compare_sparse(notebook, package)
        case "array":
            if notebook["shape"] != package["shape"]:
                return Comparison(False, f"shape {notebook['shape']} became {package['shape']}")
            return compare_columns(_column(notebook), _column(package), largest=False)
        case _:
            return Comparison(False, f"a {notebook.get('type', kinds[0])} cannot be compared")


def _compare_texts(ours: str, theirs: str) -> Comparison:
    for number, (one, other) in enumerate(zip_longest(ours.splitlines(), theirs.splitlines(), fillvalue=""), 1):
        if one != other:
            return Comparison(False, f"line {number}: {one.strip()!r} became {other.strip()!r}")
    return Comparison(ours == theirs, "" if ours == theirs else "line ends differ")


def _compare_items(notebook: Plain, package: Plain) -> Comparison:
    if len(notebook["items"]) != len(package["items"]):
        return Comparison(False, f"{len(notebook['items'])} items became {len(package['items'])}")
    if notebook["kind"] == "sequence":
        pairs = [
            (str(i), one, other) for i, (one, other) in enumerate(zip(notebook["items"], package["items"], strict=True))
        ]
    else:
        theirs = {str(key.get("value")): item for key, item in package["items"]}
        keys = [(str(key.get("value")), item) for key, item in notebook["items"]]
        absent = next((key for key, _ in keys if key not in theirs), None)
        if absent is not None:
            return Comparison(False, f"{absent!r} is not in the package's")
        pairs = [(key, item, theirs[key]) for key, item in keys]
    for key, one, other in pairs:
        found = compare_scores(one, other)
        if not found.equal:
            return Comparison(False, f"{key}: {found.detail}", found.where)
    return Comparison(True)
