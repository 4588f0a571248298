"""Every card is a test: its examples go through the real engine, and what is found is exactly what stands there.

All rules run. Compared are all errors and warnings, and the notes of the card's own rule and of every rule that it names.
"""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.cards import Card, Example, Expected, read_card
from nb2pkg.errors import PackError
from nb2pkg.lint import Diagnostic, Linter, lint_notebook
from nb2pkg.packs import Rule, load_rules
from nb2pkg.rule import Severity
from nb2pkg.selection import choose

SAMPLE = str(Path(__file__).parent.parent / "packs" / "sample")
RULES = load_rules([rules_folder()])
LINTER = Linter(choose(RULES, select=["ALL"]), load_tables([rules_folder()]))
CARDS = [read_card(rule) for rule in RULES if Path(f"{rule.path}.md").is_file()]
EXAMPLES = [
    pytest.param(card, example, id=f"{card.title[2:7]}:{example.line}") for card in CARDS for example in card.examples
]


class Mismatch(NamedTuple):
    """What an example expects and is not found, and what is found and not expected."""

    missing: list[Expected]
    surplus: list[Diagnostic]


def compare(example: Example, found: list[Diagnostic]) -> Mismatch:
    """Match findings and expectations one to one."""
    surplus, missing = list(found), []
    for expected in example.expected:
        met = next((one for one in surplus if meets(one, expected)), None)
        if met is None:
            missing.append(expected)
        else:
            surplus.remove(met)
    return Mismatch(missing, surplus)


def meets(one: Diagnostic, expected: Expected) -> bool:
    here = (one.place.cell, one.place.line, one.severity, one.code)
    return here == expected[:4] and expected.text in one.message


def described(mismatch: Mismatch) -> list[str]:
    missing = [
        f"missing: cell {e.cell} line {e.line}: {e.severity.value} {e.code} {e.text!r}" for e in mismatch.missing
    ]
    surplus = [
        f"surplus: cell {d.place.cell} line {d.place.line}: {d.severity.value} {d.code} {d.message!r}"
        for d in mismatch.surplus
    ]
    return missing + surplus


@pytest.mark.parametrize(("card", "example"), EXAMPLES)
def test_an_example_shows_what_its_card_says(card: Card, example: Example) -> None:
    told = {card.title.split()[1], *(expected.code for one in card.examples for expected in one.expected)}
    every = lint_notebook(example.notebook, LINTER)
    found = [one for one in every if one.code in told or one.severity is not Severity.NOTE]
    assert described(compare(example, found)) == [], example.notebook.path


def test_every_rule_has_a_card() -> None:
    assert [rule.code for rule in RULES if not Path(f"{rule.path}.md").is_file()] == []


def test_every_card_has_a_rule() -> None:
    paths = {f"{rule.path}.md" for rule in RULES}
    assert {str(path) for path in Path(rules_folder()).glob("*/*.md")} - paths == set()


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.title[2:7])
def test_a_card_shows_bad_and_good(card: Card) -> None:
    code = card.title.split()[1]
    shown = Counter(any(expected.code == code for expected in example.expected) for example in card.examples)
    if code != "NB001":  # no example can be a file that is not a notebook
        assert shown[True], f"{card.path}: no bad example"
        assert shown[False], f"{card.path}: no good example"


def sample_rule() -> Rule:
    return next(rule for rule in load_rules([SAMPLE]) if rule.code == "XY101")


def test_a_card_is_read_with_counts_and_expectations() -> None:
    (example,) = read_card(sample_rule()).examples
    assert [(cell.count, cell.source) for cell in example.notebook.cells] == [
        (7, 'print("a")'),
        (None, "Nothing is printed here."),
        (None, "print()\nx = 1"),
    ]
    assert example.expected == (
        Expected(1, 1, Severity.WARNING, "XY101", "prints 1 values"),
        Expected(3, 1, Severity.NOTE, "XY101", "prints 0"),
    )


def test_expectations_are_matched_both_ways() -> None:
    (example,) = read_card(sample_rule()).examples
    found = lint_notebook(example.notebook, Linter(choose([sample_rule()], select=["ALL"]), load_tables([])))
    assert described(compare(example, found)) == []
    assert compare(example, found[:1]).missing == [example.expected[1]]
    assert compare(example, [*found, found[0]]).surplus == [found[0]]
    moved = found[0]._replace(place=found[0].place._replace(line=2))
    assert compare(example, [moved, found[1]]) == Mismatch([example.expected[0]], [moved])


def test_a_card_of_another_rule_is_an_error() -> None:
    with pytest.raises(PackError, match=r"loud_print.md:1: the title must be `# XY102 loud-print`"):
        read_card(sample_rule()._replace(code="XY102"))


def test_a_missing_card_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="the card of XY101 cannot be read"):
        read_card(sample_rule()._replace(path=str(tmp_path / "nowhere")))
