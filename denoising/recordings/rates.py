"""The rate of recordings, and bringing them to another one."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, isfinite

from scipy.signal import resample_poly

from denoising.recordings.channels import Channel
from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array

CLOSE = 1e-3  # relative difference within which two rates are the same
MOST_FACTOR = 1000  # of either whole number whose ratio a change of the rate is
TAPS = 10  # of SciPy's filter on each side, in samples of the lower rate


def rate_of(channel: Channel, given: float | None) -> float:
    """Return a channel's rate, which its file tells or the user gives.

    Raises:
        RecordingError: nobody tells it, both do and differ, or what its file tells is none.
    """
    if channel.rate is None:
        if given is None:
            raise RecordingError("it does not tell its rate; give it with --rate, in samples a second")
        return given
    if not (isfinite(channel.rate) and channel.rate > 0):
        raise RecordingError(f"it tells a rate of {channel.rate:g} samples a second; mend it there")
    if given is not None and not same(given, channel.rate):
        raise RecordingError(
            f"rate {given:g} contradicts the {channel.rate:g} samples a second that it tells; "
            "leave --rate out"
        )
    return channel.rate


def common_rate(rates: Mapping[str, float]) -> float:
    """Return the rate that all recordings have.

    Args:
        rates: by the names of the recordings.

    Raises:
        RecordingError: two differ.
    """
    (first, rate), *others = rates.items()
    for name, other in others:
        if not same(rate, other):
            raise RecordingError(
                f"{first} has {rate:g} samples a second and {name} {other:g}; "
                f"bring all to one rate with --resample {min(rate, other):g}"
            )
    return rate


def same(one: float, other: float) -> bool:
    """Whether two rates are the same but for rounding."""
    return abs(one - other) <= CLOSE * other


def resampled(channel: Channel, rate: float, new_rate: float) -> Channel:
    """Return a channel at another rate, by SciPy's polyphase filter, which is applied as it is read.

    Args:
        channel: the channel.
        rate: its rate.
        new_rate: the other one.

    Raises:
        RecordingError: it is less than a thousandth of its rate.
    """
    ratio = Fraction(new_rate / rate).limit_denominator(MOST_FACTOR)
    up, down = ratio.numerator, ratio.denominator
    if not same(rate * up / down, new_rate):
        raise RecordingError(
            f"it has {rate:g} samples a second, and {new_rate:g} is less than a thousandth of that; "
            "choose a higher --resample"
        )
    if up == down:
        return replace(channel, rate=new_rate)
    n = ceil(channel.n_samples * up / down)
    margin = ceil((TAPS * max(up, down) / up + 1) / down)  # in periods of `up` new and `down` old samples

    def read(start: int, stop: int) -> Array:
        first = max(0, start // up - margin)
        last = min(ceil(stop / up) + margin, ceil(channel.n_samples / down))
        old = channel.read(first * down, min(last * down, channel.n_samples))
        new: Array = resample_poly(old, up, down, padtype="edge")
        return new[start - first * up : stop - first * up]

    return replace(channel, n_samples=n, rate=new_rate, read=read)
