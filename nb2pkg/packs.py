"""Load rule packs: folders of rule files, opened by path, the built-in one exactly as a user's own."""

import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from nb2pkg.errors import PackError
from nb2pkg.rule import Finding, IdleSuppression, Severity

if TYPE_CHECKING:
    from nb2pkg.facts import Facts

CODE = re.compile(r"[A-Z]{2,5}\d{3}")


class Rule(NamedTuple):
    """A loaded rule; ``path`` is its file without the ending, where ``.py`` is the check and ``.md`` the card.

    A rule may judge, instead of the notebook, those suppressions that silence nothing once all other rules are through.
    """

    code: str
    name: str
    severity: Severity
    check: "Callable[[Facts], Iterable[Finding]]"
    path: str
    check_suppressions: "Callable[[Iterable[IdleSuppression]], Iterable[Finding]] | None" = None


def load_rules(folders: Iterable[str]) -> tuple[Rule, ...]:
    """All rules of the packs, sorted by code. Raises PackError for a rule that does not load or stands twice."""
    rules = sorted((_load_rule(path) for folder in folders for path in _rule_files(folder)), key=lambda rule: rule.code)
    by_word: dict[str, Rule] = {}
    for rule in rules:
        for word in (rule.code, rule.name):
            if word in by_word:
                raise PackError(f"{rule.path}.py: {word} is already a rule in {by_word[word].path}.py")
            by_word[word] = rule
    return tuple(rules)


def _rule_files(folder: str) -> Iterator[str]:
    if not os.path.isdir(folder):
        raise PackError(f"{folder}: no such rule pack")
    for group in sorted(os.listdir(folder)):
        place = os.path.join(folder, group)
        if os.path.isdir(place) and not group.startswith((".", "_")):
            names = sorted(os.listdir(place))
            yield from (os.path.join(place, name) for name in names if name.endswith(".py") and name != "__init__.py")


def _load_rule(path: str) -> Rule:
    module = _load_module(path)
    code, severity, check = (getattr(module, word, None) for word in ("CODE", "SEVERITY", "check"))
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise PackError(f"{path}: CODE must be text such as NB301, not {code!r}")
    if not isinstance(severity, Severity):
        raise PackError(f"{path}: SEVERITY must be a nb2pkg.rule.Severity, not {severity!r}")
    of_suppressions = getattr(module, "check_suppressions", None)
    if not callable(check) and not callable(of_suppressions):
        raise PackError(f"{path}: there is no function check(facts)")
    stem = path.removesuffix(".py")
    name = os.path.basename(stem).replace("_", "-")
    return Rule(code, name, severity, check if callable(check) else _nothing, stem, of_suppressions)


def _nothing(_: "Facts") -> Iterable[Finding]:
    """What a rule about suppressions finds in the notebook itself."""
    return ()


def _load_module(path: str) -> ModuleType:
    """Execute a rule file once; its module stands in sys.modules under a name made of its whole path."""
    name = "nb2pkg_rules." + re.sub(r"\W+", "_", os.path.abspath(path).removesuffix(".py"))
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PackError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (SyntaxError, ImportError, NameError, AttributeError, TypeError, ValueError, OSError) as error:
        del sys.modules[name]
        raise PackError(f"{path}: {type(error).__name__}: {error}") from error
    return module
