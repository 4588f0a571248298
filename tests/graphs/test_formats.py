"""The graph in each format: text and JSON exactly, Mermaid and DOT by their grammar, SVG as XML that holds every cell."""

import json
import re
from xml.etree import ElementTree

import pytest

from nb2pkg.graphs import as_dot, as_json, as_mermaid, as_svg, as_text
from nb2pkg.graphs.drawing import Drawing
from nb2pkg.graphs.picture import Arrow, arrows
from nb2pkg.graphs.placing import HEIGHT, WIDTH, Point, place
from tests.graphs.loans import drawn

NASTY = "x = \"<a & 'b'> | #1; \\\\ [c] {d} %s\" # \x00\x1b \u2028"
SVG = "{http://www.w3.org/2000/svg}"


def test_text() -> None:
    assert as_text.render(drawn()) == (
        "folder/loans.ipynb: 7 cells\n"
        "\n"
        "cell 2  Loans\n"
        "    binds    pd, tidy\n"
        "    gives    pd to cell 3; tidy to cell 6\n"
        "\n"
        "cell 3  Read the data\n"
        "    binds    df\n"
        "    needs    pd from cell 2\n"
        "    gives    df to cell 4\n"
        "\n"
        "cell 4  df['x'] = 1\n"
        "    changes  df\n"
        "    needs    df from cell 3\n"
        "    gives    df to cells 6, 7\n"
        "\n"
        "cell 6  Clean up\n"
        "    needs    tidy from cell 2; df from cell 4\n"
        "\n"
        "cell 7  y = df.mean()\n"
        "    binds    spare, y\n"
        "    needs    df from cell 4\n"
        "    may need df from cell 6 (unknown call)\n"
        "    gives    y to cell 9\n"
        "    unused   spare\n"
        "\n"
        "cell 8  %store -r rate\n"
        "\n"
        "cell 9  z = y * rate\n"
        "    binds    z\n"
        "    needs    y from cell 7\n"
        "    may need rate from cell 8 (bound by a magic)\n"
        "    unused   z\n"
    )


def test_text_says_what_it_is_of() -> None:
    assert as_text.render(drawn("a = 1", of="a", statements=True)) == (
        "folder/loans.ipynb: 1 statement make a\n\ncell 1:1  a = 1\n    binds    a\n    unused   a\n"
    )


def test_json() -> None:
    assert json.loads(as_json.render(drawn("import os", "a = os.getcwd()\na.b = 1", "c = a"))) == {
        "format": "nb2pkg-graph",
        "version": 1,
        "notebook": "folder/loans.ipynb",
        "of": None,
        "level": "cell",
        "complete": True,
        "nodes": [
            {"id": "c1", "cell": 1, "line": 1, "label": "import os", "binds": ["os"], "changes": [], "unused": []},
            {"id": "c2", "cell": 2, "line": 1, "label": "a = os.getcwd()", "binds": ["a"], "changes": [], "unused": []},
            {"id": "c3", "cell": 3, "line": 1, "label": "c = a", "binds": ["c"], "changes": [], "unused": ["c"]},
        ],
        "edges": [
            {
                "from": "c1",
                "to": "c2",
                "names": [{"name": "os", "sure": True, "why": None, "import": True, "direct": True}],
            },
            {
                "from": "c2",
                "to": "c3",
                "names": [{"name": "a", "sure": True, "why": None, "import": False, "direct": True}],
            },
        ],
        "names": {
            "a": {"bound": ["c2"], "changed": [], "read": ["c3"]},
            "c": {"bound": ["c3"], "changed": [], "read": []},
            "os": {"bound": ["c1"], "changed": [], "read": ["c2"]},
        },
    }


def test_json_of_a_slice_by_statements() -> None:
    document = json.loads(as_json.render(drawn("a = []", "%store -r b\na.append(b)", statements=True, of="a")))
    assert (document["of"], document["level"]) == ("a", "statement")
    assert [node["id"] for node in document["nodes"]] == ["s1", "c2", "s2"]
    assert document["names"]["a"] == {"bound": ["s1"], "changed": ["s2"], "read": ["s2"]}
    assert document["edges"][1]["names"][0] == {
        "name": "b",
        "sure": False,
        "why": "bound by a magic",
        "import": False,
        "direct": True,
    }


