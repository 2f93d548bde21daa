"""The classical denoisers against closed forms, slow twins and each other."""

from dataclasses import replace
from itertools import pairwise
from math import sqrt
from pkgutil import resolve_name
from typing import get_args

import numpy as np
import pytest
import pywt
from scipy.optimize import least_squares
from scipy.signal import savgol_coeffs, savgol_filter, wiener

from denoising.denoisers.bayes import Bayes
from denoising.denoisers.catalogue import BASELINES as PATHS
from denoising.denoisers.denoiser import Known, Told, UndefinedError, describe
from denoising.denoisers.gain import BestGain, Identity, Rescaled
from denoising.denoisers.least_squares import LeastSquares
from denoising.denoisers.linear_mmse import LinearMMSE
from denoising.denoisers.local_wiener import LocalWiener
from denoising.denoisers.pca import PCA
from denoising.denoisers.savitzky_golay import SavitzkyGolay
from denoising.denoisers.wavelet import ENDS, RULES, Ends, Rule, WaveletShrinkage
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
def test_what_a_denoiser_is_told_has_a_name_and_an_order(name: str) -> None:
    told = BASELINES[name].told
    assert list(told) == [one for one in get_args(Told) if one in told]


@pytest.mark.parametrize("name", NAMES)
def test_a_denoiser_that_is_not_told_of_clean_examples_does_not_see_them(name: str) -> None:
    """Those that are not told of any examples see no training signal at all, and so on."""
    told, known = set(BASELINES[name].told), known_at(0.3)
    hidden = {}
    if "clean examples" not in told:
        hidden["clean"] = np.full_like(known.train.clean, np.nan)
        if "noisy examples" not in told:
            hidden["noisy"] = np.full_like(known.train.noisy, np.nan)
    if hidden:
        blind = replace(
            known, train=replace(known.train, **hidden), validation=replace(known.validation, **hidden)
        )
        noisy = known.train.noisy[:5]
        assert np.array_equal(BASELINES[name].fit(blind)(noisy), BASELINES[name].fit(known)(noisy))
    if not told & {"form", "prior"}:
        elsewhere = replace(known, source=FAMILIES["pictures"])
        noisy = known.train.noisy[:5]
        assert np.array_equal(BASELINES[name].fit(elsewhere)(noisy), BASELINES[name].fit(known)(noisy))


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
    linear = (
        "identity",
        "rescaled",
        "best_gain",
        "savitzky_golay",
        "pca",
        "noisy_pca",
        "noisy_linear",
        "fitted_linear",
    )
    for best, others in (("bayes", [key for key in NAMES if key != "bayes"]), ("linear_mmse", linear)):
        for other in others:
            gain = errors[other] - errors[best]
            assert gain.mean() > -3 * gain.std() / sqrt(len(gain)), (best, other)
    for better, worse in pairwise(("bayes", "linear_mmse", "pca", "best_gain", "rescaled")):
        assert errors[better].mean() < errors[worse].mean()


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"empirical_bayes"}))
def test_without_noise_nothing_is_lost(name: str) -> None:
    denoiser, test = BASELINES[name].fit(known_at(0)), generate(SETTINGS, 0, "test")
    assert mse(denoiser(test.noisy), test.clean) < 1e-6


def test_noise_alone_leaves_those_that_need_no_scale() -> None:
    known, test = known_at(1), generate(SETTINGS, 1, "test")
    defined = ("identity", "best_gain", "empirical_bayes", "fitted_linear", "linear_mmse", "bayes")
    for name in set(NAMES) - set(defined):
        with pytest.raises(UndefinedError, match="alpha 1"):
            BASELINES[name].fit(known)
    mean = prior_of(known.family, 128).mean
    for name in defined[4:]:
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


@pytest.mark.parametrize(("window", "order", "length"), [(1, 0, 5), (3, 2, 3), (15, 3, 40), (63, 5, 64)])
def test_savitzky_golay_is_scipys_to_the_ends(window: int, order: int, length: int) -> None:
    signals = np.random.default_rng(0).standard_normal((4, length))
    expected = savgol_filter(signals, window, order)
    assert SavitzkyGolay(1.0, window, order)(signals) == pytest.approx(expected, abs=1e-9)


