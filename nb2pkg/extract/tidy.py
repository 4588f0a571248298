"""Tidy a generated module: the codemods, one after the other, over code that ast has accepted."""

import ast

import libcst

from nb2pkg.errors import ExtractError
from nb2pkg.extract.codemods.aliases import Aliases
from nb2pkg.extract.codemods.arrays import ArrayMethods
from nb2pkg.extract.codemods.inplace import InPlace
from nb2pkg.extract.codemods.lists import LoneTexts
from nb2pkg.extract.codemods.returns import Returns

PASSES = (Aliases, InPlace, ArrayMethods, LoneTexts, Returns)


def tidy(text: str) -> str:
    """The module as the package holds it. Raises ExtractError where what was written is no Python."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        line = (text.splitlines() or [""])[max(0, (error.lineno or 1) - 1)]
        raise ExtractError(f"the package's code does not parse ({error.msg}): {line.strip()[:80]}") from error
    module = libcst.parse_module(text)
    for transform in PASSES:
        module = module.visit(transform())
    return module.code
