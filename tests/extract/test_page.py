"""extraction.html: every line of code stands there with its place or reason, escaped, without script."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from nb2pkg.extract.handover import Modules, ShownCell
from nb2pkg.extract.page import page, stretches
from nb2pkg.extract.plan import plan

DEMO = Path(__file__).parents[2] / "fixtures" / "demo" / "train.ipynb"


class Reader(HTMLParser):
    """Collects tags and text, and fails on tags that are closed in another order than they were opened."""

    VOID = frozenset({"meta", "br", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def modules() -> Modules:
    return plan(str(DEMO), name="churn", model=None).modules


def test_every_line_of_code_stands_on_the_page(modules: Modules) -> None:
    reader = read(page(modules))
    for cell in modules.cells:
        assert all(line.strip() in reader.text for line in cell.source.splitlines())
    assert "src/churn/data/ingestion.py" in reader.text
    assert "left out: display only" in reader.text
    assert "Not verified: nothing was run." in reader.text


def test_the_page_needs_nothing_from_outside(modules: Modules) -> None:
    text = page(modules)
    assert "script" not in read(text).tags
    assert "http://" not in text and "https://" not in text and "url(" not in text


def test_what_the_notebook_says_is_escaped(modules: Modules) -> None:
    nasty = "<script>alert(1)</script> & <b>"
    shown = replace(modules, title=nasty, cells=(ShownCell(1, False, nasty), ShownCell(2, True, f"x = '{nasty}'")))
    reader = read(page(shown))
    assert {"script", "b"}.isdisjoint(reader.tags)
    assert reader.text.count(nasty) == 3


def test_the_verdict_and_its_reason_are_told(modules: Modules) -> None:
    verdict = {"verdict": "not-verified", "reason": "module X missing"}
    assert "Verdict: not-verified: module X missing" in read(page(replace(modules, verdict=verdict))).text


def test_effects_of_corrections_stand_beside_them(modules: Modules) -> None:
    effect = {"scores": [{"name": "score", "before": 1.0, "after": 0.79}]}
    compared = {"name": "cell 5 model.fit X", "rows": 400, "equal": False, "detail": ""}
    verdict = {
        "verdict": "different",
        "reason": "",
        "replay": {"frames": [compared], "scores": []},
        "corrections": [effect] * 4,
    }
    text = read(page(replace(modules, verdict=verdict))).text
    assert text.count("score: 1 \u2192 0.79") == 4
    places = [
        text.index(words) for words in ("repaired in notebook", "draws with the seed", "corrected in the package")
    ]
    assert places == sorted(places)
    assert "cell 5 model.fit X400 rowsdifferent" in text


def test_a_repair_stands_beside_the_saved_score(modules: Modules) -> None:
    effect = {"repair": True, "scores": [{"name": "score", "before": 0.9, "after": 0.79}]}
    score = {"name": "cell 7 model.score", "saved": None, "notebook": 0.79, "package": 0.79, "equal": True}
    replay = {"frames": [], "scores": [score]}
    verdict = {"verdict": "equal", "reason": "", "replay": replay, "corrections": [effect]}
    text = read(page(replace(modules, verdict=verdict))).text
    assert "score: the saved notebook shows 0.9, its run with all repairs gives 0.79" in text
    assert "cell 7 model.scorenot read off it0.790.79equal" in text


def entry(line: int, end_line: int) -> dict[str, object]:
    return {"line": line, "end_line": end_line}


def test_comments_go_with_the_statement_below_them() -> None:
    cell = ShownCell(1, True, "# one\na = 1\nb = (\n  2)\n\n# end")
    found = [(stretch.text, stretch.entry) for stretch in stretches(cell, [entry(3, 4), entry(2, 2)])]
    assert found == [("# one\na = 1", entry(2, 2)), ("b = (\n  2)", entry(3, 4)), ("\n# end", None)]


def test_two_statements_of_a_line_are_both_told() -> None:
    cell = ShownCell(1, True, "a = 1; b = 2")
    found = [(stretch.text, stretch.entry) for stretch in stretches(cell, [entry(1, 1), entry(1, 1)])]
    assert found == [("a = 1; b = 2", entry(1, 1)), ("", entry(1, 1))]
