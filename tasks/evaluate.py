"""Stage 4: measure the network of one cell."""

from dataclasses import asdict

import torch

from denoising import evaluation
from denoising.model import Autoencoder
from denoising.settings import TrainingSettings
from denoising.training import resolve_device
from tasks.cell import Cell
from tasks.keys import evaluate_key
from tasks.stage import stage
from tasks.store import Record, Store


@stage(evaluate_key, run_name="evaluate {cell}")
def evaluate(
    cell: Cell, training: TrainingSettings, dataset: Record, trained: Record, store: Store
) -> Record:
    """Measure a cell's network on validation and test signals; keep its metrics and examples."""
    key = evaluate_key(cell, training, dataset, trained)
    torch.set_num_threads(1)
    files = trained["outputs"]
    signals = {name: store.read_signals(dataset["outputs"][name])[name] for name in ("validation", "test")}
    network = Autoencoder(**store.read_json(files["network"]), generator=torch.Generator())
    result = evaluation.evaluate(
        network.to(resolve_device(training.device)),
        store.read_weights(files["last"]),
        store.read_weights(files["best"]),
        signals["validation"],
        signals["test"],
    )
    folder = f"artifacts/cells/{cell.label}/evaluate-{key.digest}"
    architecture = [asdict(layer) for layer in network.architecture()]
    outputs = {
        "metrics": store.write_json(f"{folder}/metrics.json", result.metrics),
        "architecture": store.write_json(f"{folder}/architecture.json", architecture),
        "per_signal": store.write_frame(f"{folder}/per_signal.parquet", result.per_signal),
        "examples": store.write_frame(f"{folder}/examples.parquet", result.examples),
    }
    values = {"test_mse": result.metrics["test_mse"]}
    return Record(key=str(key), ingredients=key.ingredients, outputs=outputs, values=values)
