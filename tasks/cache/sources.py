"""All files of ours as they were at one moment, and modules that are imported from what was read."""

import contextlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache, cached_property
from hashlib import sha256
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tasks.cache.files import write_atomically
from tasks.cache.parsed import PACKAGES, Parsed, parse

ROOT = Path(__file__).parents[2]  # the checkout
PLUMBING = ("tasks/cache/", "tasks/run/")  # decides no result
KEPT = ROOT / "tasks" / "__pycache__" / "parsed.json"


class Sources:
    """All files of ours as they were at one moment: modules, style sheets, templates, tables."""

    def __init__(self) -> None:
        paths = {
            path.relative_to(ROOT).as_posix(): path for package in PACKAGES for path in below(ROOT / package)
        }
        self.changed = {file: path.stat().st_ctime_ns for file, path in paths.items()}
        self.content = {file: path.read_bytes() for file, path in paths.items()}
        self.digests = {file: sha256(content).hexdigest() for file, content in self.content.items()}
        self.folders = {file[:end] for file in self.content for end, sign in enumerate(file) if sign == "/"}
        self.loaded = set(sys.modules)

    def is_doubtful(self, file: str) -> bool:
        """Whether a module had been imported when its file was read, and the file been written meanwhile."""
        return module_name(file) in self.loaded and self.changed[file] > process_start()

    @cached_property
    def parsed(self) -> dict[str, Parsed]:
        """What each module says, by its file; kept from one process to the next."""
        known = kept()
        found = {
            file: known.get(f"{file} {self.digests[file]}")
            or parse(content, module_name(file), is_package=file.endswith("/__init__.py"))
            for file, content in self.content.items()
            if file.endswith(".py")
        }
        if any(f"{file} {self.digests[file]}" not in known for file in found):
            keep({f"{file} {self.digests[file]}": asdict(parsed) for file, parsed in found.items()})
        return found

    def files_of(self, name: str) -> list[str]:
        """The modules that a dotted name leads to, with those of the packages around them."""
        parts = name.removesuffix(".*").split(".")
        paths = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        found = [
            file for path in paths for file in (f"{path}.py", f"{path}/__init__.py") if file in self.content
        ]
        if name.endswith(".*") and paths[-1] in self.folders:
            found += [file for file in self.content if file.startswith(f"{paths[-1]}/")]
        return [file for file in found if file.endswith(".py") and not file.startswith(PLUMBING)]

    def data_below(self, folder: str) -> list[str]:
        """The files below a folder that are no code; with an empty one, all of them."""
        return [file for file in self.content if file.startswith(folder) and not file.endswith(".py")]

    def closure(self, modules: Sequence[str]) -> set[str]:
        """The files of some modules and of all that they import and read."""
        found: set[str] = set()
        waiting = [file for module in modules for file in self.files_of(module)]
        while waiting:
            if (file := waiting.pop()) in found:
                continue
            found.add(file)
            parsed = self.parsed[file]
            waiting += [other for name in parsed.names for other in self.files_of(name)]
            if parsed.computed:
                waiting += [other for package in PACKAGES for other in self.files_of(f"{package}.*")]
        for file in sorted(found):
            parsed = self.parsed[file]
            if parsed.reads_files:
                packages = [f"{name.replace('.', '/')}/" for name in parsed.names]
                folders = [""] if parsed.reads_any_file else [f"{file.rpartition('/')[0]}/", *packages]
                found.update(data for folder in folders for data in self.data_below(folder))
        return found


class FromSources:
    """Finds our modules in what was read of them."""

    def __init__(self, sources: Sources) -> None:
        self.content = {str(ROOT / file): content for file, content in sources.content.items()}

    def find_spec(
        self, name: str, _: Sequence[str] | None = None, __: ModuleType | None = None
    ) -> ModuleSpec | None:
        """How a module is loaded, if it is ours."""
        if name.partition(".")[0] in PACKAGES:
            path = ROOT.joinpath(*name.split("."))
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


def below(folder: Path) -> Iterator[Path]:
    """The files below a folder, but for bytecode, hidden files and editors' backups."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__pycache__")) or path.name.endswith("~"):
            continue
        if path.is_dir():
            yield from below(path)
        elif path.is_file():
            yield path


@cache
def process_start() -> int:
    """When this process began, in ns since the epoch."""
    import psutil

    began = psutil.Process().create_time()
    if sys.platform == "linux":  # where psutil knows when the machine started to the second only
        began += time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) - psutil.boot_time()
    return int(began * 1e9)


def kept() -> dict[str, Parsed]:
    """What parsing found in an earlier process; nothing where that is not to be had."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads(KEPT.read_bytes())
        if note["parser"] == parser_digest():
            return {file: Parsed(**parsed) for file, parsed in note["parsed"].items()}
    return {}


def keep(parsed: Mapping[str, Any]) -> None:
    """Keep what parsing found for the next process."""
    with contextlib.suppress(OSError):
        write_atomically(KEPT, json.dumps({"parser": parser_digest(), "parsed": parsed}).encode())


def parser_digest() -> str:
    """The digest of what decides how a module is parsed."""
    return sha256(sys.version.encode() + Path(parse.__code__.co_filename).read_bytes()).hexdigest()
