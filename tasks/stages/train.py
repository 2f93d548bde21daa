"""Stage 3: train the network of one cell."""

import time
from dataclasses import asdict
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from tasks.cache.key import Key, source_of, train_key
from tasks.cache.record import Made, Record
from tasks.cache.store import CHECKPOINT, Store
from tasks.run.devices import on_device
from tasks.run.progress import Run
from tasks.run.stage import run_logger, stage

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from denoising.signals.dataset import SignalSet

LOG_LINES = 5  # in a training, beside its last


@stage(train_key, run_name="train {cell}")
def train(
    key: Key,
    cell: Cell,
    network: NetworkSettings,
    training: TrainingSettings,
    dataset: Record,
    store: Store,
    run: Run,
) -> Made:
    """Train a cell's network and keep its last and its best-validation weights and its history.

    A training that was cut short goes on from its checkpoint and ends as if it had not been.
    """
    with on_device(training.device, run.device_slots, run.stopped):
        return train_network(key, cell, network, training, dataset, store, run)


def train_network(
    key: Key,
    cell: Cell,
    network: NetworkSettings,
    training: TrainingSettings,
    dataset: Record,
    store: Store,
    run: Run,
) -> Made:
    """Train a cell's network on the device that is to be used."""
    import pandas as pd
    import torch

    from denoising.networks.autoencoder import Autoencoder
    from denoising.networks.training import Training, copy_weights
    from tasks.formats import frames, signals
    from tasks.formats.weights import from_safetensors, to_safetensors

    torch.set_num_threads(1)  # cells run side by side; more threads would gain a network this small nothing
    source = DatasetSettings(**source_of(dataset))
    train, validation = (
        pose_split(
            signals.from_parquet(store.read(dataset["outputs"][name]))[name], training, source, cell.alpha
        )
        for name in ("train", "validation")
    )
    design = {"depth": cell.depth, **network.model_dump(), "signal_length": train.clean.shape[1]}
    model = Autoencoder(**design, generator=torch_generator("initialisation", cell.seed))
    shuffling = torch_generator("shuffling", cell.seed)
    draw = fresh_signals(cell, training, source, len(train)) if training.fresh else None
    trainer = Training(model, train, validation, training, shuffling, draw)

    seconds = 0.0
    if kept := store.read_checkpoint(f"{key.folder}/{CHECKPOINT}"):
        state = from_safetensors(kept)
        seconds = state.pop("seconds").item()
        trainer.restore(state)
        run_logger().info("goes on after epoch %d of %d", len(trainer.history), training.epochs)
    began = time.perf_counter() - seconds
    every = max(training.epochs // LOG_LINES, 1)
    with run.track(cell, training.epochs) as tracker:
        for epoch in trainer.run(tracker.stopped, run.time_limit):
            tracker.show(epoch.epoch + 1, epoch.validation_mse)
            if tracker.checkpoint_is_due():
                seconds = time.perf_counter() - began
                state = {**trainer.state(), "seconds": torch.tensor(seconds, dtype=torch.float64)}
                store.write_checkpoint(f"{key.folder}/{CHECKPOINT}", to_safetensors(state))
            if (epoch.epoch + 1) % every == 0:
                run_logger().info(
                    "epoch %d of %d: train MSE %.4g, validation MSE %.4g",
                    epoch.epoch + 1, training.epochs, epoch.train_mse, epoch.validation_mse,
                )  # fmt: skip
    seconds = time.perf_counter() - began

    history = pd.DataFrame([asdict(epoch) for epoch in trainer.history])
    outputs = {
        "network": store.write_json(f"{key.folder}/network.json", design),
        "last": store.write(f"{key.folder}/last.safetensors", to_safetensors(copy_weights(model))),
        "best": store.write(f"{key.folder}/best.safetensors", to_safetensors(trainer.best_weights)),
        "history": store.write(f"{key.folder}/history.parquet", frames.to_parquet(history)),
    }
    values = {
        "train_seconds": seconds,
        "n_parameters": model.n_parameters(),
        "latent_size": model.latent_size,
        "receptive_field": receptive_field(**design),
    }
    return Made(outputs, values)


def pose_split(
    signals: "SignalSet", training: TrainingSettings, source: DatasetSettings, alpha: float
) -> "SignalSet":
    """What a training makes of a split: input and target."""
    from denoising.networks.objective import FIRST, pose
    from denoising.signals.dataset import generate

    def copy(number: int) -> "SignalSet":
        if number == FIRST:
            return signals
        pool = source.model_copy(update={"n_signals": int(signals.signal_id.max()) + 1})
        return generate(pool, alpha, "pool", number).take(signals.signal_id)

    return pose(copy, training, alpha, source.data_seed)


def fresh_signals(
    cell: Cell, training: TrainingSettings, source: DatasetSettings, n: int
) -> "Callable[[int], SignalSet]":
    """Draws n new signals for an epoch, like those of a dataset, as input and target."""
    from denoising.networks.objective import pose
    from denoising.signals.dataset import generate_fresh

    def draw(epoch: int) -> "SignalSet":
        copy = partial(generate_fresh, source, cell.alpha, n, cell.seed, epoch)
        return pose(copy, training, cell.alpha, source.data_seed)

    return draw


@cache
def receptive_field(**design: Any) -> int:
    """The receptive field of a network so designed, measured once for all of its kind."""
    import torch

    from denoising.networks.autoencoder import Autoencoder

    return Autoencoder(**design, generator=torch.Generator()).receptive_field()


def torch_generator(*key: str | int) -> "torch.Generator":
    """A torch generator that depends on the key alone."""
    import torch

    from denoising.signals.dataset import keyed_generator

    seed = int(keyed_generator(*key).integers(2**63))
    return torch.Generator().manual_seed(seed)