MERMAID = re.compile(
    r'    (?:(?P<node>\w+)\["(?P<label>[^"\n]*)"\]|(?P<from>\w+) (?P<line>-->|-\.->)\|"(?P<names>[^"\n|]*)"\| (?P<to>\w+))'
)
UNESCAPED = re.compile(r"[<>&|\"`\\]|#(?!\d+;)")


def mermaid(drawing: Drawing) -> tuple[dict[str, str], list[tuple[str, str, str, str]]]:
    """The nodes and edges of a Mermaid text, every line of which must be one of them; entities are read back."""
    first, *lines = as_mermaid.render(drawing).splitlines()
    assert first == "flowchart TD"
    nodes, edges = {}, []
    for line in lines:
        found = MERMAID.fullmatch(line)
        assert found is not None, line
        assert not UNESCAPED.search(found["label"] or found["names"]), line
        if found["node"]:
            nodes[found["node"]] = re.sub(r"#(\d+);", lambda entity: chr(int(entity[1])), found["label"])
        else:
            edges.append((found["from"], found["line"], found["names"], found["to"]))
    assert {end for one in edges for end in (one[0], one[3])} <= nodes.keys()
    return nodes, edges


def test_mermaid() -> None:
    nodes, edges = mermaid(drawn())
    assert nodes["c4"] == "4 · df['x'] = 1"
    assert edges == [
        ("c3", "-->", "df", "c4"),
        ("c4", "-->", "df", "c6"),
        ("c4", "-->", "df", "c7"),
        ("c7", "-->", "y", "c9"),
        ("c8", "-.->", "rate", "c9"),
    ]
    assert len(nodes) == 7


def test_mermaid_escapes() -> None:
    nodes, _ = mermaid(drawn(NASTY))
    assert nodes["c1"] == "1 · x = \"<a & 'b'> | #1; \\\\ [c] {d} %s\" #"


QUOTED = r'"((?:[^"\\\n]|\\.)*)"'
DOT = re.compile(rf"  (?:(\w+) \[label={QUOTED}\]|(\w+) -> (\w+) \[label={QUOTED}(, style=dashed)?\]);")


def dot(drawing: Drawing) -> list[tuple[str | None, ...]]:
    """The statements of a DOT text, every line of which must be one."""
    lines = as_dot.render(drawing).splitlines()
    assert lines[0] == "digraph notebook {"
    assert lines[-1] == "}"
    assert lines[1:3] == ["  node [shape=box, fontname=sans];", "  edge [fontname=monospace, fontsize=10];"]
    found = [DOT.fullmatch(line) for line in lines[3:-1]]
    assert all(found), lines
    return [one.groups() for one in found if one]


def test_dot() -> None:
    assert dot(drawn("a = []", "a.append(1)", "%store -r b", "c = a, b")) == [
        ("c1", "1 · a = []", None, None, None, None),
        ("c2", "2 · a.append(1)", None, None, None, None),
        ("c3", "3 · %store -r b", None, None, None, None),
        ("c4", "4 · c = a, b", None, None, None, None),
        (None, None, "c1", "c2", "a", None),
        (None, None, "c2", "c4", "a", None),
        (None, None, "c3", "c4", "b", ", style=dashed"),
    ]


def test_dot_escapes() -> None:
    assert dot(drawn(NASTY))[0][1] == "1 · x = \\\"<a & 'b'> | #1; \\\\\\\\ [c] {d} %s\\\" #"


