"""Pieces of the Markdown that a package's pages are made of."""

from collections.abc import Iterable, Mapping, Sequence

WIDTH = 118
SHORT = 80


def cell(text: str) -> str:
    """Give a text as it can stand in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table; its cells are made by ``cell``."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def short(value: object) -> str:
    """Give a value in few characters: a number with four digits, a text or a list by its beginning."""
    text = " ".join(_rounded(value).split())
    return text if len(text) <= SHORT else f"{text[: SHORT - 3]}..."


def _rounded(value: object) -> str:
    """Give a value as text, each number in it with four digits."""
    match value:
        case float():
            return f"{value:.4g}"
        case list():
            return f"[{', '.join(repr(one) if isinstance(one, str) else _rounded(one) for one in value)}]"
        case Mapping():
            return f"{{{', '.join(f'{name!r}: {_rounded(one)}' for name, one in value.items())}}}"
        case _:
            return str(value)


def mappings(value: object) -> list[Mapping[str, object]]:
    """Give the objects of a JSON list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, (list, tuple)) else []
