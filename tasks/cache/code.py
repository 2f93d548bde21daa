"""TEMPORARY."""

import ast
import hashlib
import importlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("denoising", "tasks", "flows")


class CodeChangedError(RuntimeError):
    """x."""


@dataclass(frozen=True)
class Code:
    digest: str
    files: Mapping[str, str]
    libraries: tuple[str, ...]
    computed: tuple[str, ...]


def path_of(name: str) -> Path | None:
    p = ROOT.joinpath(*name.split("."))
    for f in (p.with_suffix(".py"), p / "__init__.py"):
        if f.is_file():
            return f
    return None


@cache
def code_of(*modules: str) -> Code:
    seen: dict[str, str] = {}
    libs: set[str] = set()
    todo = list(modules)
    while todo:
        name = todo.pop()
        if name in seen or name.startswith(("tasks.cache", "tasks.run")):
            continue
        f = path_of(name)
        if f is None:
            continue
        tree = ast.parse(f.read_text())
        seen[name] = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
            for n in names:
                if n.split(".")[0] in PACKAGES:
                    todo.append(n)
                elif n.split(".")[0] not in sys.stdlib_module_names:
                    libs.add(n.split(".")[0])
    files = {n.replace(".", "/") + ".py": d[:12] for n, d in sorted(seen.items())}
    return Code(
        hashlib.sha256(repr(files).encode()).hexdigest(),
        files,
        tuple(sorted({"PIL": "pillow", "pywt": "pywavelets"}.get(l, l) for l in libs)),
        (),
    )


def pin(*modules: str) -> None:
    for f in code_of(*modules).files:
        importlib.import_module(f.removesuffix(".py").replace("/", "."))


def load(path: str) -> Any:
    return resolve_name(path)


def changed_files(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    changed = [n for n in new if n in old and old[n] != new[n]]
    yield from (f"{n} changed" for n in changed)
    if not changed:
        yield from (f"{n} is new" for n in new if n not in old)
        yield from (f"{n} is gone" for n in old if n not in new)
