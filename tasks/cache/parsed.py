"""What the source of one module says: its code, and what else of ours it reaches. Nothing is run for it.

Where reading leaves a doubt, more counts than has to. That costs a needless run of a stage, never a wrong
result.
"""

import ast
from dataclasses import dataclass
from hashlib import sha256

PACKAGES = ("denoising", "tasks", "flows")  # ours

# A module that names one of these may read files that are no code: those below its own folder, and below the
# folders of packages that it names.
READING_FILES = {
    "FileSystemLoader", "PackageLoader", "__file__", "__path__", "__spec__", "get_data", "open", "read_bytes",
    "read_text", "resources",
}  # fmt: skip
LEAVING_THE_FOLDER = {"..", "cwd", "getcwd", "parents"}  # then those of all folders of ours
LISTING = {"glob", "iglob", "iterdir", "listdir", "rglob", "scandir", "walk"}  # then code, too

# One of these may read docstrings, comments or line numbers.
READING_TEXT = {
    "__code__", "__doc__", "__file__", "__traceback__", "_getframe", "getdoc", "getsource", "getsourcelines",
    "inspect", "linecache", "lineno", "traceback",
}  # fmt: skip

# Functions that import what their first argument says.
IMPORTING = {"__import__", "import_module", "resolve_name", "run_module"}
# These, or what they stand for, may import or run anything.
RUNNING = {"compile", "eval", "exec"}  # the built-in functions, not methods of that name
UNTRACEABLE = {
    "SourceFileLoader", "__builtins__", "builtins", "exec_module", "executable", "pickle", "run_path",
    "spec_from_file_location",
}  # fmt: skip


@dataclass(frozen=True)
class Parsed:
    """What the source of a module says.

    Attributes:
        code: digest of its code in its order, without positions, comments, docstrings and descriptions.
        text: digest of all of it.
        names: the dotted names of all that it imports or names in a string, and that may be ours; a `*` at
            the end stands for everything below.
        libraries: the first part of every other name that it imports.
        reads_files: whether it may read files of its folder that are no code.
        reads_any_file: whether these may lie in other folders of ours.
        reads_text: whether it may read docstrings or sources.
        computed: whether it may import a module whose name only running it tells.
    """

    code: str
    text: str
    names: list[str]
    libraries: list[str]
    reads_files: bool
    reads_any_file: bool
    reads_text: bool
    computed: bool


def parse(source: bytes, module: str, *, is_package: bool) -> Parsed:
    """What the source of a module says; what is no Python counts as it is.

    Args:
        source: the content of its file.
        module: its dotted name.
        is_package: whether it is the `__init__` of a package.
    """
    text = sha256(source).hexdigest()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return Parsed(text, text, [], [], False, False, False, False)
    found = Reading(module if is_package else module.rpartition(".")[0])
    found.visit(tree)
    words = found.words
    remove_prose(tree, of_settings="pydantic" in found.libraries and "Field" not in found.defined)
    reads_files = bool(words & READING_FILES)
    reads_code = reads_files and (bool(words & LISTING) or any(word.endswith(".py") for word in words))
    return Parsed(
        code=sha256(ast.dump(tree).encode()).hexdigest(),
        text=text,
        names=sorted(name for name in found.names if name.partition(".")[0] in PACKAGES),
        libraries=sorted(found.libraries - {*PACKAGES, ""}),
        reads_files=reads_files,
        reads_any_file=reads_files and (found.of_another or bool(words & LEAVING_THE_FOLDER)),
        reads_text=reads_code or bool(words & READING_TEXT),
        computed=reads_code or found.computed or bool(words & UNTRACEABLE),
    )


def remove_prose(tree: ast.Module, *, of_settings: bool) -> None:
    """Take out strings that are statements, docstrings among them, and the descriptions of settings."""
    for node in ast.walk(tree):
        if of_settings and isinstance(node, ast.Call) and last_word(node.func) == "Field":
            node.keywords = [k for k in node.keywords if not (k.arg == "description" and is_text(k.value))]
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            left = [s for s in node.body if not (isinstance(s, ast.Expr) and is_text(s.value))]
            node.body = left or ([] if isinstance(node, ast.Module) else [ast.Pass()])


def is_text(node: ast.expr) -> bool:
    """Whether an expression is nothing but a string."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


class Reading(ast.NodeVisitor):
    """What a module imports and names, wherever in it.

    Attributes:
        words: every name, attribute, and word that is a string of its own.
        names: all that may be a module of ours, or something in one.
        libraries: the first parts of the names in import statements.
        defined: what it calls its own functions and classes.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self.words: set[str] = set()
        self.names: set[str] = set()
        self.libraries: set[str] = set()
        self.defined: set[str] = set()
        self.computed = False
        self.of_another = False  # it asks where the file of another module lies
        self.told: set[ast.expr] = set()  # functions that are called with a name which reading can tell

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.libraries.add(alias.name.partition(".")[0])
            self.words.update(alias.name.split("."))
            # Without `as`, this binds the outermost package, through which all that is in it can be reached.
            self.names |= {alias.name, f"{alias.name if alias.asname else alias.name.partition('.')[0]}.*"}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        parents = (
            self.package.split(".")[: len(self.package.split(".")) - node.level + 1] if node.level else []
        )
        module = ".".join([*parents, *([node.module] if node.module else [])])
        self.libraries.add(module.partition(".")[0])
        # What is imported may be a package, through which all that is in it can be reached.
        self.names |= {module, *(f"{module}.{alias.name}.*".replace(".*.*", ".*") for alias in node.names)}
        self.words.update(module.split("."))
        for alias in node.names:
            self.words.add(alias.name)
            self.computed |= alias.name in IMPORTING and alias.asname not in (None, alias.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.defined.add(node.name)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if last_word(node.func) in IMPORTING and isinstance(name, str):
            self.told.add(node.func)  # visit_Constant notes the name, should it be ours
            self.libraries.add(name.partition(".")[0])
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.words.add(node.attr)
        self.of_another |= node.attr in ("__file__", "__path__", "__spec__")
        self.of_another |= node.attr == "parent" and last_word(node.value) == "parent"
        self.computed |= node.attr in IMPORTING and node not in self.told
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self.words.add(node.id)
        self.computed |= node.id in IMPORTING | RUNNING and node not in self.told

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.words.add(node.value)
            self.computed |= node.value in IMPORTING
            self.names.add(node.value.replace(":", "."))


def last_word(node: ast.expr) -> str:
    """The last part of a dotted name; empty for any other expression."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
