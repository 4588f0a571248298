"""Why rows or settings cannot be worked with, in one line that names them."""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from traceback import walk_tb

import pandas as pd

from nb2pkg.scaffold.config import PLACES, Config

FILE_ERRORS = (FileNotFoundError,)
DATA_ERRORS = (IndexError, KeyError, ValueError)
LONGEST = 200
CONVERTING = re.compile(r"float|dtype|numeric|numbers?\b|not supported between")
DATA_LIBRARIES = ("numpy", "pandas", "sklearn")


class RowsError(ValueError):
    """The model cannot be trained or scored with these rows and settings."""


@contextmanager
def raising_rows_error(what: str, config: Config, *, rows: pd.DataFrame | None = None) -> Iterator[None]:
    """Raise RowsError, with ``what`` and why, instead of what libraries raise of unsuitable rows or settings.

    ``rows`` are the raw rows, once they are read. What is wrong with the package itself is raised as it is.
    """
    try:
        yield
    except RowsError:
        raise
    except FILE_ERRORS as error:
        message = f"{what}: there is no file {error.filename or error}; --data-dir says where the data files are"
        raise RowsError(message) from error
    except DATA_ERRORS as error:
        raise _refused(error, what, config, rows) from error
    except (AttributeError, TypeError) as error:
        if not is_about_rows(error):
            raise
        raise _refused(error, what, config, rows) from error


def _refused(error: Exception, what: str, config: Config, rows: pd.DataFrame | None) -> RowsError:
    reason = "; ".join([reason_of(error, rows), *changed_settings(config), *source_of(config, rows)])
    return RowsError(f"{what}: {reason}")


def is_about_rows(error: AttributeError | TypeError) -> bool:
    """Tell whether a library says it of values: pandas wherever it was at work, the others where they raised it."""
    libraries = [name.partition(".")[0] for name in modules_of(error)]
    return "pandas" in libraries or (
        isinstance(error, TypeError) and libraries[-1:] in ([one] for one in DATA_LIBRARIES)
    )


def modules_of(error: Exception) -> list[str]:
    """Name the modules that an exception came through, the one that raised it last."""
    return [str(frame.f_globals.get("__name__")) for frame, _ in walk_tb(error.__traceback__)]


def reason_of(error: Exception, rows: pd.DataFrame | None = None) -> str:
    """Give the reason in words and on one line; of a column that is looked up and not there, its name."""
    if isinstance(error, AttributeError) and isinstance(error.obj, pd.DataFrame):
        return f"missing column: {error.name}"
    told = error.args[0] if isinstance(error, KeyError) and error.args else error
    text = " ".join(str(told).split()) or type(error).__name__
    text = (text if len(text) <= LONGEST else text.partition(". ")[0]).rstrip(".")
    if not isinstance(error, KeyError):
        return "; ".join([text, *([] if rows is None else unusual_values(text, rows))])
    if not modules_of(error)[-1].startswith("pandas."):
        return f"there is no entry for {text}"  # in a mapping of the notebook
    if rows is None:
        return f"missing column: {text}"
    hints = list(missing_categories(text, rows)) or ["the rows have neither such a column nor such a category"]
    return "; ".join([f"missing column: {text}", *hints])


def unusual_values(text: str, rows: pd.DataFrame) -> Iterator[str]:
    """Name the values that an error may be about: text among numbers, and what the error says there is."""
    named = re.search(r"string to float: '(.*)'", text)
    for column, values in rows.items():
        numbers = pd.to_numeric(values.astype(str), errors="coerce")
        words = values.notna() & numbers.isna()
        if "NaN" in text and values.isna().any():
            yield f"{column} has missing values, the first in row {first_row(values.isna())}"
        if "infinity" in text and numbers.abs().eq(math.inf).any():
            yield f"{column} is infinite in row {first_row(numbers.abs().eq(math.inf))}"
        if named and values.eq(named[1]).any():
            yield f"{column} is {named[1]!r} in row {first_row(values.eq(named[1]))}"
        elif CONVERTING.search(text) and 0 < words.sum() < numbers.notna().sum():
            yield f"{column} is {values[words].iloc[0]!r} in row {first_row(words)}, and a number in most"


def first_row(where: pd.Series) -> int:
    """Give the number, from 1, of the first row that is told."""
    return int(where.to_numpy().argmax()) + 1


def missing_categories(text: str, rows: pd.DataFrame) -> Iterator[str]:
    """Say of a column that is made of a category (``city_Rome`` or ``Rome``) that no row learned from has it."""
    for wanted in re.findall(r"'([^']+)'", text) or [text]:
        for column in sorted(rows.columns, key=lambda name: len(str(name)), reverse=True):
            category = wanted.removeprefix(f"{column}_")
            if category != wanted or (rows[column].astype(str) == wanted).to_numpy().any():
                yield f"if it is made of {column}, no row learned from has {category} there"
                break


def changed_settings(config: Config) -> Iterator[str]:
    """Name the settings that are not the package's defaults."""
    usual = Config()
    names = [field.name for field in fields(Config) if field.name not in PLACES]
    changed = [name for name in names if getattr(config, name) != getattr(usual, name)]
    if changed:
        yield f"settings other than the defaults: {', '.join(f'{name}={getattr(config, name)!r}' for name in changed)}"


def source_of(config: Config, rows: pd.DataFrame | None) -> Iterator[str]:
    """Say how many rows there are and which files they were read from."""
    counted = [] if rows is None else [f"{len(rows)} rows"]
    source = [*counted, *read_from(config)]
    if source:
        yield " ".join(source)


def read_from(config: Config) -> Iterator[str]:
    """Name the files that rows are read from, as far as settings say."""
    values = [getattr(config, field.name) for field in fields(Config)]
    files = [str(path) for value in values if isinstance(value, str) and (path := config.data_dir / value).is_file()]
    if files:
        yield f"read from {', '.join(files)}"
