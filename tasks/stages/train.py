"""Stage 3: train the network of one cell."""

import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from denoising.networks.settings import NetworkSettings, Objective, TrainingSettings
from denoising.recordings.settings import NoiseSettings
from denoising.signals.settings import DatasetSettings, SourceSettings
from tasks.cache.record import Made, Record
from tasks.cache.stage import stage
from tasks.cache.store import CHECKPOINT
from tasks.run.devices import on_device
from tasks.run.work import Work, run_logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from denoising.signals.dataset import SignalSet

LOG_LINES = 5


class TrainSettings(NetworkSettings, TrainingSettings):
    """The settings that decide the trained network of a cell.

    Attributes:
        alpha: the noise level of sinusoids; None of recordings.
        source: the settings of its signals or their noise, if training itself draws these; else None.
    """

    depth: int
    alpha: float | None
    seed: int
    source: SourceSettings | NoiseSettings | None


@stage("networks", dataset=("train", "validation"))
def train(settings: TrainSettings, work: Work, dataset: Record) -> Made:
    """Train a cell's network; write its weights (last, best, of some epochs) and its history.

    An interrupted training continues from its checkpoint, with the same result as without the interruption.
    """
    with on_device(settings.device, work.run.device_slots, work.run.stopped):
        return train_network(settings, work, dataset)


def train_network(settings: TrainSettings, work: Work, dataset: Record) -> Made:
    """Train a cell's network on the device that `train` has reserved."""
    import pandas as pd
    import torch

    from denoising.models.describing import described
    from denoising.networks.autoencoder import Autoencoder
    from denoising.networks.objective import gains
    from denoising.networks.training import Training, copy_weights, torch_generator
    from tasks.formats import frames, weights
    from tasks.formats.network import network_to_bytes
    from tasks.formats.signals import read_split, settings_of

    torch.set_num_threads(1)  # cells run in parallel, and networks this small gain nothing from more threads
    store, run, files = work.store, work.run, dataset["outputs"]
    given = {name: read_split(files[name], store) for name in ("train", "validation")}
    train, validation = (pose_split(signals, settings).standardised() for signals in given.values())
    network = settings.model_dump(include=set(NetworkSettings.model_fields))
    design = {"depth": settings.depth, **network, "signal_length": train.clean.shape[1]}
    model = Autoencoder(**design, generator=torch_generator("initialisation", settings.seed))
    shuffling = torch_generator("shuffling", settings.seed)
    draw = fresh_signals(settings, given["train"], dataset["values"]) if settings.fresh else None
    trainer = Training(model, train, validation, settings, shuffling, draw)

    seconds = 0.0
    if begun := store.read_checkpoint(f"{work.folder}/{CHECKPOINT}"):
        state = weights.from_safetensors(begun)
        seconds = state.pop("seconds").item()
        trainer.restore(state)
        run_logger().info("goes on after epoch %d of %d", len(trainer.history), settings.epochs)
    began = time.perf_counter() - seconds
    every = max(settings.epochs // LOG_LINES, 1)
    with run.track(work.step.label, settings.epochs) as tracker:
        for epoch in trainer.run(tracker.stopped, run.time_limit):
            tracker.show(epoch.epoch + 1, epoch.validation_mse)
            if tracker.checkpoint_is_due():
                seconds = time.perf_counter() - began
                state = {**trainer.state(), "seconds": torch.tensor(seconds, dtype=torch.float64)}
                store.write_checkpoint(f"{work.folder}/{CHECKPOINT}", weights.to_safetensors(state))
            if (epoch.epoch + 1) % every == 0:
                run_logger().info(
                    "epoch %d of %d: train MSE %.4g, validation MSE %.4g",
                    epoch.epoch + 1, settings.epochs, epoch.train_mse, epoch.validation_mse,
                )  # fmt: skip
    seconds = time.perf_counter() - began

    history = pd.DataFrame([asdict(epoch) for epoch in trainer.history])
    of_input, of_output = gains(settings.objective, settings.alpha)
    card = described(
        given["train"], settings_of(files["train"], store), kind="network",
        label=f"network of depth {settings.depth}{' with skips' if settings.skips else ''}", design=design,
        blind=settings.blind and settings.alpha is not None, objective=settings.objective,
        input_gain=of_input, output_gain=of_output,
    )  # fmt: skip
    kept = {"last": copy_weights(model), "best": trainer.best_weights}
    outputs = {
        **{
            name: store.write(f"{work.folder}/{name}.safetensors", network_to_bytes(card, of_epoch))
            for name, of_epoch in kept.items()
        },
        "milestones": store.write(
            f"{work.folder}/milestones.safetensors", weights.of_epochs(trainer.milestones)
        ),
        "history": store.write(f"{work.folder}/history.parquet", frames.to_parquet(history)),
    }
    values = {
        "train_seconds": seconds,
        "n_parameters": model.n_parameters(),
        "latent_size": model.latent_size,
        "narrowest": model.narrowest,
        "receptive_field": receptive_field(**design),
    }
    return Made(outputs, values)


def pose_split(signals: "SignalSet", settings: TrainSettings) -> "SignalSet":
    """Return a split as the input and target of training."""
    from denoising.networks.objective import FIRST_COPY, pose
    from denoising.signals.dataset import generate

    if settings.alpha is None:
        return pose_recordings(signals, settings.objective)
    alpha, source = settings.alpha, sinusoids_of(settings)

    def copy(number: int) -> "SignalSet":
        if number == FIRST_COPY or source is None:
            return signals
        pool = source.model_copy(update={"n_signals": int(signals.signal_id.max()) + 1})
        return generate(pool, alpha, "pool", number).take(signals.signal_id)

    return pose(copy, settings, alpha, source.data_seed if source else 0)


def pose_recordings(signals: "SignalSet", objective: Objective) -> "SignalSet":
    """Return windows of recordings as the input and target of training."""
    return replace(signals, clean=signals.noisy) if objective == "blind_spot" else signals


def fresh_signals(
    settings: TrainSettings, train: "SignalSet", values: Mapping[str, Any]
) -> "Callable[[int], SignalSet]":
    """Return a function that makes the signals of an epoch, as input and target of training.

    Sinusoids are drawn anew, with their noise; recordings get new noise.

    Args:
        settings: the settings of the training.
        train: the training signals.
        values: what the record of the dataset tells of it.
    """
    from denoising.networks.objective import pose
    from denoising.recordings.mixing import remixed
    from denoising.signals.dataset import generate_fresh

    alpha, source = settings.alpha, sinusoids_of(settings)

    def draw(epoch: int) -> "SignalSet":
        if alpha is None or source is None:
            assert isinstance(settings.source, NoiseSettings)
            std, rate = values["noise_std"], values["rate"]
            new = remixed(train, settings.source, std, rate, settings.seed, epoch)
            return pose_recordings(new, settings.objective).standardised()
        copy = partial(generate_fresh, source, alpha, len(train), settings.seed, epoch)
        return pose(copy, settings, alpha, source.data_seed)

    return draw


def sinusoids_of(settings: TrainSettings) -> DatasetSettings | None:
    """Return the settings of sinusoids that training itself draws; None if it draws none."""
    if not isinstance(settings.source, SourceSettings):
        return None
    return DatasetSettings(**settings.source.model_dump())


@cache
def receptive_field(**design: Any) -> int:
    """Return the receptive field of a network; it is measured once for each design."""
    import torch

    from denoising.networks.autoencoder import Autoencoder

    return Autoencoder(**design, generator=torch.Generator()).receptive_field()
