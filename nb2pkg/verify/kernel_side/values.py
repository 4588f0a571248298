"""Turn frames, scores and parameters into plain Python values that any interpreter can read back.

``encode`` gives a dict with a ``kind``: table, array, sparse, number, text, none, mapping, sequence or opaque.
A table holds either one ``matrix`` (every column of one numeric type) or a list of ``columns``; numbers are raw
little-endian bytes, so that nothing is rounded on the way.
"""

from __future__ import annotations

import hashlib
import importlib
import math
import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

Plain = dict[str, Any]  # the keys differ by kind; see the functions below

NUMBER_TYPES = {"b": "bool", "i": "int", "u": "int", "f": "float"}
PLAIN_SCALARS = (bool, int, float, str, type(None))


TIMES = frozenset(
    {"mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time", "refit_time", "fit_time", "score_time"}
)


def _loaded(name: str) -> ModuleType | None:
    """A library, if this interpreter has imported it: otherwise no value can be of its types."""
    return sys.modules.get(name)


def encode(value: Any) -> Plain:
    """The plain form of any value; what cannot be compared becomes ``opaque`` with its type."""
    numpy, pandas, sparse = _loaded("numpy"), _loaded("pandas"), _loaded("scipy.sparse")
    if isinstance(value, str):
        return {"kind": "text", "value": str(value)}
    if value is None:
        return {"kind": "none"}
    for kind in (bool, int, float):  # NumPy's own float is a float too, and must not stay one of NumPy's
        if isinstance(value, kind):
            return {"kind": "number", "type": kind.__name__, "value": kind(value)}
    if isinstance(value, Mapping):
        return {"kind": "mapping", "items": [(encode(key), encode(item)) for key, item in _timeless(value)]}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        return {"kind": "sequence", "container": type(value).__name__, "items": [encode(item) for item in items]}
    if pandas and isinstance(value, pandas.DataFrame):
        left_out = _times(value.columns)
        return _table_of_frame(value.drop(columns=list(left_out)) if left_out else value)
    if pandas and isinstance(value, (pandas.Series, pandas.Index)):
        return _table_of_series(value)
    if sparse and sparse.issparse(value):
        return _sparse(value)
    if numpy and isinstance(value, numpy.generic):
        return encode(value.item()) if value.dtype.kind in "biufUS" else _opaque(value)
    if numpy and isinstance(value, numpy.ndarray):
        return _table_of_array(value)
    if hasattr(value, "get_params") and not isinstance(value, type):
        return encode(parameters(value))
    torch = _loaded("torch")
    return _opaque(value) if torch is None else _of_torch(value, torch)


def _of_torch(value: Any, torch: Any) -> Plain:
    """Tensors as arrays; of networks and what trains them the state, which training changes."""
    if isinstance(value, torch.Tensor):
        dense = value.detach().to_dense().cpu().resolve_conj().resolve_neg()
        return encode((dense if dense.dtype != torch.bfloat16 else dense.float()).numpy())
    if isinstance(value, (torch.nn.Module, torch.optim.Optimizer)):
        return encode({"class": type(value).__name__, **value.state_dict()})
    return _opaque(value)


