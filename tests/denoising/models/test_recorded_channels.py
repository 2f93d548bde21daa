"""Channels that are denoised as they are read, at rates of their own."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import resample_poly

from denoising.models.model import Model
from denoising.models.recorded_channels import Use, denoised, usable
from denoising.recordings.channels import Channel
from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array
from tests.denoising.models.test_choosing import of_recordings
from tests.flows.recorded import electrocardiogram

RATE = 360


def channel(samples: Array, rate: float | None) -> Channel:
    return Channel("ECG", len(samples), rate, lambda start, stop: samples[start:stop], "mV")


def models() -> list[Model]:
    """Models of an electrocardiogram with white noise at 0, 5 and 10 dB, which change nothing."""
    return [Model(replace(model.card, rate=float(RATE)), model.denoiser) for model in of_recordings()]


@pytest.mark.parametrize(("rate", "up", "down"), [(250, 25, 36), (360, 1, 1), (720, 2, 1)])
def test_noise_is_estimated_as_well_at_another_rate(rate: int, up: int, down: int) -> None:
    clean = resample_poly(electrocardiogram(), up, down)
    for snr in (0, 5, 10):
        std = clean.std() / 10 ** (snr / 20)
        noisy = clean + std * np.random.default_rng(0).standard_normal(len(clean))
        found = denoised(usable(channel(noisy, rate), RATE, Use(resample=True)), models(), Use())
        halved = 10 * np.log10(2) if rate == 720 else 0  # half of its noise lies above what 360 Hz can hold
        assert found.choice.snr == pytest.approx(snr + halved, abs=1)
        assert (found.after.n_samples, found.after.rate) == (len(noisy), rate)
        assert not any("spectrum" in warning for warning in found.choice.warnings if rate != 720)


def test_there_and_back_a_channel_is_nearly_what_it_was() -> None:
    clean = resample_poly(electrocardiogram()[:3600], 25, 36)
    found = denoised(usable(channel(clean, 250), RATE, Use(resample=True)), models(), Use(snr=10))
    after = found.after.read(0, found.after.n_samples)
    assert np.abs(after - clean)[50:-50].max() < 0.02 * np.ptp(clean)


def test_a_rate_that_is_missing_wrong_or_far_is_refused() -> None:
    samples = electrocardiogram()[:600]
    for rate, use, words in (
        (None, Use(), "give it with --rate"),
        (250, Use(), "--resample"),
        (250, Use(rate=360), "contradicts"),
        (0.01, Use(resample=True), "too far from"),
        (1e7, Use(resample=True), "too far from"),
    ):
        with pytest.raises(RecordingError, match=words):
            usable(channel(samples, rate), RATE, use)


def test_samples_beyond_what_can_be_squared_are_refused() -> None:
    for factor in (1e300, 1e-300):
        with pytest.raises(RecordingError, match="choose another unit"):
            denoised(usable(channel(factor * electrocardiogram()[:600], RATE), RATE, Use()), models(), Use())
