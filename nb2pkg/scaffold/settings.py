"""Read a frozen configuration: its defaults, then the environment, then values given in code or on the command line."""

import ast
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Settings = TypeVar("Settings", bound=DataclassInstance)
else:
    Settings = TypeVar("Settings")

TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")


class SettingsError(ValueError):
    """A value was given that the configuration cannot hold."""


def read_settings(
    kind: type[Settings], *, prefix: str, environ: Mapping[str, str], overrides: Mapping[str, object]
) -> Settings:
    """Give ``kind`` with its defaults replaced by ``PREFIX<FIELD>`` of ``environ``, and those by ``overrides``.

    Text is read as the field's type says. Raises SettingsError.
    """
    hints = get_type_hints(kind)
    unknown = sorted(overrides.keys() - hints.keys())
    if unknown:
        message = f"no such setting: {', '.join(unknown)}; there are {', '.join(sorted(hints))}"
        raise SettingsError(message)
    values: dict[str, object] = {}
    for field in fields(kind):
        variable = prefix + field.name.upper()
        if field.name in overrides:
            given, name = overrides[field.name], field.name
        elif variable in environ:
            given, name = environ[variable], variable
        else:
            continue
        values[field.name] = read_value(given, hint=hints[field.name], name=name) if isinstance(given, str) else given
    return kind(**values)


def read_value(text: str, *, hint: object, name: str) -> object:
    """Give the value a text stands for where ``hint`` is the wanted type; unions are tried from left to right."""
    options = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if NoneType in options and text in ("None", ""):
        return None
    for option in options:
        try:
            return _read_as(text, option)
        except (ValueError, SyntaxError):
            continue
    message = f"{name}: {text!r} is not {hint if isinstance(hint, UnionType) else getattr(hint, '__name__', hint)}"
    raise SettingsError(message)


def _read_as(text: str, option: object) -> object:
    if option is bool:
        if text.lower() not in TRUE + FALSE:
            raise ValueError(text)
        return text.lower() in TRUE
    if option in (int, float, str, Path):
        return option(text)
    value: object = ast.literal_eval(text)
    container = get_origin(option) or option
    if isinstance(value, list) and container is tuple:
        value = tuple(value)
    if isinstance(container, type) and isinstance(value, container):
        return value
    raise ValueError(text)
