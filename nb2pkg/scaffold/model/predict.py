"""Answer rows with a trained model; this module knows nothing of training."""

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd

from nb2pkg.scaffold.data.contract import ContractError, Problem, check, read_rows, require_columns, settle_types
from nb2pkg.scaffold.model.artifacts import Artifact
from nb2pkg.scaffold.model.labels import decoded

SEPARATORS = (",", ";", "\t", "|")
UNANSWERABLE = (ArithmeticError, LookupError, ValueError)
NOT_FINITE = "the answer is no finite number"


@dataclass(frozen=True, slots=True)
class Answers:
    """One value per row (None where the row was refused), the reason of each refused row, and warnings."""

    predictions: tuple[object, ...]
    refused: dict[int, str]
    warnings: tuple[Problem, ...]


def predict(artifact: Artifact, rows: pd.DataFrame, *, strict_ranges: bool = False) -> Answers:
    """Answer rows that already have their types. Raises ContractError where a column is missing."""
    return _answers(artifact, rows, unread=(), strict_ranges=strict_ranges)


def predict_file(artifact: Artifact, path: Path, *, strict_ranges: bool = False) -> Answers:
    """Answer the rows of a CSV file, read with the contract's types."""
    texts = read_texts(path, columns=[column.name for column in artifact.contract.columns])
    rows, unread = read_rows(texts, artifact.contract)
    return _answers(artifact, rows, unread=unread, strict_ranges=strict_ranges)


def read_texts(path: Path, *, columns: list[str]) -> pd.DataFrame:
    """Read a CSV file as text; its separator is the one of ``, ; tab |`` that shows the most of ``columns``.

    An empty line is a row without values. Raises ContractError where the file does not begin with names of columns,
    where one of them stands twice, where lines have more fields than the header, or where it cannot be read.
    """
    headers = read_headers(path)
    separator = max(SEPARATORS, key=lambda one: len(set(columns) & set(headers[one])))
    twice = [name for name in columns if headers[separator].count(name) > 1]
    if twice:
        message = f"{path}: columns that stand twice: {', '.join(twice)}"
        raise ContractError(message)
    with catch_warnings():
        simplefilter("error", pd.errors.ParserWarning)
        try:
            return pd.read_csv(
                path,
                sep=separator,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
                index_col=False,
                skip_blank_lines=False,
            )
        except pd.errors.ParserWarning as error:
            message = f"{path}: its lines have more fields than its header"
            raise ContractError(message) from error
        except (pd.errors.ParserError, UnicodeDecodeError) as error:
            message = f"{path}: {error}".strip()
            raise ContractError(message) from error


def read_headers(path: Path) -> dict[str, list[str]]:
    """Give the names of columns in a file's first line, by separator. Raises ContractError where it has none."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            line = file.readline()
            headers = {separator: next(csv.reader([line], delimiter=separator), []) for separator in SEPARATORS}
        except (csv.Error, UnicodeDecodeError) as error:
            message = f"{path}: its first line cannot be read: {error}"
            raise ContractError(message) from error
    if not line.strip():
        message = f"{path}: the first line is empty, where the names of columns belong"
        raise ContractError(message)
    return headers


def write_answers(answers: Answers) -> str:
    """Give CSV text, a line for each row.

    ``prediction``; ``refused`` with the reason where there is none; ``warned`` with what is unlike the training rows.
    """
    table = pd.DataFrame({"prediction": pd.Series([*map(_cell, answers.predictions)], dtype=object)})
    table["refused"] = [answers.refused.get(row, "") for row in range(len(table))]
    warned = _by_row(answers.warnings)
    table["warned"] = ["; ".join(warned.get(row, ())) for row in range(len(table))]
    return table.to_csv(index=False)


def _answers(artifact: Artifact, rows: pd.DataFrame, *, unread: tuple[Problem, ...], strict_ranges: bool) -> Answers:
    require_columns(rows, artifact.contract)
    report = check(rows, artifact.contract, strict_ranges=strict_ranges)
    refused = {row: reasons[0] for row, reasons in _by_row((*unread, *report.errors)).items()}
    kept = [row for row in range(len(rows)) if row not in refused]
    values: list[object] = [None] * len(rows)
    needed = [column.name for column in artifact.contract.columns]  # in the order of training
    typed = settle_types(rows.iloc[kept][needed].reset_index(drop=True), artifact.contract)
    for row, (value, reason) in zip(kept, _predicted(artifact, typed), strict=True):
        values[row] = value
        refused |= {row: reason} if reason else {}
    kept = [row for row in kept if row not in refused]
    return Answers(tuple(values), refused, tuple(_about(report.warnings, set(kept))))


def _about(problems: Iterable[Problem], kept: set[int]) -> Iterator[Problem]:
    """Give the problems of the rows that are answered."""
    for problem in problems:
        rows = tuple(row for row in problem.rows if row in kept)
        if rows:
            yield replace(problem, rows=rows)


def _predicted(artifact: Artifact, rows: pd.DataFrame) -> list[tuple[object, str]]:
    """Give the answer of each row, or the reason why it has none; a row that the model refuses takes no other down."""
    try:
        with np.errstate(all="ignore"):  # an answer that is no finite number is refused below
            values = decoded(artifact.pipeline.predict(rows), artifact.encoder).tolist() if len(rows) else []
    except UNANSWERABLE as error:
        half = len(rows) // 2
        if half:
            return _predicted(artifact, rows.iloc[:half]) + _predicted(artifact, rows.iloc[half:])
        told = f"there is no entry for {error}" if isinstance(error, KeyError) else error
        return [(None, f"the model refuses it: {' '.join(str(told).split())}")]
    return [(value, "") if is_answer(value) else (None, NOT_FINITE) for value in values]


def is_answer(value: object) -> bool:
    """Tell whether a prediction, or each of several for one row, is anything but a number that is not finite."""
    several = value if isinstance(value, list) else [value]
    return all(math.isfinite(one) for one in several if isinstance(one, float))


def _by_row(problems: Iterable[Problem]) -> dict[int, list[str]]:
    """Give what is wrong with each row, or unusual about it."""
    found: dict[int, list[str]] = {}
    for problem in problems:
        for row in problem.rows:
            found.setdefault(row, []).append(f"{problem.column}: {problem.message}")
    return found


def _cell(value: object) -> object:
    return value[0] if isinstance(value, list) and not value[1:] else value
