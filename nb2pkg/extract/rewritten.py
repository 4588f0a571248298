"""The notebook in the words that level 3 is planned from: guards taken apart, loops over tables written out, arrays of tables as
tables, names of columns asked of the table at hand."""

from collections.abc import Callable, Sequence

from nb2pkg.extract.guards import without_guards
from nb2pkg.extract.inlined import inlined
from nb2pkg.extract.own_columns import with_own_columns
from nb2pkg.extract.sliced import columns_of_tables
from nb2pkg.extract.turns import written_out
from nb2pkg.facts import Facts

Pass = Callable[[Facts, Sequence[str] | None], Facts]
PASSES: tuple[Pass, ...] = (without_guards, inlined, written_out, columns_of_tables, with_own_columns)


def rewritten(facts: Facts, packs: Sequence[str] | None = None) -> Facts:
    """The same notebook in these words; itself where it is so written."""
    for one in PASSES:
        facts = one(facts, packs)
    return facts
