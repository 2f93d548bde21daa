"""What no denoiser, or none of a kind, can do better than at a noise level.

All errors are mean squared errors of the clean signal at its own scale. With s = alpha / (1 - alpha), the
noise of the noisy signal divided by 1 - alpha, P the clean signals' mean square and lambda the eigenvalues
of their covariance:

- as given: alpha^2 (1 + P); rescaled: s^2; best gain: P s^2 / (P + s^2);
- best linear filter (Wiener): sum of s^2 lambda / (lambda + s^2), over the length;
- any denoiser: the mean posterior variance, over noisy signals from the prior;
- Cramer-Rao bound of two unknowns: 2 s^2 / length (Rife & Boorstyn 1974), for unbiased estimators.
"""

from dataclasses import dataclass

import numpy as np

from denoising.denoisers.denoiser import rescale, rescaled_noise_std, rescaling_gain
from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings
from denoising.signals.sinusoids import FAMILIES, Array, Sinusoids
from denoising.theory.posterior import posterior
from denoising.theory.prior import prior_of, shrinkage

MOST_SIGNALS = 1000  # test signals whose posterior is computed
MOST_COPIES = 16  # of their noise
PRECISION = 0.01  # of the MMSE: its relative standard error, for which copies are added


@dataclass(frozen=True)
class Limits:
    """The limits at a noise level; None where undefined.

    Attributes:
        alpha: the noise level.
        noisy_mse, rescaled_mse, best_gain_mse: of the noisy signal as given, divided by 1 - alpha, and times
            the best number.
        linear_mmse: of the best linear filter.
        mmse: of the best denoiser (the Bayes floor), with its standard error.
        crb: the Cramer-Rao bound.
        n_inputs: noisy signals over which the MMSE is the mean.
        prior_variance: of the clean signals; what is left to expect where only noise is given.
    """

    alpha: float
    noisy_mse: float
    rescaled_mse: float | None
    best_gain_mse: float
    linear_mmse: float
    mmse: float | None
    mmse_standard_error: float | None
    crb: float | None
    n_inputs: int
    prior_variance: float


def limits(dataset: DatasetSettings, alpha: float) -> Limits:
    """The limits for the signals of a dataset at a noise level.

    The MMSE is measured on the first test signals, with their own noise and, where its standard error would
    exceed 1%, with further copies of it.
    """
    family, length = FAMILIES[dataset.signals], dataset.signal_length
    prior, s = prior_of(family, length), rescaled_noise_std(alpha)
    power = prior.power
    kept = shrinkage(prior.variances, s)
    mmse, error, n = bayes_floor(dataset, alpha) if family.is_sampled(length) else (None, None, 0)
    return Limits(
        alpha=alpha,
        noisy_mse=alpha**2 * (1 + power),
        rescaled_mse=s**2 if alpha < 1 else None,
        best_gain_mse=power * s**2 / (power + s**2) if alpha < 1 else power,
        linear_mmse=float((prior.variances * (1 - kept)).sum() / length),
        mmse=mmse,
        mmse_standard_error=error,
        crb=2 * s**2 / length if alpha < 1 else None,
        n_inputs=n,
        prior_variance=prior.variance,
    )


def bayes_floor(dataset: DatasetSettings, alpha: float) -> tuple[float, float, int]:
    """The MMSE, its standard error, and the number of noisy signals that it rests on."""
    dataset = dataset.model_copy(update={"n_test": min(dataset.n_test, MOST_SIGNALS)})
    family = FAMILIES[dataset.signals]
    copies: list[Array] = []
    mean = error = 0.0
    for copy in range(MOST_COPIES):
        copies.append(posterior_variances(dataset, family, alpha, copy))
        by_signal = np.mean(copies, axis=0)  # one signal's copies are no independent draws of the prior
        mean = float(by_signal.mean())
        error = float(by_signal.std(ddof=1) / np.sqrt(len(by_signal))) if len(by_signal) > 1 else 0.0
        if error <= PRECISION * mean:
            break
    return mean, error, len(copies) * dataset.n_test


def posterior_variances(dataset: DatasetSettings, family: Sinusoids, alpha: float, copy: int) -> Array:
    """The posterior variance of each test signal with a copy of its noise, shape (n,)."""
    noisy = generate(dataset, alpha, "test", copy).noisy
    rescaled = rescale(noisy, rescaling_gain(alpha))
    return posterior(family, rescaled, rescaled_noise_std(alpha)).variance
