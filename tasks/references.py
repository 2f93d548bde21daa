"""What a piece of code names: what it may call, read or inherit."""

import ast
import re

from tasks.fingerprint import PACKAGES

# These reach what some of their arguments name, and these reach anything.
BY_NAME = {
    "attrgetter": slice(None), "delattr": slice(1, 2), "getattr": slice(1, 2), "hasattr": slice(1, 2),
    "methodcaller": slice(1), "setattr": slice(1, 2),
}  # fmt: skip
ANYTHING = {"__import__", "eval", "exec", "globals", "import_module"}
ANYTHING_OF = {"__dict__", "__doc__", "__subclasses__", "import_module", "model_fields", "model_json_schema"}

FIELD = re.compile(r"\{\w*\.(\w+)")  # an attribute that a format string reads


class References(ast.NodeVisitor):
    """What a piece of code of a package names.

    Of bare names, only the given ones count, if any are given, and those that it imports itself.
    """

    def __init__(self, tree: ast.AST, package: str, only: set[str] | None = None) -> None:
        self.package = package
        self.found: set[str] = set()
        self.quoted: set[str] = set()
        self.calls: set[str] = set()
        self.attributes: set[str] = set()
        self.imports: dict[str, str] = {}
        self.runs: set[str] = set()
        self.unresolved: list[str] = []
        self.visit(tree)
        known = None if only is None else only | self.imports.keys()
        self.names = self.quoted | {
            chain for chain in self.found if known is None or chain.partition(".")[0] in known
        }

    def visit_Name(self, node: ast.Name) -> None:
        self.note(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.attributes.add(node.attr)
        if node.attr in ANYTHING_OF:
            self.unresolved.append(f"`{node.attr}`")
        chain = dotted(node)
        if chain is None:
            self.generic_visit(node)
            return
        self.attributes.update(chain.split(".")[1:])
        self.note(chain)

    def note(self, chain: str) -> None:
        """Keep a name with what follows it."""
        first = chain.partition(".")[0]
        if first in ANYTHING:
            self.unresolved.append(f"`{first}`")
        self.found.add(chain)

    def visit_Call(self, node: ast.Call) -> None:
        chain = dotted(node.func)
        if chain is not None:
            self.calls.add(chain)
        name = name_of(node.func)
        if name in BY_NAME:
            self.take_by_name(name, node.args[BY_NAME[name]])
        self.generic_visit(node)

    def take_by_name(self, function: str, named: list[ast.expr]) -> None:
        """Note the attributes whose names are values."""
        for argument in named:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                self.attributes.update(argument.value.split("."))
            else:
                self.unresolved.append(f"`{function}` of a computed name")

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.attributes.update(FIELD.findall(node.value))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            first = alias.name.partition(".")[0]
            self.imports[alias.asname or first] = alias.name if alias.asname else first
            self.run(alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        parents = self.package.split(".") if node.level else []
        module = ".".join(
            [*parents[: len(parents) - node.level + 1], *([node.module] if node.module else [])]
        )
        self.run(module)
        for alias in node.names:
            self.imports[alias.asname or alias.name] = f"{module}.{alias.name}"
            self.run(f"{module}.{alias.name}")
            if alias.name == "*":
                self.unresolved.append("`import *`")

    def run(self, name: str) -> None:
        """Note what may be a module of ours that is imported."""
        if name.partition(".")[0] in PACKAGES:
            self.runs.add(name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name == "__init_subclass__":
            self.unresolved.append("`__init_subclass__`")
        self.take_annotation(node.returns)
        self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        self.attributes.update(node.kwd_attrs)
        self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        self.take_annotation(node.annotation)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.take_annotation(node.annotation)
        self.visit(node.target)
        if node.value:
            self.visit(node.value)

    def take_annotation(self, annotation: ast.expr | None) -> None:
        """Visit an annotation, and what it says in quotes."""
        if annotation is None:
            return
        self.visit(annotation)
        for node in ast.walk(annotation):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                try:
                    quoted = ast.parse(node.value, mode="eval").body
                except SyntaxError:
                    continue  # a word, in Literal["a word"]
                self.quoted.update(filter(None, map(dotted, ast.walk(quoted))))


def dotted(node: ast.AST) -> str | None:
    """A name with what follows it, such as `datasets.generate`; None for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def name_of(node: ast.expr) -> str:
    """The last part of the name of what is called or of a decorator; empty where it has none."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
