"""Pairs of recordings of one thing: a clean one and a noisy one, or two noisy ones."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np
from scipy.signal import correlate

from denoising.recordings.channels import Channel
from denoising.recordings.settings import RecordingError
from denoising.recordings.survey import Signal
from denoising.recordings.windowing import grid_of
from denoising.signals.sinusoids import Array

MOST_SAMPLES = 2**20  # of which the shift is estimated
SEARCHED_SECONDS = 1.0
CORRECTED_SECONDS = 0.05
ALIKE = 0.9  # correlation from which on two recordings are of one thing for sure
CLEARLY = 5.0  # so many times what correlations of unrelated recordings are like, one that is lower has to be
LESS = 0.02  # share of what a recording leaves unexplained of its partner that a shift has to explain


def paired(signals: Sequence[Signal], others: Sequence[Signal], length: int) -> list[Signal]:
    """Return signals with their partners, which have the same name but for the extension.

    A single recording belongs to a single other one, whatever they are called. A partner that comes up to
    50 ms early or late is shifted, and that is noted.

    Args:
        signals: the recordings.
        others: their partners.
        length: samples of a window.

    Raises:
        RecordingError: a recording has no partner, or the two do not go together.
    """
    by_file, partners = (by_recording(each, with_extension=True) for each in (signals, others))
    if by_file.keys() != partners.keys():
        by_file, partners = (by_recording(each, with_extension=False) for each in (signals, others))
    if len(by_file) == len(partners) == 1:
        partners = dict(zip(by_file, partners.values(), strict=True))
    if alone := [*(by_file.keys() - partners.keys()), *(partners.keys() - by_file.keys())]:
        where = "noisy" if alone[0] in by_file else "clean"
        raise RecordingError(f"{alone[0]} has no {where} partner of that name; add it, or leave this one out")
    return [
        with_partner(signal, partner, length)
        for name, own in by_file.items()
        for signal, partner in zip(own, in_order(own, partners[name]), strict=True)
    ]


def by_recording(signals: Sequence[Signal], *, with_extension: bool) -> dict[str, list[Signal]]:
    """Return signals by the names of their recordings.

    Raises:
        RecordingError: two recordings have the same one.
    """
    found: dict[str, list[Signal]] = {}
    for signal in signals:
        path = PurePosixPath(signal.file)
        own = found.setdefault(str(path if with_extension else path.with_suffix("")), [])
        if own and own[0].file != signal.file:
            raise RecordingError(
                f"{own[0].file} and {signal.file} have the same name but for the extension, so that it is "
                "not clear whose partner is whose; rename one of them, and its partner"
            )
        own.append(signal)
    return found


def in_order(signals: Sequence[Signal], partners: Sequence[Signal]) -> list[Signal]:
    """Return the partners of a recording's channels: those of the same names, or those in the same places.

    Raises:
        RecordingError: there are more of one than of the other.
    """
    names, named = [s.channel.name for s in signals], {p.channel.name: p for p in partners}
    if set(names) == named.keys():
        return [named[name] for name in names]
    if len(signals) != len(partners):
        raise RecordingError(
            f"{signals[0].file} has {len(signals)} channels and {partners[0].file} {len(partners)}; "
            "choose the same ones with --picks"
        )
    return list(partners)


def with_partner(signal: Signal, partner: Signal, length: int) -> Signal:
    """Return a signal with its partner, which is shifted if it comes early or late.

    Raises:
        RecordingError: their lengths differ, or they are further apart than is corrected.
    """
    n, other = signal.channel.n_samples, partner.channel.n_samples
    if n != other:
        raise RecordingError(
            f"{signal.name} has {n:,} samples and {partner.name} {other:,}; give both the same length"
        )
    if same_samples(signal.channel, partner.channel):
        raise RecordingError(
            f"{signal.name} and {partner.name} hold the same samples; give two recordings with other noise"
        )
    lag = lag_of(signal.channel, partner.channel, signal.rate)
    seconds = lag / signal.rate
    if abs(seconds) > CORRECTED_SECONDS:
        raise RecordingError(
            f"{partner.name} comes {abs(seconds):.3f} s {'late' if lag > 0 else 'early'}; "
            f"shift it, since only {1000 * CORRECTED_SECONDS:.0f} ms are corrected"
        )
    channel = shifted(partner.channel, lag) if lag else partner.channel
    whole = signal.grid.whole & grid_of(channel, length).whole
    told = (
        f"its partner comes {1000 * abs(seconds):.1f} ms {'late' if lag > 0 else 'early'}, which is corrected"
    )
    return replace(
        signal,
        grid=replace(signal.grid, whole=whole),
        partner=channel,
        notes=(*signal.notes, told) if lag else signal.notes,
    )


def same_samples(channel: Channel, partner: Channel) -> bool:
    """Whether two channels of the same length hold the same samples."""
    for start in range(0, channel.n_samples, MOST_SAMPLES):
        stop = min(start + MOST_SAMPLES, channel.n_samples)
        if not np.array_equal(channel.read(start, stop), partner.read(start, stop), equal_nan=True):
            return False
    return True


def lag_of(channel: Channel, partner: Channel, rate: float) -> int:
    """Return by how many samples a partner comes late: where both correlate most within a second.

    It is 0 unless the correlation there is no chance, and explains more of the partner than without a shift.
    """
    n = min(channel.n_samples, MOST_SAMPLES)
    first, second = (without_mean(each.read(0, n)) for each in (channel, partner))
    correlation = correlate(second, first, "full", "fft")
    most = min(int(SEARCHED_SECONDS * rate), n - 1)
    near = correlation[n - 1 - most : n + most]
    best = int(near.argmax()) - most
    size = np.sqrt(np.square(first).sum() * np.square(second).sum()) or 1.0
    chance = np.sqrt(np.square(correlation / size).sum() / n)  # its typical size if both are unrelated
    shifted, unshifted = near[best + most] / size, max(near[most] / size, 0.0)
    sure = shifted > min(ALIKE, CLEARLY * chance)
    return best if sure and 1 - shifted**2 < (1 - LESS) * (1 - unshifted**2) else 0


def without_mean(samples: Array) -> Array:
    """Return samples about their mean; those that are missing are 0."""
    return np.nan_to_num(samples - np.nanmean(samples))


def shifted(channel: Channel, lag: int) -> Channel:
    """Return a channel that begins so many samples later; what is not there is nan."""

    def read(start: int, stop: int) -> Array:
        first, last = max(0, start + lag), min(channel.n_samples, stop + lag)
        samples = np.full(stop - start, np.nan)
        if first < last:
            samples[first - start - lag : last - start - lag] = channel.read(first, last)
        return samples

    return replace(channel, read=read)
