"""What a denoiser does: which frequencies it passes, where it errs, and what it was not made for.

Gains are those of the noisy signal divided by 1 - alpha, in which the clean signal has its own scale: 1
passes a frequency as it is.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.signal import csd, lfilter

from denoising.denoisers.linear_mmse import LinearMMSE
from denoising.measure.metrics import Denoiser, Signals, mse
from denoising.networks.autoencoder import Autoencoder
from denoising.signals.dataset import SignalSet, generate, keyed_generator, sinusoid_covariates
from denoising.signals.scaling import rescale, rescaled_noise_std, rescaling_gain
from denoising.signals.settings import DatasetSettings
from denoising.signals.sinusoids import FAMILIES, Array, Sinusoids
from denoising.theory.prior import prior_of, shrinkage

MOST_SIGNALS = 500  # of each condition
CORRELATION = 0.9  # of neighbouring samples of coloured noise
MOST_BINS = 8  # along either frequency
SIGNALS_A_BIN = 10  # on average, at least

TRAINED, LOWER, HIGHER, COLOURED = (
    "training conditions", "lower frequencies", "higher frequencies", "coloured noise",
)  # fmt: skip
CONDITIONS = (TRAINED, LOWER, HIGHER, COLOURED)


def best_linear(family: Sinusoids, alpha: float, length: int) -> LinearMMSE:
    """The best linear filter for the signals of a family under white noise."""
    prior = prior_of(family, length)
    factors = shrinkage(prior.variances, rescaled_noise_std(alpha))
    return LinearMMSE(rescaling_gain(alpha), prior.mean, prior.directions, factors)


# Frequencies


def gain_by_frequency(denoised: Signals, noisy: Signals, alpha: float) -> pd.DataFrame:
    """The linear filter that comes nearest to a denoiser over some signals, frequency by frequency.

    Returns:
        A row a frequency (cycles a sample, 0 to 0.5): gain, the magnitude of the mean cross-spectrum of the
        rescaled noisy signals and the denoised ones over the mean power spectrum of the former, through a
        Hann window, which keeps the lines of a signal out of the frequencies beside them.
    """
    rescaled = rescale(noisy, rescaling_gain(alpha))
    frequency, cross = spectrum(rescaled, denoised)
    _, power = spectrum(rescaled, rescaled)
    return pd.DataFrame({"frequency": frequency, "gain": np.abs(cross) / power.real})


def spectrum(signals: Signals, others: Signals) -> tuple[Array, Array]:
    """Frequencies, and the mean cross-spectrum of pairs of signals."""
    length = signals.shape[1]
    frequency, cross = csd(signals, others, window="hann", nperseg=length, detrend=False, axis=-1)
    return frequency, cross.mean(axis=0)


def jacobian(network: Autoencoder, noisy: Signals) -> Array:
    """The slope of each sample of the output by each of a noisy signal of shape (length,); (length, length).

    In evaluation mode the signals of a batch do not meet, so that as many copies give all rows at once.
    """
    training = network.training
    network.eval()
    copies = torch.from_numpy(np.tile(noisy.astype(np.float32), (len(noisy), 1))).requires_grad_()
    (slopes,) = torch.autograd.grad(network(copies).diagonal().sum(), copies)
    network.train(training)
    result: Array = slopes.double().numpy()
    return result


def jacobian_of_linear(denoiser: Denoiser, length: int) -> Array:
    """The same of a denoiser that is linear but for a constant, at any signal."""
    slopes: Array = (denoiser(np.eye(length)) - denoiser(np.zeros((1, length)))).T
    return slopes


def local_gain(slopes: Array, alpha: float) -> pd.DataFrame:
    """How strongly a denoiser passes small waves beside a signal, from its Jacobian J there.

    Near a signal a network of ReLUs is a linear map, and what it passes shows what it takes for the signal
    (Mohan et al. 2020).

    Returns:
        A row a frequency (cycles a sample, 0 to 0.5): gain, the root mean square over the samples of J e,
        where e is a complex wave of magnitude 1. Of a filter it is the magnitude of its frequency response.
    """
    passed = np.fft.rfft((1 - alpha) * slopes, axis=1)  # J e of every frequency, a row a sample
    gain = np.sqrt(np.square(np.abs(passed)).mean(axis=0))
    return pd.DataFrame({"frequency": np.fft.rfftfreq(len(slopes)), "gain": gain})


def lines_of(family: Sinusoids, frequencies: Array, length: int) -> Array:
    """Where the two lines of signals lie in cycles a sample: frequencies and result of shape (..., 2)."""
    cycles: Array = frequencies * [1, family.cosine_factor] * family.end / (2 * np.pi * length)
    return cycles


def band_of(family: Sinusoids, length: int) -> tuple[float, float]:
    """Between which frequencies the lines of a family's signals lie, in cycles a sample."""
    bounds = lines_of(family, np.array([[family.low] * 2, [family.high] * 2]), length)
    return float(bounds.min()), float(bounds.max())


