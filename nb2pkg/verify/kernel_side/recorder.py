"""Watch a notebook's calls from inside its kernel: what was read, split, learned, predicted and scored, and with what.

Each call goes through ``Recording.look``, which returns uninteresting functions as they are (no frame is added) and
wraps the others: arguments are kept before the call, the result after it. Events are lines of JSON in
``events.jsonl``; frames and results are plain values in the same folder, each kept once.
"""

from __future__ import annotations

import builtins
import inspect
import json
import ntpath
import os
import sys
import weakref
from collections.abc import Callable
from types import FrameType, FunctionType, MethodType
from typing import Any

from . import values
from .idle import is_idle
from .places import RECORD, RECORD_ATTRIBUTE, Current, Place, Recorder
from .seeding import (
    call_of,
    is_inactive_class,
    lacks_seed,
    module_of,
    seed_streams,
    takes_seed,
)

FITS = ("fit", "fit_transform", "fit_predict", "partial_fit", "fit_resample")
ASKS = ("transform", "predict", "predict_proba", "predict_log_proba", "decision_function", "score", "inverse_transform")
READERS = ("loadtxt", "genfromtxt", "load", "imread", "loadmat", "load_svmlight_file", "fromfile")
REAL_OPEN = builtins.open
NEXT_CELL, FINISH = "__nb2pkg_cell__", "__nb2pkg_end__"