def _timeless(value: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """The items of a mapping; how long a search took is no result of it."""
    left_out = _times(value)
    return [(key, item) for key, item in value.items() if key not in left_out]


def _times(names: Iterable[Any]) -> frozenset[str]:
    """The names of how long each fit of a search or a cross-validation took."""
    known = [name for name in names if isinstance(name, str)]
    scored = any(name.startswith(("test_", "mean_test_")) for name in known)
    return frozenset(TIMES.intersection(known)) if scored else frozenset()


def _opaque(value: object) -> Plain:
    return {"kind": "opaque", "type": f"{type(value).__module__}.{type(value).__qualname__}"}


def _bytes(array: Any) -> tuple[str, bytes]:
    """Little-endian, C order: dtype text and raw bytes."""
    little = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    return little.dtype.str, little.tobytes()


def _numeric(array: Any) -> Plain:
    """A numeric array of any shape, flattened; long doubles are narrowed."""
    if array.dtype.itemsize > 8:
        array = array.astype("float64")
    dtype, data = _bytes(array)
    return {"type": NUMBER_TYPES[array.dtype.kind], "dtype": str(array.dtype), "numpy": dtype, "data": data}


def _scalar(value: Any) -> object:
    """One element of an object column; every kind of missing value is None, what is not plain becomes text."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if type(value) in PLAIN_SCALARS:
        return value
    if isinstance(value, str):
        return str(value)
    numpy = _loaded("numpy")
    if numpy and isinstance(value, numpy.generic) and value.dtype.kind in "biuf":
        return value.item()
    return f"{type(value).__name__}: {value}"


def _objects(values: Iterable[object], dtype: str) -> Plain:
    pandas = _loaded("pandas")
    missing = (pandas.NA, pandas.NaT) if pandas else ()
    plain = [None if any(value is none for none in missing) else _scalar(value) for value in values]
    return {"type": "object", "dtype": dtype, "items": plain}


def _column(series: Any) -> Plain:
    """One column of a table."""
    pandas, dtype = sys.modules["pandas"], str(series.dtype)
    kind = getattr(series.dtype, "kind", "O")
    if isinstance(series.dtype, pandas.CategoricalDtype):
        return _objects(series.astype(object), "category") | {"type": "category"}
    if kind in "Mm":
        naive = series.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(series.dtype, "tz", None) else series
        array = naive.to_numpy().astype(f"{'datetime' if kind == 'M' else 'timedelta'}64[ns]").astype("int64")
        return _numeric(array) | {"type": "time" if kind == "M" else "duration", "dtype": dtype}
    if kind in NUMBER_TYPES:
        if not isinstance(series.dtype, sys.modules["numpy"].dtype):
            series = series.astype("float64") if series.hasnans else series.astype(series.dtype.type)
        return _numeric(series.to_numpy()) | {"dtype": dtype}
    return _objects(series, dtype)


def _label(name: object) -> object:
    """A column's name as it is where that is plain (numbers stay numbers), else as text."""
    plain = _scalar(name)
    return plain if type(plain) in PLAIN_SCALARS else str(name)


def _table_of_frame(frame: Any) -> Plain:
    labels = [_label(name) for name in frame.columns]
    table: Plain = {"kind": "table", "container": "DataFrame", "flat": False, "rows": len(frame), "labels": labels}
    dtypes = set(frame.dtypes)
    first = next(iter(dtypes), None)
    if len(dtypes) == 1 and isinstance(first, sys.modules["numpy"].dtype) and first.kind in NUMBER_TYPES:
        return table | {"width": len(labels), "matrix": _numeric(frame.to_numpy())}
    return table | {"width": len(labels), "columns": [_column(frame.iloc[:, i]) for i in range(len(labels))]}


def _table_of_series(series: Any) -> Plain:
    pandas = sys.modules["pandas"]
    table: Plain = {"kind": "table", "container": type(series).__name__, "flat": True, "rows": len(series), "width": 1}
    labels = None if series.name is None else [_label(series.name)]
    return table | {"labels": labels, "columns": [_column(pandas.Series(series))]}


def _table_of_array(array: Any) -> Plain:
    if array.ndim == 0:
        return encode(array.item())
    if array.ndim > 2:
        return {"kind": "array", "shape": list(array.shape), **_flat(array.reshape(-1))}
    table: Plain = {
        "kind": "table",
        "container": "ndarray",
        "flat": array.ndim == 1,
        "rows": len(array),
        "labels": None,
    }
    table["width"] = 1 if array.ndim == 1 else array.shape[1]
    if array.dtype.kind in NUMBER_TYPES:
        return table | {"matrix": _numeric(array)}
    grid = array.reshape(len(array), table["width"])
    return table | {"columns": [_flat(grid[:, i]) for i in range(table["width"])]}


def _flat(array: Any) -> Plain:
    """A one-dimensional array of any type."""
    if array.dtype.kind in NUMBER_TYPES:
        return _numeric(array)
    if array.dtype.kind in "Mm":
        kind = "time" if array.dtype.kind == "M" else "duration"
        unit = "datetime64[ns]" if kind == "time" else "timedelta64[ns]"
        return _numeric(array.astype(unit).astype("int64")) | {"type": kind, "dtype": str(array.dtype)}
    return _objects(array.tolist(), str(array.dtype))


def _sparse(matrix: Any) -> Plain:
    rows = matrix.tocsr().copy()
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return {
        "kind": "sparse",
        "rows": rows.shape[0],
        "width": rows.shape[1],
        "values": _numeric(rows.data),
        "indices": _numeric(rows.indices.astype("int64")),
        "starts": _numeric(rows.indptr.astype("int64")),
    }


def _array(column: Plain) -> Any:
    """A numeric column as a NumPy array again."""
    import numpy

    return numpy.frombuffer(column["data"], dtype=column["numpy"]).copy()


def decode(plain: Plain) -> Any:
    """The value again, with index labels lost; opaque values cannot come back."""
    kind = plain["kind"]
    if kind in ("text", "number"):
        return plain["value"]
    if kind == "none":
        return None
    if kind == "mapping":
        return {decode(key): decode(item) for key, item in plain["items"]}
    if kind == "sequence":
        items = [decode(item) for item in plain["items"]]
        return tuple(items) if plain["container"] == "tuple" else items
    if kind == "sparse":
        return _decode_sparse(plain)
    if kind == "table":
        return _decode_table(plain)
    if kind == "array":
        return _array(plain).reshape(plain["shape"])
    raise TypeError(f"a {plain['type']} cannot be handed on")


def _decode_sparse(plain: Plain) -> Any:
    csr_matrix = importlib.import_module("scipy.sparse").csr_matrix
    parts = (_array(plain["values"]), _array(plain["indices"]), _array(plain["starts"]))
    return csr_matrix(parts, shape=(plain["rows"], plain["width"]))


def _decode_column(column: Plain) -> Any:
    import numpy
    import pandas

    if "items" in column:
        values = pandas.Series(column["items"], dtype=object)
        if column["dtype"] in ("object", "category", "str"):
            return values.astype(column["dtype"])
        return values
    if column["type"] in ("time", "duration"):
        return pandas.Series(_array(column).astype("datetime64[ns]" if column["type"] == "time" else "timedelta64[ns]"))
    return pandas.Series(numpy.asarray(_array(column)))


def _decode_table(plain: Plain) -> Any:
    import numpy
    import pandas

    rows, width = plain["rows"], plain["width"]
    if "matrix" in plain:
        grid = _array(plain["matrix"]).reshape(rows, width)
        if plain["container"] == "ndarray":
            return grid[:, 0] if plain["flat"] else grid
        frame = pandas.DataFrame(grid, columns=plain["labels"])
    else:
        columns = [_decode_column(column) for column in plain["columns"]]
        if plain["flat"]:
            series = columns[0].rename(plain["labels"][0] if plain["labels"] else None)
            return numpy.asarray(series) if plain["container"] == "ndarray" else series
        frame = pandas.concat(columns, axis="columns") if columns else pandas.DataFrame(index=range(rows))
        frame.columns = plain["labels"] or range(width)
    return frame.to_numpy() if plain["container"] == "ndarray" else frame


def parameters(estimator: Any, fitted: Any = None) -> Plain:
    """What an estimator was made with: class, plain parameters, and the same of each step of a pipeline.

    Columns that a ColumnTransformer asks its rows for are those that it was told, where ``fitted`` (or the estimator) was fitted.
    """
    fitted = estimator if fitted is None else fitted
    own = estimator.get_params(deep=False) if hasattr(estimator, "get_params") else {}
    steps = own.pop("steps", None) or []
    if hasattr(fitted, "transformers_") and "transformers" in own:
        own["transformers"] = list(_told(own["transformers"], fitted.transformers_))
    described = {name: _describe(value) for name, value in sorted(own.items())}
    if hasattr(fitted, "best_estimator_") and "estimator" in own:
        described["estimator"] = parameters(own["estimator"], fitted.best_estimator_)
    kind = estimator if isinstance(estimator, str) else type(estimator).__name__
    twins = getattr(fitted, "steps", steps)
    inner = [parameters(step, twin) for (_, step), (_, twin) in zip(steps, twins)]
    return {"class": kind, "parameters": described, "steps": inner}


def _told(transformers: Any, fitted: Any) -> Iterator[tuple[Any, ...]]:
    """The parts of a ColumnTransformer, with the columns that those that ask were told."""
    told = {name: columns for name, _, columns in fitted}
    for name, made, columns in transformers:
        yield name, made, told.get(name, columns) if callable(columns) else columns


def _describe(value: Any) -> object:
    """A parameter as plain data: numbers and texts as they are, estimators as class and parameters."""
    if isinstance(value, type) or (callable(value) and not hasattr(value, "get_params")):
        return getattr(value, "__name__", type(value).__name__)
    if hasattr(value, "get_params"):
        return parameters(value)
    if isinstance(value, (list, tuple)):
        return [_describe(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _describe(item) for key, item in value.items()}
    if hasattr(value, "dtype") and hasattr(value, "tolist") and value.shape:
        return _describe(value.tolist())
    if all(hasattr(value, name) for name in ("dist", "args", "kwds")):  # a distribution that numbers are drawn from
        return [type(value.dist).__name__, _describe(value.args), _describe(value.kwds)]
    plain = encode(value)
    return plain.get("value", None if plain["kind"] == "none" else plain)


def store(plain: object, folder: str) -> str:
    """Keep a plain value once in ``folder``; returns its key."""
    data = pickle.dumps(plain, protocol=4)
    key = hashlib.sha256(data).hexdigest()[:24]
    path = os.path.join(folder, key)
    if not os.path.exists(path):
        with open(path, "wb") as file:
            file.write(data)
    return key


class _PlainReader(pickle.Unpickler):
    """Reads plain values only: a file that names a class is refused, so nothing in it can run."""

    def find_class(self, module: str, name: str) -> object:
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


def load(path: str) -> Any:
    """Read back what ``store`` wrote."""
    with open(path, "rb") as file:
        return _PlainReader(file).load()
