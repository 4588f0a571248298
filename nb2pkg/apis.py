"""Read, check and cache the API tables: what each library call does, told as data.

A row of ``rules/apis/acme.toml`` and the question it answers::

    "acme.read_rows" = { role = "load", args = ["where"], path = "where" }

    load_tables([rules_folder()]).get("acme.read_rows").path  # "where"
"""

import marshal
import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from nb2pkg import __version__
from nb2pkg.errors import PackError

Entry = dict[str, Any]  # a row as the table file holds it
Entries = dict[str, Entry]

_FORM: Final = 7  # of the compiled file; raise it when the compiled form or its checks change
_HOPS: Final = 5  # how many `same_as` may follow each other
_Stamp = tuple[int, str, str, tuple[tuple[str, int, int], ...]]  # what the compiled file was made by and from

_ROLES: Final = (
    "load bundle make frame split concat select resample sample rowwise statistic learns index metric crossval"
    " crosspredict plot display seed save load-artifact fit transform fit-transform predict score fit-predict splits"
    " group columns plain opaque network install input random option mutate path directory read source ignored removed"
)
_KINDS: Final = (
    "transformer vectorizer encoder model cluster embedding splitter search pipeline columns meta resampler inspect"
    " outlier selector network"
)
_LEARNS: Final = "statistic vocabulary category bins cluster selection filter model target-statistic embedding resample"
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "role": tuple(_ROLES.split()),
    "kind": tuple(_KINDS.split()),
    "returns": (
        "receiver",
        "argument",
        "source",
        "parts",
        "self",
        "index",
        "pairs",
        "opaque",
        "value",
        "group",
        "pair",
    ),
    "learns": tuple(_LEARNS.split()),
    "mask": ("null", "not-null", "in"),
    "needs": ("scores", "labels"),
    "again": ("changes", "fails"),
    "unit": ("element", "row", "column"),
}
_DOTTED: Final = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\.\*)?"
_ARGUMENT: Final = r"[A-Za-z_]\w*"
_CONDITION: Final = r"[A-Za-z_]\w*(=[^=]+|:[a-z]+)?|no [a-z ]+"
_TEXTS: Final[Mapping[str, str]] = {
    "rows": _ARGUMENT,
    "target": _ARGUMENT,
    "truth": _ARGUMENT,
    "prediction": _ARGUMENT,
    "estimator": _ARGUMENT,
    "path": _ARGUMENT,
    "seed": _ARGUMENT,
    "sizes": _ARGUMENT,
    "axis": _ARGUMENT,
    "inplace": _ARGUMENT,
    "function": _ARGUMENT,
    "words": _ARGUMENT,
    "object": _ARGUMENT,
    "validation": _ARGUMENT,
    "mutates": _ARGUMENT,
    "format": r"[a-z][a-z0-9-]*",
    "lift": _DOTTED,
    "same_as": _DOTTED,
    "removed": r"\d+(\.\d+)*",
    "use": r"\S.*",
}
_LISTS: Final[Mapping[str, str]] = {
    "args": rf"\*?{_ARGUMENT}",
    "unless": _CONDITION,
    "equal_when": _CONDITION,
    "may_draw": _CONDITION,
    "never_draws": _CONDITION,
    "sets": _ARGUMENT,
    "again_unless": _CONDITION,
    "renamed": rf"{_ARGUMENT}={_ARGUMENT}",
}
_FLAGS: Final = ("ordered", "lower", "reorders", "neighbours", "transductive")


