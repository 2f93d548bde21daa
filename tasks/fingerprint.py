"""Fingerprints of the code that functions can reach.

They are made anew whenever any file of ours is not as it was, and kept beside Python's bytecode until then.
"""

import contextlib
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from tasks.cache.files import write_atomically

ROOT = Path(__file__).parents[1]
PACKAGES = ("denoising", "tasks", "flows")  # ours
KEPT = "tasks/__pycache__/fingerprints.json"


@dataclass(frozen=True)
class Fingerprint:
    """The code that a function can reach.

    Attributes:
        digest: of all of it.
        definitions: the digest of each piece by its label, to tell what changed.
        libraries: the distributions it uses, the standard library apart.
        unresolved: the calls that reading could not follow.
    """

    digest: str
    definitions: dict[str, str]
    libraries: list[str]
    unresolved: list[str]

    @cached_property
    def modules(self) -> list[str]:
        """The modules of ours whose definitions it can reach."""
        names = [definition.split(".") for definition in self.definitions]
        dotted = {".".join(name[:end]) for name in names for end in range(2, len(name))}
        return sorted(name for name in dotted if (ROOT / f"{name.replace('.', '/')}.py").is_file())


def fingerprints(functions: Iterable[str], root: Path = ROOT) -> dict[str, Fingerprint]:
    """The fingerprints of functions by their dotted names; `root` is the folder of the packages."""
    state = state_of_source(root)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads((root / KEPT).read_bytes())
        if note["source"] == state:
            return {function: Fingerprint(**note["fingerprints"][function]) for function in functions}
    from tasks.reach import reach
    from tasks.source import Code

    code = Code(root)
    made = {function: reach(function, code) for function in functions}
    found = {function: asdict(fingerprint) for function, fingerprint in made.items()}
    with contextlib.suppress(OSError):
        write_atomically(root / KEPT, json.dumps({"source": state, "fingerprints": found}).encode())
    return made


def state_of_source(root: Path) -> str:
    """The digest of all that a fingerprint can depend on: every file of ours, and the version of Python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(path for package in PACKAGES for path in files_below(root / package)):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(root)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def files_below(folder: Path) -> Iterator[Path]:
    """The files in a folder and those in it, but for bytecode, hidden files and editors' backups."""
    for path in folder.iterdir():
        if path.name.startswith((".", "__pycache__")) or path.name.endswith("~"):
            continue
        if path.is_dir():
            yield from files_below(path)
        elif path.is_file():
            yield path
