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

from denoising.signals.settings import MAX_SIGNALS, DatasetSettings
from denoising.signals.sinusoids import FAMILIES

Part = Literal["pool", "test"]
Split = Literal["train", "validation", "test"]

TRAIN_FRACTION = 0.7


@dataclass(frozen=True)
class SignalSet:
    """Some signals of a dataset at one noise level.

    Attributes:
        signal_id: shape (n,); unique within a dataset seed, the same at every alpha.
        frequencies: f1 and f2, shape (n, 2).
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
    family = FAMILIES[settings.signals]
    frequencies = family.draw_frequencies(keyed_generator("signals", settings.data_seed, *stream), len(ids))
    clean = family.clean(frequencies, settings.signal_length)
    noise = keyed_generator("noise", settings.data_seed, alpha, *stream, copy).standard_normal(clean.shape)
    return SignalSet(
        signal_id=ids,
        frequencies=frequencies,
        clean=clean.astype(np.float32),
        noisy=((1 - alpha) * clean + alpha * noise).astype(np.float32),
    )


def split_pool(pool: SignalSet, data_seed: int) -> dict[Split, SignalSet]:
    """Split the pool into train (70%) and validation (30%) by one permutation of its signals.

    The permutation depends only on the dataset seed and the size of the pool, so every alpha has the
    same split. Both parts get at least one signal.

    Raises:
        ValueError: the pool has fewer than two signals.
    """
    n = len(pool)
    if n < 2:
        raise ValueError(f"n_signals {n}: a split into train and validation needs at least 2")
    n_train, _ = split_sizes(n)
    order = keyed_generator("split", data_seed).permutation(n)
    return {"train": pool.take(np.sort(order[:n_train])), "validation": pool.take(np.sort(order[n_train:]))}


def split_sizes(n: int) -> tuple[int, int]:
    """Return how many of n signals are for training and how many for validation."""
    n_train = min(max(round(TRAIN_FRACTION * n), 1), n - 1)
    return n_train, n - n_train
