"""Write ``data/ingestion.py``: the notebook's own reading statements, with paths below ``config.data_dir``."""

import ast
import os
import re
import textwrap
from dataclasses import dataclass
from urllib.parse import urlsplit

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.draws import Draw
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.imports import Imports
from nb2pkg.extract.joined_keys import keys_of
from nb2pkg.extract.joined_reading import JoinedReader, paths_in_turn
from nb2pkg.extract.lane import Joint, Root
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import snake
from nb2pkg.extract.path_text import path_text
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.prose import docstring
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.settings import FILE
from nb2pkg.extract.text import Sources
from nb2pkg.facts.events import Call
from nb2pkg.facts.values import Library

MODULE = "data/ingestion.py"
REMOTE = ("http://", "https://", "ftp://", "s3://", "gs://")
NO_TABLES = frozenset({"cv2", "imageio", "json", "matplotlib", "numpy", "PIL", "scipy", "skimage", "sklearn"})

LOCATED = '''
def located(path: Path, address: str) -> Path | str:
    """Give the file where it is in the data directory, else the address it is fetched from."""
    return path if path.exists() else address
'''


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that is read: the call, the path below the data directory, and the notebook's own path or address where that is another."""

    call: ast.Call
    statement: int
    path: str
    absolute: str | None = None
    address: str | None = None


