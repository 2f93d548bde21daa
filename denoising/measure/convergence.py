"""Whether the error of a training was still falling when it ended."""

import numpy as np

from denoising.signals.sinusoids import Array

LEAST_FALL = 0.01  # from one fifth of the epochs to the next
CERTAINTY = 1.645  # in standard errors: of falls that are only chance, one in 20 is larger


def fall_at_end(errors: Array) -> float:
    """Return the share by which the error fell from the last but one fifth of the epochs to the last.

    It is 0 unless three things hold, and then the training had not converged:

    - the lowest error of all is in the last fifth;
    - the mean of the last fifth is more than 1% below the mean of the fifth before;
    - that difference is more than 1.645 times its standard error, which follows from the scatter within both.

    So a noisy error that falls slowly may count as converged. An error that rests on a plateau does, though
    the network may have learned nothing. Under a rate that is lowered to 0, errors fall at the end whatever
    more epochs would bring.

    Args:
        errors: the validation error after each epoch. A fifth of less than ten epochs is one epoch.
    """
    n = max(1, len(errors) // 5)
    last, before = errors[-n:], errors[-2 * n : -n]
    if len(before) < n or errors.argmin() < len(errors) - n:
        return 0.0
    scatter = last.var(ddof=min(1, n - 1)) + before.var(ddof=min(1, n - 1))
    fall = before.mean() - last.mean()
    told_apart = fall > max(LEAST_FALL * before.mean(), CERTAINTY * np.sqrt(scatter / n))
    return float(fall / before.mean()) if told_apart else 0.0
