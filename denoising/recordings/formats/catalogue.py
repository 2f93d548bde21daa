"""The formats of recordings, by the extension of their files. To add one, write a module and name it here."""

from collections.abc import Callable, Mapping
from pathlib import Path

from denoising.recordings.channels import Recording
from denoising.recordings.formats.arrays import open_npy, open_npz
from denoising.recordings.formats.edf import open_edf
from denoising.recordings.formats.matlab import open_mat
from denoising.recordings.formats.sound import open_sound
from denoising.recordings.formats.table import open_parquet
from denoising.recordings.formats.text import open_text
from denoising.recordings.formats.wave import open_wav
from denoising.recordings.formats.waveform import files_of, open_wfdb

FORMATS: Mapping[str, Callable[[Path], Recording]] = {
    ".csv": open_text,
    ".tsv": open_text,
    ".txt": open_text,
    ".npy": open_npy,
    ".npz": open_npz,
    ".parquet": open_parquet,
    ".mat": open_mat,
    ".wav": open_wav,
    ".flac": open_sound,
    ".ogg": open_sound,
    ".edf": open_edf,
    ".bdf": open_edf,
    ".hea": open_wfdb,
}


def companions(path: Path) -> list[Path]:
    """Return the further files of a recording, which its first one names."""
    return files_of(path) if path.suffix.lower() == ".hea" else []
