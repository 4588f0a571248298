"""Names for what is lifted: from the author's words to Python identifiers that nothing else uses."""

import builtins
import keyword
import re
from collections.abc import Container

FALLBACK = "value"


def snake(text: str, *, fallback: str = FALLBACK) -> str:
    """``Sell Price($)`` becomes ``sell_price``, ``CarModel`` becomes ``car_model``."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    name = re.sub(r"\W+", "_", words, flags=re.ASCII).strip("_").lower() or fallback
    name = re.sub(r"_+", "_", name)
    if name[0].isdigit():
        name = f"{fallback}_{name}"
    return name + "_" if keyword.iskeyword(name) else name


def camel(text: str) -> str:
    """``sell_price`` becomes ``SellPrice``."""
    return "".join(word[:1].upper() + word[1:] for word in snake(text).split("_") if word)


def unused(name: str, taken: Container[str]) -> str:
    """The name, or the name with the first free number."""
    if name not in taken and not hasattr(builtins, name):
        return name
    return next(numbered for numbered in (f"{name}_{n}" for n in range(2, 10_000)) if numbered not in taken)
