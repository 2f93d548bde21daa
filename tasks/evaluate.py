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
    from denoising.denoisers.network import Network
    from denoising.metrics import mse
    from denoising.model import Autoencoder
    from denoising.training import resolve_device

    torch.set_num_threads(1)
    files = trained["outputs"]
    validation, test = (store.read_signals(dataset["outputs"][name])[name] for name in ("validation", "test"))
    network = Autoencoder(**store.read_json(files["network"]), generator=torch.Generator())
    denoiser = Network(network.to(resolve_device(training.device)))
    network.load_state_dict(store.read_weights(files["best"]))
    best_test_mse = mse(denoiser(test.noisy), test.clean)
    network.load_state_dict(store.read_weights(files["last"]))
    result = evaluation.evaluate(denoiser, validation, test)
    result.metrics["best_test_mse"] = best_test_mse
    architecture = [asdict(layer) for layer in network.architecture()]
    outputs = {
        **store.write_evaluation(key.folder, result),
        "architecture": store.write_json(f"{key.folder}/architecture.json", architecture),
    }
    return Made(outputs, {"test_mse": result.metrics["test_mse"]})
