"""The language a notebook says it is written in."""

import re

VERSION_NUMBER = re.compile(r"\d+(\.\d+)*$")
VERSION_AT_END = re.compile(r"[-_.\d]+$")
KERNELS = {  # names that kernels install themselves under, version numbers left out
    "ir": "r",
    "sparkrkernel": "r",
    "julia": "julia",
    "octave": "octave",
    "matlab": "matlab",
    "sas": "sas",
    "stata": "stata",
    "bash": "bash",
    "iruby": "ruby",
    "ruby": "ruby",
    "javascript": "javascript",
    "jslab": "javascript",
    "tslab": "typescript",
    "deno": "typescript",
    "scala": "scala",
    "almond": "scala",
    "apache_toree_scala": "scala",
    "spylon-kernel": "scala",
    "sparkkernel": "scala",
    "kotlin": "kotlin",
    "java": "java",
    "ijava": "java",
    "gophernotes": "go",
    "rust": "rust",
    "evcxr": "rust",
    "xcpp": "c++",
    ".net-csharp": "c#",
    ".net-fsharp": "f#",
    "ihaskell": "haskell",
    "haskell": "haskell",
}


def spoken(info_name: str | None, spec_language: str | None, spec_name: str | None) -> str | None:
    """The language of the kernel in lower case ("python" for all its versions), None where it is not said."""
    language = (info_name or spec_language or "").strip().lower()
    if language.startswith(("python", "ipython")):
        rest = language.removeprefix("i").removeprefix("python")
        return "python" if not rest or VERSION_NUMBER.match(rest.strip()) else language
    if language:
        return language
    name = (spec_name or "").strip().lower()
    return "python" if name.startswith("python") else KERNELS.get(VERSION_AT_END.sub("", name))
