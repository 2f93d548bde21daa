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
    "FileSystemLoader", "PackageLoader", "__file__", "__path__", "__spec__", "fromfile", "genfromtxt",
    "get_data", "load", "loadmat", "loadtxt", "memmap", "open", "read_bytes", "read_csv", "read_excel",
    "read_json", "read_parquet", "read_table", "read_text", "resources",
}  # fmt: skip
LEAVING_THE_FOLDER = {"..", "cwd", "getcwd", "parents"}  # then those of all folders of ours
LISTING = {"glob", "iglob", "iterdir", "listdir", "rglob", "scandir", "walk"}  # then code, too

# One of these may read docstrings, comments or line numbers.
READING_TEXT = {
    "__code__", "__doc__", "__file__", "__traceback__", "_getframe", "description", "exc_info", "getdoc",
    "getsource", "getsourcelines", "inspect", "linecache", "lineno", "model_json_schema", "pydoc",
    "tb_lineno", "traceback", "use_attribute_docstrings",
}  # fmt: skip

# Functions that import what their first argument says.
IMPORTING = {"import_module", "resolve_name", "run_module"}
# These, or what they stand for, may import or run anything.
RUNNING = {"compile", "eval", "exec"}  # the built-in functions, not methods of that name
UNTRACEABLE = {
    "EntryPoint", "ImportString", "Popen", "SourceFileLoader", "__builtins__", "__import__", "__loader__",
    "builtins", "entry_points", "exec_module", "executable", "find_spec", "load_module", "meta_path",
    "path_hooks", "pickle", "popen", "read_pickle", "run_path", "spec_from_file_location", "subprocess",
}  # fmt: skip
OF_THE_PROCESS = {("os", "system"), ("sys", "modules"), ("sys", "path")}  # so may these attributes


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
        paths: the strings that may be the end of their paths.
        reads_text: whether it may read docstrings or sources.
        computed: whether it may import a module whose name only running it tells.
    """

    code: str
    text: str
    names: list[str]
    libraries: list[str]
    reads_files: bool
    reads_any_file: bool
    paths: list[str]
    reads_text: bool
    computed: bool


def parse(source: bytes, module: str, *, is_package: bool) -> Parsed:
    """What the source of a module says; what cannot be read counts as it is, and may import anything.

    Args:
        source: the content of its file.
        module: its dotted name.
        is_package: whether it is the `__init__` of a package.
    """
    text = sha256(source).hexdigest()
    found = Reading(module if is_package else module.rpartition(".")[0])
    try:
        tree = ast.parse(source)
        found.visit(tree)
        remove_prose(tree, found)
        code = sha256(ast.dump(tree).encode()).hexdigest()
    except (SyntaxError, ValueError, RecursionError):
        return Parsed(text, text, [], [], False, False, [], False, computed=True)
    words = found.words
    reads_files = bool(words & READING_FILES)
    reads_code = reads_files and (bool(words & LISTING) or any(word.endswith(".py") for word in words))
    return Parsed(
        code=code,
        text=text,
        names=sorted(name for name in found.names if name.partition(".")[0] in PACKAGES),
        libraries=sorted(found.libraries - {*PACKAGES, ""}),
        reads_files=reads_files,
        reads_any_file=reads_files and (found.of_another or bool(words & LEAVING_THE_FOLDER)),
        paths=sorted(word for word in words if "/" in word) if reads_files else [],
        reads_text=reads_code or bool(words & READING_TEXT) or any("__doc__" in word for word in words),
        computed=reads_code or found.computed or bool(words & UNTRACEABLE),
    )


def remove_prose(tree: ast.Module, found: "Reading") -> None:
    """Take out strings that are statements, docstrings among them, and the descriptions of settings."""
    fields = {name for name, bound in found.fields.items() if found.bound.count(bound) == 1}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and fields and ast.unparse(node.func) in fields:
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
        bound: every name that it binds, as often as it does.
        fields: how it calls pydantic's `Field`, with the name in this that has to be bound once.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self.words: set[str] = set()
        self.names: set[str] = set()
        self.libraries: set[str] = set()
        self.bound: list[str] = []
        self.fields: dict[str, str] = {}
        self.computed = False
        self.of_another = False  # it asks where the file of another module lies
        self.told: set[ast.expr] = set()  # functions that are called with a name which reading can tell

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.libraries.add(alias.name.partition(".")[0])
            self.words.update(alias.name.split("."))
            # Without `as`, this binds the outermost package, through which all that is in it can be reached.
            self.names |= {alias.name, f"{alias.name if alias.asname else alias.name.partition('.')[0]}.*"}
            self.bound.append(alias.asname or alias.name.partition(".")[0])
            if alias.name == "pydantic":
                self.fields[f"{self.bound[-1]}.Field"] = self.bound[-1]

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
            self.computed |= (module, alias.name) in OF_THE_PROCESS
            self.bound.append(alias.asname or alias.name)
            if (module, alias.name) == ("pydantic", "Field"):
                self.fields[self.bound[-1]] = self.bound[-1]

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.bound.append(node.name)
        super().visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        self.bound.append(node.arg)
        self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        self.words.update(node.kwd_attrs)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if last_word(node.func) in IMPORTING and isinstance(name, str):
            self.told.add(node.func)  # visit_Constant notes the name, should it be ours
            self.libraries.add(name.partition(".")[0])
            self.computed |= name.startswith(".")  # of a package that is told elsewhere
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.words.add(node.attr)
        self.of_another |= node.attr in ("__file__", "__path__", "__spec__")
        self.of_another |= node.attr == "parent" and last_word(node.value) == "parent"
        self.computed |= node.attr in IMPORTING and node not in self.told
        self.computed |= (last_word(node.value), node.attr) in OF_THE_PROCESS
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self.words.add(node.id)
        if isinstance(node.ctx, ast.Store):
            self.bound.append(node.id)
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
