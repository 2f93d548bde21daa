import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import wavfile

from tests.denoising.recordings.writing.rewritten import channels_in, refusal, rewritten
from tests.denoising.recordings.written import text

KINDS = {"PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}  # bytes


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def wav(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("endian", ["LITTLE", "BIG"])
@pytest.mark.parametrize("form", ["WAV", "WAVEX"])
@pytest.mark.parametrize("kind", KINDS)
def test_only_the_bytes_of_a_changed_channel_differ(
    kind: str, form: str, endian: str, tmp_path: Path
) -> None:
    if endian == "BIG" and form == "WAVEX":
        form = "WAV"
    source = tmp_path / "some.wav"
    rng = np.random.default_rng(1)
    soundfile.write(source, rng.uniform(-0.9, 0.9, (500, 3)), 4000, kind, endian, form)
    before = channels_in(source)
    new = before["channel2"] / 3
    copy = rewritten(source, {"channel2": new})
    assert np.abs(channels_in(copy)["channel2"] - new).max() <= 2.0 ** -min(8 * KINDS[kind], 25)
    one, two = (np.frombuffer(path.read_bytes(), np.uint8) for path in (source, copy))
    width = KINDS[kind]
    first = len(one) - 1500 * width if kind.startswith("PCM") else source.read_bytes().index(b"data") + 8
    frames = (one != two)[first : first + 1500 * width].reshape(500, 3, width)
    assert not (one != two)[:first].any()
    assert not (one != two)[first + 1500 * width :].any()
    assert not frames[:, [0, 2]].any()
    assert rewritten(copy, before).read_bytes() == source.read_bytes()


def test_chunks_before_and_behind_the_samples_stay(tmp_path: Path) -> None:
    guid = b"\1\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    form = struct.pack("<HHIIHHHHI", 0xFFFE, 2, 4000, 24000, 6, 24, 22, 24, 3) + guid
    around = chunk(b"LIST", b"INFOIART\4\0\0\0me\0\0x"), chunk(b"cue ", b"odd")
    samples = bytes(range(18))
    source = text(
        tmp_path, wav(chunk(b"fmt ", form), around[0], chunk(b"data", samples), *around), "some.wav"
    )
    before = channels_in(source)
    assert list(before) == ["channel1", "channel2"]
    copy = rewritten(source, {"channel2": [-0.5, 0, 2**-23]})
    changed = samples[:3] + b"\0\0\xc0" + samples[6:9] + b"\0\0\0" + samples[12:15] + b"\1\0\0"
    assert copy.read_bytes() == source.read_bytes().replace(samples, changed)


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        (np.uint8, (0, 255)),
        (np.int16, (-(2**15), 2**15 - 1)),
        (np.int32, (-(2**31), 2**31 - 1)),
        (np.int64, (-(2**63), 2**63 - 1024)),
    ],
)
def test_samples_beyond_full_scale_are_clipped(kind: type, ends: tuple[int, int], tmp_path: Path) -> None:
    wavfile.write(tmp_path / "some.wav", 100, np.array([1, 2, 3, 4, 5], kind))
    copy = rewritten(tmp_path / "some.wav", {"channel": [-1.5, 7, np.nan, np.inf, -np.inf]})
    _, after = wavfile.read(copy)
    assert after.tolist() == [ends[0], ends[1], 3, ends[1], ends[0]]


@settings(max_examples=30)
@given(
    values=st.lists(st.floats(-1, 1), min_size=2, max_size=20),
    kind=st.sampled_from(["PCM_U8", "PCM_16", "PCM_24"]),
)
def test_integers_are_the_nearest(
    values: list[float], kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = tmp_path_factory.mktemp("some") / "some.wav"
    soundfile.write(source, np.zeros(len(values)), 100, kind)
    step = 2.0 ** (1 - 8 * KINDS[kind])
    after = channels_in(rewritten(source, {"channel": values}))["channel"]
    assert np.abs(after - np.minimum(values, 1 - step)).max() <= step / 2


def test_other_numbers_of_bits_are_refused(tmp_path: Path) -> None:
    form = struct.pack("<HHIIHH", 1, 1, 100, 500, 5, 40)
    source = text(tmp_path, wav(chunk(b"fmt ", form), chunk(b"data", bytes(50))), "some.wav")
    assert refusal(source, {"channel": np.ones(10)}) == (
        "it has 40 bits a sample, and cannot be written back; save it with 16, 24 or 32"
    )


def test_a_file_that_is_cut_off_stays_as_long(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "whole.wav", 100, np.arange(100, dtype=np.int16))
    source = text(tmp_path, (tmp_path / "whole.wav").read_bytes()[:-51], "some.wav")
    n = len(channels_in(source)["channel"])
    copy = rewritten(source, {"channel": np.zeros(n)})
    assert copy.stat().st_size == source.stat().st_size
    assert not channels_in(copy)["channel"].any()