# Errors


def error_map(per_signal: pd.DataFrame, family: Sinusoids) -> pd.DataFrame:
    """The error over both frequencies of the signals, on a grid that is finer for more signals.

    Args:
        per_signal: f1, f2 and mse, a row a test signal, those of all seeds together.
        family: what the clean signals are.

    Returns:
        A row a bin that has any: f1 and f2 (its middle), n (signals), mse (their mean).
    """
    bins = int(np.clip(np.sqrt(len(per_signal) / SIGNALS_A_BIN), 2, MOST_BINS))
    width = (family.high - family.low) / bins

    def middle(f: pd.Series) -> pd.Series:
        place = ((f - family.low) // width).clip(0, bins - 1)
        return family.low + (place + 0.5) * width

    groups = per_signal.groupby([middle(per_signal["f1"]), middle(per_signal["f2"])])
    return groups.agg(n=("mse", "size"), mse=("mse", "mean")).reset_index()


def conditions(dataset: DatasetSettings, alpha: float) -> dict[str, SignalSet]:
    """Signals as a network was trained for, the first test signals, and as it was not.

    - lower, higher frequencies: both below those of training, down to half the lowest, or above, by up to
      half their range; left out where the signals would be sampled too coarsely;
    - coloured noise: the test signals under noise of the same variance, the neighbouring samples of which
      are correlated.
    """
    n = min(dataset.n_test, MOST_SIGNALS)
    family, length = FAMILIES[dataset.signals], dataset.signal_length
    trained = generate(dataset.model_copy(update={"n_test": n}), alpha, "test")
    found = {TRAINED: trained}
    others = {
        LOWER: replace(family, low=family.low / 2, high=family.low),
        HIGHER: replace(family, low=family.high, high=family.high + (family.high - family.low) / 2),
    }
    for name, other in others.items():
        if other.is_sampled(length):
            frequencies = other.draw_frequencies(keyed_generator("probe", dataset.data_seed, name), n)
            clean = other.clean(frequencies, length)
            noise = keyed_generator("probe noise", dataset.data_seed, alpha, name).standard_normal(
                clean.shape
            )
            found[name] = mixed(trained.signal_id, frequencies, clean, noise, alpha)
    generator = keyed_generator("probe noise", dataset.data_seed, alpha, COLOURED)
    noise = coloured_noise(generator, n, length)
    found[COLOURED] = mixed(trained.signal_id, trained.frequencies, trained.clean, noise, alpha)
    return found


def mixed(
    ids: NDArray[np.int64], frequencies: Array, clean: Signals, noise: Array, alpha: float
) -> SignalSet:
    """Clean signals with noise at a level."""
    noisy = (1 - alpha) * clean + alpha * noise
    return SignalSet(
        ids, sinusoid_covariates(frequencies), clean.astype(np.float32), noisy.astype(np.float32)
    )


def coloured_noise(generator: np.random.Generator, n: int, length: int) -> Array:
    """Gaussian noise of variance 1 whose samples k apart correlate as `CORRELATION`^k; shape (n, length).

    An autoregressive process of the first order, begun in its steady state.
    """
    innovations = generator.standard_normal((n, length))
    innovations[:, 1:] *= np.sqrt(1 - CORRELATION**2)
    noise: Array = lfilter([1], [1, -CORRELATION], innovations, axis=1)
    return noise


def errors(denoised: Mapping[str, Signals], sets: Mapping[str, SignalSet]) -> pd.DataFrame:
    """The error of what was made of the signals of each condition: condition, n (signals), test_mse."""
    rows = [(name, len(signals), mse(denoised[name], signals.clean)) for name, signals in sets.items()]
    return pd.DataFrame(rows, columns=["condition", "n", "test_mse"])
