"""What code a function can reach, found from the source without running it.

A fingerprint follows what the function names through modules, aliases, globals, constants, defaults,
decorators and base classes, and takes in the function's own definition and all that it comes upon:

- a class with those of its methods whose names any code that is reached asks for, and those that a library
  may call: all where a base is not ours, and those of names that libraries use;
- what runs when a reached module is imported, unless it only binds names;
- the files beside the code of a package that is reached, such as templates.

Where reading cannot tell what is called, all of our code counts, and `unresolved` says where that is.
Where code stands does not count: a function that moves keeps its fingerprint. What a caller passes in
is no code of the function's own: it is in the key as a setting or an input.
"""

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tasks.fingerprint import PACKAGES, Fingerprint, files_below
from tasks.source import Code, Definition, Module

# Modules that decide when a stage runs, on what and how it is watched, and never what comes of it.
NOT_DECIDING = {
    "botocore", "filelock", "prefect", "pydantic", "threadpoolctl", "upath",
    "tasks.run",
}  # fmt: skip

# Methods that libraries call on objects of any class, which pass for files, mappings, locks and so on.
PROTOCOLS = {
    "acquire", "append", "clear", "close", "closed", "copy", "done", "emit", "extend", "fileno", "filter",
    "fit", "flush", "format", "get", "get_params", "getvalue", "handle", "index", "insert", "isatty", "items",
    "keys", "pop", "predict", "put", "read", "readable", "readinto", "readline", "readlines", "release",
    "remove", "reset", "result", "run", "seek", "seekable", "send", "set", "set_params", "setdefault", "sort",
    "start", "step", "stop", "submit", "tell", "throw", "transform", "truncate", "update", "values",
    "writable", "write", "writelines",
}  # fmt: skip

DISTRIBUTIONS = {"PIL": "pillow", "pywt": "pywavelets"}


Target = Definition | str  # of ours, or the dotted name of what is not


def reach(function: str, code: Code) -> Fingerprint:
    """The fingerprint of a function by its dotted name.

    Raises:
        LookupError: there is no such function.
    """
    found = Reach(code)
    start = [target for target in found.resolve_path(function) if isinstance(target, Definition)]
    if not start:
        raise LookupError(f"{function}: there is no such function")
    found.take(start)
    found.follow()
    return found.fingerprint()


