"""The rule of docs/writing-a-rule.md works as the page says."""

import re
from pathlib import Path

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.cards import read_card
from nb2pkg.lint import Linter, lint_notebook
from nb2pkg.packs import load_rules
from nb2pkg.selection import choose

GUIDE = Path(__file__).parent.parent.parent / "docs" / "writing-a-rule.md"


def test_the_rule_of_the_guide_finds_what_its_card_says(tmp_path: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    check, card = re.findall(r"^(```+)(?:python|markdown)\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL)
    folder = tmp_path / "group"
    folder.mkdir()
    (folder / "path_outside_project.py").write_text(check[1], encoding="utf-8")
    (folder / "path_outside_project.md").write_text(card[1], encoding="utf-8")
    (rule,) = load_rules([str(tmp_path)])
    linter = Linter(choose([rule], select=["ALL"]), load_tables([rules_folder()]))
    bad, good = read_card(rule).examples
    (found,) = lint_notebook(bad.notebook, linter)
    (expected,) = bad.expected
    assert (found.place.cell, found.place.line, found.severity, found.code) == expected[:4]
    assert expected.text in found.message
    assert lint_notebook(good.notebook, linter) == []


def test_the_guide_is_short() -> None:
    assert len(GUIDE.read_text(encoding="utf-8").splitlines()) < 80
