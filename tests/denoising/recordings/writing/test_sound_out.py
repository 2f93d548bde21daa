import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.denoising.recordings.writing.rewritten import channels_in, refusal, rewritten
from tests.denoising.recordings.written import ecg, text

APPLICATION = b"\2" + (60).to_bytes(3, "big") + bytes(range(60))  # a block of a program's own
TAGS = {"title": "heart", "artist": "someone", "comment": "at rest", "date": "2024"}


def written(path: Path, subtype: str, rate: int = 8000) -> Path:
    signals = np.stack([ecg()[:20_000], ecg()[20_000:40_000]], axis=1) / 4
    with soundfile.SoundFile(path, "w", rate, 2, subtype) as file:
        for name, value in TAGS.items():
            setattr(file, name, value)
        file.write(signals)
    return path


@pytest.mark.parametrize(("subtype", "bits"), [("PCM_S8", 8), ("PCM_16", 16), ("PCM_24", 24)])
def test_a_flac_files_bits_rate_and_other_channel_stay(subtype: str, bits: int, tmp_path: Path) -> None:
    source = written(tmp_path / "some.flac", subtype)
    before = channels_in(source)
    new = np.convolve(before["channel2"], np.ones(5) / 5, "same")
    new[:4] = [-2, 2, np.nan, 0.5]
    copy = rewritten(source, {"channel2": new})
    told = soundfile.info(copy)
    assert (told.subtype, told.samplerate, told.frames) == (subtype, 8000, 20_000)
    with soundfile.SoundFile(source) as one, soundfile.SoundFile(copy) as two:
        assert two.copy_metadata() == one.copy_metadata()
    after = channels_in(copy)
    assert np.array_equal(after["channel1"], before["channel1"])
    step = 2.0 ** (1 - bits)
    assert after["channel2"][:4].tolist() == [-1, 1 - step, before["channel2"][2], 0.5]
    assert np.abs(after["channel2"] - new)[3:].max() <= step / 2
    back = channels_in(rewritten(copy, before))
    assert all(np.array_equal(back[name], before[name]) for name in before)


def test_further_blocks_of_a_flac_file_stay(tmp_path: Path) -> None:
    data = written(tmp_path / "plain.flac", "PCM_16").read_bytes()
    assert data[4] == 0
    source = text(tmp_path, data[:42] + APPLICATION + data[42:], "some.flac")
    copy = rewritten(source, {"channel1": channels_in(source)["channel1"] / 2})
    assert APPLICATION in copy.read_bytes()
    end = data.index(b"\xff\xf8")
    assert copy.read_bytes()[42 : end + len(APPLICATION)] == source.read_bytes()[42 : end + len(APPLICATION)]
    tagged = text(tmp_path, b"ID3\3\0\0\0\0\0\x0a" + bytes(10) + data, "tagged.flac")
    assert refusal(tagged, {"channel1": np.zeros(20_000)}) == (
        "it begins with a tag of another format (ID3); remove that"
    )


def test_an_ogg_file_keeps_its_tags_and_nearly_its_samples(tmp_path: Path) -> None:
    source = written(tmp_path / "some.ogg", "VORBIS")
    before = channels_in(source)
    copy = rewritten(source, {"channel2": before["channel2"] / 2})
    told = soundfile.info(copy)
    assert (told.subtype, told.samplerate, told.frames) == ("VORBIS", 8000, 20_000)
    with soundfile.SoundFile(copy) as file:
        assert TAGS.items() <= file.copy_metadata().items()
    after = channels_in(copy)
    for name, share in (("channel1", 1), ("channel2", 0.5)):
        assert np.corrcoef(after[name], before[name])[0, 1] > 0.999
        assert after[name].std() == pytest.approx(share * before[name].std(), rel=0.05)


def test_a_tag_that_soundfile_does_not_write_is_refused(tmp_path: Path) -> None:
    source = written(tmp_path / "some.ogg", "VORBIS")
    data = source.read_bytes().replace(b"ARTIST=", b"WRITER=")
    pages = [at.start() for at in re.finditer(b"OggS", data)]
    comments = bytearray(data[pages[1] : pages[2]])
    comments[22:26] = bytes(4)
    comments[22:26] = checksum(comments).to_bytes(4, "little")
    source.write_bytes(data[: pages[1]] + comments + data[pages[2] :])
    assert refusal(source, {"channel1": channels_in(source)["channel1"]}) == (
        "its tag WRITER would be lost; save the signals as .flac or .wav"
    )


def test_opus_is_refused(tmp_path: Path) -> None:
    source = written(tmp_path / "some.ogg", "OPUS")
    assert refusal(source, channels_in(source)) == (
        "OPUS in it changes samples too much to write them back; save it as .flac or .wav"
    )


def checksum(page: bytes) -> int:
    """Return the checksum of a page of an OGG file."""
    found = 0
    for octet in page:
        found ^= octet << 24
        for _ in range(8):
            found = (found << 1 ^ (0x04C11DB7 if found >> 31 else 0)) & 0xFFFFFFFF
    return found
