"""The configuration: the notebook's values, the environment, the command line."""

import sys
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from typing import get_type_hints

import pytest

from nb2pkg.scaffold.config import Config, load_config
from nb2pkg.scaffold.settings import SettingsError, read_settings, read_value
from nb2pkg.scaffold.tests.expected_settings import DEFAULTS, PREFIX

FIRST, KIND = next(iter(get_type_hints(Config).items()))
TEXT, VALUE = {int: ("7", 7), Path: ("elsewhere", Path("elsewhere"))}[KIND]


@dataclass(frozen=True, slots=True)
class Tree:
    """Settings with one that may be nothing."""

    depth: int | None = 4
    leaves: int = 3


def tree(environ: Mapping[str, str] | None = None, **overrides: object) -> Tree:
    return read_settings(Tree, prefix="TREE_", environ=environ or {}, overrides=overrides)


def test_the_defaults_are_the_expected_ones() -> None:
    config = load_config({})
    assert {name: getattr(config, name) for name in DEFAULTS} == DEFAULTS


def test_every_setting_is_read() -> None:
    modules = Path(str(sys.modules[Config.__module__].__file__)).parent.rglob("*.py")
    source = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    assert [name for name in DEFAULTS if f"config.{name}" not in source] == []


def test_the_environment_replaces_a_default() -> None:
    assert getattr(load_config({f"{PREFIX}{FIRST.upper()}": TEXT}), FIRST) == VALUE
    assert tree({"TREE_LEAVES": "7"}) == Tree(leaves=7)


def test_a_given_value_replaces_the_environment() -> None:
    assert getattr(load_config({f"{PREFIX}{FIRST.upper()}": "3"}, **{FIRST: TEXT}), FIRST) == VALUE
    assert [tree({"TREE_LEAVES": "7"}, leaves=given).leaves for given in (8, "9")] == [8, 9]


def test_a_value_of_the_wrong_type_is_named() -> None:
    with pytest.raises(SettingsError, match="TREE_LEAVES: 'seven' is not int"):
        tree({"TREE_LEAVES": "seven"})


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(SettingsError, match="no such setting: no_such_setting"):
        load_config({}, no_such_setting="there")


def test_the_configuration_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(load_config({}), FIRST, VALUE)


def test_a_value_can_be_given_as_none() -> None:
    assert tree({"TREE_DEPTH": "3"}, depth=None) == Tree(None)


@pytest.mark.parametrize(
    ("text", "hint", "value"),
    [
        ("yes", bool, True),
        ("0", bool, False),
        ("None", int | None, None),
        ("12", int | None, 12),
        ("sqrt", int | str, "sqrt"),
        ("0.5", float, 0.5),
        ("('a', 'b')", tuple[str, ...], ("a", "b")),
        ("['a', 'b']", tuple[str, ...], ("a", "b")),
    ],
)
def test_text_is_read_as_the_type_says(text: str, hint: object, value: object) -> None:
    assert read_value(text, hint=hint, name="setting") == value
