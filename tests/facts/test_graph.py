"""Which statement needs which, what it binds and changes; the same cells in the order they were run."""

import ast

import pytest

from nb2pkg.facts import Facts
from nb2pkg.graph import Effects, OrderChange
from tests.facts.abstract_run import needed, run


def last(facts: Facts) -> Effects:
    return facts.effects[-1]


START = "import pandas as pd\ndf = pd.read_csv('rows.csv')"  # statements 0 and 1

BINDS = {
    "a = b = 1": {"a", "b"},
    "a, (b, *c) = 1, (2, 3)": {"a", "b", "c"},
    "import os.path, json as j": {"os", "j"},
    "from os import path as p, sep": {"p", "sep"},
    "def f(x):\n    y = x": {"f"},
    "class A:\n    x = 1": {"A"},
    "for i in []:\n    j = i": {"i", "j"},
    "with open('x') as f:\n    t = f.read()": {"f", "t"},
    "try:\n    a = 1\nexcept ValueError as e:\n    b = 2": {"a", "b", "e"},
    "print(w := 1)": {"w"},
    "[i for i in [1]]": set(),
    "df['x'] = 1": set(),
    "df.x = 1": set(),
    "a: int = 1": {"a"},
    "df = df.dropna()": {"df"},
}


@pytest.mark.parametrize("source", BINDS)
def test_a_statement_binds(source: str) -> None:
    assert last(run(START, source)).binds == BINDS[source]


def test_a_function_that_is_called_binds_its_globals() -> None:
    assert last(run("def f():\n    global g\n    g, local = 1, 2", "f()")).binds == {"g"}


MUTATES = {
    "df['x'] = 1": {"df"},
    "df.loc[0, 'x'] = 1": {"df"},
    "df.drop(columns='x', inplace=True)": {"df"},
    "df.drop(columns='x')": set(),
    "df['x'].fillna(0, inplace=True)": {"df"},
    "del df['x']": {"df"},
    "df.x = 1": {"df"},
    "df.columns = ['a']": {"df"},
    "df.pop('x')": {"df"},
    "df += 1": {"df"},
    "df = df + 1": set(),
    "df.head()": set(),
    "[df][0]['x'] = 1": {"df"},
}


@pytest.mark.parametrize("source", MUTATES)
def test_a_statement_changes_in_place(source: str) -> None:
    assert last(run(START, source)).mutates == MUTATES[source]


def test_a_change_through_an_alias_is_of_both_names() -> None:
    assert last(run(START, "other = df", "other['x'] = 1")).mutates == {"df", "other"}


def test_a_change_in_a_user_function_is_of_the_callers_variable() -> None:
    assert last(run(START, "def f(t):\n    t['x'] = 1", "f(df)")).mutates == {"df"}
    assert last(run(START, "def f(t):\n    t = t.copy()\n    t['x'] = 1", "f(df)")).mutates == set()


def test_a_fit_changes_the_estimator() -> None:
    facts = run(START, "from sklearn.linear_model import Ridge\nm = Ridge()", "m.fit(df, df['y'])")
    assert last(facts).mutates == {"m"}


LISTS = [
    "df.columns.tolist()",
    "df.select_dtypes('number').columns.to_list()",
    "df['a'].tolist()",
    "df.columns[df.dtypes == 'int64'].tolist()",
    "list(set(df.columns) - {'a'})",
]


@pytest.mark.parametrize("made", LISTS)
@pytest.mark.parametrize("change", ["names.remove('a')", "names.remove('a') if 'a' in names else None", "names.sort()"])
def test_a_list_made_of_a_table_is_changed_in_place_and_the_table_is_not(made: str, change: str) -> None:
    assert last(run(START, f"names = {made}", change)).mutates == {"names"}


def test_what_a_container_holds_is_changed_with_it() -> None:
    facts = run(START, "from sklearn.linear_model import Ridge\nms = {'m': Ridge()}", "ms['m'].fit(df, df['y'])")
    assert last(facts).mutates == {"ms"}
    facts = run(START, "from sklearn.linear_model import Ridge\nms = [Ridge()]", "for m in ms:\n    m.fit(df, df['y'])")
    assert last(facts).mutates >= {"ms", "m"}


def test_lists_and_dicts_are_changed_in_place() -> None:
    assert last(run("l = []", "l.append(1)")).mutates == {"l"}
    assert last(run("d = {}", "d['x'] = 1")).mutates == {"d"}
    assert last(run("l = [1]", "m = l", "m += [2]")).mutates == {"l", "m"}
    assert last(run("l = [1]", "l.count(1)")).mutates == set()


def test_objects_are_changed_in_place() -> None:
    facts = run("class A:\n    def grow(self):\n        self.n = 1\na = A()", "a.grow()")
    assert last(facts).mutates == {"a"}


