"""The classical denoisers against closed forms, slow twins and each other."""

from dataclasses import replace
from itertools import pairwise
from math import sqrt
from pkgutil import resolve_name

import numpy as np
import pytest
import pywt
from scipy.optimize import least_squares
from scipy.signal import savgol_coeffs, wiener

from denoising.denoisers.bayes import Bayes
from denoising.denoisers.catalogue import BASELINES as PATHS
from denoising.denoisers.denoiser import Known, UndefinedError, describe
from denoising.denoisers.gain import BestGain, Identity, Rescaled
from denoising.denoisers.least_squares import LeastSquares
from denoising.denoisers.linear_mmse import LinearMMSE
from denoising.denoisers.local_wiener import LocalWiener
from denoising.denoisers.pca import PCA
from denoising.denoisers.savitzky_golay import SavitzkyGolay
from denoising.denoisers.wavelet import SHIFTS, WaveletShrinkage
from denoising.measure.metrics import mse, mse_per_signal
from denoising.signals.dataset import SignalSet, generate, split_pool
from denoising.signals.scaling import rescaled_noise_std
from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.signals.sinusoids import FAMILIES
from denoising.theory.prior import prior_of

SETTINGS = DatasetSettings(n_signals=200, n_test=200, signal_length=128)
BASELINES = {name: resolve_name(path) for name, path in PATHS.items()}
NAMES = tuple(BASELINES)


def known_at(alpha: float, settings: DatasetSettings = SETTINGS) -> Known:
    parts = split_pool(generate(settings, alpha, "pool"), settings)
    return Known(alpha, FAMILIES[settings.signals], parts["train"], parts["validation"])


@pytest.fixture(scope="module")
def known() -> Known:
    return known_at(0.3)


@pytest.fixture(scope="module")
def test_signals() -> SignalSet:
    return generate(SETTINGS, 0.3, "test")


def test_no_two_denoisers_share_a_label() -> None:
    labels = [baseline.label for baseline in BASELINES.values()]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", NAMES)
def test_every_denoiser_takes_and_gives_signals_and_treats_each_by_itself(
    name: str, known: Known, test_signals: SignalSet
) -> None:
    denoiser = BASELINES[name].fit(known)
    given = test_signals.noisy[:20].copy()
    denoised = denoiser(given)
    assert denoised.shape == given.shape
    assert np.isfinite(denoised).all()
    assert np.array_equal(given, test_signals.noisy[:20]), "what is given is left as it was"
    alone = np.concatenate([denoiser(given[row : row + 1]) for row in (3, 7)])
    assert alone == pytest.approx(denoised[[3, 7]], abs=1e-5)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"pca"}))
def test_tuning_looks_at_training_signals_alone(name: str, known: Known, test_signals: SignalSet) -> None:
    other = known_at(0.3, SETTINGS.model_copy(update={"data_seed": 5}))
    one, two = (BASELINES[name].fit(k) for k in (known, replace(known, validation=other.validation)))
    assert np.array_equal(one(test_signals.noisy), two(test_signals.noisy))


def test_pca_counts_its_components_on_the_validation_signals(known: Known) -> None:
    fitted = PCA.fit(known)
    errors = {}
    _, _, rows = np.linalg.svd(known.train.clean - fitted.mean, full_matrices=False)
    for k in (1, 4, len(fitted.components), 32, 64):
        basis = rows[:k].astype(float)
        deviation = known.validation.noisy / 0.7 - fitted.mean
        errors[k] = np.square(fitted.mean + deviation @ basis.T @ basis - known.validation.clean).mean()
    assert min(errors, key=lambda k: errors[k]) == len(fitted.components)
    assert mse(fitted(known.validation.noisy), known.validation.clean) == pytest.approx(min(errors.values()))


