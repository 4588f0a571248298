"""Say a list once: where the notebook has a name for a list of columns, the package uses it again and does not repeat the list.

``FEATURES = ["age", "pay", "team"]`` > ``FEATURES = [*numeric, *categorical]``, and in the pipeline ``["age", "pay"]`` > ``numeric``
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.trace import free_names
from nb2pkg.facts import Facts

OURS = frozenset({"FEATURES", "COLUMNS"})
TAKEN = frozenset({"config", "build_pipeline", "build_target_encoder"})
Words = tuple[str, ...]


def share_lists(facts: Facts, pieces: Pieces) -> None:
    """Replace lists of texts by their names, where the statements that they come from read these names."""
    texts = [*pieces.constants, *pieces.blocks]
    if not all(map(_is_python, texts)):
        return  # `tidy` says what does not parse
    changed = set(_changed(texts))
    chosen = _read(facts, pieces, {"feature"}) - changed
    pieces.constants[:] = _with_parts(pieces.constants, chosen)
    in_steps = _read(facts, pieces, {"model", "transformer"}) - changed - _bound_in_pipeline(pieces)
    named = {words: name for name, words in map(_named_list, pieces.constants) if words and name in in_steps}
    for position, step in enumerate(pieces.steps):
        sharing = _Sharing(named)
        tree = sharing.visit(ast.parse(step.text, mode="eval"))
        if sharing.used:
            pieces.steps[position] = replace(step, text=ast.unparse(tree))
            pieces.from_preprocessing |= sharing.used


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _read(facts: Facts, pieces: Pieces, kinds: set[str]) -> set[str]:
    """The names that the statements of these kinds read."""
    nodes = (facts.program.statements[index].node for index, one in pieces.placed.items() if one.kind in kinds)
    return {name.id for node in nodes for name in free_names(node)}


def _changed(texts: Iterable[str]) -> Iterator[str]:
    """Names that code of the package does something to, but for reading them."""
    for node in (part for text in texts for part in ast.walk(ast.parse(text))):
        match node:
            case ast.Attribute(value=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
                yield name
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name


def _bound_in_pipeline(pieces: Pieces) -> set[str]:
    """The names that ``model/pipeline.py`` gives another meaning."""
    trees = (ast.parse(text) for text in (*pieces.preamble, pieces.pipeline.text()))
    parts = [part for tree in trees for part in ast.walk(tree)]
    bound = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return bound | TAKEN | {part.asname or part.name for part in parts if isinstance(part, ast.alias)}


def _named_list(text: str) -> tuple[str, Words]:
    """The name and the texts of ``name = ["a", "b"]``; no texts for anything else."""
    match ast.parse(text).body:
        case [ast.Assign(targets=[ast.Name(id=name)], value=ast.List() as value)]:
            return name, _words(value)
        case _:
            return "", ()


def _words(node: ast.List) -> Words:
    found = [one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return tuple(found) if len(found) == len(node.elts) else ()


def _with_parts(constants: Iterable[str], chosen: set[str]) -> Iterator[str]:
    """The constants; a list of ours is the notebook's lists one after the other, where those above it make it up."""
    above: dict[str, Words] = {}
    for text in constants:
        name, words = _named_list(text)
        parts = _parts(words, above) if name in OURS else ()
        yield f"{name} = {_sum(parts)}" if parts else text
        if words and name in chosen:
            above[name] = words


def _sum(parts: tuple[str, ...]) -> str:
    return parts[0] if len(parts) == 1 else f"[{', '.join(f'*{part}' for part in parts)}]"


def _parts(words: Words, known: Mapping[str, Words]) -> tuple[str, ...]:
    """The names of the lists that give these texts; none where there is no such way."""
    for name, part in known.items():
        rest = words[len(part) :]
        if words[: len(part)] == part:
            found = _parts(rest, known)
            if found or not rest:
                return (name, *found)
    return ()


class _Sharing(ast.NodeTransformer):
    """Puts the name where the list stands."""

    def __init__(self, named: Mapping[Words, str]) -> None:
        self.named = named
        self.used: set[str] = set()

    def visit_List(self, node: ast.List) -> ast.expr:
        """A list of texts with a name becomes the name."""
        name = self.named.get(_words(node))
        if name is None:
            self.generic_visit(node)
            return node
        self.used.add(name)
        return ast.Name(name, ast.Load())
