"""A fingerprint of the code that a stage can reach, read from the source without running it.

It covers the stage's module and every module of ours that it imports, at any depth and wherever in the
file the import stands. Comments, docstrings and formatting do not count. Taking whole modules errs to the
side of recomputing: a change to an unrelated function of a module that is reached counts too.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGES = ("denoising", "tasks", "flows")
ROOT = Path(__file__).parents[1]


@cache
def fingerprint(module: str, root: Path = ROOT) -> str:
    """The digest of a module and of all it imports of ours; `root` is the folder of the packages."""
    reached: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        path = source_of(name, root)
        if path is None:
            continue
        tree = ast.parse(path.read_bytes())
        waiting.extend(imported_by(tree))
        reached[name] = digest_code(tree) + digest_templates(path)
    return hashlib.sha256(repr(sorted(reached.items())).encode()).hexdigest()


def source_of(module: str, root: Path) -> Path | None:
    """The file of a module of ours; None for any other name."""
    if module.partition(".")[0] not in PACKAGES:
        return None
    path = root.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def imported_by(tree: ast.AST) -> Iterator[str]:
    """Every dotted name that may be a module this code imports when it runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield from imported_by(node)


def digest_code(tree: ast.Module) -> str:
    """The digest of code without its docstrings, positions and comments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def digest_templates(path: Path) -> str:
    """The digest of the other files in a module's folder, which its code may load."""
    files = sorted(file for file in path.parent.iterdir() if file.is_file() and file.suffix != ".py")
    return hashlib.sha256(repr([(file.name, file.read_bytes()) for file in files]).encode()).hexdigest()