def svg(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(as_svg.render(drawing))


def words(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def test_svg_holds_every_cell_and_every_name() -> None:
    root = svg(drawn())
    nodes = {node.get("id"): words(node) for node in root.iter(f"{SVG}g") if node.get("class") == "node"}
    assert list(nodes) == ["c2", "c3", "c4", "c6", "c7", "c8", "c9"]
    assert "Clean up" in nodes["c6"]
    assert "binds spare, y" in nodes["c7"]
    paths = [(path.get("class"), words(path)) for path in root.iter(f"{SVG}path") if path.get("class")]
    assert sorted(paths) == [
        ("arrow", "3 → 4: df"),
        ("arrow", "4 → 6: df"),
        ("arrow", "4 → 7: df"),
        ("arrow", "7 → 9: y"),
        ("arrow maybe", "8 → 9: rate"),
    ]
    assert sorted(words(text) for text in root.iter(f"{SVG}text") if text.get("class") == "flow") == [
        "df",
        "df",
        "df",
        "rate",
        "y",
    ]


def test_svg_escapes_and_needs_nothing_from_outside() -> None:
    root = svg(drawn(NASTY))
    (node,) = [one for one in root.iter(f"{SVG}g") if one.get("class") == "node"]
    assert "<a & 'b'> | #1;" in words(node)
    assert {one.tag for one in root.iter()}.isdisjoint({f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"})
    assert "http" not in as_svg.render(drawn(NASTY)).replace("http://www.w3.org/2000/svg", "")


def test_svg_of_nothing() -> None:
    assert svg(drawn("")).get("width") == "701"


def test_a_picture_that_nobody_could_read_is_not_drawn() -> None:
    large, reason = drawn(*["print(1)"] * 2001), "2001 boxes and 0 arrows are too many for a picture"
    assert str(as_svg.too_large(large)).startswith(reason)
    assert words(svg(large)).strip().startswith(reason)
    assert as_svg.too_large(drawn()) is None


SHAPES = {
    "chain": ["a0 = 1", *(f"a{i} = a{i - 1}" for i in range(1, 30))],
    "star": ["a = 1", *(f"b{i} = a + {i}\nprint(b{i})" for i in range(40))],
    "mesh": ["a = b = c = 1", *("a, b = b, c" if i % 3 else "c = a, b" for i in range(57)), "print(a, b, c)"],
    "late": ["def f():\n    return x", "x = 1", "def g():\n    return f(), h()", "def h():\n    return g()"],
    "apart": [f"a{i} = 1\n" if i % 2 else f"print(a{i})" for i in range(60)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_node_lies_on_another_and_arrows_start_and_end_at_theirs(shape: str) -> None:
    drawing = drawn(*SHAPES[shape])
    placed = place([node.key for node in drawing.nodes], arrows(drawing))
    assert placed.corners.keys() == {node.key for node in drawing.nodes}
    corners = sorted(placed.corners.values())
    for position, one in enumerate(corners):
        assert min(one) >= 0
        assert one.x + WIDTH <= placed.width + 1
        assert one.y + HEIGHT <= placed.height + 1
        for other in corners[position + 1 :]:
            assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
    assert sorted(arrow for arrow, _ in placed.routes) == sorted(
        arrow for arrow in arrows(drawing) if {arrow.source, arrow.target} <= placed.lanes.keys()
    )


def test_arrows_run_down_the_document_even_where_names_flow_up() -> None:
    drawing = drawn("def g():\n    return h", "def h():\n    return g", "def f():\n    return x", "x = 1")
    placed = place([node.key for node in drawing.nodes], arrows(drawing))
    assert {(arrow.source, arrow.target) for arrow in arrows(drawing)} == {("c1", "c2"), ("c2", "c1"), ("c4", "c3")}
    assert placed.corners["c1"].y < placed.corners["c2"].y
    assert placed.corners["c3"].y < placed.corners["c4"].y


def test_what_needs_the_same_stands_together_and_has_one_arrow() -> None:
    shared = [Arrow("a", key, ("x",), dashed=False) for key in ("b", "c", "d")]
    placed = place(["a", "b", "c", "d", "e"], shared)
    assert [arrow for arrow, _ in placed.routes] == shared[:1]
    assert len({placed.corners[key].x for key in "bcd"}) == 1
    assert placed.corners["e"] == Point(0, placed.corners["e"].y)
    assert placed.corners["e"].y > placed.corners["d"].y
