"""Choose rules by code, prefix, name or ALL, in layers: what the project says, then the options over it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from nb2pkg.errors import ConfigError
from nb2pkg.packs import Rule

EVERYTHING = "ALL"


class Chosen(NamedTuple):
    """A rule to run; ``notes`` says whether its findings of severity note were asked for."""

    rule: Rule
    notes: bool


class Wishes(NamedTuple):
    """One layer of a selection; ``place`` stands before a key in messages: ``--`` or ``pyproject.toml: tool.nb2pkg.``."""

    place: str = ""
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def choose(rules: Sequence[Rule], *, select: Sequence[str] | None, ignore: Sequence[str] = ()) -> tuple[Chosen, ...]:
    """The rules to run by one layer of wishes. Raises ConfigError for an unknown word."""
    return choose_by((Wishes("", None if select is None else tuple(select), (), tuple(ignore)),), rules)


def choose_by(layers: Iterable[Wishes], rules: Sequence[Rule]) -> tuple[Chosen, ...]:
    """The rules to run: all of them but for their notes, then changed layer by layer as ruff does.

    Within a layer the more specific word wins, and ignore wins a tie; a layer with ``select`` begins anew.
    Raises ConfigError for an unknown word, naming its key.
    """
    chosen = {rule.code: Chosen(rule, notes=False) for rule in rules}
    for layer in layers:
        for key, words in _keys(layer):
            check_words(words, rules, place=f"{layer.place}{key}: " if layer.place else "")
        wanted = (*(layer.select or ()), *layer.extend_select)
        before = {} if layer.select is not None else chosen
        chosen = {rule.code: one for rule in rules for one in _after(rule, before.get(rule.code), wanted, layer.ignore)}
    return tuple(chosen.values())


def _after(rule: Rule, before: Chosen | None, wanted: Iterable[str], ignored: Iterable[str]) -> Iterator[Chosen]:
    """What a layer makes of a rule: chosen by it, left as it was, or nothing."""
    pro, contra = _best(wanted, rule), _best(ignored, rule)
    if pro > contra:
        yield Chosen(rule, notes=True)
    elif before is not None and not contra:
        yield before


def _keys(layer: Wishes) -> Iterator[tuple[str, Sequence[str]]]:
    yield "select", layer.select or ()
    yield "extend-select", layer.extend_select
    yield "ignore", layer.ignore


def check_words(words: Iterable[str], rules: Sequence[Rule], *, place: str) -> None:
    """Raise ConfigError for a word that means no rule; ``place`` says where it stands."""
    for word in words:
        if not any(means(word, rule) for rule in rules) and word != EVERYTHING:
            raise ConfigError(f"{place}no rule has the code, prefix or name {word!r}; the rules are {_listed(rules)}")


def means(word: str, rule: Rule) -> bool:
    """Is the word the rule's code, a prefix of it, its name or ALL?"""
    return _specificity(word, rule) > 0


def split_words(values: Iterable[str]) -> tuple[str, ...]:
    """The words of options that are comma-separated or repeated."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def split_pairs(values: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The pairs of ``--per-file-ignores PATTERN:WORD,PATTERN:WORD``. Raises ConfigError for what is no pair."""
    pairs = []
    for text in split_words(values):
        pattern, colon, word = (part.strip() for part in text.rpartition(":"))
        if not (pattern and colon and word):
            raise ConfigError(f"--per-file-ignores: {text!r} is not PATTERN:RULE; each rule has its pattern")
        pairs.append((pattern, (word,)))
    return tuple(pairs)


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
    return 1 + len(word) if word and rule.code.startswith(word) else 0


def _listed(rules: Iterable[Rule]) -> str:
    return ", ".join(f"{rule.code} {rule.name}" for rule in rules)
