"""All files of ours as they were at one moment, and modules that are imported from what was read."""

import contextlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib.machinery import ModuleSpec, SourceFileLoader, all_suffixes
from importlib.util import cache_from_source, spec_from_file_location
from itertools import chain
from pathlib import Path
from types import CodeType, ModuleType

from tasks.cache.files import plain, write_atomically
from tasks.cache.parsed import PACKAGES, Parsed, parse

ROOT = Path(__file__).parents[2]  # the checkout, or the folder of installed packages
TICK = 0.01  # s, of the clock that tells when a process began
PLUMBING = ("tasks/cache/", "tasks/run/", "denoising/__init__.py")  # decides no result
MODULES = tuple(all_suffixes())  # how their files end, compiled ones too
KEPT = "tasks/__pycache__/parsed.json"


class Sources:
    """All files of ours as they were at one moment: modules, style sheets, templates, tables.

    These are the files of our packages and those that lie beside them. A package beside ours is read when a
    module of ours imports it. What lies beside them in a folder of installed packages is no part of this
    project: of libraries, versions count.

    Attributes:
        root: the folder of our packages.
        content, digests: of every file, by its path below the root.
        modules: the files of each module, by their path without an ending, or that of the package.
        data: the files that are no code.
        beside: how modules and packages beside ours may be called.
        changed: when each was last changed, in ns since the epoch.
        folders: those that hold files.
        loaded: the modules that Python had imported by then.
        known: what modules say, by their files and digests.
        reached, data_of: `reached_from` and `read_by` of a file, which are found once.
    """

    def __init__(self, root: Path = ROOT, known: "dict[str, Parsed] | None" = None) -> None:
        self.root = root
        beside = [] if is_installed(root) else list(root.iterdir())
        self.beside = {path.name.partition(".")[0] for path in beside}.difference(PACKAGES)
        self.changed: dict[str, int] = {}
        self.content: dict[str, bytes] = {}
        self.digests: dict[str, str] = {}
        self.modules: defaultdict[str, list[str]] = defaultdict(list)
        self.data: list[str] = []
        self.read(below(root, deep=False) if beside else ())
        for package in PACKAGES:
            self.read(below(root / package))
        self.folders = {file[:end] for file in self.content for end, sign in enumerate(file) if sign == "/"}
        self.loaded = set(sys.modules)
        self.known = kept(root) if known is None else known
        self.kept = len(self.known)
        self.reached, self.data_of = cache(self.reached_from), cache(self.read_by)

    def read(self, paths: Iterable[Path]) -> None:
        """Read files."""
        for path in paths:
            file = path.relative_to(self.root).as_posix()
            self.changed[file] = path.stat().st_ctime_ns
            self.content[file] = path.read_bytes()
            self.digests[file] = sha256(self.content[file]).hexdigest()
            if not file.endswith(".py"):
                self.data.append(file)
            if file.endswith(MODULES):
                self.modules[file.partition(".")[0].removesuffix("/__init__")].append(file)

    def files_beside(self, name: str) -> list[str]:
        """The modules of a package that lies beside ours, which is read now, or the module of this name."""
        if name not in self.folders:
            self.read(path for path in below(self.root / name) if path.name.endswith(MODULES))
            self.folders.add(name)
        return self.files_of(f"{name}.*")

    def says(self, file: str) -> Parsed:
        """What the module in a file says."""
        name = f"{file} {self.digests[file]}"
        if name not in self.known:
            self.known[name] = parse(
                self.content[file], module_name(file), is_package=file.endswith("/__init__.py")
            )
        return self.known[name]

    @cache  # noqa: B019 (a process reads once)
    def is_doubtful(self, file: str) -> bool:
        """Whether Python had imported a module before its file was read, and may have imported another.

        Its file was written since this process began, or its bytecode is of another source of the same size
        and age; that is removed, so that the next process does better.
        """
        name = module_name(file)
        if name not in self.loaded or not file.endswith(".py"):
            return False
        path = self.root / file
        bytecode = Path(cache_from_source(str(path)))
        source = compile(self.content[file], str(path), "exec", dont_inherit=True)
        if bytecode.is_file() and SourceFileLoader(name, str(path)).get_code(name) != source:
            bytecode.unlink(missing_ok=True)
            return True
        return self.changed[file] > process_start()

    def is_of_the_future(self, file: str) -> bool:
        """Whether a file was written at a time that is still to come, as before the clock was set back."""
        return self.changed[file] > time.time_ns()

    def was_rewritten(self, file: str) -> bool:
        """Whether a file that is no code was written since it was read."""
        if file.endswith(".py"):
            return False
        path = self.root / file
        return not path.is_file() or path.stat().st_ctime_ns != self.changed[file]

    def files_of(self, name: str) -> list[str]:
        """The modules that a dotted name leads to, with those of the packages around them."""
        parts = name.removesuffix(".*").split(".")
        paths = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        found = [file for path in paths for file in self.modules.get(path, ())]
        if name.endswith(".*") and paths[-1] in self.folders:
            inside = f"{paths[-1]}/"
            found += [file for file in self.content if file.startswith(inside) and file.endswith(MODULES)]
        return [file for file in found if not file.startswith(PLUMBING)]

    def data_below(self, folder: str) -> list[str]:
        """The files below a folder that are no code; with an empty one, all of them."""
        return [file for file in self.data if file.startswith(folder)]

    def closure(self, modules: Sequence[str]) -> set[str]:
        """Return the modules that some modules import, directly or not, and these, by their files."""
        found: set[str] = set()
        waiting = [file for module in modules for file in self.files_of(module)]
        while waiting:
            if (file := waiting.pop()) not in found:
                found.add(file)
                waiting += self.reached(file)
        return found

    def reached_from(self, file: str) -> list[str]:
        """Return the modules that the module in a file itself imports or names, by their files."""
        said = self.says(file)
        beside = map(self.files_beside, self.beside.intersection(said.libraries))
        return [*chain.from_iterable(beside), *chain.from_iterable(map(self.files_of, said.names))]

    def read_by(self, file: str) -> list[str]:
        """Return the files that the module in a file may read: those of its folder and of what it names."""
        said = self.says(file)
        if not said.reads_files:
            return []
        packages = [f"{name.replace('.', '/')}/" for name in said.names]
        folders = [""] if said.reads_any_file else [f"{file.rpartition('/')[0]}/", *packages]
        near = [data for folder in folders for data in self.data_below(folder)]
        return [*near, *(data for data in self.data_below("") if data.endswith(tuple(said.paths)))]

    def everything(self) -> set[str]:
        """Return all files that may decide a result."""
        return {file for file in self.content if not file.startswith(PLUMBING)}


