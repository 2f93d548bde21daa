"""A dataset: clean signals, their noise at a level alpha, and the split into training and validation.

Every random number comes from a generator that is keyed by its purpose. Adding a noise level, a seed or more
signals therefore changes nothing that is already made, whatever the order or the number of workers.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from denoising.signals import recording
from denoising.signals.settings import MAX_SIGNALS, DatasetSettings, SourceSettings
from denoising.signals.sinusoids import FAMILIES, Array

Part = Literal["pool", "test"]
Split = Literal["train", "validation", "test"]

TRAIN_FRACTION = 0.7


@dataclass(frozen=True, eq=False)
class SignalSet:
    """Some signals of a dataset at one noise level.

    Attributes:
        signal_id: shape (n,); unique within a dataset seed, the same at every noise level.
        covariates: what is known of each signal, an array of shape (n,) by name: f1 and f2 of sinusoids;
            file, channel, offset and block of windows of a recording.
        clean, noisy: shape (n, signal_length), float32; of recordings, whose offset may be large, float64.
        centre, scale: shape (n,): the numbers by which networks see recordings; see `standardised`. None of
            sinusoids, which they see as they are.
    """

    signal_id: NDArray[np.int64]
    covariates: Mapping[str, NDArray[Any]]
    clean: NDArray[np.floating[Any]]
    noisy: NDArray[np.floating[Any]]
    centre: NDArray[np.float64] | None = None
    scale: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.signal_id)

    @property
    def frequencies(self) -> Array:
        """The frequencies f1 and f2 of sinusoids, shape (n, 2)."""
        return np.column_stack([self.covariates["f1"], self.covariates["f2"]])

    def take(self, rows: NDArray[np.intp]) -> "SignalSet":
        """Return the signals at these rows, in this order."""
        covariates = {name: values[rows] for name, values in self.covariates.items()}
        centre, scale = (None if v is None else v[rows] for v in (self.centre, self.scale))
        return SignalSet(self.signal_id[rows], covariates, self.clean[rows], self.noisy[rows], centre, scale)

    def standardised(self) -> "SignalSet":
        """Return the signals as networks see them: less their centre, and divided by their scale."""
        if self.centre is None or self.scale is None:
            return self
        centre, scale = self.centre[:, None], self.scale[:, None]
        clean, noisy = (((part - centre) / scale).astype(np.float32) for part in (self.clean, self.noisy))
        return SignalSet(self.signal_id, self.covariates, clean, noisy)

    def restored(self, standardised: NDArray[Any]) -> NDArray[Any]:
        """Return what a network made of `standardised` signals at the signals' own centre and scale."""
        if self.centre is None or self.scale is None:
            return standardised
        return standardised * self.scale[:, None] + self.centre[:, None]

    def level(self, signals: NDArray[Any]) -> NDArray[Any]:
        """Return the mean of these signals over each recording and channel, shape (n, 1); 0 of sinusoids.

        About it the energy of recordings is counted.
        """
        means = np.zeros((len(self), 1))
        if self.centre is not None:
            for rows in of_each_channel(self.covariates["file"], self.covariates["channel"]):
                means[rows] = signals[rows].mean()
        return means


def of_each_channel(files: NDArray[Any], channels: NDArray[Any]) -> list[NDArray[np.intp]]:
    """Return the rows of the windows of each recording and channel, by the names of both, shape (n,)."""
    names = [f"{file}\n{channel}" for file, channel in zip(files, channels, strict=True)]
    _, group = np.unique(names, return_inverse=True)
    return [np.flatnonzero(group == number) for number in range(group.max(initial=-1) + 1)]


def evenly_spaced(n: int, most: int) -> NDArray[np.intp]:
    """Return at most so many of the numbers from 0 to n - 1, evenly spaced, with the first and the last."""
    return np.linspace(0, n - 1, min(n, most)).round().astype(np.intp)


def sinusoid_covariates(frequencies: Array) -> dict[str, Array]:
    """Return what is known of sinusoids with frequencies of shape (n, 2)."""
    return {"f1": frequencies[:, 0], "f2": frequencies[:, 1]}


