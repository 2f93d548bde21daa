"""The training objectives: what a network gets as input and what it has to return."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from denoising.networks.settings import Objective, TrainingSettings
from denoising.signals.dataset import SignalSet, keyed_generator
from denoising.signals.scaling import rescaling_gain

FIRST_COPY, SECOND_COPY = 0, 1


def pose(
    copy: Callable[[int], SignalSet], training: TrainingSettings, alpha: float, data_seed: int
) -> SignalSet:
    """Return signals whose `noisy` is the network's input and whose `clean` is its target.

    - `denoising`: the input is noisy, the target clean.
    - `plain`: both are the noisy signal, as in an ordinary autoencoder.
    - `blind_spot`: both are the noisy signal, some of whose samples `Training` hides from the network.
    - `plain_on_clean`: both are the clean signal.
    - `noise2noise`: the target is the same signal with other noise, divided by 1 - alpha so that its mean
      over the noise is the clean signal (Lehtinen et al. 2018).

    If `training.blind` is true, each input is first given a noise level of its own, uniform between 0 and
    alpha.

    Args:
        copy: returns the signals with the first or the second copy of their noise.
        training: holds `objective` and `blind`.
        alpha: the noise level of the signals.
        data_seed: seed of the levels of blind training.
    """
    signals = copy(FIRST_COPY)
    posed = at_levels_of_their_own(signals, alpha, data_seed) if training.blind else signals
    if training.objective in ("plain", "blind_spot"):
        return replace(posed, clean=posed.noisy)
    if training.objective == "plain_on_clean":
        return replace(posed, noisy=posed.clean)
    if training.objective == "noise2noise":
        return replace(posed, clean=copy(SECOND_COPY).noisy * np.float32(rescaling_gain(alpha)))
    return posed


def at_levels_of_their_own(signals: SignalSet, alpha: float, data_seed: int) -> SignalSet:
    """Mix each signal with its own noise again, at a random level between 0 and alpha.

    The levels are keyed by the data seed, alpha and the id of the first signal.
    """
    if alpha == 0:
        return signals
    chance = keyed_generator("levels", data_seed, alpha, int(signals.signal_id[0]))
    level = chance.uniform(0, alpha, (len(signals), 1))
    noise = (signals.noisy - (1 - alpha) * signals.clean.astype(np.float64)) / alpha
    return replace(signals, noisy=((1 - level) * signals.clean + level * noise).astype(np.float32))


def gains(objective: Objective, alpha: float | None) -> tuple[float, float]:
    """Return the factors for a network's input and output that make it a denoiser; 1 for recordings.

    A `plain` or `blind_spot` network returns (1 - alpha) times the clean signal, so its output is divided by
    1 - alpha. A `plain_on_clean` network was trained on clean signals at their own scale, so its input is
    divided.
    """
    gain = 1.0 if alpha is None else rescaling_gain(alpha)
    of_input, of_output = objective == "plain_on_clean", objective in ("plain", "blind_spot")
    return (gain if of_input else 1.0), (gain if of_output else 1.0)


def gain_ratio(alpha: float, tested_alpha: float) -> float:
    """Return (1 - alpha) / (1 - tested_alpha).

    A signal at level `tested_alpha` times this has its clean part at the scale of level `alpha`.
    """
    return (1 - alpha) * rescaling_gain(tested_alpha)