@pytest.mark.parametrize("name", ["formula", "pictures"])
@pytest.mark.parametrize("alpha", [0.1, 0.4, 0.7])
def test_none_beats_the_posterior_mean_and_no_linear_one_the_best_filter(
    name: FamilyName, alpha: float
) -> None:
    settings = DatasetSettings(signals=name, n_signals=600, n_test=400)
    known, test = known_at(alpha, settings), generate(settings, alpha, "test")
    errors = {
        key: mse_per_signal(baseline.fit(known)(test.noisy), test.clean)
        for key, baseline in BASELINES.items()
    }
    linear = ("identity", "rescaled", "best_gain", "savitzky_golay", "pca")
    for best, others in (("bayes", [key for key in NAMES if key != "bayes"]), ("linear_mmse", linear)):
        for other in others:
            gain = errors[other] - errors[best]
            assert gain.mean() > -3 * gain.std() / sqrt(len(gain)), (best, other)
    for better, worse in pairwise(("bayes", "linear_mmse", "pca", "best_gain", "rescaled")):
        assert errors[better].mean() < errors[worse].mean()


@pytest.mark.parametrize("name", NAMES)
def test_without_noise_nothing_is_lost(name: str) -> None:
    denoiser, test = BASELINES[name].fit(known_at(0)), generate(SETTINGS, 0, "test")
    assert mse(denoiser(test.noisy), test.clean) < 1e-6


def test_noise_alone_leaves_those_that_need_no_scale() -> None:
    known, test = known_at(1), generate(SETTINGS, 1, "test")
    defined = ("identity", "best_gain", "linear_mmse", "bayes")
    for name in set(NAMES) - set(defined):
        with pytest.raises(UndefinedError, match="alpha 1"):
            BASELINES[name].fit(known)
    mean = prior_of(known.family, 128).mean
    for name in defined[2:]:
        assert BASELINES[name].fit(known)(test.noisy)[0] == pytest.approx(mean, abs=1e-6)
    assert mse(BASELINES["best_gain"].fit(known)(test.noisy), test.clean) < 1.1 * mse(
        0 * test.clean, test.clean
    )


def test_bayes_is_undefined_for_signals_sampled_too_coarsely() -> None:
    with pytest.raises(UndefinedError, match="signal_length 32 is too short"):
        Bayes.fit(known_at(0.2, DatasetSettings(signals="pictures", n_signals=10, signal_length=32)))


def test_gains_by_hand(known: Known, test_signals: SignalSet) -> None:
    assert np.array_equal(Identity.fit(known)(test_signals.noisy), test_signals.noisy)
    assert Rescaled.fit(known)(test_signals.noisy) == pytest.approx(test_signals.noisy / 0.7)
    gain = BestGain.fit(known).gain
    around = [mse(g * known.train.noisy, known.train.clean) for g in (gain - 0.01, gain, gain + 0.01)]
    assert min(around) == around[1]


def test_savitzky_golay_is_a_polynomial_fit(known: Known, test_signals: SignalSet) -> None:
    x = np.linspace(-1, 1, 64)
    cubic = (2 * x**3 - x + 0.5)[None]
    assert SavitzkyGolay(1.0, 15, 3)(cubic) == pytest.approx(cubic)
    fitted = SavitzkyGolay.fit(known)
    kernel = savgol_coeffs(fitted.window, fitted.order)
    half = fitted.window // 2
    slow = np.array(
        [kernel[::-1] @ test_signals.noisy[0, i - half : i + half + 1] for i in range(half, 128 - half)]
    )
    assert fitted(test_signals.noisy)[0, half : 128 - half] == pytest.approx(slow / 0.7, abs=1e-6)


def test_local_wiener_is_scipys_signal_by_signal(known: Known, test_signals: SignalSet) -> None:
    fitted = LocalWiener.fit(known)
    for row in range(3):
        rescaled = test_signals.noisy[row].astype(float) / 0.7
        slow = wiener(rescaled, fitted.window, rescaled_noise_std(0.3) ** 2)
        assert fitted(test_signals.noisy)[row] == pytest.approx(slow)


