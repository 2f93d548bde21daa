"""Classical denoisers as files: fitted, written, and the same when they are read."""

from pathlib import Path

import numpy as np
import pytest

from denoising.denoisers.catalogue import BASELINES, FOR_RECORDINGS
from denoising.denoisers.denoiser import Known
from denoising.models.classical import classical_to_bytes, is_usable
from denoising.models.loading import model_at
from denoising.models.model_file import from_bytes
from denoising.recordings.mixing import mixed, sizes
from denoising.recordings.settings import NoiseSettings
from denoising.signals.dataset import SignalSet, generate
from denoising.signals.noise import relative_std
from denoising.signals.settings import DatasetSettings
from denoising.signals.sinusoids import FAMILIES
from tasks.cache.code import load
from tests.denoising.models.made_up import noise
from tests.denoising.recordings.made_up import filtered, windows_from

LENGTH, RATE, SNR = 64, 360.0, 5.0
NOISE = NoiseSettings(noise="white", data_seed=0, snr=SNR)
KINDS = ("sinusoids", "recordings")
CASES = [("sinusoids", name) for name in BASELINES] + [("recordings", name) for name in FOR_RECORDINGS]


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[Known, SignalSet, dict[str, object]]]:
    """What denoisers are fitted to, their training signals at their own scale, and what made these."""
    pool = generate(DatasetSettings(n_signals=60, n_test=8, signal_length=LENGTH), 0.2, "pool")
    train, validation = pool.take(np.arange(40)), pool.take(np.arange(40, 60))
    of_sinusoids = Known(0.2, FAMILIES["formula"], train, validation)
    samples = 40 + 3 * filtered([1, -1.8, 0.9], noise(60 * LENGTH)).reshape(60, LENGTH)
    windows = windows_from(samples)
    stds = {name: size / 10 ** (SNR / 20) for name, size in sizes(windows).items()}
    recorded = mixed(windows, NOISE, "train", stds, RATE)
    split = recorded.take(np.arange(40)), recorded.take(np.arange(40, 60))
    of_recordings = Known(
        None, None, *(part.standardised() for part in split), added_std=relative_std(split[0], stds)
    )
    told = NOISE.model_dump() | {"rate": RATE, "unit": "mV"}
    return {
        "sinusoids": (of_sinusoids, train, {"signals": "formula", "alpha": 0.2}),
        "recordings": (of_recordings, split[0], told),
    }


def test_what_is_told_the_form_or_the_prior_of_signals_is_not_for_other_signals() -> None:
    everything = {**BASELINES, **FOR_RECORDINGS}
    unusable = {name for name, path in everything.items() if not is_usable(load(path))}
    assert unusable == {"bayes", "least_squares", "linear_mmse", "free_sinusoids", "singular_spectrum"}
    assert all(is_usable(load(path)) for path in FOR_RECORDINGS.values())


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_denoiser_from_its_file_gives_the_same_bit_for_bit(
    kind: str, name: str, known: dict[str, tuple[Known, SignalSet, dict[str, object]]], tmp_path: Path
) -> None:
    told, train, data = known[kind]
    path = {**BASELINES, **FOR_RECORDINGS}[name]
    if not is_usable(load(path)):
        return
    denoiser = load(path).fit(told)
    file = tmp_path / "model.safetensors"
    file.write_bytes(classical_to_bytes(path, denoiser, train, data))
    used = model_at(file)
    windows = told.validation.noisy
    assert np.array_equal(used.denoiser(windows), denoiser(windows))
    assert np.array_equal(used.denoiser(windows.astype(float)), denoiser(windows.astype(float)))
    card, _ = from_bytes(file.read_bytes())
    assert (card.kind, card.denoiser, card.window, card.label) == ("classical", path, LENGTH, denoiser.label)
    assert file.read_bytes() == classical_to_bytes(path, used.denoiser, train, data)
    signal = 1e3 + 5 * np.cumsum(noise(500))
    found = used.denoise(signal, card.rate)
    assert np.isfinite(found).all()
    assert np.allclose(used.denoise(2.5 * signal - 7, card.rate), 2.5 * found - 7, rtol=0, atol=1e-6)
    if kind == "recordings":
        assert (card.rate, card.unit, card.snr, card.level) == (RATE, "mV", SNR, "snr=5")
    else:
        assert (card.rate, card.level) == (None, "alpha=0.2")


def test_a_denoiser_of_sinusoids_leaves_them_at_the_size_that_they_have(
    known: dict[str, tuple[Known, SignalSet, dict[str, object]]], tmp_path: Path
) -> None:
    """It was fitted to give the clean signal, which the noisy one holds 1 - alpha times."""
    told, train, data = known["sinusoids"]
    path, file = BASELINES["rescaled"], tmp_path / "model.safetensors"
    file.write_bytes(classical_to_bytes(path, load(path).fit(told), train, data))
    signal = noise(300)
    assert np.allclose(model_at(file).denoise(signal), signal, atol=1e-6)


def test_a_denoiser_in_use_gains_on_windows_what_it_gains_in_its_study(
    known: dict[str, tuple[Known, SignalSet, dict[str, object]]], tmp_path: Path
) -> None:
    told, train, data = known["recordings"]
    for name in ("window_wiener", "savitzky_golay"):
        denoiser, file = load(FOR_RECORDINGS[name]).fit(told), tmp_path / name
        file.write_bytes(classical_to_bytes(FOR_RECORDINGS[name], denoiser, train, data))
        expected = train.restored(denoiser(train.standardised().noisy))
        assert train.centre is not None
        assert train.scale is not None
        window_by_window = model_at(file).denoise(
            train.noisy, RATE, centre=train.centre[0], scale=train.scale[0], overlap=0
        )
        assert np.allclose(window_by_window, expected, rtol=0, atol=1e-4)
        overlapping = model_at(file).denoise(train.noisy.ravel(), RATE).reshape(train.clean.shape)
        errors = [np.square(each - train.clean).mean() for each in (overlapping, expected, train.noisy)]
        assert errors[0] < errors[2] / 1.5
        assert errors[0] < 1.15 * errors[1]
