"""What the source of a module says: its definitions, and what each of them names. Nothing is run for it."""

import ast
import hashlib
import symtable
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from tasks.fingerprint import PACKAGES
from tasks.references import References, name_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
Kind = Literal["class", "function", "value", "statement", "module"]

# Decorators after which nobody but those who name a function can call it; any other may hand it on.
KEEPING = {
    "abstractmethod", "cache", "cached_property", "classmethod", "contextmanager", "dataclass", "final",
    "inference_mode", "lru_cache", "no_grad", "overload", "override", "property", "setter", "stage",
    "staticmethod", "wraps",
}  # fmt: skip


@dataclass(frozen=True)
class Definition:
    """A piece of a module that is called, read or inherited as a whole.

    Attributes:
        label: such as `denoising.networks.training.Training.run`.
        module: the name of the module that it stands in.
        kind: what it is.
        code: the digest of its code, without comments, docstrings and formatting.
        names: the global names it reads, with what follows each: `datasets.generate`.
        calls: those of them that it calls.
        attributes: what it asks objects for.
        imports: what the names that it imports for itself stand for.
        runs: the modules that it imports.
        methods: those of a class, which are definitions of their own.
        bases: what a class inherits from, as it is written.
        kept: whether only those who name it can call it.
        unresolved: what it does that reading cannot follow.
    """

    label: str
    module: str
    kind: Kind
    code: str
    names: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    imports: Mapping[str, str] = field(default_factory=dict)
    runs: frozenset[str] = frozenset()
    methods: tuple["Definition", ...] = ()
    bases: tuple[str, ...] = ()
    kept: bool = True
    unresolved: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the label."""
        return self.label.rpartition(".")[2]


@dataclass(frozen=True)
class Module:
    """A module of ours.

    Attributes:
        name: its dotted name.
        path: its file.
        definitions: what it defines, by name; a name that is bound twice has two.
        statements: what does more than bind a name when the module is imported.
        imports: what imported names stand for.
        runs: the modules that it imports when it is imported itself.
    """

    name: str
    path: Path
    definitions: Mapping[str, tuple[Definition, ...]]
    statements: tuple[Definition, ...]
    imports: Mapping[str, str]
    runs: frozenset[str]


class Code:
    """All modules of ours below the folder of the packages, each read when it is asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.read: dict[str, Module | None] = {}

    def path(self, name: str) -> Path | None:
        """The file of a module of ours; None for any other name."""
        if name.partition(".")[0] not in PACKAGES:
            return None
        path = self.root.joinpath(*name.split("."))
        files = (path.with_suffix(".py"), path / "__init__.py")
        return next((file for file in files if file.is_file()), None)

    def module(self, name: str) -> Module | None:
        """The module of ours of this name; None for any other name."""
        if name not in self.read:
            path = self.path(name)
            self.read[name] = Reader(name, path).module() if path else None
        return self.read[name]

    def everything(self) -> Iterator[Definition]:
        """All of our code, a piece for each module."""
        paths = (path for package in PACKAGES for path in sorted((self.root / package).rglob("*.py")))
        for path in paths:
            name = ".".join(path.relative_to(self.root).with_suffix("").parts).removesuffix(".__init__")
            yield Definition(
                f"{name}.(whole)", name, "module", code_digest(parse(path.read_text(encoding="utf-8"), path))
            )


