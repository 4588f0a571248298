"""Names that are not there: looked up as Python would, forgiven where the notebook expects it or nobody can know."""

import pytest

from tests.facts.abstract_run import missing, run

UNDEFINED = {
    "read": "print(gone)",
    "in an expression": "a = 1 + gone",
    "called": "gone()",
    "an attribute of": "gone.x",
    "an item of": "gone[0]",
    "an index": "a = [1]\na[gone]",
    "a keyword argument": "print(1, end=gone)",
    "stars": "print(*gone)",
    "double stars": "print(**gone)",
    "written to": "gone[0] = 1",
    "an attribute written": "gone.x = 1",
    "counted up": "gone += 1",
    "deleted": "del gone",
    "a condition": "if gone:\n    pass",
    "a loop": "for i in gone:\n    pass",
    "a while": "while gone:\n    break",
    "with": "with gone:\n    pass",
    "assert": "assert gone",
    "raise": "raise gone",
    "a default": "def f(a=gone):\n    pass",
    "a decorator": "@gone\ndef f():\n    pass",
    "a base": "class A(gone):\n    pass",
    "a class body": "class A:\n    b = gone",
    "a function that is called": "def f():\n    return gone\nf()",
    "a function that is not called": "def f():\n    return gone",
    "a lambda": "f = lambda: gone\nf()",
    "a comprehension": "[gone for i in []]",
    "a comprehension's iterable": "[i for i in gone]",
    "a comprehension's condition": "[i for i in [1] if gone]",
    "an f-string": "print(f'{gone}')",
    "an f-string's format": "print(f'{1:{gone}}')",
    "a slice": "a = [1]\na[gone:]",
    "a conditional expression": "1 if gone else 2",
    "and, or": "1 and gone",
    "not": "not gone",
    "a comparison": "1 < gone",
    "a dict key": "{gone: 1}",
    "a dict value": "{1: gone}",
    "a dict's stars": "{**gone}",
    "a set": "{gone}",
    "a tuple": "(1, gone)",
    "a walrus": "print(a := gone)",
    "await": "await gone",
    "a return": "def f():\n    return gone\nf()",
    "a yield": "def f():\n    yield gone\nf()",
    "yield from": "def f():\n    yield from gone\nf()",
    "a match": "match gone:\n    case _:\n        pass",
    "a guard": "match 1:\n    case a if gone:\n        pass",
    "an annotated value": "a: int = gone",
    "an else": "if input():\n    pass\nelse:\n    print(gone)",
    "a handler": "try:\n    pass\nexcept ValueError:\n    print(gone)",
    "the type of a handler": "try:\n    pass\nexcept gone:\n    pass",
    "finally": "try:\n    pass\nfinally:\n    print(gone)",
    "a try that expects something else": "try:\n    gone\nexcept ValueError:\n    pass",
    "after del": "gone = 1\ndel gone\nprint(gone)",
    "a local of a function": "def f():\n    gone = 1\nf()\nprint(gone)",
    "a variable of a comprehension": "[gone for gone in [1]]\nprint(gone)",
    "a parameter": "def f(gone):\n    pass\nprint(gone)",
    "an attribute of a class": "class A:\n    gone = 1\nprint(gone)",
    "a module that only lends a name": "from os import path\nprint(gone)",
    "an argument of an unknown call": "from x import f\nf(gone)",
    "a subscript target's index": "a = {}\na[gone] = 1",
}


@pytest.mark.parametrize("where", UNDEFINED)
def test_a_name_that_is_nowhere_is_found(where: str) -> None:
    assert missing(UNDEFINED[where]) == ["gone"]


DEFINED = {
    "an import": "import there",
    "an import of a part": "import there.part",
    "an import as": "import part.x as there",
    "from": "from part import there",
    "from as": "from part import x as there",
    "an assignment": "there = 1",
    "a chained assignment": "a = there = 1",
    "a tuple": "a, (b, there) = 1, (2, 3)",
    "a list": "[a, there] = 1, 2",
    "stars": "a, *there = 1, 2",
    "an annotation": "there: int = 1",
    "a walrus": "print(there := 1)",
    "a walrus in a comprehension": "[there := i for i in [1]]",
    "a loop": "for there in []:\n    pass",
    "a loop over pairs": "for a, there in []:\n    pass",
    "with": "with open('x') as there:\n    pass",
    "with a tuple": "with open('x') as (a, there):\n    pass",
    "a function": "def there():\n    pass",
    "a coroutine": "async def there():\n    pass",
    "a class": "class there:\n    pass",
    "one branch": "if input():\n    there = 1",
    "the else": "if input():\n    pass\nelse:\n    there = 1",
    "try": "try:\n    there = 1\nexcept ValueError:\n    pass",
    "a handler": "try:\n    pass\nexcept ValueError:\n    there = 1",
    "finally": "try:\n    pass\nfinally:\n    there = 1",
    "a while": "while input():\n    there = 1",
    "a match": "match input():\n    case there:\n        pass",
    "a match of a list": "match input():\n    case [1, *there]:\n        pass",
    "a match of a mapping": "match input():\n    case {1: 2, **there}:\n        pass",
    "a match as": "match input():\n    case int() as there:\n        pass",
    "global": "def f():\n    global there\n    there = 1\nf()",
    "a global counted up": "there = 1\ndef f():\n    global there\n    there += 1\nf()",
    "an import in a function": "def f():\n    global there\n    import there\nf()",
    "a magic": "there = %time 1",
    "a shell line": "there = !ls",
    "a cell magic": "%%capture there\nprint(1)",
}


@pytest.mark.parametrize("how", DEFINED)
def test_a_name_is_defined_by(how: str) -> None:
    assert missing(DEFINED[how], "print(there)", "def f():\n    return there\nf()") == []