@pytest.mark.parametrize("length", [128, 100])
def test_wavelet_shrinkage_against_a_slow_twin(length: int) -> None:
    settings = SETTINGS.model_copy(update={"signal_length": length})
    fitted, test = WaveletShrinkage.fit(known_at(0.3, settings)), generate(settings, 0.3, "test")
    s = 0.3 / 0.7
    for row in range(2):
        rescaled = test.noisy[row].astype(float) / 0.7
        spun = []
        for shift in range(SHIFTS):
            shifted = np.roll(rescaled, shift)
            padded = np.pad(shifted, (0, -length % 2**fitted.levels), mode="symmetric")
            coarse, *details = pywt.wavedec(padded, fitted.wavelet, "periodization", fitted.levels)
            for band in details:
                above = np.mean(band**2) - s**2
                threshold = s**2 / sqrt(above) if above > 0 else np.inf
                band[:] = np.sign(band) * np.maximum(np.abs(band) - threshold, 0)
            back = pywt.waverec([coarse, *details], fitted.wavelet, "periodization")[:length]
            spun.append(np.roll(back, -shift))
        assert fitted(test.noisy)[row] == pytest.approx(np.mean(spun, axis=0), abs=1e-9)


def test_the_linear_filter_is_the_textbooks(known: Known, test_signals: SignalSet) -> None:
    prior = prior_of(known.family, 128)
    covariance = prior.directions.T * prior.variances @ prior.directions
    s = 0.3 / 0.7
    weights = covariance @ np.linalg.inv(covariance + s**2 * np.eye(128))
    expected = prior.mean + (test_signals.noisy / 0.7 - prior.mean) @ weights.T
    assert LinearMMSE.fit(known)(test_signals.noisy) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", ["formula", "pictures"])
def test_least_squares_reaches_the_cramer_rao_bound(name: FamilyName) -> None:
    settings = DatasetSettings(signals=name, n_signals=4, n_test=500)
    known, test = known_at(0.2, settings), generate(settings, 0.2, "test")
    errors = mse_per_signal(LeastSquares.fit(known)(test.noisy), test.clean)
    assert errors.max() < 0.01, "no search ends at another signal"
    assert abs(errors.mean() - 2 * 0.0625 / 256) < 4 * errors.std() / sqrt(500)


def test_least_squares_starts_from_five_places_and_finds_the_nearest_signal() -> None:
    family = FAMILIES["formula"]
    denoiser = LeastSquares(1.0, family)
    # The last pairs have nearly one frequency, so that their peaks in the spectrum run into one.
    frequencies = np.array([[0.7, 2.2], [2.4, 0.6], [1.38, 0.718], [1.093, 0.557]])
    clean = family.clean(frequencies, 256)
    starts = denoiser.starts(clean)
    assert starts.shape == (4, 5, 2)
    assert all(len(np.unique(of_one, axis=0)) == 5 for of_one in starts)
    assert denoiser(clean) == pytest.approx(clean, abs=1e-6)


@pytest.mark.parametrize("name", ["formula", "pictures"])
@pytest.mark.parametrize(("alpha", "length"), [(0.05, 256), (0.3, 100), (0.5, 256)])
def test_no_search_of_minpack_ends_nearer_than_least_squares(
    name: FamilyName, alpha: float, length: int
) -> None:
    settings = DatasetSettings(signals=name, n_test=20, signal_length=length)
    family, test = FAMILIES[name], generate(settings, alpha, "test")
    rescaled = test.noisy.astype(float) / (1 - alpha)
    errors = np.square(LeastSquares(1.0, family)(rescaled) - rescaled).sum(axis=1)
    elsewhere = family.draw_frequencies(np.random.default_rng(0), 20)
    for signal, truth, error in zip(rescaled, test.frequencies, errors, strict=True):

        def difference(f: np.ndarray, signal: np.ndarray = signal) -> np.ndarray:
            return family.clean(f[None], length)[0] - signal

        ends = [least_squares(difference, start, method="lm") for start in (truth, *elsewhere)]
        assert error <= (1 + 1e-9) * min(2 * end.cost for end in ends)


def test_a_denoiser_describes_itself() -> None:
    assert describe(SavitzkyGolay(1.25, 15, 3)) == {
        "label": "Savitzky–Golay",
        "parameters": "gain=1.25, window=15, order=3",
    }
    assert "components=3x8" in describe(PCA(1.0, np.zeros(8), np.zeros((3, 8))))["parameters"]
