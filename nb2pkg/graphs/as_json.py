"""The graph as JSON, for programs: every flow, whether a picture would draw it or not."""

import json

from nb2pkg.graphs.drawing import Drawing, Edge, Node

FORM = "nb2pkg-graph"
VERSION = 1


def render(drawing: Drawing) -> str:
    """One document: nodes, edges with their names, and for each name where it is bound, changed and read."""
    document = {
        "format": FORM,
        "version": VERSION,
        "notebook": drawing.notebook,
        "of": drawing.of,
        "level": "statement" if drawing.statements else "cell",
        "complete": not drawing.limited,
        "nodes": [_node(node) for node in drawing.nodes],
        "edges": [_edge(edge) for edge in drawing.edges],
        "names": _names(drawing),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _node(node: Node) -> dict[str, object]:
    return {
        "id": node.key,
        "cell": node.cell,
        "line": node.line,
        "label": node.label,
        "binds": node.binds,
        "changes": node.changes,
        "unused": node.unused,
    }


def _edge(edge: Edge) -> dict[str, object]:
    return {
        "from": edge.source,
        "to": edge.target,
        "names": [
            {
                "name": one.name,
                "sure": not one.why,
                "why": one.why or None,
                "import": one.imported,
                "direct": one.direct,
            }
            for one in edge.names
        ],
    }


def _names(drawing: Drawing) -> dict[str, object]:
    found: dict[str, dict[str, list[str]]] = {}
    for node in drawing.nodes:
        for word, names in (("bound", node.binds), ("changed", node.changes)):
            for name in names:
                if name != "*":
                    found.setdefault(name, {"bound": [], "changed": [], "read": []})[word].append(node.key)
    for edge in drawing.edges:
        for one in edge.names:
            if one.name in found and edge.target not in found[one.name]["read"][-1:]:
                found[one.name]["read"].append(edge.target)
    return dict(sorted(found.items()))
