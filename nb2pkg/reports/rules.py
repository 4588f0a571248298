"""Rules for readers: their cards as they stand, or as JSON for other programs."""

import json
from collections.abc import Sequence

from nb2pkg.cards import card_text, has_card, summary_of
from nb2pkg.packs import Rule


def rules_as_text(rules: Sequence[Rule]) -> str:
    """The cards, one after the other; of a rule without a card its title."""
    return "\n".join(card_text(rule) if has_card(rule) else f"# {rule.code} {rule.name}\n" for rule in rules)


def rules_as_json(rules: Sequence[Rule]) -> str:
    """An array of objects."""
    return json.dumps([_object(rule) for rule in rules], indent=2) + "\n"


def rule_as_json(rule: Rule) -> str:
    """One object."""
    return json.dumps(_object(rule), indent=2) + "\n"


def _object(rule: Rule) -> dict[str, object]:
    """A rule without a card, which only a pack of a user's own may have, has no summary and no explanation."""
    text = card_text(rule) if has_card(rule) else None
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "summary": None if text is None else summary_of(text),
        "explanation": text,
    }
