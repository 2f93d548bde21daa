"""A dataset: clean signals, their noise at a level alpha, and the split into training and validation.

Every random number comes from a generator that is keyed by its purpose. Adding a noise level, a seed or more
signals therefore changes nothing that is already made, whatever the order or the number of workers.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from denoising.signals import recording
from denoising.signals.settings import MAX_SIGNALS, DatasetSettings, SourceSettings
from denoising.signals.sinusoids import FAMILIES, Array

Part = Literal["pool", "test"]
Split = Literal["train", "validation", "test"]

TRAIN_FRACTION = 0.7


@dataclass(frozen=True)
class SignalSet:
    """Some signals of a dataset at one noise level.

    Attributes:
        signal_id: shape (n,); unique within a dataset seed, the same at every alpha.
        frequencies: f1 and f2, shape (n, 2); nan for windows of a recording.
        clean, noisy: float32, shape (n, signal_length).
    """

    signal_id: NDArray[np.int64]
    frequencies: NDArray[np.float64]
    clean: NDArray[np.float32]
    noisy: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.signal_id)

    def take(self, rows: NDArray[np.intp]) -> "SignalSet":
        """Return the signals at these rows, in this order."""
        return SignalSet(self.signal_id[rows], self.frequencies[rows], self.clean[rows], self.noisy[rows])


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
        frequencies=frequencies,
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
