"""Tables are read, checked, put over each other and cached; a bad one says which file and row."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nb2pkg.apis import Row, load_tables, rules_folder
from nb2pkg.errors import PackError


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder for this test alone."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("NB2PKG_CACHE_DIR", str(folder))
    return folder


def pack(folder: Path, text: str, *, name: str = "acme.toml") -> str:
    """A rule pack with one table; its folder."""
    (folder / "apis").mkdir(parents=True, exist_ok=True)
    (folder / "apis" / name).write_text(text, encoding="utf-8")
    return str(folder)


def test_a_row_gives_its_keys_and_the_defaults(tmp_path: Path) -> None:
    folder = pack(tmp_path, '"acme.ml.holdout" = { role = "split", args = ["*arrays"], rows = "arrays" }')
    row = load_tables([folder]).get("acme.ml.holdout")
    assert row == Row("acme.ml.holdout", role="split", args=("*arrays",), rows="arrays")


def test_a_name_without_row_is_none(tmp_path: Path) -> None:
    table = load_tables([pack(tmp_path, '"acme.a" = { role = "plain" }')])
    assert table.get("acme.b") is None
    assert table.get("acme") is None


def test_the_longest_prefix_wins_after_the_exact_name(tmp_path: Path) -> None:
    text = '"a.*" = { role = "plot" }\n"a.b.*" = { role = "plain" }\n"a.b.c" = { role = "load" }'
    table = load_tables([pack(tmp_path, text)])
    found = [table.get(name) for name in ("a.x.y", "a.b.y", "a.b.c", "a.b.c.d")]
    assert [row.role for row in found if row] == ["plot", "plain", "load", "plain"]


def test_a_method_is_found_by_its_receiver(tmp_path: Path) -> None:
    table = load_tables([pack(tmp_path, '"data.fillna" = { role = "rowwise", mutates = "inplace" }')])
    row = table.receiver("data", "fillna")
    assert row is not None and (row.role, row.inplace) == ("rowwise", "inplace")
    assert table.receiver("estimator", "fillna") is None


def test_an_alias_keeps_what_it_says_itself(tmp_path: Path) -> None:
    text = """