def keyed_generator(*key: str | int | float) -> np.random.Generator:
    """Return a random generator that depends only on the key; different keys give independent streams."""
    digest = hashlib.sha256(json.dumps(key).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def generate(settings: DatasetSettings, alpha: float, part: Part, copy: int = 0) -> SignalSet:
    """Draw the signals of one part and mix them with white noise: noisy = (1 - alpha) clean + alpha n.

    The pool holds the `n_signals` signals that are split into training and validation; the test part holds
    `n_test` further ones. The clean signals are the same at every alpha; the noise is independent for every
    (data_seed, alpha, part, copy). More signals extend a part without changing its first ones.
    """
    n, first_id = (settings.n_signals, 0) if part == "pool" else (settings.n_test, MAX_SIGNALS)
    return draw(settings, alpha, np.arange(first_id, first_id + n), (part,), copy)


def generate_fresh(
    settings: DatasetSettings, alpha: float, n: int, seed: int, epoch: int, copy: int = 0
) -> SignalSet:
    """Draw n training signals for one seed and epoch, independent of all others and of pool and test."""
    first_id = 2 * MAX_SIGNALS + epoch * n
    return draw(settings, alpha, np.arange(first_id, first_id + n), ("fresh", seed, epoch), copy)


def draw(
    settings: DatasetSettings, alpha: float, ids: NDArray[np.int64], stream: tuple[str | int, ...], copy: int
) -> SignalSet:
    """Draw one signal for each id, with its noise; `stream` keys the random numbers of both."""
    frequencies, clean = draw_clean(settings, len(ids), stream)
    noise = keyed_generator("noise", settings.data_seed, alpha, *stream, copy).standard_normal(clean.shape)
    return SignalSet(
        signal_id=ids,
        covariates=sinusoid_covariates(frequencies),
        clean=clean.astype(np.float32),
        noisy=((1 - alpha) * clean + alpha * noise).astype(np.float32),
    )


def draw_clean(settings: SourceSettings, n: int, stream: tuple[str | int, ...]) -> tuple[Array, Array]:
    """Draw the frequencies of n signals, shape (n, 2), and the signals, shape (n, signal_length)."""
    chance, length = keyed_generator("signals", settings.data_seed, *stream), settings.signal_length
    if settings.signals == "ecg":
        starts = recording.draw_starts(chance, n, length, test=stream == ("test",))
        return np.full((n, 2), np.nan), recording.windows(starts, length)
    family = FAMILIES[settings.signals]
    frequencies = family.draw_frequencies(chance, n)
    return frequencies, family.clean(frequencies, length)


def split_pool(pool: SignalSet, settings: SourceSettings) -> dict[Split, SignalSet]:
    """Split the pool into train (70%) and validation (30%), the same for every alpha.

    Sinusoids are split by one permutation, which depends only on the dataset seed and the size of the pool.
    Windows of a recording are split by time; those for validation share no sample with those for training,
    so that a few are in neither part. Both parts get at least one signal.

    Raises:
        ValueError: the pool has fewer than two signals.
    """
    n, seed = len(pool), settings.data_seed
    if n < 2:
        raise ValueError(f"n_signals {n}: a split into train and validation needs at least 2")
    n_train, _ = split_sizes(n)
    if settings.signals == "ecg":
        chance = keyed_generator("signals", seed, "pool")
        starts = recording.draw_starts(chance, n, settings.signal_length, test=False)
        train, validation = recording.in_time(starts, n_train, settings.signal_length)
    else:
        train, validation = np.split(keyed_generator("split", seed).permutation(n), [n_train])
    return {"train": pool.take(np.sort(train)), "validation": pool.take(np.sort(validation))}


def split_sizes(n: int) -> tuple[int, int]:
    """Return how many of n signals are for training and how many for validation."""
    n_train = min(max(round(TRAIN_FRACTION * n), 1), n - 1)
    return n_train, n - n_train
