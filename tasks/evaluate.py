"""Stage 4: measure the network of one cell."""

from dataclasses import asdict

from denoising.settings import TrainingSettings
from tasks.cell import Cell
from tasks.keys import Key, evaluate_key
from tasks.records import Made, Record
from tasks.stage import stage
from tasks.store import Store


@stage(evaluate_key, run_name="evaluate {cell}")
def evaluate(
    key: Key,
    cell: Cell,  # noqa: ARG001 (names the task run)
    training: TrainingSettings,
    dataset: Record,
    trained: Record,
    store: Store,
) -> Made:
    """Measure a cell's network on validation and test signals; keep its metrics and examples."""
    import torch

    from denoising import evaluation
    from denoising.model import Autoencoder
    from denoising.training import resolve_device

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
    architecture = [asdict(layer) for layer in network.architecture()]
    outputs = {
        "metrics": store.write_json(f"{key.folder}/metrics.json", result.metrics),
        "architecture": store.write_json(f"{key.folder}/architecture.json", architecture),
        "per_signal": store.write_frame(f"{key.folder}/per_signal.parquet", result.per_signal),
        "examples": store.write_frame(f"{key.folder}/examples.parquet", result.examples),
    }
    return Made(outputs, {"test_mse": result.metrics["test_mse"]})
