"""Stage 3: train the network of one cell."""

import time
from dataclasses import asdict

import pandas as pd
import torch
from prefect import get_run_logger

from denoising.dataset import keyed_generator
from denoising.model import Autoencoder
from denoising.settings import NetworkSettings, TrainingSettings
from denoising.training import Training, copy_weights
from tasks.cell import Cell
from tasks.keys import train_key
from tasks.run import Run
from tasks.stage import stage
from tasks.store import Record, Store

LOG_LINES = 5  # in a training, beside its last


@stage(train_key, run_name="train {cell}")
def train(
    cell: Cell, network: NetworkSettings, training: TrainingSettings, dataset: Record, store: Store, run: Run
) -> Record:
    """Train a cell's network and keep its last and its best-validation weights and its history."""
    key = train_key(cell, network, training, dataset)
    logger = get_run_logger()
    torch.set_num_threads(1)  # cells run side by side; more threads would gain a network this small nothing
    signals = {name: store.read_signals(dataset["outputs"][name])[name] for name in ("train", "validation")}
    design = {"depth": cell.depth, **network.model_dump(), "signal_length": signals["train"].clean.shape[1]}
    model = Autoencoder(**design, generator=torch_generator("initialisation", cell.seed))
    shuffling = torch_generator("shuffling", cell.seed)
    trainer = Training(model, signals["train"], signals["validation"], training, shuffling)

    began = time.perf_counter()
    every = max(training.epochs // LOG_LINES, 1)
    with run.track(cell, training.epochs) as tracker:
        for epoch in trainer.run(run.stopped):
            tracker.show(epoch.epoch + 1, epoch.validation_mse)
            if (epoch.epoch + 1) % every == 0:
                logger.info(
                    "epoch %d of %d: train MSE %.4g, validation MSE %.4g",
                    epoch.epoch + 1, training.epochs, epoch.train_mse, epoch.validation_mse,
                )  # fmt: skip
    seconds = time.perf_counter() - began

    folder = f"artifacts/cells/{cell.label}/train-{key.digest}"
    history = pd.DataFrame([asdict(epoch) for epoch in trainer.history])
    outputs = {
        "network": store.write_json(f"{folder}/network.json", design),
        "last": store.write_weights(f"{folder}/last.safetensors", copy_weights(model)),
        "best": store.write_weights(f"{folder}/best.safetensors", trainer.best_weights),
        "history": store.write_frame(f"{folder}/history.parquet", history),
    }
    values = {"train_seconds": seconds, "n_parameters": model.n_parameters()}
    return Record(key=str(key), ingredients=key.ingredients, outputs=outputs, values=values)


def torch_generator(*key: str | int) -> torch.Generator:
    """A torch generator that depends on the key alone."""
    seed = int(keyed_generator(*key).integers(2**63))
    return torch.Generator().manual_seed(seed)
