"""Cuts recordings into windows for training, validation and tests."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from denoising.recordings.channels import Channel
from denoising.recordings.pairs import paired
from denoising.recordings.parts import SHARES, Stretch, stretches
from denoising.recordings.settings import RecordingError, RecordingsSettings, hertz_of
from denoising.recordings.survey import Signal, of_setting, survey
from denoising.recordings.windowing import WindowSet, windows_at
from denoising.signals.dataset import Split, evenly_spaced, keyed_generator
from denoising.signals.sinusoids import Array

OVERLAPS = 4  # how many windows to train on begin within one window's length
TRAIN_SHARE = SHARES["train"] / (SHARES["train"] + SHARES["validation"])
DIRECTIONS = 8  # random ones, along which windows are compared before they are compared sample by sample
AROUND = 64  # windows before and behind two that are the same
ALIKE = 0.003  # standard deviations by which windows of the same samples may differ, as rounding makes them


@dataclass(frozen=True)
class Place:
    """Windows of a channel that are to be cut: their first samples, and the blocks that they are from."""

    signal: Signal
    offset: NDArray[np.int64]
    block: NDArray[np.int64]


def cut_recordings(settings: RecordingsSettings) -> tuple[list[Signal], dict[Split, WindowSet]]:
    """Look through the recordings of a dataset and cut them; see `survey`, `paired` and `cut_windows`.

    Raises:
        RecordingError: a recording cannot be used.
    """
    length = settings.signal_length
    taken_for = (length, settings.rate, settings.picks, settings.resample)
    names, (files, partners) = ("signals", "noisy"), (settings.clean, settings.noisy)
    if not settings.has_clean:
        names, (files, partners) = ("noisy", "again"), (settings.noisy, settings.again)
    with of_setting(names[0]):
        signals = survey(files, *taken_for)
    with of_setting(names[1]):
        if partners:
            signals = paired(signals, survey(partners, *taken_for), length)
    if hertz_of(settings.noise) >= (rate := signals[0].rate) / 2:
        raise RecordingError(
            f"noise {settings.noise}: at {rate:g} samples a second only frequencies below {rate / 2:g} Hz "
            "can be told; give a lower one"
        )
    most = settings.n_signals, settings.n_test
    with of_setting(names[0]):
        return signals, cut_windows(signals, length, settings.group, settings.data_seed, *most)


def cut_windows(
    signals: Sequence[Signal], length: int, group: str, seed: int, n_signals: int, n_test: int
) -> dict[Split, WindowSet]:
    """Cut recordings into windows of each part.

    Windows for validation and tests share no sample; those to train on begin a quarter of a window apart. If
    there are more than allowed, evenly spaced ones are taken.

    Args:
        signals: the channels, those of one recording beside each other.
        length: samples of a window.
        group: see `stretches`.
        seed: see `stretches`.
        n_signals: the most windows to learn from, for training and validation together.
        n_test: the most windows for tests.

    Raises:
        RecordingError: there are too few windows, or two recordings on different sides hold the same.
    """
    names = list(dict.fromkeys(signal.file for signal in signals))
    lengths = [max(len(s.grid.whole) for s in signals if s.file == name) for name in names]
    of_file = dict(zip(names, stretches(names, lengths, group, seed), strict=True))
    most = most_windows(n_signals, n_test)
    found = {part: taken(placed(signals, of_file, length, part), length, most[part]) for part in SHARES}
    for part, windows in found.items():
        if not len(windows):
            raise RecordingError(f"there is no whole window for {part}; give more or longer recordings")
    refuse_leaks(signals, found)
    return found


def most_windows(n_signals: int, n_test: int) -> dict[Split, int]:
    """Return how many windows there may be of each part."""
    n_train = min(round(TRAIN_SHARE * n_signals), n_signals - 1)
    return {"train": n_train, "validation": n_signals - n_train, "test": n_test}


def caps_met(parts: Mapping[Split, WindowSet], n_signals: int, n_test: int) -> list[str]:
    """Return a note for each cap on windows that was met."""
    full = {part for part, most in most_windows(n_signals, n_test).items() if len(parts[part]) == most}
    met = {
        "n_signals": (n_signals, not full.isdisjoint(("train", "validation"))),
        "n_test": (n_test, "test" in full),
    }
    return [
        f"There are more windows than {name} {most:,} allows; evenly spaced ones were taken"
        for name, (most, is_met) in met.items()
        if is_met
    ]


def windows_in(parts: Mapping[Split, WindowSet], signal: Signal) -> dict[str, int]:
    """Return how many windows of a channel are in each part, by `n_` and its name."""
    return {
        f"n_{part}": int(((each.file == signal.file) & (each.channel == signal.channel.name)).sum())
        for part, each in parts.items()
    }


def placed(
    signals: Sequence[Signal], of_file: Mapping[str, Sequence[Stretch]], length: int, part: Split
) -> Iterator[Place]:
    """Yield the windows of each channel that are for a part."""
    every = dict.fromkeys(stretch.block for own in of_file.values() for stretch in own)
    number = {block: i for i, block in enumerate(every)}
    hop = length // OVERLAPS if part == "train" and length >= OVERLAPS else length
    for signal in signals:
        offsets, blocks = [], []
        for stretch in of_file[signal.file]:
            if stretch.part == part:
                starts = np.arange(stretch.start * length, (stretch.stop - 1) * length + 1, hop)
                kept = starts[is_whole(signal, starts, length)]
                offsets.append(kept)
                blocks.append(np.full(len(kept), number[stretch.block]))
        if offsets:
            yield Place(signal, np.concatenate(offsets), np.concatenate(blocks))


def is_whole(signal: Signal, starts: NDArray[np.int64], length: int) -> NDArray[np.bool_]:
    """Whether no sample is missing in the windows of the grid that a window touches."""
    whole = signal.grid.whole
    first, last = starts // length, (starts + length - 1) // length
    inside = last < len(whole)
    last = np.minimum(last, len(whole) - 1)
    return inside & whole[np.minimum(first, len(whole) - 1)] & whole[last]


def taken(places: Iterator[Place], length: int, most: int) -> WindowSet:
    """Cut windows; of more than allowed, evenly spaced ones."""
    every = list(places)
    total = sum(len(place.offset) for place in every)
    keep = np.zeros(total, np.bool_)
    if total:
        keep[evenly_spaced(total, most)] = True
    parts, start = [], 0
    for place in every:
        kept = keep[start : start + len(place.offset)]
        start += len(place.offset)
        parts.append(windows_of(Place(place.signal, place.offset[kept], place.block[kept]), length))
    return joined(parts, length)


def joined(parts: Sequence[WindowSet], length: int) -> WindowSet:
    """Return windows one below the other."""
    if not parts:
        nothing = np.zeros(0, np.int64)
        return WindowSet(
            nothing.astype(object), nothing.astype(object), nothing, nothing, np.empty((0, length))
        )
    known = ("file", "channel", "offset", "block", "samples")
    partners = [part.partner for part in parts if part.partner is not None]
    return WindowSet(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in known},
        partner=np.concatenate(partners) if partners else None,
    )


def windows_of(place: Place, length: int) -> WindowSet:
    """Cut the windows of one channel."""
    n, signal = len(place.offset), place.signal
    partner = signal.partner
    return WindowSet(
        np.full(n, signal.file, object),
        np.full(n, signal.channel.name, object),
        place.offset,
        place.block,
        windows_at(signal.channel, place.offset, length),
        windows_at(partner, place.offset, length) if partner else None,
    )


def refuse_leaks(signals: Sequence[Signal], parts: Mapping[Split, WindowSet]) -> None:
    """Make sure that no two recordings on different sides of the split hold the same.

    Windows are compared after their mean and size were taken out, and but for rounding, so that a copy in
    another format or unit is found. A copy whose windows begin with other samples is not. Windows of smooth
    signals can be the same by chance; so what lies around them has to be the same too.

    Raises:
        RecordingError: two do.
    """
    channels = {(signal.file, signal.channel.name): signal.channel for signal in signals}
    sketches = {part: sketches_of(windows.samples) for part, windows in parts.items()}
    for first, second in combinations(parts, 2):
        (rows, places), (others, other_places) = sketches[first], sketches[second]
        if not len(rows) or not len(others):
            continue
        most = 2 * ALIKE * np.sqrt(DIRECTIONS)
        distance, nearest = KDTree(places).query(other_places, distance_upper_bound=most)
        near = np.asarray(nearest)
        for i in np.flatnonzero(np.isfinite(distance)):
            both = [(parts[first], rows[near[i]]), (parts[second], others[i])]
            (one, two), starts = ([getattr(w, name)[row] for w, row in both] for name in ("file", "offset"))
            if one == two or not alike(*(windows.samples[row] for windows, row in both)):
                continue
            own = [channels[windows.file[row], windows.channel[row]] for windows, row in both]
            if alike(*around(own, starts, parts[first].samples.shape[1])):
                raise RecordingError(
                    f"{one}, for {first}, and {two}, for {second}, hold the same window, from samples "
                    f"{starts[0]:,} and {starts[1]:,} on; leave one out, or put both on one side with --group"
                )


def around(channels: Sequence[Channel], starts: Sequence[int], length: int) -> Array:
    """Return what both of two channels have in and around windows that start there, shape (2, samples)."""
    before = min(AROUND * length, *starts)
    left = [channel.n_samples - start for channel, start in zip(channels, starts, strict=True)]
    after = min((1 + AROUND) * length, *left)
    samples = np.array([c.read(s - before, s + after) for c, s in zip(channels, starts, strict=True)])
    found: Array = samples[:, np.isfinite(samples).all(axis=0)]
    return found


def sketches_of(samples: Array) -> tuple[NDArray[np.intp], Array]:
    """Return the rows of windows that are not flat, and a few numbers of each, shape (n, DIRECTIONS).

    The numbers are those of the standardised window along random directions: alike where windows are.
    """
    length = samples.shape[1]
    directions = keyed_generator("sketches", length).standard_normal((length, DIRECTIONS))
    directions -= directions.mean(axis=0)
    directions /= np.sqrt(np.square(directions).sum(axis=0))
    rows = np.flatnonzero(np.ptp(samples, axis=1) > 0)
    size = samples.std(axis=1)[rows]
    return rows, samples[rows] @ directions / size[:, None]


def alike(one: Array, other: Array) -> bool:
    """Whether two windows are the same but for their mean, their size and rounding."""
    difference = (one - one.mean()) / one.std() - (other - other.mean()) / other.std()
    return bool(np.sqrt(np.square(difference).mean()) < ALIKE)
