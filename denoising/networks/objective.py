"""What a network is given and what it is to make of it: the objectives that it can be trained for."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from denoising.denoisers.denoiser import rescaling_gain
from denoising.networks.settings import Objective, TrainingSettings
from denoising.signals.dataset import SignalSet, keyed_generator

FIRST, SECOND = 0, 1  # copies of the noise


def pose(
    copy: Callable[[int], SignalSet], training: TrainingSettings, alpha: float, data_seed: int
) -> SignalSet:
    """Signals of which the noisy ones are a network's input and the clean ones its target.

    - `denoising`: as they are;
    - `plain`: both are the noisy signal, so that the network is an autoencoder of it;
    - `plain_on_clean`: both are the clean signal;
    - `noise2noise`: the target is the signal under other noise, divided by 1 - alpha, so that it is clean on
      average (Lehtinen et al. 2018).

    A blind training mixes the noise anew, at a level of each signal's own, uniform between 0 and alpha.

    Args:
        copy: gives the signals with the first copy of their noise, or with the second.
        training: tells the objective.
        alpha: the noise level.
        data_seed: decides the levels of a blind training, along with which signals they are.
    """
    signals = copy(FIRST)
    posed = at_levels_of_their_own(signals, alpha, data_seed) if training.blind else signals
    if training.objective == "plain":
        return replace(posed, clean=posed.noisy)
    if training.objective == "plain_on_clean":
        return replace(posed, noisy=posed.clean)
    if training.objective == "noise2noise":
        return replace(posed, clean=copy(SECOND).noisy * np.float32(rescaling_gain(alpha)))
    return posed


def at_levels_of_their_own(signals: SignalSet, alpha: float, data_seed: int) -> SignalSet:
    """The signals under the same noise, each at a level between 0 and alpha."""
    if alpha == 0:
        return signals
    chance = keyed_generator("levels", data_seed, alpha, int(signals.signal_id[0]))
    level = chance.uniform(0, alpha, (len(signals), 1))
    noise = (signals.noisy - (1 - alpha) * signals.clean.astype(np.float64)) / alpha
    return replace(signals, noisy=((1 - level) * signals.clean + level * noise).astype(np.float32))


def gains(objective: Objective, alpha: float) -> tuple[float, float]:
    """What the input, and what the output, of a network trained for this is multiplied by to denoise."""
    gain = rescaling_gain(alpha)
    return (gain if objective == "plain_on_clean" else 1.0), (gain if objective == "plain" else 1.0)


def gain_ratio(alpha: float, tested_alpha: float) -> float:
    """What brings the clean part of a signal at a noise level to its size at another, (1 - alpha) times f."""
    return (1 - alpha) * rescaling_gain(tested_alpha)
