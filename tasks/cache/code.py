"""The code that decides what a stage makes, and the promise that it is the code that runs.

What counts is whole modules: a stage's own and every module of ours that it imports, directly or not, with
the files that these read. `tasks.cache` and `tasks.run` stay out: they move bytes, paths and processes.

A process reads all our files once, before it imports what a stage needs. From then on it imports our modules
from what it has read. So an edit on the disk changes neither what runs nor what is recorded of it.
"""

import contextlib
import json
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from pkgutil import resolve_name
from typing import Any

from tasks.cache.libraries import import_matplotlib
from tasks.cache.parsed import PACKAGES
from tasks.cache.sources import FromSources, Sources, keep, module_name

DISTRIBUTIONS = {"PIL": "pillow", "pywt": "pywavelets"}  # that are not called as their package is

lock = threading.RLock()
imported: dict[tuple[str, ...], list[str]] = {}  # in this process, with what had changed since it read them


class CodeChangedError(RuntimeError):
    """The code on the disk is not that of this process any more."""


@dataclass(frozen=True)
class Code:
    """The code of some modules and of all that they import.

    Attributes:
        digest: of all of it.
        files: the digest of each file, by its path below the checkout.
        libraries: the distributions that it imports, the standard library apart.
        computed: the modules that import by names that only running them tells; all our code counts then.
    """

    digest: str
    files: Mapping[str, str]
    libraries: tuple[str, ...]
    computed: tuple[str, ...]

    @property
    def modules(self) -> list[str]:
        """The modules of ours among the files."""
        return [module_name(file) for file in self.files if file.endswith(".py")]


@cache
def read() -> Sources:
    """Our files as this process has read them; from now on it imports its modules from there."""
    sources = Sources()
    sys.meta_path.insert(0, FromSources(sources))
    return sources


@cache
def code_of(*modules: str) -> Code:
    """The code of some modules and of all that they import, as this process has read it."""
    with lock:
        sources = read()
        code = code_in(sources, modules)
        keep(sources)
        return code


def code_in(sources: Sources, modules: tuple[str, ...]) -> Code:
    """Return the code of some modules, as it is in what was read."""
    found = sources.closure(modules)
    computed = sorted(file for file in found if sources.says(file).computed)
    if computed:
        found = sources.everything()
    said = {file: sources.says(file) for file in found if file.endswith(".py")}
    as_text = any(one.reads_text for one in said.values())
    files = sorted(found.union(*map(sources.data_of, said)))
    digests = {
        file: sources.digests[file] if as_text or file not in said else said[file].code for file in files
    }
    imported = {name for one in said.values() for name in one.libraries} - sys.stdlib_module_names
    return Code(
        digest=sha256(json.dumps(digests).encode()).hexdigest(),
        files={file: digest[:12] for file, digest in digests.items()},
        libraries=tuple(sorted({DISTRIBUTIONS.get(name, name) for name in imported})),
        computed=tuple(map(module_name, computed)),
    )


def import_as_read(*modules: str) -> None:
    """Import modules and all of ours that they import, as this process has read them; once.

    Threads do this one after the other: those that come upon a circle of imports from two sides are handed
    modules that are half made.

    Raises:
        CodeChangedError: what Python has may be of other files than were read.
    """
    with lock:
        if modules in imported:
            refuse(imported[modules])
            return
        code, before = code_of(*modules), read()
        new = [module for module in code.modules if module not in sys.modules]
        if "matplotlib" in code.libraries:
            import_matplotlib()
        for module in code.modules:
            with contextlib.suppress(ImportError):  # whoever needs it is told once more
                import_module(module)
        changes = imported_before(code)
        if new:  # they may have read files that are no code from the disk
            changes += [f"{file} was written" for file in code.files if before.was_rewritten(file)]
        imported[modules] = changes
        refuse(changes)


def imported_before(code: Code) -> list[str]:
    """Return what may have changed after this process imported a module and before it read its file.

    Raises:
        CodeChangedError: a file is of a time that is still to come.
    """
    before = read()
    doubtful = [file for file in code.files if before.is_doubtful(file)]
    if any(map(before.is_of_the_future, doubtful)):
        raise CodeChangedError(
            f"{told(doubtful)} changed at a time that is still to come; set the clock right, or if it "
            "is, run `touch $(git ls-files)` in the checkout; then start again"
        )
    return [f"{file} changed" for file in doubtful]


def pin(*stages: tuple[str, ...]) -> None:
    """Make sure that the disk still holds the code of each stage that this process has read or imported.

    Args:
        stages: the modules of each, as in `Step.code`; the disk is read once for all of them.

    Raises:
        CodeChangedError: it does not, so that this process would run other code than people see.
    """
    with lock:
        for modules in stages:
            refuse(imported_before(code_of(*modules)))
        disk = Sources(known=dict(read().known))
        for modules in stages:
            refuse(list(changed_files(code_of(*modules).files, code_in(disk, modules).files)))


def refuse(changes: Sequence[str]) -> None:
    """Raise an error that tells the first of some changes; nothing where there are none."""
    if changes:
        raise CodeChangedError(f"{told(changes)} since this process began; start it again to go on")


def told(several: Sequence[str]) -> str:
    """Return the first of several phrases, and how many more there are."""
    return f"{several[0]} and {len(several) - 1} more" if len(several) > 1 else several[0]


def load(path: str) -> Any:
    """What a path such as `denoising.denoisers.wavelet:WaveletShrinkage` names.

    A stage that is told a path by its settings names the module in its step, so that its code counts.

    Raises:
        ValueError: it is no path of ours.
    """
    module, _, name = path.partition(":")
    if module.partition(".")[0] not in PACKAGES or not name:
        raise ValueError(f"{path}: give a module of {', '.join(PACKAGES)} and a name in it, as in a.b:c")
    return resolve_name(path)


def changed_files(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    """What became of files, a phrase each: those that changed, else those that are new or gone."""
    changed = [file for file in new if file in old and old[file] != new[file]]
    yield from (f"{file} changed" for file in changed)
    if not changed:
        yield from (f"{file} is new" for file in new if file not in old)
        yield from (f"{file} is gone" for file in old if file not in new)