"new.*" = { role = "plain" }
"new.load" = { role = "load", path = "file" }
"old.*" = { same_as = "new.*", removed = "1.2", use = "new.*" }
"older.read" = { same_as = "old.load" }
"""
    table = load_tables([pack(tmp_path, text)])
    expected = Row("new.load", role="load", path="file", removed="1.2", use="new.load")
    assert table.get("old.load") == expected
    assert table.get("older.read") == expected


def test_an_alias_of_nothing_is_an_error(tmp_path: Path) -> None:
    table = load_tables([pack(tmp_path, '"old.load" = { same_as = "new.load" }')])
    with pytest.raises(PackError, match=r"old\.load: same_as: no row describes new\.load"):
        table.get("old.load")


def test_aliases_that_go_round_are_an_error(tmp_path: Path) -> None:
    table = load_tables([pack(tmp_path, '"a.b" = { same_as = "c.d" }\n"c.d" = { same_as = "a.b" }')])
    with pytest.raises(PackError, match="goes round"):
        table.get("a.b")


def test_a_later_pack_replaces_rows_of_an_earlier_one(tmp_path: Path) -> None:
    first = pack(tmp_path / "first", '"acme.a" = { role = "plain" }\n"acme.b" = { role = "plot" }')
    second = pack(tmp_path / "second", '"acme.a" = { role = "load" }')
    for _ in range(2):  # once read, once from the cache
        table = load_tables([first, second])
        assert [row.role for name in ("acme.a", "acme.b") if (row := table.get(name))] == ["load", "plot"]
    alone = load_tables([first]).get("acme.a")
    assert alone is not None and alone.role == "plain"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (
            '"acme.a" = { rolle = "load" }',
            r"acme\.a: rolle: rows have no such key; they have again, again_unless, args, axis",
        ),
        ('"acme.a" = { role = "laod" }', r"acme\.a: role: 'laod' is none of bundle, columns"),
        ('"acme.a" = { kind = "modell" }', r"acme\.a: kind: 'modell' is none of"),
        ('"acme.a" = { role = ["load"] }', r"acme\.a: role: \['load'\] is none of"),
        ('"acme.a" = { role = "load", args = "path" }', r"acme\.a: args: a list of texts is wanted, not 'path'"),
        ('"acme.a" = { role = "load", args = ["a b"] }', r"acme\.a: args: 'a b' is not a value it can have"),
        ('"acme.a" = { role = "load", path = 1 }', r"acme\.a: path: 1 is not a value it can have"),
        ('"acme.a" = { role = "metric", lower = false }', r"acme\.a: lower: true or left out, not False"),
        ('"acme.a" = { role = "load", unless = ["="] }', r"acme\.a: unless: '=' is not a value it can have"),
        ('"acme.a" = { role = "load", stochastic = 3 }', r"acme\.a: stochastic: 3 is not a value it can have"),
        ('"acme.a" = { role = "load", removed = "soon" }', r"acme\.a: removed: 'soon' is not a value it can have"),
        ('"acme.a" = { path = "file" }', r"acme\.a: a row says a `role`, a `kind` or"),
        ('"acme.a" = 1', r"acme\.a: a row is a table"),
        ('"acme..a" = { role = "load" }', r"acme\.\.a: not a dotted name"),
        ('acme.a = { role = "load" }', r"acme: a: rows have no such key"),
        ('"acme.a" = { role = "load"', r"acme\.toml: "),
        ('"acme.a" = { role = "load" }\n"acme.a" = { role = "load" }', r"acme\.toml: "),
    ],
)
def test_a_bad_row_is_named_with_its_file(tmp_path: Path, row: str, complaint: str) -> None:
    folder = pack(tmp_path, row)
    with pytest.raises(PackError, match=rf"acme\.toml.*{complaint}|{complaint}") as raised:
        load_tables([folder])
    assert str(Path(folder, "apis", "acme.toml")) in str(raised.value)


def test_text_that_is_not_utf8_is_named_with_its_file(tmp_path: Path) -> None:
    folder = pack(tmp_path, "")
    Path(folder, "apis", "acme.toml").write_bytes(b'"a" = "\xff"')
    with pytest.raises(PackError, match=r"acme\.toml"):
        load_tables([folder])


def test_a_name_in_two_files_of_a_pack_is_an_error(tmp_path: Path) -> None:
    row = '"acme.a" = { role = "plain" }'
    pack(tmp_path, row)
    folder = pack(tmp_path, row, name="beta.toml")
    with pytest.raises(PackError, match=r"beta\.toml: acme\.a: this row already stands in .*acme\.toml"):
        load_tables([folder])


def test_a_pack_without_tables_is_none_the_worse(tmp_path: Path, own_cache: Path) -> None:
    assert load_tables([str(tmp_path)]).get("acme.a") is None
    assert not own_cache.exists()


def test_a_changed_table_is_noticed(tmp_path: Path) -> None:
    folder = pack(tmp_path, '"acme.a" = { role = "plain" }')
    load_tables([folder])
    pack(tmp_path, '"acme.a" = { role = "load" }')
    row = load_tables([folder]).get("acme.a")
    assert row is not None and row.role == "load"


def test_an_added_and_a_removed_table_are_noticed(tmp_path: Path) -> None:
    folder = pack(tmp_path, '"acme.a" = { role = "plain" }')
    load_tables([folder])
    pack(tmp_path, '"beta.b" = { role = "plain" }', name="beta.toml")
    assert load_tables([folder]).get("beta.b") is not None
    Path(folder, "apis", "acme.toml").unlink()
    assert load_tables([folder]).get("acme.a") is None


def test_a_warm_start_reads_only_the_cache(tmp_path: Path, own_cache: Path) -> None:
    folder = pack(tmp_path, '"acme.a" = { role = "plain", args = ["x"] }')
    cold = load_tables([folder]).get("acme.a")
    table = Path(folder, "apis", "acme.toml")
    status = table.stat()
    table.write_text("x" * status.st_size, encoding="utf-8")  # unreadable as TOML, same size and time
    os.utime(table, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert load_tables([folder]).get("acme.a") == cold
    assert len(list(own_cache.iterdir())) == 1


@pytest.mark.parametrize("damage", ["empty", "short", "flipped", "text"])
def test_a_damaged_cache_is_ignored(tmp_path: Path, own_cache: Path, damage: str) -> None:
    folder = pack(tmp_path, '"acme.a" = { role = "plain" }')
    load_tables([folder])
    (cached,) = own_cache.iterdir()
    content = cached.read_bytes()
    flipped = bytes([*content[:20], content[20] ^ 255, *content[21:]])
    cached.write_bytes({"empty": b"", "short": content[:-7], "flipped": flipped, "text": b"no cache"}[damage])
    assert load_tables([folder]).get("acme.a") is not None
    assert cached.read_bytes() == content


def test_another_pack_in_the_same_place_does_not_share_the_cache(tmp_path: Path, own_cache: Path) -> None:
    first = pack(tmp_path / "first", '"acme.a" = { role = "plain" }')
    load_tables([first])
    (cached,) = own_cache.iterdir()
    second = pack(tmp_path / "second", '"acme.a" = { role = "load" }')
    load_tables([second])
    (other,) = set(own_cache.iterdir()) - {cached}
    other.write_bytes(cached.read_bytes())
    row = load_tables([second]).get("acme.a")
    assert row is not None and row.role == "load"


def test_a_cache_that_cannot_be_written_costs_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("NB2PKG_CACHE_DIR", str(tmp_path / "file"))
    folder = pack(tmp_path, '"acme.a" = { role = "plain" }')
    assert load_tables([folder]).get("acme.a") is not None


def test_every_built_in_row_can_be_read() -> None:
    table = load_tables([rules_folder()])
    names = list(table.names())
    assert len(names) > 2500
    assert [name for name in names if not name.endswith("*") and table.get(name) is None] == []


def test_a_warm_start_imports_little(tmp_path: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); from nb2pkg.apis import load_tables, rules_folder;"
        "assert load_tables([rules_folder()]).get('pandas.read_csv').path;"
        "print(sorted({'tomllib', 'pathlib', 'importlib.resources', 'inspect', 'dataclasses'} & set(sys.modules) - before))"
    )
    environment = {**os.environ, "NB2PKG_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)  # fills the cache
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
