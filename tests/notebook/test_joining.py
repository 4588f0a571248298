"""Several notebooks as one: cells numbered on, and sentences about them in their own numbers."""

from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.notebook.arrange import arranged
from nb2pkg.notebook.joining import firsts, in_own_words, join, own_cell, part_of


def book(path: str, *sources: str) -> Notebook:
    kinds = [CellKind.MARKDOWN if source.startswith("#") else CellKind.CODE for source in sources]
    cells = (Cell(n, kind, source, None, None) for n, (kind, source) in enumerate(zip(kinds, sources, strict=True), 1))
    return Notebook(path, tuple(cells), "ipynb", "python")


ONE, TWO = book("a/one.ipynb", "# One", "x", "y"), book("a/two.ipynb", "z", "w")
BOTH = join([ONE, TWO])


def test_cells_are_numbered_on() -> None:
    assert [(cell.number, cell.source) for cell in BOTH.cells] == [(1, "# One"), (2, "x"), (3, "y"), (4, "z"), (5, "w")]
    assert list(firsts(BOTH)) == [1, 4]
    assert [part_of(BOTH, number) for number in range(1, 6)] == [0, 0, 0, 1, 1]
    assert own_cell(BOTH, 5) == ("two.ipynb", 2)


def test_one_notebook_is_itself() -> None:
    assert join([ONE]) is ONE
    assert own_cell(ONE, 3) == ("", 3)
    assert part_of(ONE, 3) == 0
    assert in_own_words(ONE, "cell 3 line 1") == "cell 3 line 1"


def test_sentences_are_told_in_own_numbers() -> None:
    assert in_own_words(BOTH, "cell 4 line 2: no") == "cell 1 of two.ipynb line 2: no"
    assert in_own_words(BOTH, "cells 4 and 5 each") == "cells 1 and 2 of two.ipynb each"
    assert in_own_words(BOTH, "cells 2, 3 and 4.") == "cells 2 of one.ipynb, 3 of one.ipynb and 1 of two.ipynb."
    assert in_own_words(BOTH, "(cells 2 to 3)") == "(cells 2 to 3 of one.ipynb)"
    assert in_own_words(BOTH, "from cell 4 to cell 5") == "from cells 1 to 2 of two.ipynb"
    assert in_own_words(BOTH, "candidate: model@5 (Tree)") == "candidate: model@2 (Tree)"


def test_what_is_told_already_or_quoted_stays() -> None:
    for text in (
        "cell 1 of two.ipynb line 2",
        "cells 1 and 2 of two.ipynb",
        "`cell 4`",
        "no cell at all",
        "cell 12 of x",
    ):
        assert in_own_words(BOTH, text) == text


def test_code_cells_are_arranged_with_what_stands_above_them() -> None:
    one = book("one.ipynb", "# A", "x", "# B", "y", "# end")
    assert [cell.source for cell in arranged(one, [4, 2]).cells] == ["# B", "y", "# A", "x", "# end"]
    assert [cell.number for cell in arranged(one, [4, 2]).cells] == [3, 4, 1, 2, 5]