class Reach:
    """What can be reached from some definitions, found piece by piece."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.reached: dict[str, Definition] = {}
        self.links: dict[str, set[tuple[str, str]]] = {}  # of each piece: what it names, and what that is
        self.waiting: list[Definition] = []
        self.asked: set[str] = set()
        self.unasked: list[tuple[Definition, Definition]] = []
        self.entered: set[str] = set()
        self.files: dict[Path, str] = {}
        self.folders: set[Path] = set()  # whose files are taken
        self.unresolved: set[str] = set()

    def take(self, definitions: Iterable[Definition]) -> None:
        """Reach definitions."""
        for definition in definitions:
            if identity(definition) not in self.reached:
                self.reached[identity(definition)] = definition
                self.links[identity(definition)] = set()
                self.waiting.append(definition)

    def follow(self) -> None:
        """Reach all that what is reached names, until nothing is new."""
        while self.waiting:
            definition = self.waiting.pop()
            if definition.kind == "module":
                continue  # taken because something else could not be followed
            for module in (definition.module, *definition.runs):
                self.enter(module)
            for chain in definition.names:
                self.link(definition, chain, self.resolve(definition, chain))
            if definition.kind == "class":
                self.take_methods(definition)
            self.take_files(self.module(definition.module))
            self.ask(definition.attributes)
            self.unresolved |= {f"{definition.label}: {what}" for what in definition.unresolved}
            if self.unresolved and not self.waiting:
                self.take(self.code.everything())

    def link(self, definition: Definition, chain: str, targets: Iterable[Target]) -> None:
        """Reach what a name stands for, and note that it stands for that."""
        for target in targets:
            self.links[identity(definition)].add((chain, identity(target)))
            self.take([target] if isinstance(target, Definition) else [])

    # Names

    def module(self, name: str) -> Module:
        """The module of ours of this name."""
        module = self.code.module(name)
        assert module is not None
        return module

    def resolve(self, definition: Definition, chain: str) -> Iterator[Target]:
        """What a name stands for where it is read."""
        first, dot, rest = chain.partition(".")
        module = self.module(definition.module)
        if first in definition.imports:
            yield from self.resolve_path(definition.imports[first] + dot + rest)
        yield from module.definitions.get(first, ())
        if first in module.imports:
            yield from self.resolve_path(module.imports[first] + dot + rest)

    def resolve_path(self, path: str) -> Iterator[Target]:
        """What a dotted name stands for wherever it is read; a module of ours, for all that it defines."""
        parts = path.split(".")
        if parts[0] not in PACKAGES or ".".join(parts[:2]) in NOT_DECIDING:
            yield path
            return
        ends = range(len(parts), 0, -1)
        end = next((end for end in ends if self.code.path(".".join(parts[:end]))), 0)
        if not end:
            self.unresolved.add(f"{path}: no such module")
            return
        module = self.module(".".join(parts[:end]))
        self.enter(module.name)
        if end == len(parts):
            yield from (definition for several in module.definitions.values() for definition in several)
            return
        name, further = parts[end], parts[end + 1 :]
        yield from module.definitions.get(name, ())
        if name in module.imports:
            yield from self.resolve_path(".".join([module.imports[name], *further]))
        elif name not in module.definitions and not name.startswith("__"):
            self.unresolved.add(f"{path}: no such name")

    # What is reached without being named

    def enter(self, name: str) -> None:
        """Reach what runs when a module is imported, if it is one."""
        module = self.code.module(name)
        if module is None or name in self.entered | NOT_DECIDING:
            return
        self.entered.add(name)
        for other in (name.rpartition(".")[0], *module.runs):
            self.enter(other)
        self.take(module.statements)
        self.take(d for several in module.definitions.values() for d in several if self.acts(d))

    def acts(self, definition: Definition) -> bool:
        """Whether binding a value calls code of ours that may do more than make it."""
        if definition.kind != "value":
            return False
        called = (target for chain in definition.calls for target in self.resolve(definition, chain))
        making = {"__init__", "__new__", "__post_init__", "__set_name__"}
        return any(
            target.kind != "class" or making & {method.name for method in target.methods}
            for target in called
            if isinstance(target, Definition)
        )

    def take_methods(self, definition: Definition) -> None:
        """Reach the methods of a class that may be called."""
        bases = [target for base in definition.bases for target in self.resolve(definition, base)]
        ours = len(bases) == len(definition.bases) and all(isinstance(base, Definition) for base in bases)
        for method in definition.methods:
            by_name = ours and definition.kept and method.kept and method.name not in PROTOCOLS
            if not by_name or method.name in self.asked or method.name.startswith("__"):
                self.link(definition, method.name, [method])
            else:
                self.unasked.append((definition, method))

    def ask(self, attributes: Iterable[str]) -> None:
        """Reach the methods of these names of every class that is reached."""
        self.asked.update(attributes)
        for definition, method in [pair for pair in self.unasked if pair[1].name in self.asked]:
            self.unasked.remove((definition, method))
            self.link(definition, method.name, [method])

    def take_files(self, module: Module) -> None:
        """Reach the files beside a module's code, and the attributes that templates among them read."""
        folder = module.path.parent
        if folder in self.folders:
            return
        self.folders.add(folder)
        for path in files_beside(folder):
            content = path.read_bytes()
            self.files[path] = hashlib.sha256(content).hexdigest()
            if path.suffix == ".j2":
                self.ask(re.findall(r"\.(\w+)", content.decode(errors="ignore")))

    # The result

    def fingerprint(self) -> Fingerprint:
        """The fingerprint of what is reached."""
        labels = {key: definition.label for key, definition in self.reached.items()}
        named = {
            key: digest([self.reached[key].code, sorted((c, labels.get(t, t)) for c, t in links)])
            for key, links in self.links.items()
        }
        definitions: dict[str, str] = {}
        for key in sorted(named):
            definitions[labels[key]] = digest([definitions.get(labels[key]), named[key]])[:12]
        files = {path.relative_to(self.code.root).as_posix(): own for path, own in self.files.items()}
        definitions |= {name: content[:12] for name, content in files.items()}
        packages = {target.partition(".")[0] for links in self.links.values() for _, target in links}
        foreign = packages - sys.stdlib_module_names - NOT_DECIDING - {*PACKAGES}
        return Fingerprint(
            digest=digest([self.structure(), sorted(files.items()), sorted(self.unresolved)]),
            definitions=dict(sorted(definitions.items())),
            libraries=sorted(DISTRIBUTIONS.get(package, package) for package in foreign),
            unresolved=sorted(self.unresolved),
        )

    def structure(self) -> list[str]:
        """A digest of each piece that takes in what it names, and what that names, as far as it matters.

        Digests are refined by those of what is named until that tells no further pieces apart, so that they
        depend on how the code hangs together and not on where it stands.
        """
        digests = {key: definition.code for key, definition in self.reached.items()}
        while True:
            refined = {
                key: digest([digests[key], sorted((chain, digests.get(t, t)) for chain, t in links)])
                for key, links in self.links.items()
            }
            if len(set(refined.values())) == len(set(digests.values())):
                return sorted(refined.values())
            digests = refined


def identity(target: Target) -> str:
    """What tells a piece from every other."""
    return target if isinstance(target, str) else f"{target.label}:{target.code}"


def digest(value: object) -> str:
    """The SHA-256 of plain values."""
    return hashlib.sha256(repr(value).encode()).hexdigest()


def files_beside(folder: Path) -> list[Path]:
    """The files of a package that are no code, those in its folders without any code included."""
    below = (path for path in files_below(folder) if path.suffix != ".py")
    return [path for path in sorted(below) if package_of(path) == folder]


def package_of(path: Path) -> Path:
    """The nearest folder above a file that holds code."""
    return next(folder for folder in path.parents if any(folder.glob("*.py")))
