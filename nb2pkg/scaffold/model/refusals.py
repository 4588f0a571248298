"""Why rows or settings cannot be worked with, in one line that names them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

import pandas as pd

from nb2pkg.scaffold.config import Config

PLACES = ("data_dir", "artifacts_dir")
REFUSALS = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class RowsError(ValueError):
    """The model cannot be trained or scored with these rows and settings."""


@contextmanager
def explained(what: str, config: Config, *, rows: pd.DataFrame | None = None) -> Iterator[None]:
    """Raise RowsError, with ``what`` and why, instead of what pandas and scikit-learn raise where rows or settings do not suit them.

    ``rows`` are the raw rows, once they are read.
    """
    try:
        yield
    except RowsError:
        raise
    except REFUSALS as error:
        told = "; ".join([reason_of(error), *changed_settings(config), *source_of(config, rows)])
        message = f"{what}: {told}"
        raise RowsError(message) from error


def reason_of(error: Exception) -> str:
    """Give the reason in words and on one line; of a column that is looked up and not there, its name."""
    if isinstance(error, AttributeError) and isinstance(error.obj, pd.DataFrame):
        return f"missing column: {error.name}"
    text = " ".join(str(error.args[0]).split()).rstrip(".") if error.args else type(error).__name__
    if not isinstance(error, KeyError):
        return text
    return f"missing column: {text}" if raised_by_pandas(error) else f"there is no entry for {text}"


def raised_by_pandas(error: Exception) -> bool:
    """Tell whether a table was asked, and not a mapping of the notebook."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is not None and str(place.tb_frame.f_globals.get("__name__")).startswith("pandas.")


def changed_settings(config: Config) -> Iterator[str]:
    """Name the settings that are not the notebook's own."""
    usual = Config()
    names = [field.name for field in fields(Config) if field.name not in PLACES]
    changed = [name for name in names if getattr(config, name) != getattr(usual, name)]
    if changed:
        yield f"settings other than the notebook's: {', '.join(f'{name}={getattr(config, name)!r}' for name in changed)}"


def source_of(config: Config, rows: pd.DataFrame | None) -> Iterator[str]:
    """Say how many rows there are and which files they were read from."""
    values = [getattr(config, field.name) for field in fields(Config)]
    files = [str(path) for value in values if isinstance(value, str) and (path := config.data_dir / value).is_file()]
    count = "" if rows is None else f"{len(rows)} rows "
    if count or files:
        yield f"{count}read from {', '.join(files)}" if files else f"{count}read"


def require_target(target: pd.Series) -> None:
    """Raise RowsError where a row that is to be learned from has no target."""
    gaps = pd.DataFrame(target).isna().any(axis=1)
    if gaps.any():
        name = target.name if isinstance(target, pd.Series) else None
        first = int(gaps.index[gaps.to_numpy()].min()) + 1
        message = (
            f"the target{'' if name is None else f' {name}'} is missing in {int(gaps.sum())} of {len(gaps)} training rows, "
            f"the first is row {first}"
        )
        raise RowsError(message)
