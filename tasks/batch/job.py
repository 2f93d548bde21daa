"""A recording to denoise: where the result goes, and whether it is there already."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any

from denoising.models.recorded_channels import Use
from denoising.recordings.remote import local
from denoising.recordings.settings import RecordingFile
from denoising.recordings.writing.catalogue import files_like
from tasks.cache.files import plain
from tasks.cache.store import is_name

NAME = "denoising-autoencoders"
SIDECAR = ".json"  # behind the name of a denoised file
TOLD = {"channel", "denoiser", "trained", "noise", "warnings"}  # of each channel, among other things


class InTheWayError(ValueError):
    """A file stands where a denoised one is to go. The message names it and says what to do."""


@dataclass(frozen=True)
class Job:
    """A recording to denoise.

    Attributes:
        source: the recording, with its digest.
        target: where the denoised one goes.
        use: how it is denoised.
        models: the digests of the denoisers to choose from.
        study: whose they are; empty if they are of none.
        size: bytes of the recording's file.
    """

    source: RecordingFile
    target: Path
    use: Use
    models: tuple[str, ...]
    study: str
    size: int = 1

    @property
    def of(self) -> str:
        """The recording's name."""
        return self.source.name

    @property
    def label(self) -> str:
        """What tells it from the others."""
        return str(self.target)

    @property
    def cost(self) -> float:
        """The size of its file, which tells how long it takes."""
        return float(max(self.size, 1))

    @property
    def files(self) -> dict[Path, Path]:
        """The files that are written, by those of the recording that they are copies of."""
        return files_like(local(self.source.path), self.target)

    @property
    def sidecar(self) -> Path:
        """The file that tells how the denoised one was made."""
        return self.target.with_name(self.target.name + SIDECAR)

    @property
    def made_from(self) -> dict[str, Any]:
        """What decides the result, as JSON values."""
        return {
            "input": {"name": Path(self.source.path).name, "sha256": self.source.sha256},
            "settings": json.loads(json.dumps(asdict(self.use))),
            "models": list(self.models),
        }

    def told(self, outputs: Mapping[str, str], channels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what the sidecar tells.

        Args:
            outputs: the digests of the files that were written, by their names.
            channels: what was done to each channel.
        """
        made_by = {"made_by": f"{NAME} {version(NAME)}", "study": self.study or None}
        return made_by | self.made_from | {"outputs": dict(outputs), "channels": list(channels)}

    def is_done(self) -> bool:
        """Whether the denoised file is there, whole and made from the same.

        Raises:
            InTheWayError: another file is there.
        """
        note = note_in(self.sidecar)
        if note is None:
            there = next(filter(exists, (*self.files.values(), self.sidecar)), None)
            if there:
                raise InTheWayError(
                    f"{there}: it is there already and was not made by this program; choose another "
                    "--output-dir or --suffix, or replace it with --force"
                )
            return False
        if others := [name for name, value in self.made_from.items() if note.get(name) != value]:
            raise InTheWayError(
                f"{self.target}: it was made with other {' and '.join(others)}; choose another "
                "--output-dir or --suffix, or replace it with --force"
            )
        found = {name: digest_at(self.target.parent / name) for name in note["outputs"]}
        if changed := [name for name, digest in found.items() if digest not in (None, note["outputs"][name])]:
            raise InTheWayError(
                f"{self.target.with_name(changed[0])}: it was changed after it was written; move it away, or "
                "replace it with --force"
            )
        return None not in found.values()


def note_in(sidecar: Path) -> dict[str, Any] | None:
    """Return what a sidecar of ours tells; None if there is none, or it is none of ours, or not whole."""
    try:
        note = json.loads(plain(sidecar).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(note, dict) or not str(note.get("made_by", "")).startswith(f"{NAME} "):
        return None
    outputs, channels = note.get("outputs"), note.get("channels")
    if not isinstance(outputs, dict) or sidecar.name.removesuffix(SIDECAR) not in outputs:
        return None
    beside = all("/" not in name and is_name(name) for name in outputs)
    return note if beside and isinstance(channels, list) and all(map(is_told, channels)) else None


def is_told(channel: Any) -> bool:
    """Whether this is what a sidecar tells of a channel."""
    if not isinstance(channel, dict) or not channel.keys() >= TOLD:
        return False
    warnings = channel["warnings"]
    return isinstance(warnings, list) and all(isinstance(warning, str) for warning in warnings)


def exists(path: Path) -> bool:
    """Whether there is anything of this name, even a link that leads nowhere."""
    return path.exists() or path.is_symlink()


def digest_at(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if it cannot be read."""
    try:
        with plain(path).open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
