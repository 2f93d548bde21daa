"""What the source of one module says: its code, and what else of ours it reaches. Nothing is run for it.

Where reading leaves a doubt, more counts than has to. That costs a needless run of a stage, never a wrong
result.
"""

import ast
from dataclasses import dataclass
from hashlib import sha256

PACKAGES = ("denoising", "tasks", "flows")  # ours

# Whoever names one of these may read files that are no code, or the text of the code itself.
READING_FILES = {
    "FileSystemLoader", "PackageLoader", "__file__", "__path__", "__spec__", "get_data", "open", "read_bytes",
    "read_text", "resources",
}  # fmt: skip
READING_TEXT = {"__doc__", "getdoc", "getsource", "getsourcelines", "linecache"}
LEAVING_THE_FOLDER = {"..", "cwd", "getcwd", "parents"}

# Functions that import or run what their first argument says.
IMPORTING = {
    "__import__", "import_module", "resolve_name", "run_module", "run_path", "spec_from_file_location",
}  # fmt: skip
RUNNING = {"compile", "eval", "exec"}  # built-in ones, that is, unless they are methods


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
    remove_prose(tree)
    reads_files = bool(words & READING_FILES)
    return Parsed(
        code=sha256(ast.dump(tree).encode()).hexdigest(),
        text=text,
        names=sorted(name for name in found.names if name.partition(".")[0] in PACKAGES),
        libraries=sorted({name.partition(".")[0] for name in found.imported} - {*PACKAGES, ""}),
        reads_files=reads_files,
        reads_any_file=reads_files and (found.of_another or bool(words & LEAVING_THE_FOLDER)),
        reads_text=bool(words & READING_TEXT),
        computed=found.computed,
    )


def remove_prose(tree: ast.Module) -> None:
    """Take out docstrings, and the descriptions of settings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_word(node.func) == "Field":
            node.keywords = [keyword for keyword in node.keywords if keyword.arg != "description"]
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]


class Reading(ast.NodeVisitor):
    """What a module imports and names, wherever in it.

    Attributes:
        words: every name, attribute, and word that is a string of its own.
        names: all that may be a module of ours, or something in one.
        imported: what import statements name.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self.words: set[str] = set()
        self.names: set[str] = set()
        self.imported: set[str] = set()
        self.computed = False
        self.of_another = False  # it asks where the file of another module lies
        self.told: set[ast.expr] = set()  # functions that are called with a name which reading can tell

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.imported.add(alias.name)
            self.words.update(alias.name.split("."))
            # Without `as`, this binds the outermost package, through which all that is in it can be reached.
            self.names |= {alias.name, f"{alias.name if alias.asname else alias.name.partition('.')[0]}.*"}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        parents = (
            self.package.split(".")[: len(self.package.split(".")) - node.level + 1] if node.level else []
        )
        module = ".".join([*parents, *([node.module] if node.module else [])])
        self.imported.add(module)
        # What is imported may be a package, through which all that is in it can be reached.
        self.names |= {module, *(f"{module}.{alias.name}.*" for alias in node.names)}
        self.words.update(module.split("."))
        for alias in node.names:
            self.words.add(alias.name)
            self.computed |= alias.name in IMPORTING and alias.asname not in (None, alias.name)

    def visit_Call(self, node: ast.Call) -> None:
        if last_word(node.func) in IMPORTING and node.args and isinstance(node.args[0], ast.Constant):
            self.told.add(node.func)  # visit_Constant notes the name
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
            self.names.add(node.value.replace(":", "."))


def last_word(node: ast.expr) -> str:
    """The last part of a dotted name; empty for any other expression."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