class Recording:
    """All that is known of the run so far."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.folder: str = settings["folder"]
        self.home: str = settings["home"]
        self.seed: int = settings["seed"]
        self.fit_place: tuple[int, int, int] | None = settings["fit"] and tuple(settings["fit"])
        self.idle: dict[str, Any] = settings.get("idle", {})
        self.addresses: dict[str, str] = settings.get("addresses", {})
        self.wanted = {tuple(place) for place in settings["wanted"]}
        self.places: list[Place] = []
        self.current = Current()
        self.known: dict[int, tuple[int, Any]] = {}
        self.generations: dict[int, int] = {}
        self.chosen: int | None = None
        self.path = os.path.join(self.folder, "events.jsonl")

    def write(self, event: str, place: Place | None, **details: object) -> None:
        """Add one event, at once on disk: a kernel that dies later takes nothing with it."""
        row = {"event": event, "place": place, "at_work": self.at_work(), **details}
        with REAL_OPEN(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(row, default=str) + "\n")

    def at_work(self) -> tuple[int, int]:
        """The cell that runs, and which of its lines; a line of 0 where no frame is the cell's own."""
        frame: FrameType | None = sys._getframe()
        line = 0
        while frame is not None:
            if frame.f_code.co_name == "<module>" and frame.f_globals.get("get_ipython") is not None:
                line = frame.f_lineno
            frame = frame.f_back
        return self.current.cell, line

    def keep(self, value: object) -> str:
        """Keep a value and give its key."""
        return values.store(values.encode(value), self.folder)

    # Which object, and how often it has been fitted

    def serial(self, thing: object) -> int:
        """A number for an object that is never used again for another."""
        number, alive = self.known.get(id(thing), (0, None))
        if alive is not None and alive() is thing:
            return number
        number = len(self.generations) + 1
        self.generations[number] = 0
        self.know(thing, number)
        return number

    def know(self, thing: object, number: int) -> None:
        """Remember the number of an object for as long as it lives."""
        weak = hasattr(type(thing), "__weakref__")
        self.known[id(thing)] = (number, weakref.ref(thing) if weak else lambda: thing)

    def fitted(self, thing: object) -> None:
        """Count a fit of this object, and of the steps it holds."""
        self.generations[self.serial(thing)] += 1
        best = getattr(thing, "__dict__", {}).get("best_estimator_")
        if best is not None:  # what a search found answers for it
            self.know(best, self.serial(thing))
        for _, step in getattr(thing, "steps", None) or ():
            if hasattr(step, "get_params"):
                self.fitted(step)

    # What to do with a call

    def look(self, number: int, function: Any) -> Any:
        """The function itself, or a stand-in that records the call."""
        kind = type(function)
        if kind is MethodType:
            return self.look_at_method(number, function)
        if kind is FunctionType or not isinstance(function, type):
            return self.look_at_function(number, function)
        if takes_seed(function) and not is_inactive_class(function):
            return self.seeding(number, function, function)
        return function

    def look_at_method(self, number: int, function: Any) -> Any:
        """Estimators by what they can do, frames by where they come from."""
        owner, name = function.__self__, getattr(function, "__name__", "")
        if name in FITS or name in ASKS:
            return self.asking(number, function, owner, name) if is_estimator(owner) else function
        if name == "sample" and module_of(type(owner)) == "pandas":
            return self.seeding(number, function, function)
        if name.startswith("to_") and module_of(type(owner)) == "pandas":
            return self.writing(number, function)
        if name == "savefig":
            return self.writing(number, function)
        return function

    def look_at_function(self, number: int, function: Any) -> Any:
        """Functions by name and library."""
        library = module_of(function)
        name = getattr(function, "__name__", "")
        if function is builtins.open or name in ("open", "_modified_open") and library in ("io", "IPython"):
            return self.opening(number, function)
        if library == "sklearn":
            return self.look_at_sklearn(number, function, name)
        if library == "pandas" and name.startswith("read_") or library in ("numpy", "scipy") and name in READERS:
            return self.reading(number, function)
        if library == "joblib" and name == "load":
            return self.reading(number, function)
        if library == "joblib" and name == "dump":
            return self.writing(number, function, position=1)
        if library == "numpy" and name in ("save", "savetxt", "savez") or name == "savefig":
            return self.writing(number, function)
        if name == "sqrt" and self.places[number][:3] in self.wanted:  # of a metric
            return self.measuring(number, function)
        return function

    def look_at_sklearn(self, number: int, function: Any, name: str) -> Any:
        """Splits, metrics, bundled data and whatever else draws at random."""
        if name == "train_test_split":
            return self.splitting(number, self.seeding(number, function, function), function)
        if getattr(function, "__module__", "").startswith("sklearn.metrics"):
            return self.measuring(number, function)
        if name.startswith(("load_", "fetch_")):
            return self.loading_bundle(number, function)
        return self.seeding(number, function, function) if takes_seed(function) else function

    # The stand-ins

    def seeding(self, number: int, function: Callable[..., Any], called: Any) -> Callable[..., Any]:
        """Give the seed where the call leaves it out and would draw."""

        def seeded(*args: Any, **kwargs: Any) -> Any:
            made = call_of(called, args, kwargs) if lacks_seed(called, args, kwargs) else None
            if made is not None and not is_idle(made, self.idle):
                self.write("repair", self.places[number], what="random_state", seed=self.seed, **made)
                kwargs = {**kwargs, "random_state": self.seed}
            return function(*args, **kwargs)

        return seeded

    def splitting(self, number: int, function: Callable[..., Any], split: Any) -> Callable[..., Any]:
        """Split the positions along with the arrays: no other draw is made."""

        def recorded(*args: Any, **kwargs: Any) -> Any:
            if not args:
                return function(*args, **kwargs)
            import numpy

            shape = getattr(args[0], "shape", None)
            count = shape[0] if shape else len(args[0])
            parts = function(*args, numpy.arange(count), **kwargs)
            train, test = parts[-2:]
            self.write("split", self.places[number], rows=count, train=self.keep(train), test=self.keep(test))
            return parts[:-2]

        return recorded

    def asking(self, number: int, function: Callable[..., Any], owner: object, name: str) -> Callable[..., Any]:
        """A method of an estimator."""
        place = self.places[number]
        names = parameter_names(function)

        def recorded(*args: Any, **kwargs: Any) -> Any:
            serial = self.serial(owner)
            if name in FITS and (self.fit_place is None or place[:3] == self.fit_place):
                self.chosen = serial
            whole = self.fit_place is None or serial == self.chosen or place[:3] in self.wanted
            given = dict(zip(names, args)) | kwargs
            data = dict(zip(("X", "y"), (given.get(key) for key in names[:2])))
            rest = sorted(key for key in given if key not in names[:2] and given[key] is not None)
            kept = {key: self.keep(item) for key, item in data.items() if item is not None} if whole else {}
            result = function(*args, **kwargs)
            if name in FITS:
                self.fitted(owner)
            generation = self.generations[serial]
            details: dict[str, object] = {"object": serial, "generation": generation, "class": type(owner).__name__}
            if whole and name in FITS:
                details["parameters"] = values.store(values.parameters(owner), self.folder)
            if whole and result is not owner:
                details["result"] = self.keep(result)
            self.write("call", place, method=name, arguments=kept, rest=rest, **details)
            return result

        return recorded

    def measuring(self, number: int, function: Callable[..., Any]) -> Callable[..., Any]:
        """A metric: only its value matters, and how many rows it was given."""

        def recorded(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            name = getattr(function, "__name__", "")
            self.write("metric", self.places[number], method=name, result=self.keep(result))
            return result

        return recorded

    def loading_bundle(self, number: int, function: Callable[..., Any]) -> Callable[..., Any]:
        """Data that comes with a library."""

        def recorded(*args: Any, **kwargs: Any) -> Any:
            self.write("bundle", self.places[number], name=getattr(function, "__name__", ""))
            return self.seeding(number, function, function)(*args, **kwargs)

        return recorded

    def reading(self, number: int, function: Callable[..., Any]) -> Callable[..., Any]:
        """A file that is read: found beside the notebook where its absolute path is another machine's."""

        def recorded(*args: Any, **kwargs: Any) -> Any:
            args, kwargs, path = self.with_path(number, function, args, kwargs, writes=False)
            if path is not None:
                self.write("load", self.places[number], path=path)
            return function(*args, **kwargs)

        return recorded

    def writing(self, number: int, function: Callable[..., Any], position: int = 0) -> Callable[..., Any]:
        """A file that is written: never outside the copy of the folder."""

        def recorded(*args: Any, **kwargs: Any) -> Any:
            args, kwargs, _ = self.with_path(number, function, args, kwargs, writes=True, position=position)
            return function(*args, **kwargs)

        return recorded

    def opening(self, number: int, function: Callable[..., Any]) -> Callable[..., Any]:
        """The built-in ``open``, to read or to write."""

        def recorded(*args: Any, **kwargs: Any) -> Any:
            mode = args[1] if len(args) > 1 else kwargs.get("mode", "r")
            writes = any(letter in str(mode) for letter in "wax+")
            args, kwargs, _ = self.with_path(number, function, args, kwargs, writes=writes)
            return function(*args, **kwargs)

        return recorded

    def with_path(
        self, number: int, function: Any, args: Any, kwargs: Any, *, writes: bool, position: int = 0
    ) -> tuple[Any, Any, str | None]:
        """The arguments with the path put right, and the path."""
        names = parameter_names(function)
        key = names[position] if len(names) > position else "file"
        given = args[position] if len(args) > position else kwargs.get(key)
        if not isinstance(given, (str, os.PathLike)):
            return args, kwargs, None
        before = os.fspath(given)
        after = self.placed(before, writes=writes)
        if after != before:
            if is_absolute(before):
                self.write("repair", self.places[number], what="path", before=before, after=after)
            if len(args) > position:
                args = (*args[:position], after, *args[position + 1 :])
            else:
                kwargs = {**kwargs, key: after}
        return args, kwargs, after

    def placed(self, path: str, *, writes: bool) -> str:
        """Where the path leads in the copy of the notebook's folder."""
        name = ntpath.basename(path)
        if writes:
            target = name if is_absolute(path) else path
            if os.path.islink(target):
                os.unlink(target)  # a big file lent by the author: never written through
            return target
        saved = self.addresses.get(path, "")
        if saved and os.path.exists(saved):
            return saved
        if "://" in path or os.path.exists(path):
            return path
        if is_absolute(path):
            return name if os.path.exists(name) else path
        lent = os.path.normpath(os.path.join(self.home, path))
        return lent if os.path.exists(lent) else path

    def attribute(self, number: int, owner: object, name: str) -> object:
        """Load an attribute; keep it where an estimator learned it."""
        value = getattr(owner, name)
        if is_estimator(owner):
            serial, place = self.serial(owner), self.places[number]
            if self.fit_place is None or serial == self.chosen or place[:3] in self.wanted:
                details: dict[str, object] = {"object": serial, "generation": self.generations[serial]}
                self.write("attribute", place, method=name, result=self.keep(value), **details)
        return value


def is_absolute(path: str) -> bool:
    """Absolute on any system, or from somebody's home."""
    return os.path.isabs(path) or ntpath.isabs(path) or path.startswith("~")


def is_estimator(thing: object) -> bool:
    """Anything that can be fitted and then asked; classes themselves are none."""
    if isinstance(thing, type) or not hasattr(thing, "fit"):
        return False
    return any(hasattr(thing, name) for name in ("get_params", "predict", "transform"))


def parameter_names(function: Callable[..., Any]) -> list[str]:
    """The names of what may be given by position; none where the function does not tell."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in found if parameter.kind in positional]


def start(settings: dict[str, Any]) -> None:
    """Begin to record in this IPython; called once, before the first cell."""
    from IPython import get_ipython

    shell = get_ipython()
    recording = Recording(settings)
    transformer = Recorder(recording.current, recording.places, shell.transform_cell)
    setattr(builtins, RECORD, recording.look)
    setattr(builtins, RECORD_ATTRIBUTE, recording.attribute)

    def next_cell(cell: int, source: str, replaced: list[tuple[int, str, str]]) -> None:
        recording.current.start(cell, source, {(line, before): after for line, before, after in replaced})

    def finish() -> None:
        recording.write("end", None, recorded=transformer in shell.ast_transformers)

    for name, function in ((NEXT_CELL, next_cell), (FINISH, finish)):
        setattr(builtins, name, function)
    seed_streams(recording.seed)
    shell.config.InlineBackend.figure_formats = set()  # nobody looks at the plots: they are made, but not painted
    shell.ast_transformers.append(transformer)
