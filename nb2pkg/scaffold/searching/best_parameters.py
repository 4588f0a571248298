"""What the search found, kept as JSON: read back for training, refused where another search found it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.model.artifacts import ArtifactError

KEPT = "best_parameters.json"
PACKAGED = Path(__file__).with_name(KEPT)
NO_MATTER = {"random_state", "n_jobs", "verbose", "pre_dispatch", "error_score", "return_train_score"}
CHANGES_BY_RUN = re.compile(r" at 0x[0-9a-f]+|random_state=[^,)]*")


class SearchError(ArtifactError):
    """No best parameters are kept, or those that are kept are of another search."""


class Best(NamedTuple):
    """What a search found, and the file it is kept in."""

    path: Path
    entry: Mapping[str, object]


def with_best(pipeline: Pipeline, config: Config) -> Pipeline:
    """Give the pipeline with its search replaced by what it tunes, set to the parameters that are kept.

    A pipeline that ends in no search is given as it is. Raises SearchError where no parameters are kept, or those of
    another search.
    """
    step, search = pipeline.steps[-1]
    if not is_search(search):
        return pipeline
    best = kept(config)
    if best is None:
        message = f"no best parameters are kept for {name_of(config)}: run `search` first"
        raise SearchError(message)
    parameters = clone(parameters_of(best, search), safe=False)
    return pipeline.set_params(**{step: clone(search.estimator).set_params(**parameters)})


def is_search(model: object) -> bool:
    """Tell whether a model is a search, rather than what a search would tune."""
    return hasattr(model, "estimator") and (hasattr(model, "param_grid") or hasattr(model, "param_distributions"))


def name_of(config: Config) -> str:
    """Give the name that parameters are kept under: the candidate's, where the package has several models."""
    return str(getattr(config, "model", "model"))


def kept(config: Config) -> Best | None:
    """Give what the last search found: below the artifacts, else what came with the package."""
    name = name_of(config)
    for path in (config.artifacts_dir / KEPT, PACKAGED):
        entry = read(path).get(name)
        if entry is not None:
            return Best(path, entry)
    return None


def read(path: Path) -> dict[str, dict[str, object]]:
    """Give what a file keeps, by name; nothing where there is no file. Raises SearchError where it is no such file."""
    if not path.exists():
        return {}
    try:
        return {str(name): dict(entry) for name, entry in json.loads(path.read_text(encoding="utf-8")).items()}
    except (ValueError, TypeError, AttributeError) as error:
        message = f"{path}: not what a search wrote ({error}): run `search` again"
        raise SearchError(message) from error


def keep(entry: Mapping[str, object], config: Config) -> Path:
    """Write what a search found below the artifacts, in one step, beside what was found for other models."""
    path = config.artifacts_dir / KEPT
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=".writing-") as scratch:
        made = Path(scratch) / KEPT
        made.write_text(json.dumps(read(path) | {name_of(config): entry}, indent=1) + "\n", encoding="utf-8")
        made.replace(path)
    return path


def parameters_of(best: Best, search: BaseEstimator) -> dict[str, object]:
    """Give the parameters as the search has them. Raises SearchError where they are of another search."""
    parameters = best.entry.get("parameters")
    if best.entry.get("search_sha256") != fingerprint(search) or not isinstance(parameters, Mapping):
        message = f"{best.path}: of a search with other candidates or settings: give the same, or run `search` again"
        raise SearchError(message)
    return {str(name): candidate(search, str(name), value, best.path) for name, value in parameters.items()}


def candidate(search: BaseEstimator, name: str, value: object, path: Path) -> object:
    """Give the candidate of the search that a kept value stands for; where it draws numbers, the value itself."""
    tried = [space[name] for space in spaces(search) if name in space]
    listed = [one for values in tried if not hasattr(values, "rvs") for one in values]
    found = [one for one in listed if as_text(described(one)) == as_text(value)]
    if len({repr(one) for one in found}) > 1:
        message = f"{path}: several candidates of the search read {name}={value!r}; give them other names or parameters"
        raise SearchError(message)
    if found:
        return found[0]
    if any(hasattr(values, "rvs") for values in tried):
        return value
    message = f"{path}: {name}={value!r} is no candidate of the search: run `search` again"
    raise SearchError(message)


def as_text(value: object) -> str:
    """Give a described value as one text, the same for the same value."""
    return json.dumps(value, sort_keys=True)


def spaces(search: BaseEstimator) -> Sequence[Mapping[str, Sequence[object]]]:
    """Give what a search tries: one mapping of parameters to their values, or several."""
    tried = search.param_grid if hasattr(search, "param_grid") else search.param_distributions
    return [tried] if isinstance(tried, Mapping) else list(tried)


def fingerprint(search: BaseEstimator) -> str:
    """Give the SHA-256 of a search: what it tunes, what it tries, how it scores; not seeds, nor how fast it is."""
    return hashlib.sha256(as_text(described(search)).encode()).hexdigest()


def described(value: object) -> object:
    """Give a parameter as JSON can hold it: an estimator as its class and what differs from its defaults."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): described(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, range, set, frozenset)):
        given = [described(one) for one in value]
        return sorted(given, key=repr) if isinstance(value, (set, frozenset)) else given
    if isinstance(value, BaseEstimator) and not isinstance(value, type):
        return {"class": f"{type(value).__module__}.{type(value).__qualname__}", **changed(value)}
    return value if value is None or isinstance(value, (bool, int, float, str)) else in_words(value)


def in_words(value: object) -> str:
    """Give what is no plain value as text that is the same in every run: a distribution, a function, a splitter."""
    if hasattr(value, "dist") and hasattr(value, "args") and hasattr(value, "kwds"):
        return f"{type(value.dist).__qualname__} {described(value.args)} {described(value.kwds)}"
    return str(getattr(value, "__qualname__", None) or CHANGES_BY_RUN.sub("", repr(value)))


def changed(estimator: BaseEstimator) -> dict[str, object]:
    """Give the parameters of an estimator that are not its defaults, without those that do not matter."""
    defaults = signature(type(estimator).__init__).parameters
    found = {
        name: described(value) for name, value in estimator.get_params(deep=False).items() if name not in NO_MATTER
    }
    return {
        name: value
        for name, value in found.items()
        if name not in defaults or value != described(defaults[name].default)
    }