def parse(source: str, path: Path) -> ast.Module:
    """A module's code without its docstrings, those of pydantic's fields included."""
    tree = ast.parse(source, str(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) == "Field":
            node.keywords = [keyword for keyword in node.keywords if keyword.arg != "description"]
        if isinstance(node, ast.Module | ast.ClassDef | Function) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
    return tree


def code_digest(tree: ast.AST) -> str:
    """The digest of code, wherever it stands."""
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


class Reader:
    """Takes the source of one module apart."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        source = path.read_text(encoding="utf-8")
        self.tree = parse(source, path)
        self.scope = symtable.symtable(source, str(path), "exec")

    def module(self) -> Module:
        """The module."""
        definitions: dict[str, tuple[Definition, ...]] = {}
        statements = []
        imports: dict[str, str] = {}
        runs: set[str] = set()
        for statement in self.tree.body:
            if is_guard(statement, "__name__ == '__main__'"):
                continue
            typing = is_guard(statement, "TYPE_CHECKING")
            if typing or isinstance(statement, ast.Import | ast.ImportFrom):
                found = References(statement, self.package)
                imports |= found.imports
                runs |= set() if typing else found.runs
                if found.unresolved:
                    statements.append(self.definition(statement, "(on import)", found))
                continue
            names = list(bound_by(statement))
            made = self.define(statement, names[0] if names else "(on import)")
            for name in names:
                definitions[name] = (*definitions.get(name, ()), made)
            if made.kind == "statement":
                imports |= made.imports
            if made.kind == "statement" or not made.kept:
                statements.append(made)
        return Module(self.name, self.path, definitions, tuple(statements), imports, frozenset(runs))

    def define(self, node: ast.stmt, name: str) -> Definition:
        """The definition that a statement makes."""
        if isinstance(node, Function):
            return self.define_function(node, name, self.scope)
        if not isinstance(node, ast.ClassDef):
            return self.definition(node, name, References(node, self.package))
        scope = scope_of(node, self.scope)
        methods = [inner for inner in node.body if isinstance(inner, Function)]
        skeleton = copy(node)
        skeleton.body = [inner for inner in node.body if inner not in methods]
        return replace(
            self.definition(skeleton, name, References(skeleton, self.package)),
            methods=tuple(self.define_function(m, f"{name}.{m.name}", scope) for m in methods),
            bases=tuple(ast.unparse(base) for base in node.bases),
            kept=not node.keywords and keeps(node),
        )

    def define_function(self, node: Function, name: str, scope: symtable.SymbolTable) -> Definition:
        """The definition of a function, whose scope lies in the given one."""
        kept = keeps(node)
        if any(name_of(decorator) == "stage" for decorator in node.decorator_list):
            node = copy(node)
            node.decorator_list = []  # decides when the function runs, not what it makes
        header = [*node.decorator_list, node.args, *([node.returns] if node.returns else [])]
        only = global_names(scope_of(node, scope))
        only |= {n.id for part in header for n in ast.walk(part) if isinstance(n, ast.Name)}
        return replace(self.definition(node, name, References(node, self.package, only)), kept=kept)

    def definition(self, node: ast.AST, name: str, found: "References") -> Definition:
        """The definition of a node with what was found in it."""
        return Definition(
            label=f"{self.name}.{name}",
            module=self.name,
            kind=kind_of(node),
            code=code_digest(node),
            names=frozenset(found.names),
            calls=frozenset(found.calls),
            attributes=frozenset(found.attributes),
            imports=found.imports,
            runs=frozenset(found.runs),
            unresolved=tuple(found.unresolved),
        )


def keeps(node: Function | ast.ClassDef) -> bool:
    """Whether decorators leave it to those who name it."""
    return all(name_of(decorator) in KEEPING for decorator in node.decorator_list)


def bound_by(statement: ast.stmt) -> Iterator[str]:
    """The global names that a statement binds."""
    if isinstance(statement, Function | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, Function | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def kind_of(node: ast.AST) -> Kind:
    """What a node defines; a value if, as far as its form tells, it does nothing else than bind one."""
    if isinstance(node, Function):
        return "function"
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, ast.Module):
        return "module"
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    plain = isinstance(node, ast.Assign | ast.AnnAssign) or type(node).__name__ == "TypeAlias"
    return (
        "value" if plain and all(isinstance(t, ast.Name | ast.Tuple | None) for t in targets) else "statement"
    )


def is_guard(statement: ast.stmt, test: str) -> bool:
    """Whether a statement is `if` this test."""
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == test


def scope_of(node: Function | ast.ClassDef, outer: symtable.SymbolTable) -> symtable.SymbolTable:
    """The scope of a function or class."""
    return next(
        scope
        for scope in outer.get_children()
        if (scope.get_name(), scope.get_lineno()) == (node.name, node.lineno)
    )


def global_names(scope: symtable.SymbolTable) -> set[str]:
    """The names that are looked up outside of a scope and of every scope in it."""
    names = {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
    return names.union(*map(global_names, scope.get_children()))
