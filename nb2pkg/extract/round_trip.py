"""What a file gives back of what was written to it: the same, as can be shown, or why not.

Pickles give back what was written. A table as text gives back its columns by what they look like: numbers and truth values
return, dates and categories do not, nor does text that looks like a number or a missing value.
"""

import ast
import posixpath
from collections.abc import Sequence
from typing import NamedTuple

from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.text_types import changed_by_text
from nb2pkg.facts import Facts
from nb2pkg.facts.events import Reread, Saved
from nb2pkg.notebook.joining import part_of

PICKLES = frozenset({"pickle.load", "joblib.load", "pandas.read_pickle"})
READERS = {
    "data.to_pickle": PICKLES,
    "data.to_parquet": frozenset({"pandas.read_parquet"}),
    "data.to_csv": frozenset({"pandas.read_csv"}),
    "pickle.dump": PICKLES,
    "joblib.dump": PICKLES,
    "numpy.save": frozenset({"numpy.load"}),
}
HARMLESS = frozenset({"protocol", "compress", "compression", "allow_pickle", "encoding", "engine", "low_memory"})
WRITTEN = {"pickle.dump": "obj", "joblib.dump": "value", "numpy.save": "arr"}


class Handover(NamedTuple):
    """A file between two notebooks: the call that wrote it, what it wrote, the calls that read it, and how labels fare.

    ``labels`` is "kept" where row labels come back, "fresh" where the rows are numbered anew; ``text`` where it is text.
    """

    path: str
    save: ast.Call
    value: ast.expr
    written: int
    reads: tuple[Reread, ...]
    labels: str
    text: bool


def rereads(facts: Facts) -> list[list[Reread]]:
    """The calls that read a file as it was written before, together for each time that it was written."""
    found: dict[tuple[str, int], list[Reread]] = {}
    for one in facts.rereads:
        found.setdefault((one.path, one.written), []).append(one)
    return list(found.values())


def crosses(facts: Facts, read: Reread) -> bool:
    """Is the file read by another notebook than the one that wrote it?"""
    notebook, statements = facts.program.notebook, facts.program.statements
    return part_of(notebook, statements[read.written].cell) != part_of(notebook, statements[read.statement].cell)


def handover(facts: Facts, reads: Sequence[Reread]) -> Handover:
    """What these calls are given back of what was written. Raises RefusedError where it may come back changed."""
    path, written = reads[0].path, reads[0].written
    save = _save(facts, path, written)
    assert isinstance(save.node, ast.Call)
    call = facts.call(save.node)
    name = call.name if call is not None else ""
    for read in reads:
        found = facts.call(read.node)
        if found is None or found.name not in READERS.get(name, ()):
            how = f"as {save.format or 'something else'} and read with `{ast.unparse(read.node)[:40]}`"
            raise _changed(facts, read.statement, path, f"it is written {how}, which may give back something else")
    if call is not None and name in WRITTEN and WRITTEN[name] in call.args:
        value = call.args[WRITTEN[name]][0]
    elif isinstance(save.node.func, ast.Attribute):
        value = save.node.func.value
    else:
        raise _changed(facts, written, path, "what is written cannot be seen")
    labels = _labels(facts, name, save.node, reads, path, written)
    if name == "data.to_csv":
        trouble = changed_by_text(facts, written)
        if trouble is not None:
            raise _changed(facts, trouble[0], path, trouble[1])
    return Handover(path, save.node, value, written, tuple(reads), labels, name == "data.to_csv")


def _save(facts: Facts, path: str, written: int) -> Saved:
    """The one call that wrote the file last."""
    found = [s for s in facts.saves if s.path is not None and posixpath.normpath(s.path) == path]
    last = [save for save in found if save.statement == written]
    if len(last) != 1 or last[0].calls:
        raise _changed(facts, written, path, "it is not written by one call of a cell's own")
    return last[0]


def _labels(facts: Facts, name: str, save: ast.Call, reads: Sequence[Reread], path: str, written: int) -> str:
    """Whether row labels are kept or numbered anew. Raises RefusedError for options that change more than that."""
    options = _options(save)
    index = options.pop("index", True)
    separators = {options.pop("sep", ",")}
    rest = [option for option in options if option not in HARMLESS]
    places = []
    for read in reads:
        assert isinstance(read.node, ast.Call)
        given = _options(read.node)
        places.append(given.pop("index_col", None))
        separators.add(given.pop("sep", given.pop("delimiter", ",")))
        rest += [option for option in given if option not in HARMLESS]
    if name == "data.to_csv" and any(
        len(call.args) > 1 for call in (save, *(read.node for read in reads)) if isinstance(call, ast.Call)
    ):
        raise _changed(facts, written, path, "options are given to it by position; name them")
    if rest:
        raise _changed(facts, written, path, f"what `{rest[0]}` does to it is not carried over")
    if len(separators) > 1:
        raise _changed(facts, written, path, "it is written with one separator and read with another")
    if name != "data.to_csv":
        return "kept" if index is True else "fresh"
    if index is True and places != [0] * len(places):
        raise _changed(facts, written, path, "the row numbers become a column of it; write it with `index=False`")
    if index is not True and (index is not False or any(place is not None for place in places)):
        raise _changed(facts, written, path, "other row labels are read than were written")
    return "kept" if index is True else "fresh"


def _options(call: ast.Call) -> dict[str, object]:
    """The keywords of a call as constants, what is none as its source."""
    return {
        one.arg or "**": one.value.value if isinstance(one.value, ast.Constant) else ast.unparse(one.value)
        for one in call.keywords
        if one.arg not in ("path_or_buf", "path", "filepath_or_buffer", "obj", "file", "value", "filename", "arr")
    }


def _changed(facts: Facts, statement: int, path: str, reason: str) -> RefusedError:
    joined = any(crosses(facts, one) for one in facts.rereads if one.path == path)
    told = (
        f"`{path}` {'stands between the notebooks' if joined else 'is written and read by the notebook'}, and {reason}"
    )
    return refused(facts.program.statements[statement], f"{told}; write a pickle to pass values on as they are")
