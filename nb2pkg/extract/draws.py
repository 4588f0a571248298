"""A call that draws at random and gets the seed of the package, because it has none of its own."""

import ast
from typing import NamedTuple

from nb2pkg.chance import Chance

SURELY = "{} draws with the seed of the configuration"
PERHAPS = "{} has the seed of the configuration; whether it draws depends on the data"


class Draw(NamedTuple):
    """The call, its statement, its name, how sure it is that it draws, and how the notebook is given the seed."""

    node: ast.expr
    statement: int
    short: str
    chance: Chance = Chance.SURELY
    before: str = ""
    after: str = ""

    @property
    def told(self) -> str:
        """What the package does about it."""
        return (SURELY if self.chance is Chance.SURELY else PERHAPS).format(self.short)
