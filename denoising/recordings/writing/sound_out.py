"""Writes FLAC and OGG files back by soundfile: rate, bits and tags stay."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO

from numpy.typing import NDArray

from denoising.recordings.channels import Channel
from denoising.recordings.formats.sound import open_sound
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.patching import BLOCK, changed, whole
from denoising.signals.sinusoids import Array

BITS = {"PCM_S8": 8, "PCM_16": 16, "PCM_24": 24}  # of a sample in FLAC files
FULL = 2**31  # full scale of samples that soundfile gives as integers
MARK = b"fLaC"
INFO, SEEKS, LAST = 0, 3, 0x80  # kinds of a FLAC file's blocks, and the flag of the last one
ENCODER = "ENCODER"  # the tag that each program writes anew


def write_flac(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of a FLAC file with other samples; see `write_like`. Its table of seek points is left out.

    Raises:
        RecordingError: it begins with other data than its own.
    """
    with tempfile.TemporaryDirectory() as folder, source.open("rb") as before:
        if before.read(len(MARK)) != MARK:
            raise RecordingError("it begins with a tag of another format (ID3); remove that")
        plain = Path(folder) / "plain.flac"
        recode(source, plain, denoised, exact=True)
        with plain.open("rb") as samples, target.open("wb") as after:
            samples.seek(len(MARK))
            own = [(kind, data) for kind, data in blocks_in(before) if kind not in (INFO, SEEKS)]
            info = next(data for kind, data in blocks_in(samples) if kind == INFO)
            after.write(MARK)
            for left, (kind, data) in zip(range(len(own), -1, -1), [(INFO, info), *own], strict=True):
                after.write(bytes([kind if left else kind | LAST]) + len(data).to_bytes(3, "big") + data)
            copyfileobj(samples, after)


def write_ogg(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of an OGG file with other samples; see `write_like`. All samples are rounded once more.

    Raises:
        RecordingError: it is compressed so that samples do not come back, or has tags that soundfile does not
            write.
    """
    import soundfile

    if (kind := soundfile.info(source).subtype) != "VORBIS":
        raise RecordingError(
            f"{kind} in it changes samples too much to write them back; save it as .flac or .wav"
        )
    recode(source, target, denoised, exact=False)
    if lost := [tag for tag in tags_in(source) if tag not in tags_in(target)]:
        raise RecordingError(f"its tag {lost[0][0]} would be lost; save the signals as .flac or .wav")


def recode(source: Path, target: Path, denoised: Mapping[str, Channel], exact: bool) -> None:
    """Write a copy of a file with other samples by soundfile; as integers if it is to be exact."""
    import soundfile

    names = [channel.name for channel in open_sound(source).channels]
    kind, full, start = ("int32", FULL, 0) if exact else ("float64", 1, 0)
    with soundfile.SoundFile(source) as before:
        bits = BITS[before.subtype] if exact else None
        told = before.samplerate, before.channels, before.subtype, before.endian, before.format
        with soundfile.SoundFile(target, "w", *told, compression_level=None if exact else 0.0) as after:
            for name, value in before.copy_metadata().items():
                setattr(after, name, value)
            while len(samples := before.read(BLOCK, kind, always_2d=True)):
                stop = start + len(samples)
                for own, name in zip(samples.T, names, strict=True):
                    if name in denoised:
                        differs, values = changed(own / full, denoised[name].read(start, stop))
                        own[differs] = encoded(values, bits)
                after.write(samples)
                start = stop


def encoded(values: Array, bits: int | None) -> NDArray[Any]:
    """Return samples as soundfile takes them: in the highest of 32 bits, or as they are."""
    if bits is None:
        return values
    most = 2 ** (bits - 1)
    return whole(values * most, -most, most - 1) << (32 - bits)


def blocks_in(file: BinaryIO) -> list[tuple[int, bytes]]:
    """Return the kind and the content of each block before a FLAC file's samples, up to which it is read."""
    found = []
    kind = 0
    while not kind & LAST:
        kind, *size = file.read(4)
        found.append((kind & ~LAST, file.read(int.from_bytes(size, "big"))))
    return found


def tags_in(path: Path) -> list[tuple[str, str]]:
    """Return the names and the values of an OGG file's tags."""
    with path.open("rb") as file:
        packet = second_packet(file)
    at = 8 if packet.startswith(b"OpusTags") else 7  # behind `\3vorbis`

    def text() -> str:
        nonlocal at
        size = int.from_bytes(packet[at : at + 4], "little")
        at += 4 + size
        return packet[at - size : at].decode(errors="replace")

    text()  # the name of the encoder
    n = int.from_bytes(packet[at : at + 4], "little")
    at += 4
    tags = [text().partition("=") for _ in range(n)]
    return [(name.upper(), value) for name, _, value in tags if name.upper() != ENCODER]


def second_packet(file: BinaryIO) -> bytes:
    """Return the second packet of an OGG file, which holds its tags."""
    found, packet = 0, b""
    while True:
        sizes = file.read(file.read(27)[26])
        for size in sizes:
            packet += file.read(size)
            if size < 255:
                found += 1
                if found == 2:
                    return packet
                packet = b""
