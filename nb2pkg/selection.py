"""Choose rules by code, prefix, name or ALL; the more specific word wins, and ignore wins a tie."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nb2pkg.errors import ConfigError
from nb2pkg.packs import Rule

EVERYTHING = "ALL"


class Chosen(NamedTuple):
    """A rule to run; ``notes`` says whether its findings of severity note were asked for."""

    rule: Rule
    notes: bool


def choose(rules: Sequence[Rule], *, select: Sequence[str] | None, ignore: Sequence[str] = ()) -> tuple[Chosen, ...]:
    """The rules to run: without ``select`` all of them, but for their notes. Raises ConfigError for an unknown word."""
    words = (*(select or ()), *ignore)
    for word in words:
        if not any(_specificity(word, rule) for rule in rules) and word != EVERYTHING:
            raise ConfigError(f"no rule has the code, prefix or name {word!r}; the rules are {_listed(rules)}")
    wanted = (EVERYTHING,) if select is None else select
    return tuple(Chosen(rule, select is not None) for rule in rules if _best(wanted, rule) > _best(ignore, rule))


def split_words(values: Iterable[str]) -> tuple[str, ...]:
    """The words of options that are comma-separated or repeated."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def find_rule(word: str, rules: Sequence[Rule]) -> Rule:
    """The rule of this code or name. Raises ConfigError where there is none."""
    for rule in rules:
        if word.upper() == rule.code or word == rule.name:
            return rule
    raise ConfigError(f"no rule has the code or name {word!r}; the rules are {_listed(rules)}")


def _best(words: Iterable[str], rule: Rule) -> int:
    return max((_specificity(word, rule) for word in words), default=0)


def _specificity(word: str, rule: Rule) -> int:
    """0 where the word does not mean the rule, 1 for ALL, more for a longer prefix, most for code or name."""
    if word in (rule.code, rule.name):
        return 100
    if word == EVERYTHING:
        return 1
    return 1 + len(word) if rule.code.startswith(word) else 0


def _listed(rules: Iterable[Rule]) -> str:
    return ", ".join(f"{rule.code} {rule.name}" for rule in rules)
