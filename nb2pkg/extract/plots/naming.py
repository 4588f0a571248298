"""What a figure is called: by its title, by what is drawn against what, or by the words above it.

``plt.title("Ages of passengers")`` gives ``ages_of_passengers``; ``plt.scatter(df.age, df.fare)`` gives ``age_and_fare``.
"""

import ast
import re
from collections.abc import Iterator

from nb2pkg.extract.names import snake
from nb2pkg.extract.plots.drawing import Figure, calls_in

TITLES = ("suptitle", "title", "set_title")
LABELS = ("xlabel", "set_xlabel", "ylabel", "set_ylabel")
DRAWN = ("x", "y", "hue", "column")
LAYOUT = ("figure", "subplots", "subplot", "add_subplot", *TITLES, *LABELS)
MOST_WORDS, LONGEST = 7, 48
SAME_VALUES = frozenset(
    {"copy", "head", "ravel", "reshape", "sample", "squeeze", "tail", "to_numpy", "toarray", "tolist"}
)
FIELDS = frozenset({"data", "images", "values", "T", "iloc", "loc"})
PICTURES = frozenset({"imshow", "matshow"})
LETTER = re.compile(r"[A-Za-z]")


def subjects(figure: Figure, *, heading: str, comments: list[str]) -> list[str]:
    """The words for a figure, the best first."""
    nodes = [one.node for one in figure.statements]
    columns, verb = _drawn(nodes), _verb(nodes)
    about = [columns, f"{verb} of {columns}" if columns and verb else ""]
    spoken = [*_texts(nodes, TITLES, "title"), _against(nodes), *about, *_plain(comments), heading, _names(nodes)]
    return [one for one in spoken if one and LETTER.search(one) and one.isascii()]


def function_name(words: str) -> str:
    """The words as the end of a function's name."""
    name = snake(" ".join(words.split()[:MOST_WORDS]), fallback="figure")
    return name if len(name) <= LONGEST else name[:LONGEST].rpartition("_")[0]


def _texts(nodes: list[ast.stmt], methods: tuple[str, ...], keyword: str) -> Iterator[str]:
    """The texts written down for these calls or this keyword, where there is only one."""
    found = [text for node in nodes for call in calls_in(node) for text in _text(call, methods, keyword)]
    if len(set(found)) == 1:
        yield found[0]


def _text(call: ast.Call, methods: tuple[str, ...], keyword: str) -> Iterator[str]:
    name = (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )
    given = call.args[0] if name in methods and call.args else None
    given = given or next((k.value for k in call.keywords if keyword and k.arg == keyword), None)
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        yield " ".join(given.value.split())


def _against(nodes: list[ast.stmt]) -> str:
    """``Truth and Predicted``, the labels of the axes, where each is written once."""
    labels = [text for method in LABELS for text in _texts(nodes, (method,), "")]
    return " and ".join(dict.fromkeys(labels)) if len(labels) == 2 else ""


def _drawn(nodes: list[ast.stmt]) -> str:
    """The columns that the first drawing is given, at most three."""
    found: dict[str, None] = {}
    for node in nodes:
        for call in calls_in(node):
            given = [*call.args[:2], *(k.value for k in call.keywords if k.arg in DRAWN)]
            found.update(dict.fromkeys(name for one in given for name in _columns(one)))
        if found:
            break
    return " and ".join(found) if 0 < len(found) <= 3 else ""


def _columns(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Subscript(slice=ast.Constant(value=str(text))):
            yield text
        case ast.Attribute(value=ast.Name(), attr=attr) if attr not in ("T", "values", "index", "columns"):
            yield attr
        case _:
            return


def _plain(comments: list[str]) -> Iterator[str]:
    for comment in comments:
        words = comment.strip("# ")
        if words and len(words.split()) <= MOST_WORDS and "(" not in words and "=" not in words:
            yield words


def _names(nodes: list[ast.stmt]) -> str:
    """What the first drawing is given, with its verb: ``heatmap of corr`` of ``sns.heatmap(df.corr())``."""
    for node in nodes:
        for call in calls_in(node):
            given = [*call.args[:2], *(k.value for k in call.keywords if k.arg in ("data", *DRAWN))]
            found = [name for one in given if (name := _called(one))]
            if found:
                return f"{_verb_of(call)} of {' and '.join(found)}"
    return ""


def _called(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in SAME_VALUES:
            return _called(value)
        case ast.Attribute(value=value, attr=attr) if attr in FIELDS:
            return _called(value)
        case ast.Name(id=name) | ast.Call(func=ast.Attribute(attr=name)) | ast.Attribute(value=ast.Name(), attr=name):
            return name
        case ast.Subscript(value=value) | ast.Call(func=ast.Name(), args=[value, *_]):
            return _called(value)
        case _:
            return ""


def _verb(nodes: list[ast.stmt]) -> str:
    """What the first call that is given something does."""
    calls = (
        call for node in nodes for call in calls_in(node) if call.args or any(k.arg in DRAWN for k in call.keywords)
    )
    return next((verb for call in calls if (verb := _verb_of(call)) not in LAYOUT), "")


def _verb_of(call: ast.Call) -> str:
    verb = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    return "image" if verb in PICTURES else verb