EXPECTED = {
    "try with NameError": "try:\n    gone\nexcept NameError:\n    gone = 1",
    "try with several": "try:\n    gone\nexcept (KeyError, NameError):\n    pass",
    "try with Exception": "try:\n    gone\nexcept Exception:\n    pass",
    "a bare try": "try:\n    gone\nexcept:\n    pass",
    "within a function called in a try": "def f():\n    return gone\ntry:\n    f()\nexcept NameError:\n    pass",
    "a star import of something unknown": "from helpers import *\ngone",
    "exec": "exec(open('setup.py').read())\ngone",
    "what IPython gives": "gone = 1\nprint(In, Out, _, __, _i, get_ipython(), display, exit)",
    "what Python gives": "print(__name__, __file__, len, ValueError, print, __import__)\ngone = 1",
    "a name of __class__": "class A:\n    def f(self):\n        return super().f()\nA().f()",
    "run of another notebook": "%run setup.ipynb\ngone",
    "a name that also stands in a try": "try:\n    gone\nexcept NameError:\n    pass\ngone",
}


@pytest.mark.parametrize("how", EXPECTED)
def test_a_missing_name_is_forgiven(how: str) -> None:
    assert missing(EXPECTED[how]) == []


def test_names_of_a_star_import_that_the_tables_know_are_what_they_are() -> None:
    facts = run(
        "from sklearn.preprocessing import *\nimport pandas as pd", "StandardScaler().fit(pd.read_csv('a.csv'))"
    )
    (fit,) = facts.fits
    assert fit.estimator is not None
    assert fit.estimator.short == "StandardScaler"


def test_names_that_a_broken_cell_would_bind_are_forgiven() -> None:
    assert missing("total = (1", "print(total, other)") == ["other"]
    assert missing("import pandas as pd\nx = [", "print(pd, x)") == []


def test_a_reading_knows_its_place_and_the_calls_that_led_there() -> None:
    facts = run("def f():\n    return 1 + gone", "f()")
    (one,) = facts.unresolved()["gone"]
    assert (one.place.cell, one.place.line, one.place.column, one.place.end_column) == (1, 2, 16, 20)
    assert [(call.cell, call.line) for call in one.calls] == [(2, 1)]


def test_columns_are_counted_in_characters() -> None:
    (one,) = run("print('näïve ☃', gone)").unresolved()["gone"]
    assert one.place.column == 18


def test_a_name_read_twice_in_one_place_is_read_once_there() -> None:
    (one,) = run("def f():\n    return gone", "f()\nf()").unresolved()["gone"]
    assert one.place.cell == 1


def test_readings_stand_in_document_order() -> None:
    facts = run("gone", "gone", "def f():\n    return gone", "gone")
    assert [one.place.cell for one in facts.unresolved()["gone"]] == [1, 2, 4, 3]


def test_the_definition_below_is_known() -> None:
    facts = run("print(late)", "a = 1\nlate = 2", "late = 3")
    (one,) = facts.unresolved()["late"]
    definition = facts.defined_after(one)
    assert definition is not None
    assert (definition.cell, definition.line) == (2, 2)
    (never,) = run("print(gone)").unresolved()["gone"]
    assert run("print(gone)").defined_after(never) is None


def test_a_name_below_counts_from_where_the_function_is_called() -> None:
    assert missing("def f():\n    return late", "late = 1", "f()") == []
    facts = run("def f():\n    return late", "f()", "late = 1")
    (one,) = facts.unresolved()["late"]
    definition = facts.defined_after(one)
    assert definition is not None
    assert definition.cell == 3


def test_a_deleted_name_was_bound() -> None:
    facts = run("gone = 1\ndel gone\nprint(gone, never)")
    assert facts.deleted("gone")
    assert not facts.deleted("never")


def test_a_name_that_one_branch_deletes_is_still_there() -> None:
    assert missing("there = 1\nif input():\n    del there\nprint(there)") == []


def test_a_gap_in_the_counts_is_known_right_before_the_cell() -> None:
    facts = run("a = 1", "b = 1", "c = 1", counts=(1, 5, 6))
    assert facts.gap_before(2) == (1, 5)
    assert facts.gap_before(3) is None
    assert facts.gap_before(1) is None
    assert run("a = 1", "b = 1", "c = 1", counts=(1, None, 5)).gap_before(3) == (1, 5)


ROUNDS = {
    "an else": "for j in range(3):\n    if j == 0:\n        text = 'a'\n    else:\n        text = text + 'b'",
    "an if above the binding": "while work():\n    if done():\n        print(loss)\n    loss = step()",
    "a test that is not reached": "for phase in ['train', 'valid']:\n    if phase == 'valid':\n        score = 1\n    if phase == 'valid' and score > 0:\n        pass",
}


@pytest.mark.parametrize("how", ROUNDS)
def test_what_an_earlier_round_of_a_loop_may_have_bound_is_no_missing_name(how: str) -> None:
    assert missing("from work import done, step, work\n" + ROUNDS[how]) == []


def test_what_the_first_round_surely_reads_is_missing() -> None:
    assert missing("for j in range(3):\n    print(total)\n    total = j") == ["total"]
    assert missing("for j in range(3):\n    if j:\n        print(total)") == ["total"]


def test_the_name_of_an_exception_is_gone_after_its_handler() -> None:
    assert missing("try:\n    x = 1\nexcept ValueError as error:\n    x = 2\nprint(error)") == ["error"]
    assert missing("error = None\ntry:\n    x = 1\nexcept ValueError as error:\n    x = 2\nprint(error)") == []
    assert missing("try:\n    x = 1\nexcept ValueError as error:\n    print(error)") == []