class Row(NamedTuple):
    """What one function, class, method or attribute does; ``name`` is where its row stands, after ``same_as``.

    ``rows`` to ``validation`` name the argument that plays that part. A condition (``unless``, ``equal_when``,
    ``stochastic``) reads ``shuffle`` (the argument is true), ``axis=1``, ``solver=sag|saga``, ``bins:literal`` (written out
    in the call), ``x:given``, ``x:missing``, ``always``, or, in ``equal_when``, words such as ``no missing values``. ``reorders``: rows come back in
    another order or number; ``neighbours``: a row's value depends on the rows around it. ``words``:
    the argument that holds a condition as text; ``may_draw``: conditions under which it draws at random for some data, ``never_draws`` for none; ``unit``: a
    function given is called for each "element", "row" or "column"; a loop sees them one at a time. ``mask``: used as an
    index, the result chooses rows with or without a missing value, or those in a list. ``sets``: the libraries and
    kinds of receiver whose calls draw from what a seed starts, or run under what an option sets (an option's ``unless``
    says when it only concerns what is shown). ``again``: applied to its own
    result it "changes" it once more, or "fails", unless a condition of ``again_unless`` holds.
    ``transductive``: an estimator that has answers only for the rows it was fitted on. ``renamed``: arguments that had another name in older releases, as ``old=new``.
    """

    name: str
    role: str = ""
    kind: str = ""
    args: tuple[str, ...] = ()
    rows: str = ""
    target: str = ""
    truth: str = ""
    prediction: str = ""
    estimator: str = ""
    path: str = ""
    seed: str = ""
    sizes: str = ""
    axis: str = ""
    inplace: str = ""
    function: str = ""
    words: str = ""
    object: str = ""
    validation: str = ""
    returns: str = ""
    learns: str = ""
    unless: tuple[str, ...] = ()
    mutates: str = ""
    reorders: bool = False
    neighbours: bool = False
    mask: str = ""
    needs: str = ""
    ordered: bool = False
    lower: bool = False
    format: str = ""
    stochastic: bool | str = False
    may_draw: tuple[str, ...] = ()
    never_draws: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    lift: str = ""
    equal_when: tuple[str, ...] = ()
    removed: str = ""
    use: str = ""
    unit: str = ""
    again: str = ""
    again_unless: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    transductive: bool = False


class ApiTable:
    """All rows of all packs; a question costs one dict hit once it has been asked."""

    __slots__ = ("_asked", "_entries", "_receivers")

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._asked: dict[str, Row | None] = {}
        self._receivers: dict[tuple[str, str], Row | None] = {}

    def get(self, name: str) -> Row | None:
        """The row of a full dotted name: its own, that of the name it is ``same_as``, or the longest prefix's."""
        try:
            return self._asked[name]
        except KeyError:
            row = self._asked[name] = _find(self._entries, name)
            return row

    def receiver(self, kind: str, method: str) -> Row | None:
        """The row of a method or attribute of a kind of receiver: ``receiver("data", "fillna")``."""
        try:
            return self._receivers[kind, method]
        except KeyError:
            row = self._receivers[kind, method] = self.get(f"{kind}.{method}")
            return row

    def names(self) -> Iterator[str]:
        """Every name that has a row of its own, prefixes (``seaborn.*``) and aliases included, in no order."""
        return iter(self._entries)


def rules_folder() -> str:
    """The built-in rule pack: ``rules`` of the checkout this file stands in, else the one shipped in the wheel."""
    package = os.path.dirname(os.path.abspath(__file__))
    checkout = os.path.dirname(package)
    beside, inside = os.path.join(checkout, "rules"), os.path.join(package, "rules")
    if os.path.isfile(os.path.join(checkout, "pyproject.toml")) and os.path.isdir(beside):
        return beside
    if os.path.isdir(inside):
        return inside
    raise PackError(f"{inside}: the built-in rules are missing; reinstall nb2pkg")


def load_tables(folders: Iterable[str]) -> ApiTable:
    """Load ``apis/*.toml`` of each rule pack; a later pack's row replaces an earlier one's of the same name."""
    merged: Entries = {}
    for folder in folders:
        entries = _load_pack(folder)
        if merged:
            merged.update(entries)
        else:
            merged = entries
    return ApiTable(merged)


def _find(entries: Entries, name: str) -> Row | None:
    overlay: Entry = {}
    for _ in range(_HOPS):
        key = name if name in entries else _prefix(entries, name)
        if key is None:
            return None
        rest = name[len(key) - 1 :] if key != name else ""
        overlay = {word: _continued(value, rest) for word, value in entries[key].items()} | overlay
        if "same_as" not in overlay:
            return Row(key, **overlay)
        alias, name = name, overlay.pop("same_as")
        if not rest and name not in entries and _prefix(entries, name) is None:
            raise PackError(f"{alias}: same_as: no row describes {name}")
    raise PackError(f"{name}: same_as goes round in a circle")


def _continued(value: Any, rest: str) -> Any:
    """Let a prefix row's ``acme.*`` go on as the name asked for did."""
    return value[:-1] + rest if rest and isinstance(value, str) and value.endswith(".*") else value


def _prefix(entries: Entries, name: str) -> str | None:
    while "." in name:
        name = name.rpartition(".")[0]
        if f"{name}.*" in entries:
            return f"{name}.*"
    return None