def test_local_wiener_is_scipys_signal_by_signal(known: Known, test_signals: SignalSet) -> None:
    fitted = LocalWiener.fit(known)
    for row in range(3):
        rescaled = test_signals.noisy[row].astype(float) / 0.7
        slow = wiener(rescaled, fitted.window, rescaled_noise_std(0.3) ** 2)
        assert fitted(test_signals.noisy)[row] == pytest.approx(slow)


@pytest.mark.parametrize("length", [128, 100])
@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize(("rule", "factor"), RULES)
def test_wavelet_shrinkage_against_a_slow_twin(length: int, ends: Ends, rule: Rule, factor: float) -> None:
    """The twin shrinks the decimated transforms of all shifts of each signal and averages over them."""
    settings, s, levels = SETTINGS.model_copy(update={"signal_length": length}), 0.3 / 0.7, 3
    test = generate(settings, 0.3, "test")
    denoised = WaveletShrinkage(1 / 0.7, s, "sym8", levels, ends, rule, factor)(test.noisy)
    for row in range(2):
        before = length // 4
        total = -(-(length + 2 * before) // 2**levels) * 2**levels
        width = (before, total - length - before)
        padded = np.pad(test.noisy[row].astype(float) / 0.7, width, "reflect", reflect_type=ends)
        shifts = range(2**levels)
        transforms = [
            pywt.wavedec(np.roll(padded, -shift), "sym8", "periodization", levels) for shift in shifts
        ]
        spun = []
        for shift, (coarse, *details) in zip(shifts, transforms, strict=True):
            kept = []
            for place, band in enumerate(details, 1):
                if rule == "BayesShrink":
                    above = np.mean([transform[place] ** 2 for transform in transforms]) - s**2
                    kept.append(pywt.threshold(band, s**2 / sqrt(above) if above > 0 else np.inf, "soft"))
                else:
                    kept.append(pywt.threshold(band, factor * s, rule))
            back = pywt.waverec([coarse, *kept], "sym8", "periodization")
            spun.append(np.roll(back, shift)[before : before + length])
        assert denoised[row] == pytest.approx(np.mean(spun, axis=0), abs=1e-9)


@pytest.mark.parametrize(("alpha", "most_db"), [(0.1, 12.5), (0.4, 11.5)])
def test_wavelet_shrinkage_is_as_good_as_it_gets(alpha: float, most_db: float) -> None:
    settings = DatasetSettings(n_signals=300, n_test=400)
    test = generate(settings, alpha, "test")
    error = mse(WaveletShrinkage.fit(known_at(alpha, settings))(test.noisy), test.clean)
    floor = mse(Bayes.fit(known_at(alpha, settings))(test.noisy), test.clean)
    assert 10 * np.log10(error / floor) < most_db


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [2, 3, 5, 8])
def test_short_signals_are_denoised_or_refused(name: str, length: int) -> None:
    settings = DatasetSettings(n_signals=8, n_test=4, signal_length=length)
    test = generate(settings, 0.2, "test")
    known = known_at(0.2, settings)
    least = {"bayes": 21, "singular_spectrum": 8, "free_sinusoids": 8}
    if length < least.get(name, 0):
        with pytest.raises(UndefinedError, match=f"signal_length {length} is too short"):
            BASELINES[name].fit(known)
    else:
        denoiser = BASELINES[name].fit(known)
        denoised = denoiser(test.noisy)
        assert denoised.shape == test.noisy.shape
        assert np.isfinite(denoised).all()
        assert np.isfinite(denoiser(np.ones((1, length)))).all()


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
        "told": "noise level, clean examples",
        "parameters": "gain=1.25, window=15, order=3",
    }
    assert "components=3x8" in describe(PCA(1.0, np.zeros(8), np.zeros((3, 8))))["parameters"]
    assert describe(Identity())["told"] == "nothing"
