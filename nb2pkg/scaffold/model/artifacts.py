"""Trained models on disk: one directory per version, hashed, written in one step, checked before it is loaded."""

import hashlib
import json
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from tempfile import TemporaryDirectory
from warnings import catch_warnings, simplefilter

import joblib
import pandas as pd
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder

from nb2pkg.scaffold.data.contract import Contract, from_json, to_json
from nb2pkg.scaffold.logging import logger_of

LOGGER = logger_of(__name__)
MODEL, CONTRACT, METADATA, MANIFEST = "model.joblib", "contract.json", "metadata.json", "manifest.json"
LIBRARIES_OF_MODEL = ("scikit-learn", "pandas", "numpy", "joblib")
CODE = ("data/preprocessing.py", "model/pipeline.py")
UNLOADABLE = (AttributeError, ImportError, KeyError, TypeError, ValueError)


class ArtifactError(ValueError):
    """There is no trained model, or its files are not those that were written."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A trained model: the fitted pipeline, the contract, and how they came about."""

    pipeline: Pipeline
    encoder: LabelEncoder | None
    contract: Contract
    metadata: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Description:
    """What a version says of itself: the contract, and how the model came about."""

    contract: Contract
    metadata: Mapping[str, object]


def nothing(_: Path) -> Iterable[str]:
    """Write nothing beside the model; what writes files there gives their names."""
    return ()


def save(artifact: Artifact, folder: Path, *, beside: Callable[[Path], Iterable[str]] = nothing) -> Path:
    """Write a new version below ``folder`` and give its directory; it is there when all of it is."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    with TemporaryDirectory(dir=folder, prefix=".writing-") as scratch:
        made = Path(scratch) / "version"
        made.mkdir()
        joblib.dump({"pipeline": artifact.pipeline, "encoder": artifact.encoder}, made / MODEL)
        (made / CONTRACT).write_text(to_json(artifact.contract), encoding="utf-8")
        name = f"{now:%Y%m%dT%H%M%S.%fZ}-{sha256(made / MODEL)[:8]}"
        metadata = {
            "version": name,
            "created": now.isoformat(),
            "versions": {"python": platform.python_version()} | running_versions(),
            "code": hash_of_code(),
            **artifact.metadata,
        }
        (made / METADATA).write_text(json.dumps(metadata, indent=1), encoding="utf-8")
        hashes = {name: sha256(made / name) for name in (MODEL, CONTRACT, METADATA, *beside(made))}
        (made / MANIFEST).write_text(json.dumps({"sha256": hashes}, indent=1), encoding="utf-8")
        return made.rename(folder / name)


def load(path: Path) -> Artifact:
    """Read one version; warn where it was trained with other versions of the libraries, or other code, than run now.

    Raises ArtifactError where a file is missing or is not the one that was written, or where these libraries cannot
    load it.
    """
    try:
        hashes = json.loads((path / MANIFEST).read_text(encoding="utf-8"))["sha256"]
        changed = [name for name, wanted in hashes.items() if sha256(path / name) != wanted]
    except (OSError, ValueError, KeyError) as error:
        message = f"{path}: not a trained model ({error})"
        raise ArtifactError(message) from error
    if changed or not hashes.keys() >= {MODEL, CONTRACT, METADATA}:
        message = f"{path}: {', '.join(changed) or MANIFEST} is not what was written; not loaded"
        raise ArtifactError(message)
    metadata = json.loads((path / METADATA).read_text(encoding="utf-8"))
    others = other_versions(metadata.get("versions", {}))
    if others:
        LOGGER.warning("%s: %s; it may answer differently, `train` makes it anew", path, others)
    if metadata.get("code", hash_of_code()) != hash_of_code():
        LOGGER.warning(
            "%s: trained with other code in %s; it may answer differently, `train` makes it anew",
            path,
            " or ".join(CODE),
        )
    try:
        with catch_warnings():
            simplefilter("ignore", InconsistentVersionWarning)  # it is said above, in one line
            parts = joblib.load(path / MODEL)
        contract = from_json((path / CONTRACT).read_text(encoding="utf-8"))
    except UNLOADABLE as error:
        message = f"{path}: cannot be loaded ({error}){others and '; '}{others}; run `train` again"
        raise ArtifactError(message) from error
    return Artifact(pipeline=parts["pipeline"], encoder=parts["encoder"], contract=contract, metadata=metadata)


def holds(path: Path, name: str) -> bool:
    """Tell whether a file is of this version, as its manifest lists them."""
    return name in json.loads((path / MANIFEST).read_text(encoding="utf-8"))["sha256"]


def running_versions() -> dict[str, str]:
    """Give the versions of the libraries that a model depends on, as they are installed here."""
    return {library: installed_version(library) for library in LIBRARIES_OF_MODEL}


def other_versions(trained: Mapping[str, str]) -> str:
    """Say which libraries have another major or minor version than a model was trained with; nothing where none has."""
    running = running_versions()
    others = [
        f"{library} {trained[library]}, here {found}"
        for library, found in running.items()
        if library in trained and trained[library].split(".")[:2] != found.split(".")[:2]
    ]
    return f"trained with {'; '.join(others)}" if others else ""


def newest(folder: Path) -> Path:
    """Give the directory of the version trained last. Raises ArtifactError where there is none."""
    return trained(folder)[-1]


def newest_description(folder: Path) -> Description | None:
    """Give what is said of the version trained last, without loading it; None where there is none."""
    try:
        path = newest(folder)
        contract = from_json((path / CONTRACT).read_text(encoding="utf-8"))
        return Description(contract, json.loads((path / METADATA).read_text(encoding="utf-8")))
    except (ArtifactError, KeyError, OSError, TypeError, ValueError):
        return None


def chosen(folder: Path, version: str | None) -> Path:
    """Give the directory of a version, of the newest where none is named. Raises ArtifactError where there is none."""
    found = trained(folder)
    if version is None:
        return found[-1]
    if folder / version not in found:
        message = f"no trained model {version} in {folder}; there are {', '.join(path.name for path in found)}"
        raise ArtifactError(message)
    return folder / version


def trained(folder: Path) -> list[Path]:
    """Give the directories of all versions, the newest last. Raises ArtifactError where there is none."""
    found = sorted(path.parent for path in folder.glob(f"[!.]*/{MANIFEST}"))
    if not found:
        message = f"no trained model in {folder}: run `train` first"
        raise ArtifactError(message)
    return found


def hash_of_code() -> str:
    """Give the SHA-256 of the modules whose functions and classes a model calls by name: they are not in its file."""
    package = Path(__file__).parent.parent
    return hashlib.sha256(b"".join((package / name).read_bytes() for name in CODE)).hexdigest()


def hash_of(rows: pd.DataFrame) -> str:
    """Give the SHA-256 of the rows' values and the names of their columns, to tell one table from another."""
    hashes = pd.util.hash_pandas_object(rows, index=False).to_numpy()
    return hashlib.sha256(repr([*map(str, rows.columns)]).encode() + hashes.tobytes()).hexdigest()


def sha256(path: Path) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
