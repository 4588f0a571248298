"""The language a notebook says it is written in."""

import re

VERSION_NUMBER = re.compile(r"\d+(\.\d+)*$")


def spoken(info_name: str | None, spec_language: str | None, spec_name: str | None) -> str | None:
    """The language of the kernel in lower case ("python" for all its versions), None where it is not said."""
    language = (info_name or spec_language or "").strip().lower()
    if language.startswith(("python", "ipython")):
        rest = language.removeprefix("i").removeprefix("python")
        return "python" if not rest or VERSION_NUMBER.match(rest.strip()) else language
    if language:
        return language
    return "python" if (spec_name or "").lower().startswith("python") else None
