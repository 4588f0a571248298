"""Which environment variables a notebook asks for that are set here, and that neither side sees."""

import ast
import os
from collections.abc import Iterator

from nb2pkg.notebook import Notebook
from nb2pkg.syntax import parse
from nb2pkg.verify.conditions import Conditions


def withheld(notebook: Notebook, conditions: Conditions) -> Iterator[str]:
    """A sentence for each: ``os.getenv("DEPTH", "3")`` runs without it, on both sides alike, and unlike at its author's."""
    kept = os.environ.keys() - conditions.environment().keys()
    for statement in parse(notebook).statements:
        for name in dict.fromkeys(_asked_for(statement.node)):
            if name in kept:
                asks = f"cell {statement.cell} asks for the environment variable {name}"
                yield f"{asks}, which is set, but kept from notebook and package; --allow-env {name} passes it on"


def _asked_for(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Call(
                func=ast.Attribute(attr="getenv") | ast.Name(id="getenv"), args=[ast.Constant(str(name)), *_]
            ):
                yield name
            case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(str(name)), *_]):
                yield from [name] if _is_environment(owner) else []
            case ast.Subscript(value=owner, slice=ast.Constant(str(name)), ctx=ast.Load()):
                yield from [name] if _is_environment(owner) else []


def _is_environment(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id == "environ"
    )
