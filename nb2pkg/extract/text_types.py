"""Which statements make columns that a text file does not give back as they were; a short list of what is known to be harmless."""

import ast
import re
from collections.abc import Iterator

from nb2pkg.facts import Facts
from nb2pkg.facts.values import Estimator, Function

# Values that are numbers or truth values afterwards, or the same text in fewer, more or other rows.
NUMBERS = frozenset(
    [
        "mean",
        "median",
        "sum",
        "min",
        "max",
        "std",
        "var",
        "count",
        "nunique",
        "quantile",
        "abs",
        "round",
        "clip",
        "isnull",
        "isna",
        "notnull",
        "notna",
        "isin",
        "between",
        "duplicated",
        "dropna",
        "drop_duplicates",
        "drop",
        "rename",
        "copy",
        "head",
        "tail",
        "sample",
        "sort_values",
        "reset_index",
        "query",
        "groupby",
        "transform",
        "mode",
        "fillna",
        "map",
        "astype",
        "loc",
        "iloc",
        "merge",
        "join",
        "concat",
        "get_dummies",
        "to_numeric",
        "select_dtypes",
        "filter",
        "assign",
        "append",
        "to_csv",
        "read_csv",
        "mask",
        "where",
        "diff",
        "cumsum",
        "rank",
        "shape",
        "columns",
        "index",
        "tolist",
        "to_list",
        "unique",
        "value_counts",
        "corr",
    ]
)
FUNCTIONS = frozenset(
    [
        "len",
        "int",
        "float",
        "bool",
        "range",
        "list",
        "dict",
        "set",
        "tuple",
        "zip",
        "enumerate",
        "sorted",
        "min",
        "max",
        "sum",
        "abs",
        "round",
        "print",
        "display",
    ]
)
GIVING_BACK = frozenset({"inverse_transform", "predict"})  # what an encoder or a model was taught, maybe text
NARROW = frozenset({"float32", "float16", "half", "single"})
APPLYING = frozenset({"apply", "map", "applymap", "transform"})
TYPES = frozenset({"int", "float", "bool", "int64", "int32", "float64", "int8", "uint8", "int16"})
READ_OPTIONS = frozenset(
    [
        "sep",
        "delimiter",
        "header",
        "names",
        "usecols",
        "nrows",
        "skiprows",
        "encoding",
        "low_memory",
        "na_values",
        "engine",
        "quotechar",
        "comment",
        "thousands",
        "decimal",
        "filepath_or_buffer",
    ]
)
MISSING = frozenset(
    [
        "#n/a",
        "#n/a n/a",
        "#na",
        "-1.#ind",
        "-1.#qnan",
        "-nan",
        "1.#ind",
        "1.#qnan",
        "<na>",
        "n/a",
        "na",
        "null",
        "nan",
        "none",
        "true",
        "false",
        "inf",
        "-inf",
        "",
    ]
)
NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*", re.IGNORECASE)


def changed_by_text(facts: Facts, written: int) -> tuple[int, str] | None:
    """A statement on the way to a text file after which a column may be read back as another type, and why."""
    for index in sorted(facts.slice([written])):
        for reason in _reasons(facts, facts.program.statements[index].node):
            return index, reason
    return None


def _reasons(facts: Facts, node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return
    for part in ast.walk(node):
        match part:
            case ast.Call():
                yield from _called(facts, part)
            case ast.Compare(ops=[ast.NotEq()]) if any(_is_text(one) for one in part.comparators):
                yield f"what is left after `{ast.unparse(part)[:40]}` may be read back as numbers"
            case ast.Constant(value=str(text)) if text and _looks_like_another(text):
                yield f"the text {text!r} would be read back as something else"
            case ast.JoinedStr():
                yield f"the text `{ast.unparse(part)[:40]}` may be read back as something else"
            case _:
                pass


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _looks_like_another(text: str) -> bool:
    return text.strip().lower() in MISSING or NUMBER.fullmatch(text) is not None


def _called(facts: Facts, call: ast.Call) -> Iterator[str]:
    """Why the result of a call may come back as another type."""
    found = facts.call(call)
    if isinstance(call.func, ast.Name) and (call.func.id in FUNCTIONS or isinstance(facts.value(call.func), Function)):
        return  # what a function of the notebook does stands among the statements
    name = found.name if found is not None else ""
    short = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if found is not None and isinstance(found.receiver, Estimator) and short not in GIVING_BACK:
        return  # what transformers give are numbers
    if found is not None and getattr(found.row, "role", "") in ("plot", "display", "seed", "option", "estimator"):
        return
    if short in NARROW or any(keyword.arg == "downcast" for keyword in call.keywords):
        yield f"the numbers of `{ast.unparse(call)[:40]}` are read back as wider ones"
    elif name.startswith("sklearn.") or name.startswith("numpy.") and not any(_is_text(one) for one in ast.walk(call)):  # type: ignore[arg-type]
        return
    elif short == "astype" and not _is_number(call):
        yield f"what `{ast.unparse(call)[:40]}` makes is read back by what it looks like"
    elif name == "pandas.read_csv" and {k.arg for k in call.keywords} - READ_OPTIONS:
        option = min(str(one) for one in {k.arg for k in call.keywords} - READ_OPTIONS)
        yield f"`{option}` of the first reading is not asked for in the second"
    elif short in APPLYING and call.args and not _takes_apart(call.args[0], facts):
        return
    elif short not in NUMBERS or isinstance(call.func, ast.Attribute) and _of_text(call.func):
        yield f"what `{ast.unparse(call)[:40]}` makes may be read back as another type"


def _takes_apart(function: ast.expr, facts: Facts) -> bool:
    """May a function that is applied to values give a part of a text?"""
    if isinstance(function, ast.Name):
        value = facts.value(function)
        node = value.node if isinstance(value, Function) else None
        return node is None or any(isinstance(part, ast.Subscript) for part in ast.walk(node))
    return not isinstance(function, ast.Lambda) or any(isinstance(part, ast.Subscript) for part in ast.walk(function))


def _of_text(function: ast.Attribute) -> bool:
    return isinstance(function.value, ast.Attribute) and function.value.attr in ("str", "dt", "cat")


def _is_number(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "dtype")]
    text = ast.unparse(given[0]).strip("'\"").rpartition(".")[2] if given else ""
    return text in TYPES