def test_an_unknown_call_may_have_changed_its_arguments() -> None:
    facts = run(START, "from helpers import tidy", "tidy(df)")
    assert last(facts).mutates == set()
    assert last(facts).maybe == {"df"}
    assert last(run(START, "df.head()")).maybe == set()


READS = {
    "df.head()": {1},
    "pd.read_csv('other.csv')": {0},
    "x = 1": set(),
    "len([df, pd])": {0, 1},
}


@pytest.mark.parametrize("source", READS)
def test_a_statement_reads(source: str) -> None:
    assert last(run(START, source)).reads == READS[source]


def test_the_definition_that_reaches_is_the_last_one() -> None:
    facts = run("a = 1", "a = 2", "b = a")
    assert last(facts).reads == {1}


def test_a_change_in_place_is_read_with_the_definition() -> None:
    facts = run(START, "df['x'] = 1", "print(df)")
    assert last(facts).reads == {1, 2}


def test_a_change_through_an_alias_is_read() -> None:
    facts = run(START, "other = df", "other['x'] = 1", "print(df)")
    assert last(facts).reads == {1, 3}


def test_a_change_through_a_column_is_read() -> None:
    facts = run(START, "x = df['x']", "x.fillna(0, inplace=True)", "print(df)")
    assert last(facts).reads >= {1, 3}


def test_a_change_of_the_table_is_read_through_its_column() -> None:
    facts = run(START, "x = df['x']", "df['x'] = 1", "print(x)")
    assert last(facts).reads >= {2}


def test_a_change_of_what_a_container_holds_is_read() -> None:
    facts = run(START, "parts = [df]", "df['x'] = 1", "print(parts)")
    assert last(facts).reads == {2, 3}


def test_a_change_in_a_function_is_read() -> None:
    facts = run(START, "def f(t):\n    t['x'] = 1", "f(df)", "print(df)")
    assert last(facts).reads == {1, 3}


def test_a_branch_does_not_hide_the_definition_before_it() -> None:
    facts = run("a = 1", "if input():\n    a = 2", "b = a")
    assert last(facts).reads == {0, 1}
    facts = run("a = 1", "if True:\n    a = 2", "b = a")
    assert last(facts).reads == {1}


def test_a_loop_does_not_hide_the_definition_before_it() -> None:
    facts = run("a = 1", "for i in input():\n    a = 2", "b = a")
    assert last(facts).reads == {0, 1}


def test_a_function_needs_what_it_reads_when_it_is_called() -> None:
    facts = run("a = 1", "def f():\n    return a", "a = 2", "b = f()", "a = 3")
    assert facts.effects[1].reads == set()
    assert facts.effects[3].reads == {1, 2}
    assert facts.effects[3].names == {"f", "a"}


def test_a_function_needs_the_functions_it_calls() -> None:
    facts = run("def g():\n    return 1", "def f():\n    return g()", "b = f()")
    assert last(facts).reads == {0, 1}


def test_a_default_is_needed_by_the_definition() -> None:
    facts = run("a = 1", "def f(x=a):\n    return x", "b = f()")
    assert facts.effects[1].reads == {0}
    assert last(facts).reads == {1}


def test_local_names_are_not_needed() -> None:
    facts = run("t = 1", "def f(t):\n    u = t\n    return u", "u = 2", "b = f(3)")
    assert last(facts).reads == {1}
    assert last(facts).names == {"f"}


def test_a_comprehension_needs_what_it_reads_and_not_its_own_variable() -> None:
    facts = run("i, a = 1, 2", "b = [a for i in [3]]")
    assert last(facts).names == {"a"}


def test_a_slice_holds_what_is_needed_and_no_more() -> None:
    facts = run(
        "import pandas as pd",
        "df = pd.read_csv('a.csv')",
        "df.head()",
        "size = 3",
        "unused = df.mean()",
        "other = df",
        "other['x'] = size",
        "def double(t):\n    t['y'] = t['y'] * 2",
        "double(df)",
        "print(df.shape)",
        "y = df['y']",
    )
    assert needed(facts, "y = df['y']") == [
        "import pandas as pd",
        "df = pd.read_csv('a.csv')",
        "size = 3",
        "other = df",
        "other['x'] = size",
        "def double(t):\n    t['y'] = t['y'] * 2",
        "double(df)",
        "y = df['y']",
    ]


def test_a_slice_of_several_is_the_union() -> None:
    facts = run("a = 1", "b = 2", "c = 3", "x = a", "y = b")
    assert facts.slice([3, 4]) == {0, 1, 3, 4}
    assert facts.slice([]) == set()


def test_a_slice_follows_files_that_the_notebook_writes_and_reads() -> None:
    facts = run(
        "import pandas as pd", "df = pd.read_csv('a.csv')", "df.to_csv('b.csv')", "new = pd.read_csv('b.csv')", "new"
    )
    assert facts.slice([4]) == {0, 1, 2, 3, 4}