class IngestionWriter:
    """Writes readers; ``loads`` are the files they read, ``numbered`` whether columns have numbers in the place of names.

    ``keys`` are the names by which files are joined, None where none are.
    """

    def __init__(self, lowering: Lowering, sources: Sources, pieces: Pieces) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.pieces = pieces
        self.imports = Imports()
        self.loads: list[Loaded] = []
        self.blocks: list[str] = []
        self.unseeded: list[Draw] = []
        self.numbered = False
        self.keys: list[list[list[str]]] | None = None
        self.joining = JoinedReader(lowering, sources, self.imports, self.blocks, self.place_of)

    def raw(self, root: Root, target: str | None) -> None:
        """``read_raw``: the rows that everything starts from; ``target`` is the column added to a bundled dataset's table."""
        if root.files:
            self.joined("read_raw", root, "Read the raw rows")
        elif root.kind == "file":
            self.reader("read_raw", root, '"""Read the raw rows, as they come."""')
        else:
            self._bundle(root, target)

    def joined(self, name: str, root: Root, what: str) -> None:
        """A function that reads several files and joins them."""
        self.imports.add("pandas", "pd")
        for file in root.files:
            self.path_of(file)
            self._check({k.arg: k.value for k in file.load.keywords}, self.lowering.statement(file.statement))
        doc = self._joined_doc(root, what)
        self.joining.write(name, root, doc)
        self.keys = [*(self.keys or []), *keys_of(self.facts, root)]
        self._place(root, name)

    def both(self, joint: Joint, *, own: list[str]) -> None:
        """``read_raw`` and the reader of the other file, where both are prepared as one table; ``own`` columns keep their types."""
        self.imports.add("pandas", "pd")
        train, test = self._read(joint.train), self._read(joint.test)
        kept = ", ".join(f"{name!r}: train[{name!r}]" for name in own)
        lines = [
            '"""Read the rows of both files; each column has the type that it has in one table of both."""',
            f"train = {train}",
            f"test = {test}",
            *(line for name in sorted(joint.known) for line in _without(name)),
            "together = pd.concat([train, test])",
            "rows = together.iloc[: len(train)]" + (f".assign(**{{{kept}}})" if kept else ""),
            "return rows, together.iloc[len(train) :]",
        ]
        head = "def read_both(config: Config) -> tuple[pd.DataFrame, pd.DataFrame]:"
        self.blocks.append("\n".join([head, *(textwrap.indent(line, "    ") for line in lines)]))
        self._half("read_raw", "rows, _", "Read the raw rows, as they come.")
        self._half(joint.reader, "_, rows", "Read the rows of the other file, which are only predicted on.")
        self._place(joint.train, "read_both")
        self._place(joint.test, "read_both")

    def _half(self, name: str, names: str, doc: str) -> None:
        head = f"def {name}(config: Config) -> pd.DataFrame:"
        self.blocks.append(f'{head}\n    """{doc}"""\n    {names} = read_both(config)\n    return rows')

    def reader(self, name: str, root: Root, doc: str) -> None:
        """A function that reads one file."""
        if root.files:
            self.joined(name, root, doc.strip('".'))
            return
        self.imports.add("pandas", "pd")
        text = self._read(root)
        function = f"def {name}(config: Config) -> pd.DataFrame:\n" + textwrap.indent(f"{doc}\nreturn {text}", "    ")
        self.blocks.append(function)
        self._place(root, name)

    def _place(self, root: Root, name: str) -> None:
        for index in {root.statement, *root.building}:
            self.pieces.place(index, "ingestion", MODULE, name)

    def _read(self, root: Root) -> str:
        statement = self.lowering.statement(root.statement)
        call, named = self.path_of(root)
        if call.name.partition(".")[0] in NO_TABLES:
            reason = f"`{ast.unparse(root.load.func)}` gives no table whose columns have names"
            raise refused(statement, f"{reason}; read the file with `pd.read_csv` or its like")
        place = self.place_of(root)
        others = [k.arg for k in root.load.keywords]
        if None in others or len(root.load.args) > 1:
            raise refused(
                statement, "the call that reads the file has options by position or with `*`; give them by name"
            )
        options = {k.arg: k.value for k in root.load.keywords if k.value is not named}
        self._check(options, statement)
        pieces = [
            place,
            *(f"{key}={self._option(value, root)}" for key, value in options.items()),
        ]
        function = self._function(root.load, call.name)
        text = f"{function}({', '.join(pieces)})" + self._named(root, options)
        return f"{text}.reset_index(drop=True)" if "index_col" in options else text

    def path_of(self, root: Root) -> tuple[Call, ast.expr]:
        """The call that reads a file, and its path. Raises RefusedError where that cannot be seen."""
        call = self.facts.call(root.load)
        row = call.row if call is not None else None
        named = call.args.get(getattr(row, "path", "") or "filepath_or_buffer") if call is not None else None
        if call is None or named is None:
            raise refused(self.lowering.statement(root.statement), "which file is read cannot be seen")
        return call, named[0]

    def _joined_doc(self, root: Root, what: str) -> str:
        cells = sorted({self.lowering.statement(index).cell for index in root.building})
        where = f"cell {cells[0]} joins" if len(cells) == 1 else f"cells {cells[0]} to {cells[-1]} join"
        return docstring(f"{what}: several files, as {where} them.", self.pieces.words.of(cells))

    def place_of(self, root: Root) -> str:
        """Where a file is read from, as an expression of the package."""
        node = self.path_of(root)[1]
        listed = paths_in_turn(self.lowering, node, root)
        if listed is not None:
            for path in listed:
                self.loads.append(Loaded(root.load, root.statement, path))
            text = self.sources.of(node)
            return f"config.data_dir / {text if isinstance(node, ast.Name | ast.JoinedStr | ast.Call) else f'({text})'}"
        path = self._path(node, root)
        field = self.pieces.settings.lift(
            f"{snake(os.path.splitext(os.path.basename(path))[0])}_file",
            path,
            owner="data",
            comment=FILE,
        )
        place = f"config.data_dir / {field}"
        address = self.loads[-1].address
        if address is not None:
            place = self._located(place, address, os.path.splitext(os.path.basename(path))[0])
        return place

    def _named(self, root: Root, options: dict[str | None, ast.expr]) -> str:
        """How the columns get the names that the notebook gives them at once, or texts for the numbers they have without names."""
        given = [self.facts.program.statements[index].node for index in root.building if index != root.statement]
        names = next(filter(None, (self.lowering.roots.names_given(node, root.name) for node in given)), None)
        if names is not None:
            return f".set_axis({names!r}, axis=1)"
        header = options.get("header")
        if isinstance(header, ast.Constant) and header.value is None and "names" not in options:
            self.numbered = True
            return ".rename(columns=str)"
        return ""

    def _located(self, place: str, address: str, stem: str) -> str:
        """The file where it lies in the data directory, else its address."""
        if LOCATED not in self.blocks:
            self.imports.add("pathlib.Path")
            self.blocks.insert(0, LOCATED)
        field = self.pieces.settings.lift(
            f"{snake(stem)}_url",
            address,
            owner="data",
            comment="address that the rows are read from where the file is missing",
        )
        return f"located({place}, {field})"

    def _function(self, load: ast.Call, name: str) -> str:
        if isinstance(load.func, ast.Attribute) and isinstance(load.func.value, ast.Name):
            value = self.facts.value(load.func.value)
            if isinstance(value, Library):
                alias = "pd" if value.name == "pandas" else load.func.value.id
                return f"{self.imports.add(value.name, alias)}.{load.func.attr}"
        return self.imports.add(name)

    def _check(self, options: dict[str | None, ast.expr], statement: object) -> None:
        for forbidden in ("chunksize", "iterator"):
            if forbidden in options:
                raise refused(statement, f"`{forbidden}` is not carried over")  # type: ignore[arg-type]

    def _option(self, node: ast.expr, root: Root) -> str:
        library = self.facts.value(node)
        if isinstance(library, Library):
            return (
                self.imports.add(library.name)
                if not library.name.startswith("builtins.")
                else library.name.removeprefix("builtins.")
            )
        try:
            return repr(evaluate(node, self.facts, at=root.statement))
        except NotConstantError as error:
            raise refused(
                self.lowering.statement(root.statement), f"`{ast.unparse(node)[:40]}` is not a constant"
            ) from error

    def _path(self, node: ast.expr, root: Root) -> str:
        statement = self.lowering.statement(root.statement)
        text = self._literal_path(node, root)
        if text is None:
            raise refused(statement, f"the path `{ast.unparse(node)[:50]}` is only known when the notebook runs")
        if text.startswith(REMOTE):
            return self._remote(text, root)
        clean = text.replace("\\", "/")
        absolute = clean.startswith(("/", "~")) or clean[1:3] == ":/"
        path = clean.rsplit("/", 1)[-1] if absolute else clean.removeprefix("./")
        self.loads.append(Loaded(root.load, root.statement, path, text if absolute else None))
        if any(one.path == path and one.absolute != self.loads[-1].absolute for one in self.loads):
            raise refused(statement, f"two files are called `{path}` below the data directory; rename one")
        return path

    def _remote(self, address: str, root: Root) -> str:
        """The name that a file from the network has once it lies in the data directory."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https", "ftp"):
            raise refused(
                self.lowering.statement(root.statement),
                f"rows are read from `{address[:60]}`; save the file beside the notebook first",
            )
        name = re.sub(r"[^\w.-]", "_", os.path.basename(parts.path.rstrip("/"))) or parts.netloc
        name = name if os.path.splitext(name)[1] else f"{name}.csv"
        self.loads.append(Loaded(root.load, root.statement, name, address=address))
        return name

    def _literal_path(self, node: ast.expr, root: Root) -> str | None:
        found = path_text(node, self.facts, at=root.statement)
        if found is not None:
            return found
        told = {one.path for one in self.facts.loads if one.node is root.load}
        if len(told) == 1 and None not in told:
            return told.pop()
        uses = [use for use in self.facts.paths if use.place.cell == self.sources.cell_of(node)]
        return uses[0].text if len(uses) == 1 and uses[0].text else None

    # ---- bundled datasets

    def _bundle(self, root: Root, target: str | None) -> None:
        self.imports.add("pandas", "pd")
        framed = bool(root.name) and len(root.building) > 1 and not self._is_own_frame(root)
        body = self._framed(root, target) if framed else self._as_frame(root, target)
        made = self.lowering.roots.makes(root.load)
        doc = "Make the rows up, as the notebook does." if made else "Load the rows that come with the library."
        text = "\n".join(
            [
                f"def read_raw({'config' if 'config.' in ' '.join(body) else '_config'}: Config) -> pd.DataFrame:",
                f'    """{doc}"""',
                *body,
            ]
        )
        self.blocks.append(text)
        self._place(root, "read_raw")

    def _is_own_frame(self, root: Root) -> bool:
        node = self.facts.program.statements[root.building[-1]].node
        return isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr == "frame"

    def _as_frame(self, root: Root, target: str | None) -> list[str]:
        call = self.facts.call(root.load)
        if self.lowering.roots.makes(root.load):
            return self._made(root, target or "target")
        if call is None or root.load.args:
            raise refused(self.lowering.statement(root.statement), "how the dataset is loaded cannot be seen")
        loader = self.imports.add(call.name)
        kept = [k for k in root.load.keywords if k.arg not in ("as_frame", "return_X_y")]
        options = ", ".join([*(f"{k.arg}={self._option(k.value, root)}" for k in kept), "as_frame=True"])
        rename = f'.rename(columns={{"target": {target!r}}})' if target not in (None, "target") else ""
        return [f"    rows: pd.DataFrame = {loader}({options}).frame{rename}", "    return rows"]

    def _made(self, root: Root, target: str) -> list[str]:
        """Rows that a function makes up, as a table with a column for each feature."""
        call = self.facts.call(root.load)
        assert call is not None
        given = [*root.load.args, *(k.value for k in root.load.keywords)]
        if any(isinstance(one, ast.Starred) for one in given) or any(k.arg is None for k in root.load.keywords):
            raise refused(
                self.lowering.statement(root.statement), "`*` in the arguments of the call that makes the rows"
            )
        keywords = {k.arg: self._option(k.value, root) for k in root.load.keywords}
        if keywords.get("random_state", "None") == "None":
            keywords["random_state"] = "config.seed"
            self.unseeded.append(Draw(root.load, root.statement, call.name.rpartition(".")[2]))
        arguments = [*(self._option(one, root) for one in root.load.args), *(f"{k}={v}" for k, v in keywords.items())]
        return [
            f"    features, target = {self.imports.add(call.name)}({', '.join(arguments)})",
            '    rows = pd.DataFrame(features).rename(columns="feature_{}".format)',
            f"    return rows.assign({target}=target)",
        ]

    def _framed(self, root: Root, target: str | None) -> list[str]:
        """The notebook's own statements that make the table."""
        nodes = [self.facts.program.statements[index].node for index in root.building]
        self.imports.of(nodes, self.facts)
        seeded = self._seeded(root)
        body = [textwrap.indent(self.sources.of(node, seeded), "    ") for node in nodes]
        frame = next(node for node in nodes if isinstance(node, ast.Assign) and _names(node, root.name))
        assert isinstance(frame, ast.Assign) and isinstance(frame.value, ast.Call)
        fixes = []
        if not self._named_columns(frame.value):
            fixes.append(".rename(columns=str)")
        if len(frame.value.args) > 1 or any(k.arg == "index" for k in frame.value.keywords):
            fixes.append(".reset_index(drop=True)")
        if self.lowering.roots.makes(root.load) and target not in self.added(root):
            raise refused(
                self.lowering.statement(root.statement),
                "the target of the rows made here is in no column of their table",
            )
        if target is not None and target not in self.added(root):
            body.append(f"    {root.name}[{target!r}] = {root.bundle}.target")
        return [*body, f"    return {root.name}{''.join(fixes)}"]

    def _seeded(self, root: Root) -> dict[ast.AST, str]:
        """The edit that seeds a call which makes rows up without a seed."""
        keywords = root.load.keywords
        if not self.lowering.roots.makes(root.load) or any(k.arg == "random_state" for k in keywords):
            return {}
        arguments = [*root.load.args, *(k.value for k in keywords)]
        if not arguments:
            raise refused(self.lowering.statement(root.statement), "the rows made here have no random_state")
        last = max(arguments, key=lambda one: (one.lineno, one.col_offset))
        call = self.facts.call(root.load)
        name = call.name.rpartition(".")[2] if call is not None else ""
        self.unseeded.append(Draw(root.load, root.statement, name))
        return {last: f"{self.sources.of(last)}, random_state=config.seed"}

    @staticmethod
    def _named_columns(call: ast.Call) -> bool:
        return any(k.arg == "columns" for k in call.keywords) or len(call.args) > 2

    def added(self, root: Root) -> list[str]:
        """The columns that the notebook adds to the table from the dataset."""
        found = []
        for index in root.building:
            node = self.facts.program.statements[index].node
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                key = node.targets[0].slice
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found.append(key.value)
        return found

    def module(self, package: str) -> str:
        """The text of the module."""
        self.imports.add(f"{package}.config.Config")
        return "\n\n".join(['"""Read the raw rows."""', self.imports.text(), *self.blocks]) + "\n"


def _names(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def _without(column: str) -> list[str]:
    """Lines that stop where the other file has a column by which its rows are told apart."""
    return [
        f"if {column!r} in test and test[{column!r}].notna().any():",
        f"    message = {f'the other file has {column}, so its rows cannot be told apart by it'!r}",
        "    raise ValueError(message)",
    ]
