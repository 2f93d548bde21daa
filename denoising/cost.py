"""What a training will cost, found out by doing a little of it."""

import time

import numpy as np
import torch

from denoising.dataset import SignalSet
from denoising.model import Autoencoder
from denoising.settings import NetworkSettings, TrainingSettings
from denoising.training import Training

SAMPLE = 4  # steps that are timed


def training_seconds(
    depth: int,
    network: NetworkSettings,
    training: TrainingSettings,
    n_train: int,
    n_validation: int,
    length: int,
) -> float:
    """The core-seconds that training one network will take, from those of a few steps in this thread.

    Args:
        depth, network, training: the design and how it is trained.
        n_train, n_validation: signals to train and to validate on.
        length: samples in a signal.
    """
    share = min(1.0, SAMPLE * training.batch_size / n_train)  # of an epoch
    generator = torch.Generator().manual_seed(0)
    model = Autoencoder(depth=depth, **network.model_dump(), signal_length=length, generator=generator)
    train, validation = (zeros(max(1, round(share * n)), length) for n in (n_train, n_validation))
    trial = Training(model, train, validation, training.model_copy(update={"epochs": 2}), generator)
    torch.set_num_threads(1)
    seconds = []
    epochs = trial.run()
    for _ in range(2):  # the first one warms up
        began = time.thread_time()
        next(epochs)
        seconds.append(time.thread_time() - began)
    return seconds[-1] / share * training.epochs


def zeros(n: int, length: int) -> SignalSet:
    """Signals of which there is nothing to learn but how long they take."""
    silence = np.zeros((n, length), dtype=np.float32)
    return SignalSet(np.arange(n), np.zeros((n, 2)), silence, silence)