class FromSources:
    """Finds our modules in what was read of them."""

    def __init__(self, sources: Sources) -> None:
        self.root = sources.root
        self.names = {*PACKAGES, *(module_name(file) for file in sources.content if "/" not in file)}
        self.content = {str(sources.root / file): content for file, content in sources.content.items()}

    def find_spec(
        self, name: str, _: Sequence[str] | None = None, __: ModuleType | None = None
    ) -> ModuleSpec | None:
        """How a module is loaded, if it is ours."""
        if name.partition(".")[0] in self.names:
            path = self.root.joinpath(*name.split("."))
            for file in (str(path / "__init__.py"), f"{path}.py"):
                if file in self.content:
                    loader = ReadBefore(name, file, self.content[file])
                    return spec_from_file_location(name, file, loader=loader)
        return None


class ReadBefore(SourceFileLoader):
    """Loads a module from a source that was read before; bytecode on the disk may be that of another."""

    def __init__(self, name: str, path: str, source: bytes) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, _: str) -> CodeType | None:
        """The compiled source."""
        code: CodeType = compile(self.source, self.path, "exec", dont_inherit=True)
        return code


def module_name(file: str) -> str:
    """The dotted name of the module in a file."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def below(folder: Path, seen: "set[Path] | None" = None, *, deep: bool = True) -> Iterator[Path]:
    """The files below a folder, if it is there, but for bytecode, hidden files and editors' backups.

    A folder to which links lead, too, is gone through once. If `deep` is false, its folders are left out.
    """
    seen = set() if seen is None else seen
    if not folder.is_dir() or folder.resolve() in seen:
        return
    seen.add(folder.resolve())
    with os.scandir(folder) as entries:
        inside = sorted(entries, key=lambda entry: entry.name)
    for entry in inside:
        if entry.name.startswith((".", "__pycache__")) or entry.name.endswith("~"):
            continue
        path = folder / entry.name
        if path.is_file() if entry.is_symlink() else entry.is_file():  # a path forgives a link to nowhere
            yield path
        elif deep:
            yield from below(path, seen)


def is_installed(root: Path = ROOT) -> bool:
    """Whether a folder is one of installed packages, and no checkout."""
    return any(root.glob("*.dist-info"))


@cache
def process_start() -> int:
    """When this process had begun, in ns since the epoch; by then it has imported nothing."""
    import psutil

    began = psutil.Process().create_time()
    if sys.platform == "linux":  # where psutil knows when the machine started to the second only
        began += time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) - psutil.boot_time()
    return int((began + TICK) * 1e9)


def kept(root: Path) -> dict[str, Parsed]:
    """What modules said in an earlier process; nothing where that is not to be had whole."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads(plain(root / KEPT).read_bytes())
        if note["digest"] == digest_of(note["notes"]):
            return {name: Parsed(**said) for name, said in json.loads(note["notes"]).items()}
    return {}


def keep(sources: Sources) -> None:
    """Keep what modules say for the next process, unless that has it already."""
    if len(sources.known) > sources.kept:
        sources.kept = len(sources.known)
        current = {f"{file} {digest}" for file, digest in sources.digests.items()}
        said = {name: asdict(sources.known[name]) for name in sorted(current & sources.known.keys())}
        notes = json.dumps(said)
        with contextlib.suppress(OSError):
            note = {"digest": digest_of(notes), "notes": notes}
            write_atomically(sources.root / KEPT, json.dumps(note).encode())


def digest_of(notes: str) -> str:
    """A digest of notes that no other parser would make for them."""
    parser = Path(parse.__code__.co_filename).read_bytes()
    return sha256(sys.version.encode() + parser + notes.encode()).hexdigest()
