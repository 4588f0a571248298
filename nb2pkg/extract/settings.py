"""The settings that a package is configured by: every constant lifted from the notebook, each under one name."""

import ast
from dataclasses import replace

from nb2pkg.extract.handover import ConfigField
from nb2pkg.extract.names import snake

RESERVED = frozenset(
    {
        "data_dir",
        "artifacts_dir",
        "seed",
        "input",
        "output",
        "output_format",
        "changed_data",
        "strict_ranges",
        "help",
        "version",
        "name",
    }
)
FILE = "file that the rows are read from"
SCALARS = {bool: "bool", int: "int", float: "float", str: "str"}


class Settings:
    """Collects settings while the modules are written."""

    def __init__(self, seed: int | None) -> None:
        """``seed`` is the notebook's own; where it has none, the package's is 0, until the notebook gives a draw this number."""
        self.seed = seed or 0
        self.own_seed = seed is not None
        self._fields: dict[str, ConfigField] = {}

    @property
    def fields(self) -> tuple[ConfigField, ...]:
        """All settings, in the order they were met."""
        found = tuple(self._fields.values())
        files = [field for field in found if field.comment == FILE]
        return tuple(_told_apart(field) if field in files and len(files) > 1 else field for field in found)

    def lift(
        self, name: str, value: object, *, owner: str, comment: str, shown: str | None = None, kind: str | None = None
    ) -> str:
        """Keep a constant under a name of its own and give the expression that reads it; ``kind`` is its type, if another."""
        default = shown or repr(value)
        for candidate in self._names(name, owner):
            field = ConfigField(candidate, kind or annotation(value), default, comment)
            known = self._fields.setdefault(candidate, field)
            if known == field:
                return f"config.{candidate}"
        raise AssertionError(name)

    @staticmethod
    def _names(name: str, owner: str) -> list[str]:
        plain, long = snake(name), snake(f"{owner}_{name}")
        first = [] if plain in RESERVED else [plain]
        return [*first, long, *(f"{long}_{number}" for number in range(2, 10_000))]

    def random_state(self, value: int, owner: str) -> str:
        """A seed the notebook gives: the package's own where it is the same number."""
        if value == self.seed:
            self.own_seed = True
            return "config.seed"
        return self.lift(f"{owner}_seed", value, owner=owner, comment=f"seed of the {owner}, as in the notebook")


class Inline(Settings):
    """Settings of code that has no configuration at hand: constants stay where they are."""

    def lift(
        self, name: str, value: object, *, owner: str, comment: str, shown: str | None = None, kind: str | None = None
    ) -> str:
        """The constant itself."""
        return shown or repr(value)

    def random_state(self, value: int, owner: str) -> str:
        """The seed itself."""
        return repr(value)


def _told_apart(field: ConfigField) -> ConfigField:
    """The setting of one file among several."""
    return replace(field, comment=f"file that the rows of `{field.name.removesuffix('_file')}` are read from")


def annotation(value: object) -> str:
    """The type of a constant, as source."""
    if isinstance(value, tuple):
        inner = {annotation(item) for item in value}
        return f"tuple[{inner.pop()}, ...]" if len(inner) == 1 else "tuple[object, ...]"
    return SCALARS[type(value)]


def literal(node: ast.expr) -> object:
    """The scalar that an expression is, ``None`` and everything else as ``...``."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return ...
    return value if type(value) in SCALARS else ...
