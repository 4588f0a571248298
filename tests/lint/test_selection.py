"""Choosing rules by code, prefix, name and ALL."""

import pytest

from nb2pkg.errors import ConfigError
from nb2pkg.facts import Facts
from nb2pkg.packs import Rule
from nb2pkg.rule import Finding, Severity
from nb2pkg.selection import Wishes, choose, choose_by, find_rule, split_pairs, split_words


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


PROJECT = Wishes("nb2pkg.toml: ", select=("NB3",), extend_select=("NB101",), ignore=("NB301",))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Wishes("--"), ["NB101", "NB302"]),
        (Wishes("--", select=("NB301",)), ["NB301"]),  # select begins anew, ignored or not before
        (Wishes("--", select=("NB3",)), ["NB301", "NB302"]),
        (Wishes("--", extend_select=("NB301",)), ["NB101", "NB301", "NB302"]),
        (Wishes("--", ignore=("NB101",)), ["NB302"]),  # and what the project ignores stays ignored
        (Wishes("--", extend_select=("NB3",), ignore=("fit-before-split",)), ["NB101", "NB301"]),
        (Wishes("--", extend_select=("NB302",), ignore=("NB3",)), ["NB101", "NB302"]),
        (Wishes("--", select=(), extend_select=("NB302",)), ["NB302"]),
    ],
)
def test_options_go_over_the_configuration_as_with_ruff(options: Wishes, expected: list[str]) -> None:
    assert [one.rule.code for one in choose_by((PROJECT, options), RULES)] == expected


def test_what_is_added_is_asked_for_with_its_notes() -> None:
    layers = (Wishes("", ignore=("NB101",)), Wishes("--", extend_select=("NB302",)))
    assert [(one.rule.code, one.notes) for one in choose_by(layers, RULES)] == [("NB301", False), ("NB302", True)]


@pytest.mark.parametrize("key", ["select", "extend-select", "ignore"])
def test_an_unknown_word_names_where_it_stands(key: str) -> None:
    layers = {
        "select": Wishes("/x/pyproject.toml: tool.nb2pkg.", select=("NB9",)),
        "extend-select": Wishes("/x/pyproject.toml: tool.nb2pkg.", extend_select=("NB9",)),
        "ignore": Wishes("/x/pyproject.toml: tool.nb2pkg.", ignore=("NB9",)),
    }
    layer = layers[key]
    with pytest.raises(ConfigError, match=rf"^/x/pyproject.toml: tool.nb2pkg.{key}: no rule has .* 'NB9'"):
        choose_by((layer,), RULES)
    with pytest.raises(ConfigError, match=rf"^--{key}: no rule"):
        choose_by((layer._replace(place="--"),), RULES)


def test_pairs_of_pattern_and_rule() -> None:
    pairs = split_pairs(["a.ipynb:NB301, lectures/*:NB4", "!C:/x.ipynb:ALL"])
    assert pairs == (("a.ipynb", ("NB301",)), ("lectures/*", ("NB4",)), ("!C:/x.ipynb", ("ALL",)))


@pytest.mark.parametrize("text", ["NB301", "a.ipynb:NB301,NB302", ":NB301", "a.ipynb:"])
def test_what_is_no_pair(text: str) -> None:
    with pytest.raises(ConfigError, match="--per-file-ignores: '.*' is not PATTERN:RULE"):
        split_pairs([text])
