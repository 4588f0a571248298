"""Every odd file of fixtures/reading that can be read: what is read of it, and where a finding stands in cell and file."""

from pathlib import Path

import nbformat
import pytest

from nb2pkg.lint import Linter, lint_file
from nb2pkg.notebook import Notebook, read
from nb2pkg.notebook.raw import open_raw
from nb2pkg.selection import choose
from tests.rules.findings import RULES, TABLE

READING = Path(__file__).parents[2] / "fixtures" / "reading"
LINTER = Linter(choose(RULES, select=["NB001", "NB002", "NB101"]), TABLE)

SAME = ["code: x = 1\ny = x"]
READ = {
    "damaged_output.ipynb": ["code: größe = 'é'"],
    "duplicate_ids.ipynb": ["code: x = 1", "code: y = x"],
    "exported.py": [
        "code: #!/usr/bin/env python\n# coding: utf-8\n\n# # Circles",
        "code: import math",
        "code: print(math.pi, gone)",
    ],
    "form_feed.ipynb": ["code: x = 'é'\n\f\nprint(gone)"],
    "infinity_in_metadata.ipynb": SAME,
    "light_with_form_feed.py": ["code: import math", "code: \f\n# Words.", "code: x = 'é\u2028'\nprint(x, gone)"],
    "line_separator.ipynb": ["code: x = 'é\u2028'\nprint(gone)"],
    "markdown.md": [
        "markdown: # Circles\n\nWords.",
        "code: import math\n\nx = math.pi",
        "code: %%bash\nls -l",
        "markdown: More words.",
        "code: %matplotlib inline\nprint(x, gone)",
    ],
    "missing_ids.ipynb": SAME,
    "missing_language_info.ipynb": SAME,
    "missing_metadata.ipynb": SAME,
    "missing_outputs.ipynb": SAME,
    "myst.md": [
        "markdown: # Circles",
        "code: import math\nx = math.pi",
        "markdown: Words",
        "markdown: More words",
        "code: print(x, gone)",
    ],
    "ordinary.md": ["markdown: # Read me", "code: print(gone)"],
    "percent_with_strings.py": [
        "code: #!/usr/bin/env python",
        "code: text = '''\n# %% no marker\n!no magic\n'''",
        "code: names = 1",
        "code: files = !ls\nprint(names, files, gone)",
    ],
    "statistics.Rmd": ["markdown: # Only R", "code: y <- 1"],
    "utf_16_without_mark.ipynb": SAME,
    "utf_32.ipynb": SAME,
    "version_1.ipynb": ["markdown: Words.", *SAME],
    "version_2.ipynb": ["markdown: <b>Words.</b>", *SAME],
    "version_3_in_r.ipynb": ["code: x <- 1"],
    "version_3_two_sheets.ipynb": ["markdown: ## One", *SAME],
    "version_4_0.ipynb": SAME,
    "version_4_99.ipynb": [*SAME, "raw: a line"],
}
CHUNKS = [
    "markdown: # Circles",
    "code: import math\nx = math.pi",
    "markdown: Words `x`.",
    "code: %%R\ny <- 1",
    "code: #| label: shown\nprint(x, gone)",
]


def read_here(name: str) -> Notebook:
    found = read(str(READING / name))
    assert isinstance(found, Notebook), found
    return found


@pytest.mark.parametrize("name", READ)
def test_what_is_read(name: str) -> None:
    cells = read_here(name).cells
    assert [f"{cell.kind.value}: {cell.source}" for cell in cells] == READ[name]
    assert [cell.number for cell in cells] == list(range(1, len(cells) + 1))


@pytest.mark.parametrize("name", ["chunks.Rmd", "chunks.qmd"])
def test_chunks_are_code_and_what_stands_between_is_text(name: str) -> None:
    head, *rest = read_here(name).cells
    assert (head.kind.value, head.source[:20]) == (
        "raw",
        "---\ntitle: Circles\no" if name == "chunks.Rmd" else "---\ntitle: Circles\nf",
    )
    assert [f"{cell.kind.value}: {cell.source}" for cell in rest] == CHUNKS


@pytest.mark.parametrize(
    ("name", "form", "language"),
    [
        ("version_3_in_r.ipynb", "ipynb", "r"),
        ("version_2.ipynb", "ipynb", "python"),
        ("missing_language_info.ipynb", "ipynb", None),
        ("statistics.Rmd", "Rmd", "r"),
        ("chunks.Rmd", "Rmd", "python"),
        ("chunks.qmd", "qmd", "python"),
        ("markdown.md", "md", "python"),
        ("myst.md", "md:myst", None),
        ("exported.py", "py:percent", "python"),
        ("light_with_form_feed.py", "py:light", "python"),
    ],
)
def test_form_and_language(name: str, form: str, language: str | None) -> None:
    found = read_here(name)
    assert (found.form, found.language) == (form, language)


# Where a finding stands: code, cell and its line and column, then line and column in the file.
PLACES = {
    "binding_magics.ipynb": ("NB101", (4, 1, 28), (44, 5)),
    "chunks.Rmd": ("NB101", (6, 2, 10), (21, 10)),
    "chunks.qmd": ("NB101", (6, 2, 10), (22, 10)),
    "conflict_in_cell.ipynb": ("NB002", (1, 2, 1), (11, 5)),
    "exported.py": ("NB101", (3, 1, 16), (15, 16)),
    "form_feed.ipynb": ("NB101", (1, 3, 7), (12, 5)),
    "light_with_form_feed.py": ("NB101", (3, 2, 10), (13, 10)),
    "line_separator.ipynb": ("NB101", (1, 2, 7), (11, 5)),
    "markdown.md": ("NB101", (5, 2, 10), (31, 10)),
    "myst.md": ("NB101", (5, 1, 10), (28, 10)),
    "null_character.ipynb": ("NB002", (1, 2, 6), (11, 5)),
    "ordinary.md": ("NB101", (2, 1, 7), (4, 7)),
    "percent_with_strings.py": ("NB101", (4, 2, 21), (13, 21)),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_finding_stands_in_its_cell_and_in_the_file(name: str) -> None:
    path = str(READING / name)
    (found,) = lint_file(path, LINTER).diagnostics
    assert (found.code, found.place[:3], open_raw(path).place(found.place)) == PLACES[name]


def test_magics_bind_what_they_bind() -> None:
    (found,) = lint_file(str(READING / "binding_magics.ipynb"), LINTER).diagnostics
    assert found.message.startswith("`x` is defined nowhere"), "it stands in the body of %%writefile only"


def test_a_commented_magic_stands_where_its_comment_does() -> None:
    path = READING / "percent_with_strings.py"
    raw = open_raw(str(path))
    cell = read_here(path.name).cells[3]
    assert cell.source.startswith("files = !ls")
    (found,) = lint_file(str(path), LINTER).diagnostics
    assert raw.place(found.place._replace(line=1, column=1)) == (12, 3)


@pytest.mark.parametrize("name", ["version_3.ipynb", "version_3_two_sheets.ipynb", "version_2.ipynb"])
def test_old_versions_read_as_nbformat_upgrades_them(name: str) -> None:
    upgraded = nbformat.reads((READING / name).read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    ours = [(cell.kind.value, cell.source, cell.count) for cell in read_here(name).cells]
    assert ours == [(cell.cell_type, cell.source, cell.get("execution_count")) for cell in upgraded.cells]
