"""What a training will cost, found out by doing a little of it."""

import time
from statistics import median

import numpy as np
import torch

from denoising.networks.autoencoder import Autoencoder
from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.networks.training import Training
from denoising.signals.dataset import SignalSet

SAMPLE = 4  # steps that are timed at once
LEAST_SECONDS = 0.15  # for which they are timed again and again


def training_seconds(
    depth: int,
    network: NetworkSettings,
    training: TrainingSettings,
    n_train: int,
    n_validation: int,
    length: int,
) -> float:
    """The seconds for which training one network will hold a core, from those of a few steps here and now.

    Only the time of this thread counts: what runs beside the trial is not what will run beside the training.

    Args:
        depth, network, training: the design and how it is trained.
        n_train, n_validation: signals to train and to validate on.
        length: samples in a signal.
    """
    share = min(1.0, SAMPLE * training.batch_size / n_train)  # of an epoch
    generator = torch.Generator().manual_seed(0)
    model = Autoencoder(depth=depth, **network.model_dump(), signal_length=length, generator=generator)
    train, validation = (noise(max(1, round(share * n)), length) for n in (n_train, n_validation))
    trial = Training(model, train, validation, training.model_copy(update={"epochs": 100_000}), generator)
    torch.set_num_threads(1)
    epochs = trial.run()
    next(epochs)  # warms up
    seconds: list[float] = []
    while sum(seconds) < LEAST_SECONDS:
        began = time.thread_time()
        next(epochs)
        seconds.append(time.thread_time() - began)
    return median(seconds) / share * training.epochs


def noise(n: int, length: int) -> SignalSet:
    """Signals of which there is nothing to learn but how long they take."""
    signals = np.random.default_rng(0).standard_normal((n, length), dtype=np.float32)
    return SignalSet(np.arange(n), {}, signals, signals)
