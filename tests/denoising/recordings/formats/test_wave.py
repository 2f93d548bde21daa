from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.io import wavfile

from denoising.recordings.opening import open_recording
from tests.denoising.recordings.written import ecg

BITS = {"PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "FLOAT": 24, "DOUBLE": 53}


@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize("kind", BITS)
def test_samples_lie_between_minus_1_and_1_whatever_their_bits(
    kind: str, n_channels: int, tmp_path: Path
) -> None:
    signals = ecg()[: 1000 * n_channels].reshape(-1, n_channels) / 2
    signals[:2] = [[-1], [0]]
    soundfile.write(tmp_path / "some.wav", signals, 4000, kind)
    channels = open_recording(tmp_path / "some.wav").channels
    assert [(c.n_samples, c.rate) for c in channels] == [(1000, 4000)] * n_channels
    for channel, signal in zip(channels, signals.T, strict=True):
        found = channel.read(0, 1000)
        assert found[:2].tolist() == [-1, 0]
        assert np.abs(found - signal).max() <= 2.0 ** (1 - BITS[kind])


def test_time_is_the_axis_of_a_file_with_more_channels_than_samples(tmp_path: Path) -> None:
    samples = np.arange(40, dtype=np.float32).reshape(8, 5).T
    wavfile.write(tmp_path / "some.wav", 100, samples)
    channels = open_recording(tmp_path / "some.wav").channels
    assert [channel.read(0, 5).tolist() for channel in channels] == samples.T.tolist()


def test_a_file_without_samples_has_none(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "some.wav", 100, np.zeros((0, 2), np.int16))
    assert {channel.n_samples for channel in open_recording(tmp_path / "some.wav").channels} == {0}
