"""Choosing rules by code, prefix, name and ALL."""

import pytest

from nb2pkg.errors import ConfigError
from nb2pkg.facts import Facts
from nb2pkg.packs import Rule
from nb2pkg.rule import Finding, Severity
from nb2pkg.selection import choose, find_rule, split_words


def silent(_: Facts) -> list[Finding]:
    return []


RULES = tuple(
    Rule(code, name, Severity.ERROR, silent, f"rules/group/{name}")
    for code, name in [("NB101", "undefined-name"), ("NB301", "fit-on-held-out"), ("NB302", "fit-before-split")]
)


def chosen(select: list[str] | None, ignore: list[str] | None = None) -> list[str]:
    return [one.rule.code for one in choose(RULES, select=select, ignore=ignore or [])]


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        (None, [], ["NB101", "NB301", "NB302"]),
        (["ALL"], [], ["NB101", "NB301", "NB302"]),
        (["NB3"], [], ["NB301", "NB302"]),
        (["NB301"], [], ["NB301"]),
        (["fit-before-split", "NB1"], [], ["NB101", "NB302"]),
        (None, ["NB3"], ["NB101"]),
        (["NB3"], ["NB302"], ["NB301"]),
        (["NB302"], ["NB3"], ["NB302"]),  # the more specific word wins
        (["NB302"], ["fit-before-split"], []),  # ignore wins a tie
        (["NB3"], ["ALL"], ["NB301", "NB302"]),
        (["ALL"], ["ALL"], []),
        ([], [], []),
    ],
)
def test_the_more_specific_word_wins(select: list[str] | None, ignore: list[str], expected: list[str]) -> None:
    assert chosen(select, ignore) == expected


@pytest.mark.parametrize("word", ["NB9", "nb301", "fit", "F401", "fit_on_held_out"])
def test_an_unknown_word_is_an_error(word: str) -> None:
    with pytest.raises(ConfigError, match=f"'{word}'.*NB301 fit-on-held-out"):
        chosen([word])
    with pytest.raises(ConfigError, match=word):
        chosen(None, [word])


def test_notes_come_only_with_a_selection() -> None:
    assert not any(one.notes for one in choose(RULES, select=None))
    assert all(one.notes for one in choose(RULES, select=["ALL"]))


def test_words_are_comma_separated_or_repeated() -> None:
    assert split_words(["NB301, NB302", "ALL", " ,"]) == ("NB301", "NB302", "ALL")


def test_a_rule_is_found_by_code_or_name() -> None:
    assert find_rule("NB302", RULES) == find_rule("fit-before-split", RULES) == find_rule("nb302", RULES)
    with pytest.raises(ConfigError, match="NB999"):
        find_rule("NB999", RULES)