def _load_pack(folder: str) -> Entries:
    tables = _tables(folder)
    if not tables:
        return {}
    stamp = (_FORM, __version__, folder, tuple(tables))
    cached = _cache_file(folder)
    entries = _read_cache(cached, stamp)
    if entries is None:
        entries = _compile([os.path.join(folder, "apis", name) for name, _, _ in tables])
        _write_cache(cached, stamp, entries)
    return entries


def _tables(folder: str) -> list[tuple[str, int, int]]:
    """Name, time of change and size of each table file of a pack, by name."""
    try:
        with os.scandir(os.path.join(folder, "apis")) as files:
            found = [(file.name, file.stat()) for file in files if file.name.endswith(".toml")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PackError(f"{folder}: {error.strerror}") from error
    return sorted((name, status.st_mtime_ns, status.st_size) for name, status in found)


def _cache_file(folder: str) -> str:
    home = os.environ.get("NB2PKG_CACHE_DIR")
    if not home:
        root = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
        home = os.path.join(root or os.path.join(os.path.expanduser("~"), ".cache"), "nb2pkg")
    key = zlib.crc32(os.path.abspath(folder).encode("utf-8", "surrogatepass"))
    return os.path.join(home, f"apis-{key:08x}-{sys.implementation.cache_tag}.bin")


def _read_cache(path: str, stamp: _Stamp) -> Entries | None:
    """The compiled rows, or None where there are none for these very table files."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return None
    if len(content) < 4 or zlib.crc32(content[4:]).to_bytes(4, "big") != content[:4]:
        return None
    written, entries = marshal.loads(content[4:])
    return entries if written == stamp else None


def _write_cache(path: str, stamp: _Stamp, entries: Entries) -> None:
    payload = marshal.dumps((stamp, entries))
    draft = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(draft, "wb") as file:
            file.write(zlib.crc32(payload).to_bytes(4, "big") + payload)
        os.replace(draft, path)
    except OSError:
        return  # a read-only home costs time, nothing else


def _compile(paths: Iterable[str]) -> Entries:
    entries: Entries = {}
    origin: dict[str, str] = {}
    for path in paths:
        for name, row in _read_toml(path).items():
            if name in origin:
                raise PackError(f"{path}: {name}: this row already stands in {origin[name]}")
            origin[name] = path
            entries[name] = _checked(f"{path}: {name}", name, row)
    return entries


def _read_toml(path: str) -> dict[str, Any]:
    import tomllib  # 5 ms that a warm start does not pay

    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackError(f"{path}: {error}") from error


def _checked(place: str, name: str, row: object) -> Entry:
    if not re.fullmatch(_DOTTED, name):
        raise PackError(f'{place}: not a dotted name; quote it: "acme.read_rows" = {{ role = "load" }}')
    if not isinstance(row, dict) or not row:
        raise PackError(f'{place}: a row is a table such as {{ role = "load" }}')
    for key, value in row.items():
        _check_value(f"{place}: {key}", key, value)
    if not row.keys() & {"role", "kind", "same_as"}:
        raise PackError(f"{place}: a row says a `role`, a `kind` or what it is the `same_as`")
    entry = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    if row.get("mutates", "always") != "always":
        entry.setdefault("inplace", row["mutates"])
    elif "inplace" in row:
        entry.setdefault("mutates", row["inplace"])
    return entry


def _check_value(place: str, key: str, value: object) -> None:
    """Raise PackError for a key that rows do not have or a value that the key cannot have."""
    if key in _CHOICES:
        if value not in _CHOICES[key]:
            raise PackError(f"{place}: {value!r} is none of {', '.join(sorted(_CHOICES[key]))}")
    elif key in _TEXTS:
        _check_text(place, value, _TEXTS[key])
    elif key in _LISTS:
        if not isinstance(value, list):
            raise PackError(f"{place}: a list of texts is wanted, not {value!r}")
        for item in value:
            _check_text(place, item, _LISTS[key])
    elif key in _FLAGS:
        if value is not True:
            raise PackError(f"{place}: true or left out, not {value!r}")
    elif key == "stochastic":
        if value is not True:
            _check_text(place, value, _CONDITION)
    else:
        known = sorted({*_CHOICES, *_TEXTS, *_LISTS, *_FLAGS, "stochastic"})
        raise PackError(f"{place}: rows have no such key; they have {', '.join(known)}")


def _check_text(place: str, value: object, pattern: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise PackError(f"{place}: {value!r} is not a value it can have")
