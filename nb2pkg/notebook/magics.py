"""What IPython's magics mean for a reader who runs nothing: whose body is Python, and which variables they assign."""

import re

OPAQUE = frozenset(
    [
        "bash",
        "sh",
        "zsh",
        "fish",
        "script",
        "system",
        "sx",
        "!",
        "html",
        "HTML",
        "javascript",
        "js",
        "Javascript",
        "latex",
        "markdown",
        "md",
        "svg",
        "SVG",
        "writefile",
        "writetemplate",
        "file",
        "perl",
        "ruby",
        "python",
        "python2",
        "python3",
        "pypy",
        "cmd",
        "powershell",
        "pwsh",
        "R",
        "r",
        "julia",
        "sql",
        "bigquery",
        "sparksql",
        "configure",
        "spark",
        "scala",
        "kotlin",
        "graph",
        "mermaid",
        "css",
        "sass",
        "coffeescript",
        "cpp",
        "c",
        "fortran",
        "rust",
        "octave",
        "matlab",
        "stata",
    ]
)
# Magics whose line is a statement, and those of their options that take a value.
PYTHON_LINES = {"time": "", "timeit": "nrp", "prun": "lsTD", "memit": "rti", "lprun": "fmDTsu", "mprun": "fT"}
# Magics of whose cells the body is Python for sure. Of any other that is not opaque it is taken for Python where it parses.
PYTHON_BODIED = frozenset({"capture", "debug", *PYTHON_LINES})
OPTION = re.compile(r"-(?:-[\w-]+|([A-Za-z])(\S*))[ \t]+")
WORD = re.compile(r"\S+[ \t]*")
SET_UP = re.compile(r"(?<![\w.])([A-Za-z_]\w*)[ \t]*=(?!=)|\b(?:import(?!.*\bas\b)|as)[ \t]+(\w+)")
EVERYTHING = ("*",)
BIND_EVERYTHING = frozenset({"pylab", "run", "paste", "cpaste", "load_workspace", "importall"})
CYTHON_NAME = re.compile(r"^(?:cpdef|def|class|cdef\s+class)\s+(?:[\w\[\], ]+\s+)?(\w+)\s*[(:]", re.MULTILINE)
SENT_TO = re.compile(r"--(?:out|err|proc)[ =]+(\w+)|(\w+)[ \t]*<<|(?<!\S)-o[ \t]*([\w,]+)")
AUTOMAGIC = frozenset(
    [
        "pip",
        "conda",
        "mamba",
        "cd",
        "ls",
        "ll",
        "pwd",
        "cat",
        "cp",
        "mv",
        "rm",
        "mkdir",
        "rmdir",
        "matplotlib",
        "pylab",
        "run",
        "load",
        "load_ext",
        "reload_ext",
        "time",
        "timeit",
        "who",
        "whos",
        "env",
        "set_env",
        "autoreload",
        "config",
        "store",
        "reset",
        "history",
        "more",
        "less",
        "man",
        "alias",
        "prun",
        "pinfo",
        "pdoc",
        "psource",
        "edit",
        "magic",
        "lsmagic",
        "quickref",
        "bookmark",
        "dirs",
        "pushd",
        "popd",
        "logstart",
        "logstop",
        "colors",
        "xmode",
        "precision",
        "notebook",
        "paste",
    ]
)
# Those an author types alone; any other single word may be a variable of the notebook.
AUTOMAGIC_ALONE = frozenset({"ls", "pwd", "who", "whos", "lsmagic", "quickref", "cd", "colors"})


def statement_in_line(name: str, content: str) -> int | None:
    """Where, in the text after the name of a line magic, its Python statement begins; None where it has none."""
    valued = PYTHON_LINES.get(name)
    if valued is None:
        return None
    position = len(content) - len(content.lstrip(" \t"))
    while (option := OPTION.match(content, position)) is not None:
        position = option.end()
        if option[1] and option[1] in valued and not option[2]:
            value = WORD.match(content, position)
            position = value.end() if value else position
    rest = content[position:].strip()
    return position if rest and not rest.startswith(("-", "#")) else None


def binds_of(name: str, content: str, body: str = "") -> tuple[str, ...]:
    """The variables a magic assigns; ``("*",)`` for one that brings names we cannot know."""
    if name in BIND_EVERYTHING:
        return EVERYTHING
    words = content.split()
    plain = tuple(word for word in words if word.isidentifier())
    if name == "store":
        return (plain or EVERYTHING) if "-r" in words else ()
    if name in ("aimport", "load_ext"):  # an extension may put itself among the notebook's names
        return tuple(word.partition(".")[0] for word in re.findall(r"(?<![\w.-])[A-Za-z_][\w.]*", content))
    if name == "timeit" and body:
        return tuple(assigned or imported for assigned, imported in SET_UP.findall(content))
    if name in ("capture", "macro", "bigquery"):
        return plain[:1]
    if name in ("cython", "cython_inline"):
        return tuple(CYTHON_NAME.findall(body))
    if name in ("R", "sql", "bash", "sh", "script", "octave"):
        return tuple(part for groups in SENT_TO.findall(content) for part in ",".join(groups).split(",") if part)
    return ()


def may_be_automagic_alone(source: str) -> bool:
    """Whether a cell is one word that IPython takes as a magic unless it is a variable (``ls``)."""
    return len(source) < 12 and source.strip() in AUTOMAGIC_ALONE


def is_automagic(source: str) -> bool:
    """Whether IPython would take a cell of this one line as a magic without its percent sign (``pip install x``)."""
    word, _, rest = source.strip().partition(" ")
    if "\n" in source.strip() or word not in AUTOMAGIC:
        return False
    return word in AUTOMAGIC_ALONE if not rest.strip() else not rest.lstrip().startswith(("=", ".", ",", "("))
