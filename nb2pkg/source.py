"""Places in a notebook, in the author's own coordinates."""

from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of one cell: cells count from 1 with Markdown included, lines and columns (characters) from 1.

    ``cell`` is 0 for the file as a whole; ``end_column`` is the column after the last character.
    """

    cell: int
    line: int
    column: int
    end_line: int
    end_column: int
