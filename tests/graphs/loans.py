"""A small notebook that uses most of what a graph can show, and its drawing."""

from nb2pkg.facts import interpret
from nb2pkg.graphs.drawing import Drawing, draw
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.syntax import Program, parse
from tests.facts.abstract_run import TABLE

CELLS = (
    (CellKind.MARKDOWN, '# Loans\n\nWho pays & who "may" not < 10 %?'),
    (CellKind.CODE, "import pandas as pd\nfrom tools import tidy"),
    (CellKind.CODE, "# Read the data\ndf = pd.read_csv('loans.csv')"),
    (CellKind.CODE, "df['x'] = 1"),
    (CellKind.MARKDOWN, "## First\n\ntext\n\n## *Clean* up"),
    (CellKind.CODE, "tidy(df)"),
    (CellKind.CODE, "y = df.mean()\nspare = 2"),
    (CellKind.CODE, "%store -r rate"),
    (CellKind.CODE, "z = y * rate"),
    (CellKind.CODE, "   \n"),
)


def program(*cells: tuple[CellKind, str]) -> Program:
    """A notebook of these cells, parsed."""
    numbered = tuple(Cell(number, kind, source, None, None) for number, (kind, source) in enumerate(cells, 1))
    return parse(Notebook("folder/loans.ipynb", numbered, "ipynb", "python"))


def code(*sources: str) -> Program:
    """A notebook of code cells, parsed."""
    return program(*((CellKind.CODE, source) for source in sources))


def drawn(*sources: str, statements: bool = False, of: str | None = None) -> Drawing:
    """The drawing of these code cells, or of the notebook above."""
    parsed = code(*sources) if sources else program(*CELLS)
    return draw(interpret(parsed, TABLE, values=True), statements=statements, of=of)
