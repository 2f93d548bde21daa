"""What a denoiser has learned: the score of the noisy signals, and the directions in which a signal can move.

All is told of the noisy signal divided by 1 - alpha, y = x + s n, whose noise has a known deviation s.

- The score is the slope of the log density of y. It is (E[x | y] - y) / s^2 (Miyasawa 1961; Tweedie, in
  Robbins 1956). So a denoiser D stands for the score (D(y) - y) / s^2, and a good one has learned the score
  (Alain & Bengio 2014). The error of its score times s^2 is D(y) - E[x | y].
- The slopes of a denoiser at y, its Jacobian, say which changes of y it passes. A clean signal has two
  frequencies, so that it can only move in two directions, its tangents.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import orth, subspace_angles

from denoising.denoisers.bayes import Bayes
from denoising.measure.metrics import Signals
from denoising.signals.dataset import SignalSet
from denoising.signals.scaling import rescale, rescaled_noise_std, rescaling_gain
from denoising.signals.sinusoids import Array, Sinusoids

MOST_SCORED = 200  # signals at which the score is taken
MOST_SLOPES = 10  # signals at which the slopes are taken, of each network
MOST_SEEDS = 3  # of each network whose slopes are taken
N_VALUES = 32  # largest singular values that are told
N_TANGENTS = 2  # the two frequencies


@dataclass(frozen=True)
class Exact:
    """Noisy signals with their posterior means.

    Attributes:
        signals: the signals.
        family: theirs.
        alpha: their noise level.
        mean: the posterior mean of each, shape (n, length).
    """

    signals: SignalSet
    family: Sinusoids
    alpha: float
    mean: Array

    @property
    def rescaled(self) -> Array:
        """The noisy signals divided by 1 - alpha."""
        return rescale(self.signals.noisy, rescaling_gain(self.alpha))

    @property
    def few(self) -> SignalSet:
        """The signals at which slopes are taken."""
        return self.signals.take(np.arange(min(MOST_SLOPES, len(self.signals))))


def exact_of(signals: SignalSet, family: Sinusoids, alpha: float) -> Exact:
    """The first of some signals, with their posterior means."""
    first = signals.take(np.arange(min(MOST_SCORED, len(signals))))
    bayes = Bayes(rescaling_gain(alpha), rescaled_noise_std(alpha), family)
    return Exact(first, family, alpha, np.asarray(bayes(first.noisy), np.float64))


def score(denoised: Signals, rescaled: Array, s: float) -> Array:
    """The score that a denoiser stands for, of noisy signals that it was given; shape (n, length)."""
    found: Array = (denoised.astype(np.float64) - rescaled) / s**2
    return found


def score_error(denoised: Signals, exact: Exact) -> pd.DataFrame:
    """How far a denoiser's score is from the exact one.

    Returns:
        One row: n (signals); share, the squared error of the score over the square of the exact score, both
        summed over all signals; and cosine, that of the angle between both. A denoiser that changes nothing
        has a score of zero, and a share of 1.
    """
    s = rescaled_noise_std(exact.alpha)
    own, true = (score(signals, exact.rescaled, s) for signals in (denoised, exact.mean))
    square, true_square = np.square(own).sum(), np.square(true).sum()
    share = np.square(own - true).sum() / true_square
    cosine = (own * true).sum() / np.sqrt(square * true_square) if square else np.nan
    return pd.DataFrame({"n": [len(true)], "share": [share], "cosine": [cosine]})


def effective_rank(values: Array) -> float:
    """How many singular values carry a map: (sum)^2 / sum of squares; k for k equal ones."""
    square = np.square(values).sum()
    return float(values.sum() ** 2 / square) if square else 0.0


def alignment(directions: Array, tangents: Array) -> float:
    """How much of a span of tangents lies in a span of as many directions, both the columns of a matrix.

    Returns:
        The mean squared cosine of the angles between both: 1 where they are the same, 0 at right angles.
    """
    return float(np.square(np.cos(subspace_angles(directions, orth(tangents)))).mean())


def directions(slopes: Array, exact: Exact) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The leading directions of a denoiser beside the tangents of the clean signals.

    Args:
        slopes: of each sample of the denoised signal by each of the rescaled noisy one, at the few signals
            of `exact`; shape (n, length, length).
        exact: the signals.

    Returns:
        A row a signal: signal_id, f1, f2, rank (see `effective_rank`), alignment (of the tangents with as
        many leading directions of the output, see there; null where nothing is passed). And a row a singular
        value: order (from 1), value (mean over the signals).
    """
    signals = exact.few
    _, *slopes_of_signal = exact.family.tangent(signals.frequencies, signals.clean.shape[1])
    tangents = np.stack(slopes_of_signal, axis=-1)  # (n, length, 2)
    # The eigenvectors of J J^T are the output's directions; they take half the time of all singular vectors.
    squares, outputs = (found[..., ::-1] for found in np.linalg.eigh(slopes @ slopes.transpose(0, 2, 1)))
    values = np.sqrt(squares.clip(min=0))
    rows = [
        (effective_rank(of_one), alignment(output[:, :N_TANGENTS], tangent) if of_one[0] else np.nan)
        for output, of_one, tangent in zip(outputs, values, tangents, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["rank", "alignment"]).assign(
        signal_id=signals.signal_id, f1=signals.frequencies[:, 0], f2=signals.frequencies[:, 1]
    )
    leading = values[:, :N_VALUES].mean(axis=0)
    return table, pd.DataFrame({"order": np.arange(1, len(leading) + 1), "value": leading})
