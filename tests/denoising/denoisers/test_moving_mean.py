from math import fsum

import numpy as np
import pytest

from denoising.denoisers.local_wiener import moving_mean


@pytest.mark.parametrize("window", [1, 3, 7, 255])
@pytest.mark.parametrize("length", [1, 7, 100, 5_000])
def test_a_moving_mean_rests_on_the_samples_of_its_window_alone(window: int, length: int) -> None:
    signals = np.random.default_rng(0).standard_normal((2, length))
    signals[1] += 1e6
    signals[0, length // 2] = 1e8
    found = moving_mean(signals, window)
    for row, own in zip(found, signals, strict=True):
        padded = np.pad(own, window // 2)
        slow = [fsum(padded[first : first + window]) / window for first in range(length)]
        size = [np.abs(padded[first : first + window]).max() for first in range(length)]
        assert (np.abs(row - slow) <= 1e-14 * window * np.array(size)).all()
