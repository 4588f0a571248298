"""The configuration: the notebook's values, the environment, the command line."""

from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

import pytest

from nb2pkg.scaffold.config import load_config
from nb2pkg.scaffold.settings import SettingsError, read_settings, read_value
from nb2pkg.scaffold.tests.expected_settings import DEFAULTS, PREFIX


@dataclass(frozen=True, slots=True)
class Tree:
    """Settings with one that may be nothing."""

    depth: int | None = 4


def test_the_defaults_are_the_values_of_the_notebook() -> None:
    config = load_config({})
    assert {name: getattr(config, name) for name in DEFAULTS} == DEFAULTS


def test_the_environment_replaces_a_default() -> None:
    environ = {f"{PREFIX}SEED": "7", f"{PREFIX}ARTIFACTS_DIR": "elsewhere"}
    config = load_config(environ)
    assert (config.seed, config.artifacts_dir) == (7, Path("elsewhere"))


def test_a_given_value_replaces_the_environment() -> None:
    assert load_config({f"{PREFIX}SEED": "7"}, seed=8).seed == 8
    assert load_config({f"{PREFIX}SEED": "7"}, seed="9").seed == 9


def test_a_value_of_the_wrong_type_is_named() -> None:
    with pytest.raises(SettingsError, match="SEED: 'seven' is not int"):
        load_config({f"{PREFIX}SEED": "seven"})


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(SettingsError, match="no such setting: sede"):
        load_config({}, sede=1)


def test_the_configuration_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        load_config({}).seed = 3  # type: ignore[misc]


def test_a_value_can_be_given_as_none() -> None:
    assert read_settings(Tree, prefix="", environ={"DEPTH": "3"}, overrides={"depth": None}) == Tree(None)


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