def test_a_statement_of_a_cell_is_numbered_through_the_notebook() -> None:
    facts = run("a = 1\nb = 2", "c = a")
    assert [statement.index for statement in facts.program.statements] == [0, 1, 2]
    assert last(facts).reads == {0}


def changes(*cells: str, counts: tuple[int | None, ...]) -> list[OrderChange]:
    return run(*cells, counts=counts).order_changes()


def test_a_reading_that_saw_another_definition_is_an_order_change() -> None:
    assert changes("a = 1", "print(a)", "a = 2", counts=(1, 3, 2)) == [OrderChange(2, "a", 1, 3)]


def test_cells_run_in_order_change_nothing() -> None:
    assert changes("a = 1", "print(a)", "a = 2", "print(a)", counts=(1, 2, 3, 9)) == []


def test_a_harmless_order_changes_nothing() -> None:
    assert changes("a = 1", "b = 2", "print(a, b)", counts=(2, 1, 3)) == []


def test_a_name_that_was_only_defined_in_one_order() -> None:
    assert changes("print(a)", "a = 1", counts=(2, 1)) == [OrderChange(1, "a", None, 2)]


def test_a_name_bound_in_the_cell_itself_is_not_read_from_outside() -> None:
    assert changes("a = 1", "a = 3\nprint(a)", "a = 2", counts=(1, 3, 2)) == []
    assert changes("a = 1", "print(a)\na = 3", "a = 2", counts=(1, 3, 2)) == [OrderChange(2, "a", 1, 3)]


def test_a_change_in_place_counts_as_a_definition() -> None:
    source = ("a = []", "print(a)", "a.append(1)")
    assert changes(*source, counts=(1, 3, 2)) == [OrderChange(2, "a", 1, 3)]


def test_a_change_through_an_alias_counts() -> None:
    assert changes("a = []\nb = a", "print(a)", "b.append(1)", counts=(1, 3, 2)) == [OrderChange(2, "a", 1, 3)]


def test_a_change_by_a_function_counts_and_so_does_what_a_function_reads() -> None:
    grow = "def grow(t):\n    t.append(1)"
    assert changes(f"a = []\n{grow}", "print(a)", "grow(a)", counts=(1, 3, 2)) == [OrderChange(2, "a", 1, 3)]
    show = "def show():\n    print(a)"
    assert changes(f"a = 1\n{show}", "show()", "a = 2", counts=(1, 3, 2)) == [OrderChange(2, "a", 1, 3)]


def test_a_change_of_what_a_container_holds_counts() -> None:
    source = (
        "from sklearn.linear_model import Ridge\nms = {'m': Ridge()}",
        "print(ms['m'])",
        "for m in ms.values():\n    m.fit([[1]], [1])",
    )
    assert changes(*source, counts=(1, 3, 2)) == [OrderChange(2, "ms", 1, 3)]


def test_cells_without_a_count_have_no_place_in_the_recorded_order() -> None:
    assert changes("a = 1", "print(a)", "a = 2", counts=(1, 2, None)) == []
    assert changes("a = 1", "a = 2", "print(a)", counts=(1, None, 2)) == []
    assert changes("a = 1", "a = 2", "print(a)", counts=(1, 0, 2)) == []


def test_cells_that_share_a_count_have_no_order() -> None:
    assert changes("a = 1", "print(a)", "a = 2", counts=(1, 2, 2)) == []


def test_one_import_in_two_cells_is_one_definition() -> None:
    assert changes("import os", "print(os)", "import os", counts=(1, 3, 2)) == []
    assert changes("import os", "print(os)", "import sys as os", counts=(1, 3, 2)) == [OrderChange(2, "os", 1, 3)]


def test_the_first_cell_that_ran_before_an_earlier_one() -> None:
    assert run("a", "b", "c", "d", counts=(1, 5, 3, 2)).first_backward() == (3, 2)
    assert run("a", "b", "c", counts=(4, None, 3)).first_backward() == (3, 1)
    assert run("a", "b", "c", counts=(1, 2, 2)).first_backward() is None
    assert run("a", "b", "c", counts=(7, 8, 20)).first_backward() is None
    assert run("a", "b", counts=(None, None)).first_backward() is None


def test_counts_and_starts_of_cells_are_known() -> None:
    facts = run("a = 1", "b = 2", counts=(4, None))
    assert (facts.count_of(1), facts.count_of(2), facts.count_of(9)) == (4, None, None)
    assert (facts.start_of(2).cell, facts.start_of(2).line, facts.start_of(2).column) == (2, 1, 1)


def test_effects_are_there_for_every_statement() -> None:
    facts = run("a = 1", "b = (", "c = a")
    assert len(facts.effects) == len(facts.program.statements)
    assert [ast.unparse(statement.node) for statement in facts.program.statements] == ["a = 1", "c = a"]
